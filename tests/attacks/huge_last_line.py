"""Ends a cell with a value whose text has 100 MB. What is kept must be small, and the answers be graded."""

RIGHT = True
POINTS = 25

CODE = r"""
class Huge:
    def __repr__(self):
        return "spam " * 20_000_000

    def _repr_html_(self):
        return "<p>" * 10_000_000

    def _repr_mimebundle_(self, *anything, **more):
        return {"text/plain": "spam", "application/octet-stream": "x" * 50_000_000}


Huge()
"""
