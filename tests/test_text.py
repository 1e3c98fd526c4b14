"""Text that strangers chose is data wherever it is shown: in a terminal, a table, a Markdown cell, a CSV file."""

import csv
import io

import pytest
from helpers import ROOT
from rich.console import Console
from rich.table import Table

from graders.plugins.rendering import markdown
from graders.text import alike, for_csv, for_markdown, for_table, is_student_id, one_line

# What would act on what shows it: on a terminal, on the lines around it, on the order of reading.
LIVE = {
    "an escape that clears the line": "\x1b[2K",
    "an escape of one byte": "\x9b31m",
    "a title of the window": "\x1b]0;OWNED\x07",
    "a link of a terminal": "\x1b]8;;http://evil.org\x1b\\",
    "a backspace": "\b",
    "a carriage return": "\r",
    "a line break": "\n",
    "a break of Unicode's": "\u2028",
    "a break of 1964": "\x85",
    "a tab": "\t",
    "another direction": "\u202e",
    "an isolated direction": "\u2066",
    "a mark of direction": "\u200f",
    "nothing to be seen": "\u200b",
    "a mark of byte order": "\ufeff",
    "half a character": "\ud800",
    "a tag": "\U000e0041",
    "a null": "\0",
}


@pytest.mark.parametrize("what", LIVE)
def test_a_line_is_one_line_of_characters_that_can_be_seen(what):
    line = one_line(f"ada{LIVE[what]}emmy, 25 of 25")
    assert line.isprintable()
    assert line.startswith("ada")
    assert line.endswith("emmy, 25 of 25")


@pytest.mark.parametrize("text", ["josé", "Łukasz O'Neil-Đorđević", "李雷", "a — b", "x² ≤ 1", ""])
def test_what_people_write_stays(text):
    assert one_line(text) == text


def test_a_line_is_not_endless():
    assert len(one_line("x" * 10**6)) == 2000


@pytest.mark.parametrize(
    "text", ["[red]ada", "[/]", "[link=http://evil.org]ada[/link]", "a[0]", "\\[b]", "[bold", ":smile:"]
)
def test_a_table_shows_brackets_and_obeys_none(text):
    table = Table("student")
    table.add_row(for_table(text))
    console = Console(file=io.StringIO(), force_terminal=True, width=80, legacy_windows=False, emoji=False)
    console.print(table, highlight=False)
    assert text in console.file.getvalue()


MARKUP = [
    "![a](https://evil.org)",
    "<img src=https://evil.org>",
    "[a](https://evil.org)",
    "https://evil.org",
    "<b>ada</b>",
    "**ada**",
    "# ada",
    "`ada`",
    "$ada$",
    "\\(ada\\)",
    "a\n\n# All points granted",
    "a\n- emmy, parameters: cheated",
    "&lt;b&gt;",
    "| a | b |",
    "~~ada~~",
    "1. ada",
    "+ ada",
    "---",
]


@pytest.mark.parametrize("text", MARKUP)
def test_a_markdown_cell_shows_marks_and_obeys_none(text):
    shown = markdown(f"- {for_markdown(text)}")
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown.replace("\n", "") == f"<ul><li>{plain}</li></ul>"


STARTS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("before", ["", " ", "\t", "\n", "ada;", "ada; ", "\r\n", "\u00a0"])
@pytest.mark.parametrize("start", STARTS)
def test_a_spreadsheet_finds_no_formula(start, before):
    """Neither where a comma separates cells, nor where a semicolon does."""
    file = io.StringIO()
    csv.writer(file).writerow(["ada", for_csv(f"{before}{start}HYPERLINK(1)")])
    cells = [cell for delimiter in ",;" for row in csv.reader([file.getvalue()], delimiter=delimiter) for cell in row]
    assert not [cell for cell in cells if cell.strip().startswith(start)]


@pytest.mark.parametrize(
    "name", ["ada", "a", "ada.lovelace", "ada-l", "ada_l", "ada@uni.org", "josé", "李雷", "o'neil", "1815"]
)
def test_an_id_of_a_student(name):
    assert is_student_id(name)


NO_IDS = [
    *("", ".", "..", ".ada", "ada.", "-ada", "~", " ada", "ada ", "x" * 200),
    *("a/b", "a\\b", "a:b", "bob [late]", "a*", "a?", "{a}", "$HOME", "a%2e"),
    *("written_answers.jsonl", "grading_seconds.JSONL"),  # files beside the folders of students
    *("a<b>", 'a"b', "a&b", "a|b", "=1", "ada\n", "a\x1bb", "a\u202eb", "jose\u0301"),
]


@pytest.mark.parametrize("name", NO_IDS)
def test_what_can_be_no_id_of_a_student(name):
    """It would be a pattern, a path, markup, another's name to the eye, or a name that some system does not have."""
    assert not is_student_id(name)


def test_ids_that_are_the_same_student_are_found():
    assert alike(["ada", "ADA", "emmy", "jose\u0301", "josé", "Ａda"]) == [
        ["ADA", "ada", "Ａda"],
        ["jose\u0301", "josé"],
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "graders").glob("[cp]l*/**/*.py")), ids=lambda path: path.stem)
def test_nothing_but_this_module_makes_text_safe_for_a_table_or_a_spreadsheet(path):
    code = path.read_text(encoding="utf-8")
    assert "rich.markup" not in code
    assert "＝" not in code
