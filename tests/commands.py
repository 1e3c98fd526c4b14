"""The page docs/commands.md: every command and setting of ours, from what they say of themselves.

`python tests/commands.py` writes it anew.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import typer
from traitlets.config import Configurable
from typer.main import get_command

import graders.plugins
from graders.classroom import watch
from graders.cli import app
from graders.course import Course

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "commands.md"
PLAIN_TYPE = re.compile(r" <(list\[)?(str|int|path)\]?>")
COMMANDS = """# Commands and settings

What `course` does, as its `--help` says it. How commands go together is in [running-a-class.md](running-a-class.md)
for instructors, and in [CONTRIBUTING.md](../CONTRIBUTING.md) for authors; `make help` lists what runs several of them.

## Commands
"""
SETTINGS = """## Settings

Set in `nbgrader_config.py`, or, but for `Watch`, for one run on the command line of nbgrader, such as
`--LatePenalty.percent_per_day=10`.
nbgrader's own, which `nbgrader autograde --help-all` lists, work as ever.

| setting | value here | what it is |
|---|---|---|"""
VARIABLES = """
## Environment variables

| variable | without it | what it is |
|---|---|---|
| `COURSE_TEST_SEED` | `0` | what hidden tests draw their inputs from; another number for each class |
| `COURSE_EXCHANGE` | `.exchange` of the course | the folder where students fetch and submit |
| `COURSE_GRADEBOOK` | `gradebook.db` of the course | the address of a database for the gradebook |
| `COURSE_BUDGET` | `laptop` | how long notebooks train: `laptop` as released, `gpu` longer, `proof` a few steps |
| `COURSE_SEED` | `0` | the first weights of networks, and the order of their data |
| `COURSE_ORACLES` | a folder in `~/.cache` | where values of oracles are kept, or `off` |
| `COURSE_LENSES` | `simulated` | the data of the notebook `lenses`: [real-data.md](real-data.md) |
"""


def page() -> str:
    """The text of the page."""
    return "\n".join([COMMANDS, *commands(), SETTINGS, *settings(), VARIABLES])


def commands() -> Iterator[str]:
    """What each command does, and below it what it takes."""
    for name, command in get_command(app).commands.items():
        context = typer.Context(command, info_name=name)
        yield f"**`course {name}`** {command.help}\n"
        for called, said in (one.get_help_record(context) for one in command.params):
            yield f"- `{PLAIN_TYPE.sub('', called)}`: {' '.join(said.split())}"
        yield ""


def settings() -> Iterator[str]:
    """A row for each."""
    config = Course(ROOT).config()
    modules = [
        importlib.import_module(f"graders.plugins.{one.name}") for one in pkgutil.iter_modules(graders.plugins.__path__)
    ]
    ours = {one for module in (*modules, watch) for one in vars(module).values() if isinstance(one, type)}
    ours = [one for one in ours if issubclass(one, Configurable) and one.__module__.startswith("graders.")]
    rows = []
    for owner in ours:
        for name, trait in owner.class_own_traits(config=True).items():
            heirs = [one.__name__ for one in ours if issubclass(one, owner) and name in config[one.__name__]]
            section = (heirs or [owner.__name__])[0]
            value = config[section].get(name, trait.default_value)
            rows.append(f"| `c.{section}.{name}` | `{value!r}` | {trait.help} |")
    yield from sorted(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
