"""How much output a notebook may keep, counted in the same way by the candidate, the examiner and the grader."""

EACH = 500  # bytes that an output counts beside its text, so that empty ones have a limit too
LONGEST = {"ename": 200, "evalue": 5000, "line": 2000}  # characters of the parts of an error
MOST_LINES = 200


class Allowance:
    """What may still be kept of a notebook's outputs [bytes in UTF-8].

    Args:
        cell_bytes: of one cell.
        notebook_bytes: of all cells.

    Attributes:
        dropped: whether the present cell said more than was kept.
    """

    def __init__(self, cell_bytes: int, notebook_bytes: int) -> None:
        self._cell_bytes, self._notebook = cell_bytes, notebook_bytes
        self.next_cell()

    def next_cell(self) -> None:
        """Begins a cell."""
        self._at_start = self._notebook
        self._cell = self._cell_bytes
        self.dropped = False

    def clear(self) -> None:
        """Gives back what the present cell has taken: its outputs are gone."""
        self._notebook, self._cell = self._at_start, self._cell_bytes

    @property
    def left(self) -> int:
        """What the present cell may still take."""
        return max(0, min(self._cell, self._notebook))

    def take(self, size: int) -> bool:
        """Takes so many bytes, all or none."""
        if size > self.left:
            self.dropped = True
            return False
        self._cell -= size
        self._notebook -= size
        return True

    def cut(self, text: str) -> str:
        """As much of a text as may be kept, which is taken."""
        part = text[: self.left].encode("utf-8", "replace")[: self.left].decode("utf-8", "ignore")
        self.dropped = self.dropped or len(part) < len(text)
        self.take(size_of(part))
        return part


def size_of(*texts: str) -> int:
    """The size of texts [bytes in UTF-8]."""
    return sum(len(text.encode("utf-8", "replace")) for text in texts)
