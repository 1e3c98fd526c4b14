"""Near-identical submissions: how much of what two students wrote themselves is the same.

Code is read as tokens, and each run of `LENGTH` tokens is one sequence; what the course gave and what the reference
solution says is taken away, and of what is left the shared part is counted. It is the k-gram fingerprint of
S. Schleimer, D. Wilkerson, A. Aiken, Winnowing, SIGMOD 2003, with all fingerprints kept, as a class is small.

- Comments, layout, indentation and the contents of strings do not count.
- All names are one and the same, but keywords, Python's own and those after a dot: renaming changes nothing.
- Whoever wrote fewer than `LEAST` sequences that are not the course's is not judged: too little to tell.
"""

import builtins
import functools
import io
import itertools
import keyword
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graders.source import Assignment, stub, without_markers

LENGTH = 12
# What is compared of a cell, and of all cells of a student, in characters. No answer is a tenth of it, and a notebook
# may hold 50 MB, which take a minute and gigabytes. For each token, what is left of its line may be read.
LONGEST_LINE = 500
LONGEST_CELL = 50_000
LONGEST = 200_000
LEAST = 40
# Of the pairs of different right answers in tests/submissions, none reaches it (the most alike, 0.59, share a cell that
# their author copied; the next has 0.32). Copies in which every variable is renamed reach 0.76 or more, and so do half
# of those in which every fifth line is rewritten.
THRESHOLD = 0.65

_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}
_TEXT = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}  # the latter from Python 3.12 on
Sequences = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Pair:
    """Two submissions that are alike.

    Attributes:
        similarity: the shared fraction of what the one of them wrote who wrote less.
        shared: the number of sequences in common.
        cells: where at least `THRESHOLD` of what either wrote is also the other's.
    """

    first: str
    second: str
    similarity: float
    shared: int
    cells: list[str]


def tokens(code: str) -> list[str]:
    """The tokens of a piece of Python as they are compared; those before the first that cannot be read."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            text = token.string
            if token.type in _LAYOUT:
                continue
            if token.type in _TEXT:
                text = "'…'"
            elif token.type == tokenize.NAME and not _is_fixed(text, found):
                text = "name"
            found.append(text)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _is_fixed(name: str, before: list[str]) -> bool:
    return keyword.iskeyword(name) or hasattr(builtins, name) or before[-1:] == ["."]


@functools.lru_cache(maxsize=10_000)
def sequences(code: str) -> Sequences:
    """All runs of `LENGTH` tokens."""
    found = tokens(code)
    return frozenset(tuple(found[start : start + LENGTH]) for start in range(len(found) - LENGTH + 1))


def course_sequences(assignment: Assignment) -> Sequences:
    """What is the course's own: stubs, locked cells, tests, and the reference solution."""
    code = [cell.source for cell in assignment.cells if cell.kind in ("code", "test")]
    for cell in assignment.of_kind("solution"):
        code += [stub(cell.source), without_markers(cell.source)]
    return frozenset().union(*map(sequences, code))


def alike(answers: Mapping[str, Mapping[str, str]], known: Sequences, threshold: float = THRESHOLD) -> list[Pair]:
    """The pairs of students whose own code is the same to at least `threshold`, the most alike first.

    Args:
        answers: code by student and cell.
        known: what is the course's own and does not count.
        threshold: the shared fraction, from 0 to 1.
    """
    by_cell = {
        student: {cell: sequences(code) - known for cell, code in compared(cells).items()}
        for student, cells in answers.items()
    }
    own = {student: _union(cells.values()) for student, cells in by_cell.items()}
    enough = sorted(student for student, found in own.items() if len(found) >= LEAST)
    pairs = []
    for first, second in itertools.combinations(enough, 2):
        shared = len(own[first] & own[second])
        similarity = shared / min(len(own[first]), len(own[second]))
        if similarity >= threshold:
            cells = [
                cell
                for cell, found in by_cell[first].items()
                if _part(found, own[second]) >= threshold
                or _part(by_cell[second].get(cell, frozenset()), own[first]) >= threshold
            ]
            pairs.append(Pair(first, second, similarity, shared, cells))
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.first, pair.second))


def compared(cells: Mapping[str, str]) -> dict[str, str]:
    """The part of a student's code that is compared, by cell: data in one long line are not."""
    left = LONGEST
    found = {}
    for cell, code in cells.items():
        lines = code[: min(left, LONGEST_CELL)].split("\n")
        found[cell] = "\n".join(line if len(line) <= LONGEST_LINE else "" for line in lines)
        left -= len(found[cell])
    return found


def too_long(answers: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The students whose code is too long to be compared as a whole.

    Args:
        answers: code by student and cell.
    """
    return sorted(student for student, cells in answers.items() if compared(cells) != cells)


def identical(answers: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """The groups of students whose code is the same letter by letter, comments and layout included.

    Here the reference does count: nobody writes all of it by chance. Whoever wrote fewer than `LEAST` sequences is left
    out.

    Args:
        answers: code by student and cell.
    """
    groups: dict[frozenset[tuple[str, str]], list[str]] = {}
    for student in sorted(answers):
        if len(_union(map(sequences, compared(answers[student]).values()))) >= LEAST:
            groups.setdefault(frozenset(answers[student].items()), []).append(student)
    return [group for group in groups.values() if len(group) > 1]


def _union(parts: Iterable[Sequences]) -> Sequences:
    return frozenset().union(*parts)


def _part(found: Sequences, others: Sequences) -> float:
    return len(found & others) / len(found) if found else 0.0
