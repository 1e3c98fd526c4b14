"""Turns what students wrote and showed into parts of a page, in a process that ends where it takes too long.

Markdown and the colours of code are found by other people's patterns, and some short texts keep those busy for days. So
each part has a limit of length and of processor time, a page has a limit of the latter, and what exceeds one is shown
as it was written.
"""

import atexit
import contextlib
import json
import os
import re
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from latex2mathml.commands import MATRICES
from latex2mathml.converter import convert
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from graders.plugins import pictures
from graders.plugins.safe_html import clean, plain

LONGEST = {"html": 1_000_000, "markdown": 200_000, "code": 200_000}  # characters of a part, but for those of pictures
SECONDS, PAGE_SECONDS = 2.0, 10.0
LONGEST_PAGE = 60_000_000  # characters of all parts of a page: a notebook with all its pictures has 50 million at most
_CLOCK_SECONDS = 60.0  # a backstop, for a process that neither works nor ends
_MEMORY = 2 * 2**30  # bytes

TOO_LONG = "This is too long to be shown in another way than it was written."
TOO_SLOW = "This takes too long to be shown in another way than it was written."


class Renderer:
    """The process, started when it is needed.

    Args:
        seconds: of processor time for a part.
        page_seconds: of processor time for all parts of a page.
        longest_page: characters of all parts of a page. What is written once may be shown at many places.
    """

    def __init__(
        self, seconds: float = SECONDS, page_seconds: float = PAGE_SECONDS, longest_page: int = LONGEST_PAGE
    ) -> None:
        self._seconds, self._page_seconds, self._longest_page = seconds, page_seconds, longest_page
        self.begin_page()
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()  # the formgrader makes pages in several threads

    def begin_page(self) -> None:
        """Gives the parts of the next page their time and their room."""
        self._left, self._room = self._page_seconds, self._longest_page

    def __call__(self, kind: str, text: str, **options: Any) -> str:
        """A part of a page.

        Args:
            kind: "html", "markdown" or "code".
            text: as it was written.
            options: of the functions below that make such a part.

        Returns:
            HTML that is harmless, and balanced.
        """
        if kind != "code" and not options.get("trusted"):
            text, options["lifted"] = pictures.lift(text)
        if len(text) > LONGEST[kind]:
            return plain(text, TOO_LONG)
        made, why = None, TOO_SLOW
        with self._lock:
            if self._left > 0:
                limits = {"seconds": self._seconds, "room": self._room}
                answer = self._ask({"kind": kind, "text": text, **limits, **options})
                made, why = answer["html"], answer.get("why", TOO_SLOW)
                self._left -= answer["seconds"] if made is not None else self._seconds
                self._room -= len(made or "")
        return plain(text, why) if made is None else made

    def stop(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.stdout.close()
            with contextlib.suppress(OSError):  # what it had not read yet
                process.stdin.close()
            process.wait()

    def _ask(self, request: dict) -> dict:
        if self._process is None:
            # -P: a module of this name in the current folder is not meant
            command = [sys.executable, "-P", "-m", "graders.plugins.rendering"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], _CLOCK_SECONDS)[0]:
                return json.loads(self._process.stdout.readline())
        self.stop()
        return {"html": None}


render = Renderer()
atexit.register(render.stop)


# --- in the process ---------------------------------------------------------------------------------------------------


class _Renderer(IPythonRenderer):
    """A picture that is not attached, copied from elsewhere, costs its place alone; formulas need no script."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._names = {_name_of(name): name for name in reversed(self.attachments)}

    def address_of(self, src: str) -> str:
        """Where a picture is: within the page if it is attached, else where it was said to be."""
        name = self._names.get(_name_of(src.removeprefix("attachment:")))
        return src if name is None else super()._embed_image_or_attachment(f"attachment:{name}")

    _embed_image_or_attachment = address_of  # of pictures in Markdown; those in HTML are looked for when it is cleaned

    def block_math(self, body: str) -> str:
        return formula(body, "block") or super().block_math(body)

    def inline_math(self, body: str) -> str:
        return formula(body, "inline") or super().inline_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return formula(tex, "block") or super().latex_environment(name, body)


def _name_of(picture: str) -> str:
    """What a picture is called, however an address writes blanks and accents."""
    return unicodedata.normalize("NFC", unquote(picture))


# The name of a function, and an argument without brackets: the converter sets them without a space.
_FUNCTION = re.compile(r"(<mi>[A-Za-z]{2,}</mi>)(?=<m(?!o>))")
# A stroke beside what it should cross out; the character that crosses out what stands before it needs no place.
_STROKE = re.compile(r'<mpadded width="0"><mtext>&#x029F8;</mtext></mpadded>(<m[ino]\b[^<>]*>.[^<]*)')
_NO_NUMBER = re.compile(r"<mi>\\(?:nonumber|notag)</mi>")  # outside of a table, where there are no numbers
_NEW_LINE = '<mspace linebreak="newline"'  # outside of a table, where browsers know none
# What the converter sets as it stands, for want of a meaning: marks of columns, and commands with an argument.
_UNKNOWN = re.compile(r"<m[a-z]+[^<>]*>(?:&<|\\[A-Za-z]+</m[a-z]+><mrow)")

# Environments that the converter draws on one line, by what it knows. A pair of braces is no argument: it keeps a first
# cell that begins with a bracket from being taken for one.
_ALIGNED = ["aligned", "alignedat", "alignat", "alignat*", "xalignat", "xalignat*", "xxalignat", "flalign", "flalign*"]
_BELOW = ["gather", "gather*", "gathered", "lgathered", "rgathered", "multline", "multline*", "multlined"]
_LIKE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(_ALIGNED, (r"\begin{align*}{}", r"\end{align*}")),
    **dict.fromkeys(_BELOW, (r"\begin{matrix}{}", r"\end{matrix}")),
    **dict.fromkeys(["eqnarray", "eqnarray*"], (r"\begin{array}{rcl}", r"\end{array}")),
    **dict.fromkeys(["rcases", "drcases"], (r"\left.\begin{array}{ll}", r"\end{array}\right\}")),
    "dcases": (r"\begin{cases}{}", r"\end{cases}"),
    "subarray": (r"\begin{array}", r"\end{array}"),
}
_KNOWN = {name.removeprefix("\\") for name in MATRICES} | {"equation", "equation*", "math", "displaymath"}
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}")
_PLACE = re.compile(r"(\\begin\s*\{(?:aligned(?:at)?|gathered|multlined|(?:sub)?array)\})\s*\[[tbc]\]")
_COLUMNS = re.compile(r"(\\begin\s*\{(?:x{0,2}alignat|alignedat)\*?\})\s*\{[^{}]*\}")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")


def formula(tex: str, display: str) -> str:
    """A formula as MathML, which browsers draw by themselves; nothing where the converter would draw something else.

    Args:
        tex: the formula, as between dollar signs.
        display: "block" or "inline".
    """
    tex = _ENVIRONMENT.sub(_known, _COLUMNS.sub(r"\1", _PLACE.sub(r"\1", _LABEL.sub("", tex))))
    if any(name not in _KNOWN for _, name in _ENVIRONMENT.findall(tex)):
        return ""
    try:
        made = convert(tex, display=display)
        if _NEW_LINE in made:
            made = convert(rf"\begin{{matrix}}{{}}{tex}\end{{matrix}}", display=display)
    except (RecursionError, MemoryError):
        raise
    except Exception:  # the converter has a dozen kinds, of no family
        return ""
    if _NEW_LINE in made or _UNKNOWN.search(made):
        return ""
    made = _STROKE.sub(r"\1&#x338;", _NO_NUMBER.sub("", made))
    return _FUNCTION.sub(r'\1<mspace width="0.17em"></mspace>', made)


def _known(found: re.Match) -> str:
    """The begin or the end of an environment, as the converter knows it."""
    which, name = found.groups()
    like = _LIKE.get(name)
    return like[which == "end"] if like else f"\\{which}{{{name}}}"


def html(text: str, lifted: Sequence[str] = ()) -> str:
    """HTML that a cell has shown.

    Args:
        text: the HTML.
        lifted: out of it, by `pictures.lift`.
    """
    return clean(text, lambda src: pictures.put_back(src, lifted))


def markdown(
    text: str,
    attachments: dict[str, dict[str, str]] | None = None,
    trusted: bool = False,
    lifted: Sequence[str] = (),
) -> str:
    """Markdown, with the pictures attached to its cell.

    Args:
        text: the Markdown.
        attachments: of the cell.
        trusted: whether it is the course's own, in which HTML may be anything.
        lifted: out of the Markdown, by `pictures.lift`.
    """
    kept = {name: data for name, data in (attachments or {}).items() if data}
    renderer = _Renderer(escape=False, exclude_anchor_links=not trusted, attachments=kept)
    page = MarkdownWithMath(renderer=renderer).render(text)
    return page if trusted else clean(page, lambda src: pictures.put_back(renderer.address_of(src), lifted))


def code(text: str) -> str:
    """Code in colours."""
    return Highlight2HTML(pygments_lexer="ipython3")(text)


def _serve() -> None:
    """Answers requests, a line each, until there are no more; a child that is ended is answered for, and replaced."""
    while True:
        child = os.fork()
        if child == 0:
            _serve_until_ended()
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return
        _answer(None, 0.0)


def _serve_until_ended() -> None:
    """Answers requests; the system ends this process where one takes too long."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    parts = {"html": html, "markdown": markdown, "code": code}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        begun, room = time.process_time(), request.pop("room")
        signal.setitimer(signal.ITIMER_PROF, request.pop("seconds"))
        try:
            made = parts[request.pop("kind")](**request)
        except (RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError):
            made = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - begun
        if made is not None and len(made) > room:
            _answer(None, seconds, TOO_LONG)
        else:
            _answer(made, seconds)


def _answer(made: str | None, seconds: float, why: str = TOO_SLOW) -> None:
    """Writes a part, or why there is none."""
    sys.stdout.buffer.write(json.dumps({"html": made, "seconds": seconds, "why": why}).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
