"""Oracles are asked once, on the trusted side alone, and never answered by an entry that is damaged or out of date."""

import ast
import os
import shutil
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import helpers
import numpy as np
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES

from graders.checks import oracles
from graders.checks.oracles import decode, encode, oracle
from graders.proof.fixtures import fixtures
from graders.proof.rehearsal import rehearse
from graders.proof.workers import warm_workers
from graders.sealed import sandbox

WITHOUT_TRAINING = [name for name in NAMES if not ASSIGNMENTS[name].trained_points]
asked = []


def squares(values, scale=1.0):
    asked.append(values)
    return {"squares": np.asarray(values) ** 2 * scale, "count": (len(values), "of them")}


def cubes(values, scale=1.0):
    asked.append(values)
    return {"cubes": np.asarray(values) ** 3 * scale}


def a_new_process(writes=True):
    """What a process that has just been started knows."""
    oracles._generation.cache_clear()
    oracles._digest_of.cache_clear()
    oracles.keep(writes)
    asked.clear()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The folder in which this process keeps values, which was told by the variable."""
    folder = tmp_path / "oracles"
    monkeypatch.setenv(oracles.VARIABLE, str(folder))
    a_new_process()
    yield folder
    oracles.forget()
    oracles._generation.cache_clear()
    oracles._digest_of.cache_clear()


def entries(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


# --- once -------------------------------------------------------------------------------------------------------------


def test_an_oracle_is_asked_once_by_all_processes(shelf):
    ask = oracle(squares)
    first = ask([1, 2, 3])
    assert ask([1, 2, 3]) is not first  # nobody changes the value of another one
    assert len(asked) == 1
    a_new_process()
    again = ask([1, 2, 3])
    assert asked == []
    assert again["squares"].tolist() == [1.0, 4.0, 9.0]
    assert again["count"] == (3, "of them")


def test_an_oracle_within_another_is_part_of_it(shelf):
    inner = oracle(squares)

    def outer(values):
        return inner(values)["squares"].sum()

    assert oracle(outer)([1, 2]) == 5.0
    assert len(entries(shelf)) == 1


VALUES = {
    "nothing in a list": [None],
    "true": True,
    "a whole number": 10**30,
    "a number": 0.1 + 0.2,
    "nan and infinity": [float("nan"), float("inf")],
    "text": "λ",
    "nested": [(1, [2.0, "three"]), {"a": (), "b": {"c": [None]}}],
    "float32": np.float32(0.1),
    "float64": np.float64(0.1),
    "int64": np.int64(7),
    "an array": np.arange(6.0).reshape(2, 3).T,
    "float16": np.array([1.5], np.float16),
    "booleans": np.array([True, False]),
    "complex": np.array([1 + 2j]),
    "texts": np.array(["a", "bc"]),
    "empty": np.zeros((0, 3), np.float32),
    "0-d": np.array(3.0),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_kept_value_is_the_value_itself(shelf, value):
    same = decode(encode(value))
    assert type(same) is type(value)
    np.testing.assert_equal(same, value)
    assert getattr(same, "dtype", None) == getattr(value, "dtype", None)
    assert repr(same) == repr(value)


@pytest.mark.parametrize(
    "value", [{1: 2}, {3}, object(), np.array([object()]), b"bytes", lambda: 0], ids=lambda value: type(value).__name__
)
def test_what_is_no_plain_data_is_refused(shelf, value):
    with pytest.raises(TypeError, match="plain data"):
        encode(value)
    with pytest.raises(TypeError, match="plain data"):
        oracle(squares)(value)


def test_functions_are_told_apart_by_where_they_are(shelf):
    def apply(function, z):
        asked.append(z)
        return function(z)

    ask = oracle(apply)
    assert [ask(np.sin, 0.0), ask(np.cos, 0.0), ask(np.sin, 0.0)] == [0.0, 1.0, 0.0]
    assert len(asked) == 2
    with pytest.raises(TypeError, match="plain data"):
        ask(lambda z: z, 0.0)


# --- neither wrong nor stale ------------------------------------------------------------------------------------------

OTHER_INPUTS = {
    "another value": (([1, 2, 4],), {}),
    "another type of number": (([1.0, 2, 3],), {}),
    "true for one": (([True, 2, 3],), {}),
    "a tuple": (((1, 2, 3),), {}),
    "an array": ((np.array([1, 2, 3]),), {}),
    "an array of another type": ((np.array([1, 2, 3], np.int8),), {}),
    "an option": (([1, 2, 3],), {"scale": 2.0}),
}


@pytest.mark.parametrize(("args", "kwargs"), OTHER_INPUTS.values(), ids=OTHER_INPUTS)
def test_other_inputs_are_another_question(shelf, args, kwargs):
    ask = oracle(squares)
    ask([1, 2, 3])
    a_new_process()
    found = ask(*args, **kwargs)
    assert len(asked) == 1
    np.testing.assert_equal(found, squares(*args, **kwargs))


def test_another_oracle_is_another_question(shelf):
    oracle(squares)([1, 2, 3])
    assert "cubes" in oracle(cubes)([1, 2, 3])


@pytest.mark.parametrize("change", ["a line", "a name", "a new file"])
def test_after_a_change_of_any_check_an_oracle_is_asked_again(shelf, tmp_path, monkeypatch, change):
    checks = shutil.copytree(oracles.CHECKS, tmp_path / "checks", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(oracles, "CHECKS", checks)
    oracle(squares)([1, 2, 3])
    a_new_process()
    oracle(squares)([1, 2, 3])
    assert asked == []
    if change == "a line":
        (checks / "lenses" / "data.py").write_text((checks / "lenses" / "data.py").read_text() + "X = 1\n")
    elif change == "a name":
        (checks / "vae.py").rename(checks / "vae2.py")
    else:
        (checks / "new.py").touch()
    a_new_process()
    oracle(squares)([1, 2, 3])
    assert len(asked) == 1


@pytest.mark.parametrize("place", range(len(oracles.versions())))
def test_with_another_version_of_anything_an_oracle_is_asked_again(shelf, monkeypatch, place):
    ask = oracle(squares)
    ask([1, 2, 3])
    others = oracles.versions()
    others[place] += "1"
    monkeypatch.setattr(oracles, "versions", lambda: others)
    a_new_process()
    ask([1, 2, 3])
    assert len(asked) == 1


def truncated(content):
    return content[:-5]


def changed(content):
    return content.replace(b"of them", b"of thee")


DAMAGES = {
    "empty": lambda content: b"",
    "truncated": truncated,
    "its seal alone": lambda content: content.splitlines()[0],
    "without its seal": lambda content: content.partition(b"\n")[2],
    "one letter changed": changed,
    "no text": lambda content: bytes(range(256)),
    "a pickle": lambda content: b"cos\nsystem\n(S'exit'\ntR.",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_entry_is_not_used_and_is_mended(shelf, damage):
    ask = oracle(squares)
    right = ask([1, 2, 3])
    (entry,) = entries(shelf)
    whole = entry.read_bytes()
    assert damage(whole) != whole
    entry.write_bytes(damage(whole))
    a_new_process()
    np.testing.assert_equal(ask([1, 2, 3]), right)
    assert len(asked) == 1
    assert entry.read_bytes() == whole


def test_the_answer_to_another_question_is_not_used(shelf):
    ask = oracle(squares)
    ask([1, 2, 3])
    (entry,) = entries(shelf)
    right = ask([4, 5, 6])
    (other,) = set(entries(shelf)) - {entry}
    shutil.copy(entry, other)
    a_new_process()
    np.testing.assert_equal(ask([4, 5, 6]), right)
    assert len(asked) == 1


def test_who_reads_while_others_write_finds_all_or_nothing(shelf):
    place, value = shelf / "generation" / "question", list(range(20_000))

    def write_and_read(_):
        oracles._write(place, "question", value)
        return oracles._read(place, "question")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(write_and_read, range(80)))
    assert found == [value] * 80
    assert entries(shelf) == [place]


def test_what_an_oracle_raises_is_raised_and_not_kept(shelf):
    def fails(x):
        raise RuntimeError(x)

    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            oracle(fails)("no")
    assert entries(shelf) == []


def test_values_that_were_given_up_go(shelf):
    old = shelf / "old"
    old.mkdir()
    (old / "entry").touch()
    os.utime(old, (0, 0))
    oracle(squares)([1, 2, 3])
    assert not old.exists()


# --- on the trusted side alone ----------------------------------------------------------------------------------------


def test_a_process_that_has_not_been_told_to_keeps_nothing(shelf):
    oracles.forget()
    ask = oracle(squares)
    assert ask([1, 2, 3])["count"] == (3, "of them")
    ask([1, 2, 3])
    assert len(asked) == 2
    assert entries(shelf) == []


def test_a_process_in_which_others_run_uses_what_is_kept_and_adds_nothing(shelf):
    ask = oracle(squares)
    ask([1, 2, 3])
    a_new_process(writes=False)
    ask([1, 2, 3])
    assert asked == []
    ask([4, 5, 6])
    ask([4, 5, 6])
    assert len(asked) == 1
    assert len(entries(shelf)) == 1


def test_the_variable_switches_it_off(shelf, monkeypatch):
    monkeypatch.setenv(oracles.VARIABLE, "off")
    a_new_process()
    oracle(squares)([1, 2, 3])
    assert entries(shelf) == []


def inside_the_environment(folder, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(folder.parent))


def others_may_write(folder, monkeypatch):
    folder.chmod(0o777)


def belongs_to_another(folder, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)


def is_a_file(folder, monkeypatch):
    folder.rmdir()
    folder.touch()


@pytest.mark.parametrize(
    "unsafe",
    [inside_the_environment, others_may_write, belongs_to_another, is_a_file],
    ids=lambda unsafe: unsafe.__name__.replace("_", " "),
)
def test_a_folder_that_candidates_see_or_others_write_to_is_not_used(shelf, monkeypatch, unsafe):
    shelf.mkdir(exist_ok=True)
    unsafe(shelf, monkeypatch)
    a_new_process()
    assert oracle(squares)([1, 2, 3])["count"] == (3, "of them")
    assert [entry for entry in entries(shelf.parent) if entry != shelf] == []


def test_the_usual_folder_is_this_users_alone_and_out_of_the_sandbox(tmp_path, monkeypatch):
    monkeypatch.delenv(oracles.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = oracles._folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert oracles._folder().is_relative_to(tmp_path / ".cache")
    command = sandbox.command(1)
    bound = [command[place + 1] for place, word in enumerate(command) if word == "--ro-bind"]
    assert not [path for path in bound if oracles._folder().is_relative_to(Path(path).resolve())]
    assert oracles.VARIABLE not in sandbox.environment(1)


# --- those of the checks ----------------------------------------------------------------------------------------------

ORACLES = [
    pytest.param(node, id=f"{path.relative_to(oracles.CHECKS).with_suffix('')}.{node.name}")
    for path in sorted(oracles.CHECKS.rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef) and any(ast.unparse(one) == "oracle" for one in node.decorator_list)
]


@pytest.mark.parametrize("node", ORACLES)
def test_an_oracle_depends_on_its_arguments_alone(node):
    """It draws nothing, reads no file and no variable, knows no seed and asks no student."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    attributes = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    assert not names & {"draws", "open", "os", "Path", "Function", "Result", "beside", "held_out", "rng", "student"}
    assert not attributes & {"random", "default_rng", "environ", "load"}


# --- the same points --------------------------------------------------------------------------------------------------


def outcomes(assignment, answers, folder):
    os.environ[oracles.VARIABLE] = folder
    return rehearse(assignment, answers)


@pytest.mark.parametrize("name", WITHOUT_TRAINING if helpers.FULL else [LIGHT])
def test_every_test_gives_the_same_with_and_without(name, tmp_path):
    """The reference, and wrong answers in the same words; no one but the reference adds a value."""
    assignment = ASSIGNMENTS[name]
    wrong = [one.answers for one in fixtures(COURSE, assignment) if not one.is_right][:2]
    with warm_workers() as pool:
        reference = pool.submit(outcomes, assignment, {}, str(tmp_path)).result()
        before = {path: path.stat().st_mtime_ns for path in entries(tmp_path)}
        without, kept = (
            [pool.submit(outcomes, assignment, answers, folder) for answers in ({}, *wrong)]
            for folder in ("off", str(tmp_path))
        )
        results = [run.result() for run in kept]
        assert results == [run.result() for run in without]
    assert results[0] == reference
    assert before
    assert {path: path.stat().st_mtime_ns for path in entries(tmp_path)} == before
