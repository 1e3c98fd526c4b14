"""Restores a submission to the shape of the release before anything runs."""

import ast
import builtins
import contextlib
import copy
import functools
import re
import symtable
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.course import is_linked
from graders.plugins.kinds import conflict_in
from graders.plugins.notes import CELL_ID, add_notes
from graders.plugins.reading import MENDED, NAMES, UNREADABLE, notes_on, text_of
from graders.plugins.release import hide
from graders.plugins.stubs import functions_written_in, is_unwritten
from graders.source import stub, task_of
from graders.text import is_student_id, one_line

_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)", re.MULTILINE)

# Marks on one letter are sorted in a time that grows with the square of their number: a million takes hours. So a long
# run of such letters is cut by one that stands for itself (https://www.unicode.org/reports/tr15, section 13).
_RUN, _JOINED = re.compile(r"[^\x00-\x7f]{100}"), "\\g<0>\u034f"

MISSING = "# This cell was missing."  # in the place of an answer
_MOST_ADDED = 50  # statements of a locked cell that are kept
_MANY = 3  # locked cells of which each has a sentence of its own
_LONGEST_GIVEN = 20_000  # characters of a locked cell of code; a longer one was not released
_LONGEST_TYPED = 200_000  # characters of a text that may be a released one, typed in some other way
_MOST_ORDERED = 200_000  # characters of a student's code that are looked at for what stands below its test
_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)  # what the parser says of what students write
_MAGIC, _OUTPUT = re.compile(r"^[%!].*$", re.MULTILINE), re.compile(r"(?<==) *[%!](?!=).*$", re.MULTILINE)
_DEFINES_ANYTHING = re.compile(
    r"\bimport\s*\(?\*|\b(exec|globals|locals|vars|setattr)\(|^%(run|load|pylab|store)", re.MULTILINE
)


class Normalise(NbGraderPreprocessor):
    """Puts the answers of a submission into a fresh copy of the source notebook.

    Cells are matched by grade id, else by cell id, else by their text. Tags, flags, order and the text of locked cells
    are the source's own; the student's additional cells stay, as plain cells, after the cell they followed, and so
    does what was defined in locked code besides. Whatever had to be put right is noted in a sentence. Nothing that a
    student does to the structure of a notebook costs more than the points of the answers that are missing.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Replaces the notebook by a normalised one; see nbconvert's Preprocessor."""
        coursedir = self.parent.parent.coursedir  # preprocessor -> exporter -> converter
        names = resources["nbgrader"]
        if not is_student_id(names["student"]):  # the formgrader would put it into a page as it is
            raise NbGraderException(f"{one_line(names['student'])} can be no student's id: rename the folder.")
        submitted = Path(resources["metadata"]["path"])
        if is_linked(submitted):
            raise NbGraderException(f"{one_line(submitted)} is a link, and no link is followed: put the folder there.")
        folder = coursedir.format_path(coursedir.source_directory, ".", names["assignment"])
        source = nbformat.read(Path(folder) / f"{names['notebook']}.ipynb", as_version=4)
        notes = notes_on(submitted, submitted / f"{names['notebook']}.ipynb")
        if UNREADABLE in resources:
            notes.append(resources[UNREADABLE])
        elif not nb.cells:
            notes.append("The notebook has no cells.")
        return normalised(nb, source, notes), resources


@dataclass
class _Slot:
    """A cell of the source, and what a submission has in its place.

    Attributes:
        cell: what will stand there.
        released: its text as students got it.
        copies: the submission's cells of this name, in their order.
        kept: those of them that stay before it, as plain cells.
        followers: the student's own cells after it.
        later: how many copies of an answer stood below its tests, where another one stood above.
        added: whether something that a student has added to locked code was kept.
    """

    cell: NotebookNode
    released: str
    copies: list[NotebookNode] = field(default_factory=list)
    kept: list[NotebookNode] = field(default_factory=list)
    followers: list[NotebookNode] = field(default_factory=list)
    later: int = 0
    added: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether students write here."""
        return "nbgrader" not in self.cell.metadata or bool(self.cell.metadata.nbgrader.solution)

    @property
    def changed(self) -> list[NotebookNode]:
        """The copies that say something else than the release."""
        return [cell for cell in self.copies if self.differs(cell)]

    def differs(self, cell: NotebookNode) -> bool:
        """Whether a cell says something else than the release."""
        return _squeezed(_text(cell)) != _squeezed(self.released)


def normalised(submitted: NotebookNode, source: NotebookNode, notes: list[str]) -> NotebookNode:
    """The source notebook with a submission's answers and additional cells, and notes on what was put right."""
    result = copy.deepcopy(source)
    slots = {cell.id: _Slot(cell, _released_text(cell)) for cell in result.cells}
    cells = [cell for cell in submitted.cells if CELL_ID not in _names_of(cell)]
    keys, by_text = _match(cells, slots)
    _restore_stubs(cells, keys, slots)
    _leave_experiments(cells, keys, slots)
    leading = _distribute(cells, keys, slots)
    notes = [*notes, *submitted.metadata.get(MENDED, [])]
    if not any(keys):
        notes += (
            ["The notebook has none of the cells of this assignment, so there was nothing to grade."] if cells else []
        )
    elif by_text:
        notes.append("Cells had lost their names; they were matched by their text.")
    own = [cell for cell, key in zip(cells, keys, strict=True) if key is None]
    added = _keep_added(slots, own)
    defined = {name for slot in slots.values() if slot.is_answer for cell in slot.changed for name in _defined_in(cell)}
    defined |= {name for cell in [*own, *added] for name in _defined_in(cell)}
    for key, slot in slots.items():
        notes += _fill(key, slot, defined, is_ours=any(keys))
        if line := conflict_in(slot.cell.source):
            notes.append(f"The cell {key} has the marks of a merge conflict in line {line}.")
    notes += _locked_notes(slots) if any(keys) else []
    notes += _order_note(keys, list(slots))
    notes += _brought_notes(_bring_up(leading, slots))
    result.cells = _put_together(leading, slots)
    _typed_anew.cache_clear()
    add_notes(result, notes)
    return result


# --- which cell is which ----------------------------------------------------------------------------------------------


def _match(cells: list[NotebookNode], slots: Mapping[str, _Slot]) -> tuple[list[str | None], bool]:
    """The slot of each cell, None for a student's own; and whether code was found by its text alone."""
    keys = [_named(cell, slots) for cell in cells]
    missing = [key for key in slots if key not in keys]
    if not missing or None not in keys:
        return keys, False
    before = list(keys)
    _match_same_text(cells, keys, {key: slots[key] for key in missing})
    _match_definitions(cells, keys, {key: slots[key] for key in missing if key not in keys})
    _match_places(cells, keys, slots)
    return keys, any(
        cell.cell_type == "code" and old != new for cell, old, new in zip(cells, before, keys, strict=True)
    )


def _named(cell: NotebookNode, slots: Mapping[str, _Slot]) -> str | None:
    return next((name for name in _names_of(cell) if name in slots), None)


def _names_of(cell: NotebookNode) -> list[str]:
    return cell.metadata.get(NAMES) or [cell.id]


def _match_same_text(cells: list[NotebookNode], keys: list[str | None], missing: Mapping[str, _Slot]) -> None:
    """Finds cells that say what the release says."""
    waiting: dict[tuple[str, str], list[str]] = {}
    for key, slot in missing.items():
        waiting.setdefault((slot.cell.cell_type, _squeezed(slot.released)), []).append(key)
    for number, cell in enumerate(cells):
        found = waiting.get((cell.cell_type, _squeezed(_text(cell)))) if keys[number] is None else None
        if found and cell.source.strip():
            keys[number] = found.pop(0)


def _match_definitions(cells: list[NotebookNode], keys: list[str | None], missing: Mapping[str, _Slot]) -> None:
    """Finds answers that define what the release asked for."""
    wanted = {key: _names_in(slot.released) for key, slot in missing.items() if slot.is_answer}
    for number, cell in enumerate(cells):
        if keys[number] is None and cell.cell_type == "code":
            names = _defined_in(cell)
            keys[number] = next((key for key, ours in wanted.items() if ours and ours <= names), None)


def _match_places(cells: list[NotebookNode], keys: list[str | None], slots: Mapping[str, _Slot]) -> None:
    """Finds answers by where they stand: after what the release has before them."""
    for before, key in zip(list(slots), list(slots)[1:], strict=False):
        slot = slots[key]
        if slot.is_answer and key not in keys and before in keys:
            number = len(keys) - keys[::-1].index(before)
            is_code = slot.cell.cell_type == "code"
            if number < len(keys) and keys[number] is None and (cells[number].cell_type == "code") == is_code:
                keys[number] = key


def _restore_stubs(cells: list[NotebookNode], keys: list[str | None], slots: Mapping[str, _Slot]) -> None:
    """Gives what is left of stubs, with another comment or a type, its released text, where the answer is elsewhere."""
    written = functions_written_in(*(_text(cell) for cell in cells if cell.cell_type == "code"))
    for cell, key in zip(cells, keys, strict=True):
        if key is not None and slots[key].is_answer and is_unwritten(_text(cell)):
            is_stub_alone = not functions_written_in(_text(cell))  # many write below the stub
            if is_stub_alone and _defined_in(cell) <= written & _names_in(slots[key].released):
                cell.source = slots[key].released


def _leave_experiments(cells: list[NotebookNode], keys: list[str | None], slots: Mapping[str, _Slot]) -> None:
    """Takes copies of an answer below all tests of its task for the student's own cells, where one stands above.

    They stay where they are: what was tried below a test is nothing that the test has seen.
    """
    places: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        places.setdefault(key or "", []).append(number)
    tests: dict[str, int] = {}
    for key, slot in slots.items():
        if key in places and not slot.is_answer and slot.cell.metadata.nbgrader.grade:
            tests[task_of(key)] = max(tests.get(task_of(key), 0), *places[key])
    for key, test in tests.items():
        changed = [number for number in places.get(key, []) if slots[key].differs(cells[number])]
        later = [number for number in changed if number > test]
        if len(later) < len(changed):
            slots[key].later = len(later)
            for number in later:
                keys[number] = None


def _distribute(cells: list[NotebookNode], keys: list[str | None], slots: Mapping[str, _Slot]) -> list[NotebookNode]:
    """Gives each cell to its slot, or to that which it follows; returns those before the first."""
    leading: list[NotebookNode] = []
    followers = leading
    for cell, key in zip(cells, keys, strict=True):
        if key is None:
            followers.append(cell)
        else:
            slots[key].copies.append(cell)
            followers = slots[key].followers
    return leading


# --- what comes into a slot -------------------------------------------------------------------------------------------


def _fill(key: str, slot: _Slot, defined: set[str], is_ours: bool) -> list[str]:
    """Decides what stands in a slot, and says what had to be put right.

    Args:
        key: its name.
        slot: where to put it.
        defined: all names that the student's cells define.
        is_ours: whether the submission has any cell of the assignment; otherwise one sentence says so for all.
    """
    if slot.is_answer:
        notes = _fill_answer(key, slot, defined)
        return notes if slot.copies or is_ours else []
    if slot.cell.cell_type != "code":  # someone may have written an answer into a locked text: keep it to be read
        slot.kept = slot.changed
    return []


def _fill_answer(key: str, slot: _Slot, defined: set[str]) -> list[str]:
    changed = slot.changed
    slot.cell.source = _text(changed[-1]) if changed else slot.released
    if changed and "attachments" in changed[-1] and slot.cell.cell_type == "markdown":
        slot.cell.attachments = changed[-1].attachments
    slot.kept = changed[:-1]
    if slot.cell.cell_type == "code" and not changed:  # a stub would undo what stands elsewhere, however it is written
        names = _names_in(slot.released)
        if names and names <= defined:
            slot.cell.source = "# The answer stands in another cell."
        elif not slot.copies:
            slot.cell.source = MISSING
    if not slot.copies:
        return [f"The answer cell {key} was missing."]
    if len(changed) + slot.later > 1:
        which = "last one before its test" if slot.later else "last one"
        return [f"The answer cell {key} was there {len(changed) + slot.later} times; the {which} was graded."]
    return []


def _keep_added(slots: Mapping[str, _Slot], own: list[NotebookNode]) -> list[NotebookNode]:
    """Keeps, in cells of the student's own, what locked code defines and imports that the release does not.

    Many programs let one write into a locked cell. What stood in a test comes before it, as what it judges may need it;
    all else comes after the cell. No name that the release gives is defined again, but by `import *`.

    Args:
        slots: the cells of the source; some get more to keep.
        own: the student's own cells.
    """
    locked = [slot for slot in slots.values() if not slot.is_answer and slot.cell.cell_type == "code"]
    if not any(slot.changed for slot in locked):
        return []
    given = {name for slot in locked for name in _bound_in(slot.released)}
    answers = [cell for slot in slots.values() if slot.is_answer for cell in slot.changed]
    answered = {name for cell in answers for name in _defined_in(cell)}  # then what was tried in a test is no answer
    code = [_text(cell) for cell in [*answers, *own] if cell.cell_type == "code"]
    code = code if sum(map(len, code)) <= _MOST_ORDERED else []
    wanted = {name for text in code for name in _names_of_code(text)[1]}
    added: list[NotebookNode] = []
    for slot in reversed(locked):
        taken = given | answered if slot.cell.metadata.nbgrader.grade else given
        texts = [text for cell in slot.changed[:_MANY] for text in _added_in(_text(cell), taken, wanted)[:_MOST_ADDED]]
        wanted.update(name for text in texts for name in _names_of_code(text)[1])
        kept = [nbformat.v4.new_code_cell(text) for text in texts]  # each by itself: one that stops stops no other
        slot.added = bool(kept)
        added += kept
        if slot.cell.metadata.nbgrader.grade:
            slot.kept = kept
        else:
            slot.followers[:0] = kept
    return added


def _added_in(code: str, given: set[str], wanted: set[str] | None = None) -> list[str]:
    """The outermost imports and definitions in code that bind none of the given names; nothing of what is no Python.

    Args:
        code: the text of a cell.
        given: names that are there without it.
        wanted: names that are used elsewhere: whatever binds one is kept, and what that needs. All else that calls
            something is left out: in an earlier release it may have been a training.
    """
    kept: list[str] = []
    try:
        nodes = _parsed(code if len(code) <= _LONGEST_GIVEN else "").body
        used = set(wanted or ())
        for node in reversed(nodes):
            is_import = isinstance(node, ast.Import | ast.ImportFrom)
            if is_import:
                node.names = [one for one in node.names if (one.asname or one.name.partition(".")[0]) not in given]
            text = ast.unparse(node) if not is_import or node.names else ""
            names = _bound_in(text)
            names_nothing = isinstance(node, ast.ImportFrom) and bool(text)  # `import *`
            if not names & given and (names & used or (_is_quick(node) and (names or names_nothing))):
                kept.append(text)
                used |= _names_of_code(text)[1] if wanted else set()
    except _NO_PYTHON:
        return []
    return kept[::-1]


def _parsed(code: str) -> ast.Module:
    """The code, without lines that begin as magics do if it is no Python with them."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return ast.parse(code)
        except SyntaxError:
            return ast.parse(_MAGIC.sub("", code))


def _bound_in(code: str) -> set[str]:
    """The names that plain Python binds at its outermost level."""
    symbols = symtable.symtable(code, "", "exec").get_symbols()
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}


def _is_quick(node: ast.stmt) -> bool:
    """Whether code is an import or a definition, and calls nothing when it is run."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return isinstance(value, ast.Lambda) or not any(isinstance(part, ast.Call) for part in ast.walk(value))
    return False


# --- what stands below its test ---------------------------------------------------------------------------------------


def _bring_up(leading: list[NotebookNode], slots: Mapping[str, _Slot]) -> list[str]:
    """Copies what a test or its answer lacks from below the test: in Jupyter, cells run in whatever order one likes.

    Definitions come without the rest of their cell, so that nothing is done twice and nothing that is there is defined
    again. A cell comes as a whole, with all that it does, where only so it gives what a test asks for, such as a
    trained network. All of it stays where it is, too.

    Returns:
        The names of the answers that lacked something.
    """
    placed = _code_by_place(leading, slots)
    ours = {key: _names_of_code(slot.released) for key, slot in slots.items() if _is_given_code(slot)}
    given = {name for bound, _ in ours.values() for name in bound}
    brought = []
    for key, slot in slots.items():
        # What a hidden test uses is not asked: the page would show it.
        tests = {place: ours[test][1] for place, test in enumerate(slots) if task_of(test) == key != test}
        if not tests or not (below := [code for code in placed if code.place >= min(tests)]):
            continue
        above = [code for code in placed if code.place < min(tests)]
        if any(_DEFINES_ANYTHING.search(code.text) for code in above):
            continue
        asked = _names_in(slot.released).union(*tests.values())
        used = _names_of_code(slot.cell.source)[1] if slot.changed else frozenset()
        there = given.union(dir(builtins), *(code.bound for code in above))
        if texts := _lacking_from(below, asked, asked | used, there):
            cells = [nbformat.v4.new_code_cell(text) for text in texts]
            if slot.changed:
                slot.kept += cells
            else:  # below what is left of the stub, which may define some of it
                slot.followers[:0] = cells
            placed += [_Code(min(tests) - 1, text) for text in texts]
            brought.append(key)
    return brought


def _is_given_code(slot: _Slot) -> bool:
    return not slot.is_answer and slot.cell.cell_type == "code"


def _brought_notes(keys: list[str]) -> list[str]:
    if len(keys) > _MANY:
        return [f"What {len(keys)} answers need stood below their tests, and was run before them, too: move it up."]
    return [
        f"What the answer {key} needs stood below its test, and was run before it, too: move it up." for key in keys
    ]


@dataclass(frozen=True)
class _Code:
    """What a cell of the student's runs.

    Attributes:
        place: the number of the source's cell that it belongs to.
        text: the code.
        bound: the names that it binds.
    """

    place: float
    text: str

    @functools.cached_property
    def bound(self) -> frozenset[str]:
        return _names_of_code(self.text)[0]


def _code_by_place(leading: list[NotebookNode], slots: Mapping[str, _Slot]) -> list[_Code]:
    """The student's code in the order in which it runs; nothing where it is more than anybody writes."""
    cells: list[tuple[float, NotebookNode]] = [(-1, cell) for cell in leading]
    for place, slot in enumerate(slots.values()):
        cells += [(place - 0.5, cell) for cell in slot.kept]
        cells += [(place, cell) for cell in [slot.cell] * (slot.is_answer and bool(slot.changed)) + slot.followers]
    found = [_Code(place, _text(cell)) for place, cell in cells if cell.cell_type == "code"]
    return found if sum(len(code.text) for code in found) <= _MOST_ORDERED else []


def _lacking_from(below: list[_Code], asked: set[str], wanted: set[str], there: set[str]) -> list[str]:
    """What of some code defines names that are not there, behind what that needs itself.

    Args:
        below: the code, of which the last that defines a name counts.
        asked: names for which a cell comes as a whole if need be.
        wanted: all names.
        there: those that are there already.
    """
    last = {name: code for code in below for name in code.bound}
    pieces: dict[_Code, dict[str, frozenset[str]]] = {}  # the definitions in a cell, and the names that each binds
    taken: dict[_Code, set[str]] = {}  # definitions, or the whole cell
    known, order = set(there), {}
    waiting = [(name, False) for name in sorted(wanted)]
    while waiting:
        name, is_ready = waiting.pop()
        if is_ready:
            order[last[name]] = None
        elif name in last and name not in known:
            known.add(name)
            code = last[name]
            if code not in pieces:
                pieces[code] = {text: _names_of_code(text)[0] for text in _added_in(code.text, there)}
            texts = [text for text, bound in pieces[code].items() if name in bound] or [code.text] * (name in asked)
            before = taken.setdefault(code, set())
            used = {one for text in texts if text not in before for one in _names_of_code(text)[1]}
            before.update(texts)
            waiting += [(name, True), *((one, False) for one in sorted(used))]
    found = []
    for code in order:
        kept = [text for text in pieces[code] if text in taken[code]]
        found.append(code.text if code.text in taken[code] else "\n\n".join(kept))
    return [text for text in found if text]


@functools.lru_cache(maxsize=5000)
def _names_of_code(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that code binds for all cells, and those that it takes from elsewhere.

    Of what is no Python, lines that begin as magics left out, there are those that it seems to define.
    """
    for text in (code, _OUTPUT.sub(" None", _MAGIC.sub("", code))):
        with warnings.catch_warnings(action="ignore"), contextlib.suppress(*_NO_PYTHON):
            table = symtable.symtable(text, "", "exec")
            bound = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
            used, waiting = set(), [table]
            while waiting:
                scope = waiting.pop()
                waiting += scope.get_children()
                for one in scope.get_symbols():
                    used |= {one.get_name()} if one.is_global() and one.is_referenced() else set()
                    bound |= {one.get_name()} if one.is_declared_global() and one.is_assigned() else set()
            return frozenset(bound), frozenset(used - bound)
    return frozenset(_names_in(code)), frozenset()


def _locked_notes(slots: Mapping[str, _Slot]) -> list[str]:
    """Sentences on the locked cells of code that were changed or missing; one for all where they are many."""
    locked = {key: slot for key, slot in slots.items() if not slot.is_answer and slot.cell.cell_type == "code"}
    changed = [key for key, slot in locked.items() if slot.changed]
    missing = [key for key, slot in locked.items() if not slot.copies]
    added = ", and what was defined there besides, as far as it is used, is in a cell of its own"
    notes = [
        f"The locked cell {key} had been changed; the original was used{added * locked[key].added}." for key in changed
    ]
    if len(changed) > _MANY:
        end = added * any(slot.added for slot in locked.values())
        notes = [f"{len(changed)} locked cells were not as they are released now; the released ones were used{end}."]
    if len(missing) > _MANY:
        return [*notes, f"{len(missing)} locked cells were missing; they were put back."]
    return [*notes, *(f"The locked cell {key} was missing; it was put back." for key in missing)]


def _order_note(keys: Iterable[str | None], order: list[str]) -> list[str]:
    positions = [order.index(key) for key in dict.fromkeys(keys) if key is not None]
    if positions == sorted(positions):
        return []
    return ["The cells were in another order; the original order was used."]


def _put_together(leading: list[NotebookNode], slots: Mapping[str, _Slot]) -> list[NotebookNode]:
    """All cells in their order: those of the source, and around them the student's own, with names of ours."""
    cells = [_plain(cell) for cell in leading]
    for slot in slots.values():
        cells += [*map(_plain, slot.kept), slot.cell, *map(_plain, slot.followers)]
    ours = {id(slot.cell) for slot in slots.values()}
    for number, cell in enumerate([cell for cell in cells if id(cell) not in ours], start=1):
        cell.id = f"added-{number}"
    return cells


# --- texts ------------------------------------------------------------------------------------------------------------


def _released_text(cell: NotebookNode) -> str:
    """What students got in place of this source cell."""
    if "nbgrader" not in cell.metadata:
        return cell.source
    if cell.metadata.nbgrader.solution:
        return stub(cell.source)
    return hide(copy.deepcopy(cell)).source


def _text(cell: NotebookNode) -> str:
    return text_of(cell.get("source", ""))


def _squeezed(text: str) -> str:
    """A text without what is changed by itself: by editors blanks and empty lines, by encodings other letters."""
    text = re.sub(r"[^\x00-\x7f?]+|\?+", "?", _typed(text))
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _typed(text: str) -> str:
    """A text as a keyboard would have it: pages and chats put other blanks and quotes, and things that nobody sees."""
    return text if text.isascii() or len(text) > _LONGEST_TYPED else _typed_anew(text)


@functools.lru_cache(maxsize=10_000)  # of one notebook: it is asked ten times for each text, and may take long
def _typed_anew(text: str) -> str:
    return unicodedata.normalize("NFC", _RUN.sub(_JOINED, text.translate(_KEYS)))


class _Keys(dict[int, str]):
    """What a keyboard has in the place of a letter that came from elsewhere."""

    def __missing__(self, number: int) -> str:
        letter, kind = chr(number), unicodedata.category(chr(number))
        if kind in ("Zs", "Cf"):
            letter = " " if kind == "Zs" else ""
        elif kind in ("Pi", "Pf"):
            letter = "'" if letter in "‘’‚‛" else '"'
        elif "！" <= letter <= "～":  # as wide as a Chinese letter
            letter = unicodedata.normalize("NFKC", letter)
        self[number] = letter
        return letter


_KEYS = _Keys()


def _names_in(code: str) -> set[str]:
    """What a piece of code defines at its outermost level."""
    return {function or variable for function, variable in _DEFINED.findall(_typed(code))}


def _defined_in(cell: NotebookNode) -> set[str]:
    return _names_in(_text(cell)) if cell.cell_type == "code" else set()


def _plain(cell: NotebookNode) -> NotebookNode:
    """A student's own cell, without any mark that nbgrader or a page could act on."""
    if cell.cell_type == "markdown":
        pictures = {"attachments": cell.attachments} if "attachments" in cell else {}
        return nbformat.v4.new_markdown_cell(_text(cell), **pictures)
    return (nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_raw_cell)(_text(cell))
