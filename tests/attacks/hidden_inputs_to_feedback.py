"""Writes down what tests give to its functions, and shows it after them in every way that a cell has. Its answers are
right, and its page holds nothing of what it wrote down.
"""

import nbformat

RIGHT = True
POINTS = 25
MARK = "taken-home"  # in the instructor's copy, which shows that the ways are open; never in the page

SPY = """

import functools as _functools
_log, _mark = globals().setdefault("_log", []), "-".join(["taken", "home"])
def _spy(function):
    @_functools.wraps(function)
    def kept(*args, **named):
        _log.append((_mark, args, named))
        print(_log[-1])
        open("log.txt", "a").write(str(_log[-1]))
        return function(*args, **named)
    return kept
"""
WAYS = [
    "print(len(_log), _log)",
    "raise ValueError(str(_log))",
    "raise type(_mark + str(_log)[:100], (Exception,), {})()",
    "display({'image/png': 'AA==', 'text/plain': _mark}, raw=True, metadata={'image/png': {'alt': _mark}})",
    "print(open('log.txt').read())",
    "from IPython.display import HTML, Markdown\ndisplay(HTML(f'<table><td>{_mark}</td></table>'), Markdown(_mark))",
    "_log",
    "import warnings\nwarnings.warn(str(_log))",
    "class Loud:\n    __repr__ = lambda self: str(_log)\nLoud()",
]


def make(nb, folder):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            names = [line[4:].split("(")[0] for line in cell.source.splitlines() if line.startswith("def ")]
            cell.source += SPY + "".join(f"{name} = _spy({name})\n" for name in names)
    nb.cells += [nbformat.v4.new_code_cell(way, id=f"way-{n}") for n, way in enumerate(WAYS)]
