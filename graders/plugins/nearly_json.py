"""Reads what is nearly text, and nearly JSON: files that another program has saved, cut off or written into."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MOST_TOKENS = 1_000_000
# Separators are left out: of what is nearly JSON they say nothing that brackets and the order of things do not.
_TOKEN = re.compile(
    r"""(?P<open>[\[{]) | (?P<close>[\]}]) | (?P<separator>[\s:,]++)
      | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+") | (?P<cut>".*+) | (?P<other>[^\s\[\]{}:,"]++)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES = {"]": list, "}": dict}
# What a shell or an editor takes UTF-8 for before it saves it as UTF-8 once more.
_MISTAKEN = ("cp1252", "cp850", "cp437", "mac_roman")


@dataclass(frozen=True)
class Found:
    """The documents in a file.

    Attributes:
        documents: one, or several that stand one after the other; the last may be cut off.
        is_cut: whether the file ends within the last one.
        has_rest: whether something stands after them that is no document.
    """

    documents: list[Any] = field(default_factory=list)
    is_cut: bool = False
    has_rest: bool = False


# --- text -------------------------------------------------------------------------------------------------------------


def decoded(written: bytes) -> tuple[str, bool]:
    """The text in a file, and whether it was in the encoding that its first bytes promise.

    Bytes that UTF-8 does not have are those of Windows, letter by letter: so is a whole file that an editor has saved
    that way, and one into which somebody has pasted a line.
    """
    encoding = json.detect_encoding(written)
    text = written.decode(encoding, "course.windows").rstrip("\0")  # with which some disks fill up what they lost
    try:
        codecs.getincrementaldecoder(encoding)().decode(written)  # a letter that is cut off at the end is no matter
    except UnicodeDecodeError:
        return text, False
    return _decoded_once_more(text), True


def _as_windows(error: UnicodeError) -> tuple[str | bytes, int]:
    """Reads single bytes as Windows does, and where that has no letter, as Latin-1; and the other way round."""
    if isinstance(error, UnicodeDecodeError):
        return "".join(_WINDOWS[byte] for byte in error.object[error.start : error.end]), error.end
    wrong = error.object[error.start : error.end]
    if all("\x80" <= letter <= "\x9f" for letter in wrong):
        return wrong.encode("latin-1"), error.end
    raise error


_WINDOWS = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
codecs.register_error("course.windows", _as_windows)


def _decoded_once_more(text: str) -> str:
    """The text itself, where a shell or an editor has taken its bytes for letters: ``fÃ¼r`` for ``für``."""
    if not text.isascii():
        for encoding in _MISTAKEN:
            try:
                return text.encode(encoding, "course.windows").decode("utf-8")
            except UnicodeError:
                continue
    return text


# --- JSON -------------------------------------------------------------------------------------------------------------


def documents_in(text: str) -> Found:
    """The documents in a text that is nearly JSON: commas may be missing or too many, and the end may be.

    Where a text ends within a document, what was complete before is there: a list without what follows, a dictionary
    without the entry whose value has only begun.

    Raises:
        json.JSONDecodeError: where it is not even nearly JSON, as JSON itself says.
    """
    try:
        return Found([json.loads(text, parse_int=integer, strict=False)])
    except json.JSONDecodeError:
        found = _nearly(text)
        if not any(found.documents):
            raise
        return found


def _nearly(text: str) -> Found:
    documents: list[Any] = []
    inside: list[Any] = []  # the lists and dictionaries that a token stands in, the innermost last
    keys: list[str] = []  # of which the value follows; one at most
    whole = 0
    try:
        for kind, token, is_last in _tokens(text):
            if inside and (kind == "cut" or (kind == "other" and is_last)):
                break
            if kind == "close":
                if keys or type(inside.pop()) is not _CLOSES[token]:
                    raise ValueError(token)
            else:
                value = {} if token == "{" else [] if token == "[" else _plain(token)
                if not inside and kind != "open":
                    raise ValueError(token)
                _put(value, inside[-1] if inside else documents, keys)
                if kind == "open":
                    inside.append(value)
            whole = whole if inside else len(documents)
    except (ValueError, IndexError):
        return Found(documents[:whole], has_rest=True)
    if inside and not whole:
        _leave_out_cut_text(inside)
        return Found(documents, is_cut=True)
    return Found(documents[:whole], has_rest=len(documents) > whole)


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """The kind and the text of each token, and whether it is the last."""
    for number, token in enumerate(_TOKEN.finditer(text)):
        if number > _MOST_TOKENS:
            raise ValueError("too many")
        if token.lastgroup != "separator":
            yield token.lastgroup or "", token.group(), token.end() == len(text)


def _plain(token: str) -> Any:
    return json.loads(token, parse_int=integer, strict=False)


def integer(digits: str) -> int:
    """Numbers stand in outputs and counts of executions alone; one of many digits takes long to read."""
    return int(digits) if len(digits) < 20 else 0


def _put(value: Any, place: Any, keys: list[str]) -> None:
    if isinstance(place, list):
        place.append(value)
    elif keys:
        place[keys.pop()] = value
    elif isinstance(value, str):
        keys.append(value)
    else:
        raise ValueError("a key that is no text")


def _leave_out_cut_text(inside: list[Any]) -> None:
    """Removes a list of lines that is cut off: like a text, it is there as a whole or not at all."""
    lines = inside[-1]
    if len(inside) > 1 and isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        for key in [key for key, value in inside[-2].items() if value is lines] if isinstance(inside[-2], dict) else []:
            del inside[-2][key]
