"""Text that strangers chose, made safe for where it is shown: a terminal, a table, a Markdown cell, a CSV file.

Ids of students, names of files, notes and sentences of failed tests may hold escapes of a terminal, line breaks,
characters that turn the direction of writing, markup and formulas. Whoever shows one goes through a function of this
module; nobody else needs to know how.
"""

import re
import unicodedata
from collections.abc import Iterable

from rich.markup import escape

LONGEST = 2000  # characters of a line

_JOINERS = "\u200c\u200d"  # letters of many names need them, and they do nothing to a page or a terminal
# Escapes, line breaks, characters that are not there, and those that turn the direction of writing.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+.!|~$&:^=@-])")

# What spreadsheet programs take for the start of a formula (https://owasp.org/www-community/attacks/CSV_Injection),
# also behind a semicolon, which separates cells where a comma is for decimals. A plain name or address is none: `-x` or
# `+x@y.org` calls no function, and an importer needs it as it is.
_FORMULA = re.compile(r"(^|;\s*)(?=[=+\-@＝＋－＠])")
_PLAIN = re.compile(r"[\w.@+-]+")

_STUDENT = re.compile(r"\w([\w.,@+'() -]{0,98}[\w)])?")


def one_line(text: object) -> str:
    r"""Text on one line, for a terminal or a note: what cannot be seen is written as its code, such as ``\x1b``."""
    line = visible(" ".join(str(text).split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def visible(text: str) -> str:
    r"""Text in which what cannot be seen is written as its code, such as ``\x1b``."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in _HIDDEN and c not in _JOINERS else c
        for c in text
    )


def for_table(text: object) -> str:
    """Text for `rich`, which takes brackets for markup."""
    return escape(one_line(text))


def for_markdown(text: object) -> str:
    """Text for a Markdown cell, in which nothing is markup, a link or a picture."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


def for_csv(text: object) -> str:
    """Text on one line that no spreadsheet program takes for a formula: an apostrophe stands before one."""
    line = one_line(text if text is not None else "")
    return line if _PLAIN.fullmatch(line) else _FORMULA.sub(r"\1'", line)


def is_student_id(text: str) -> bool:
    """Whether a text can name a student, in folders, patterns, pages and tables: letters, digits and ``. _ - @ +``.

    Files of records lie beside the folders of students: what ends as they do is none's.
    """
    is_record = text.casefold().endswith(".jsonl")
    return bool(_STUDENT.fullmatch(text)) and unicodedata.is_normalized("NFC", text) and not is_record


def same_student(text: str) -> str:
    """What ids have in common that differ in capitals or in how accents are stored: one folder, on other machines."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def alike(ids: Iterable[str]) -> list[list[str]]:
    """The groups of ids that are the same student's by `same_student`."""
    groups: dict[str, list[str]] = {}
    for student in sorted(set(ids)):
        groups.setdefault(same_student(student), []).append(student)
    return [group for group in groups.values() if len(group) > 1]
