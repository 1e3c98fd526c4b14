"""The headings of notebooks: one form for tasks (CONTRIBUTING.md), and one reading of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_locked

_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_POINTS = re.compile(r" \(\d+ points?(, by hand)?\)$")


@dataclass(frozen=True)
class Heading:
    """A heading as it is written: ``4.2 Task 5: a grouped convolution (2 points)``.

    Attributes:
        level: 1 for the title of a notebook, 2 for its sections, 3 for what is in them.
        text: the Markdown behind the marks.
    """

    level: int
    text: str

    @property
    def title(self) -> str:
        """The Markdown without the points."""
        return _POINTS.sub("", self.text)

    @property
    def plain(self) -> str:
        """The title as bare text, for where nothing renders Markdown."""
        return self.title.replace("`", "").replace("$", "")


def headings_in(markdown: str) -> list[Heading]:
    """The headings of a Markdown text, without lines of code that look like some."""
    headings = (_HEADING.fullmatch(part) for is_heading, part in parts_of(markdown) if is_heading)
    return [Heading(len(found[1]), found[2]) for found in headings]


def parts_of(markdown: str) -> Iterator[tuple[bool, str]]:
    """A Markdown text as headings and what stands between them; the first says whether the second is a heading."""
    blocks = [block.span() for block in _CODE_BLOCK.finditer(markdown)]
    begun = 0
    for heading in _HEADING.finditer(markdown):
        if any(start <= heading.start() < end for start, end in blocks):
            continue
        if markdown[begun : heading.start()].strip():
            yield False, markdown[begun : heading.start()].strip("\n")
        yield True, heading.group().strip()
        begun = heading.end()
    if markdown[begun:].strip():
        yield False, markdown[begun:].strip("\n")


def under_headings(cells: Iterable[NotebookNode]) -> Iterator[tuple[NotebookNode, Heading | None]]:
    """Each cell with the last heading above it or in it; those that a student wrote do not count."""
    heading = None
    for cell in cells:
        if cell.cell_type == "markdown" and is_locked(cell):
            heading = (headings_in(cell.source) or [heading])[-1]
        yield cell, heading
