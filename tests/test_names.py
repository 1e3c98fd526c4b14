"""Under which names the files of a submission lie in its work folder."""

import os
from unicodedata import normalize

import pytest

from graders.sealed.names import as_written

ONE, APART = normalize("NFC", "größe"), normalize("NFD", "größe")  # as keyboards write it, and as macOS packs it
MARKS, MARKS_APART = "a\u0323\u0307", "a\u0307\u0323"  # which are ạ̇ in NFC


def names(*given, code=""):
    """What each file is called, in order."""
    found = as_written({name: name.encode(errors="surrogateescape") for name in given}, code)
    by_content = {content: name for name, content in found.items()}
    assert len(found) == len(by_content) == len(given)  # nothing is lost
    return [by_content[name.encode(errors="surrogateescape")] for name in given]


@pytest.mark.parametrize("code", ["", f"open('{ONE}.csv')", f"from {APART} import x"])
def test_letters_with_accents_are_as_keyboards_write_them(code):
    assert names(f"{APART}.csv", f"{APART}.py", "a.csv", code=code) == [f"{ONE}.csv", f"{ONE}.py", "a.csv"]


def test_so_are_those_of_folders():
    given = [f"{APART}/{APART}/{APART}.csv", f"{APART}/b.csv", f"a/{APART}.csv"]
    assert names(*given) == [f"{ONE}/{ONE}/{ONE}.csv", f"{ONE}/b.csv", f"a/{ONE}.csv"]


def test_the_form_that_the_code_has_stays():
    assert names(f"{APART}.csv", f"{APART}.npy", code=f"open('{APART}.csv')") == [f"{APART}.csv", f"{ONE}.npy"]


TAKEN = {
    "a file": [f"{APART}.csv", f"{ONE}.csv"],
    "a file within": [f"a/{APART}.csv", f"a/{ONE}.csv"],
    "a folder": [f"{APART}", f"{ONE}/b.csv"],
    "a folder in the way of a file": [f"{APART}/b.csv", f"{ONE}"],
    "folders of both names": [f"{APART}/a.csv", f"{ONE}/b.csv"],
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_name_that_is_taken_is_left_to_whose_it_is(what):
    assert names(*TAKEN[what]) == TAKEN[what]


def test_no_two_files_get_one_name():
    assert names(MARKS, f"{MARKS_APART}/b.csv") == [MARKS, f"{normalize('NFC', MARKS)}/b.csv"]


@pytest.mark.parametrize(
    "name", ["\U0001d15e" * 20, "\ufa6c.csv", "x y/.z", "..a", os.fsdecode(b"\xff.csv"), "e" + "\u0301" * 100]
)
def test_other_names_are_as_long_as_before_at_most(name):
    (new,) = names(name)
    assert len(os.fsencode(new)) <= len(os.fsencode(name))
