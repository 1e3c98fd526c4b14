"""Reads what is nearly text, and nearly JSON: files that another program has saved, cut off or written into."""

import codecs
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

_MOST_TOKENS = 1_000_000  # three seconds; of what is JSON, none is looked at by itself
_CHARACTERS = 100  # that JSON reads, and then finds that it is none, in the time of a token
_LONG_NUMBER = re.compile("[0-9]{20}")
# Bytes of memory that a list, a dictionary, a key, an entry and a text take, whatever is in them: a number is a small
# one, so that a notebook may be full of them.
_BYTES = {"[": 70, "{": 200, ":": 90, ",": 40}
_BYTES_OF_TEXT = 60
_MOST_MEGABYTES, _FULL = 600, 20
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_SOME_STRINGS = re.compile(rf'(?:[^"]*+{_STRING.pattern}){{1,10000}}+|[^"]++', re.DOTALL)
# Separators are left out: of what is nearly JSON they say nothing that brackets and the order of things do not.
_TOKEN = re.compile(
    r"""(?P<open>[\[{]) | (?P<close>[\]}]) | (?P<separator>[\s:,]++)
      | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+") | (?P<cut>".*+) | (?P<other>[^\s\[\]{}:,"]++)""",
    re.VERBOSE | re.DOTALL,
)
_BEGINNING = re.compile(r'\{\s*"(?:cells|metadata|nbformat|nbformat_minor|worksheets)"\s*:')
_CLOSES = {"]": list, "}": dict}
# What a console takes UTF-8 for before it saves it as UTF-8 once more; Windows has letters for most bytes, not for all.
_CONSOLES = ("cp850", "cp437", "mac_roman")
_WINDOWS = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
_OF_LETTER = {ord(letter): byte for byte, letter in enumerate(_WINDOWS) if byte >= 0x80}
_OF_ESCAPE = {0xDC00 + byte: letter for byte, letter in enumerate(_WINDOWS)}
_TWICE = re.compile("[\u00c2-\u00f4][{}]".format("".join(_WINDOWS[0x80:0xC0])))
# In which the second byte of a letter may be that of a backslash.
_OF_TWO_BYTES = ("cp932", "big5hkscs", "gb18030", "johab")
_TOO_LONG = "it is not JSON, and there is too much to find out what it is: save it in Jupyter"
_MOST_TRIED = 10_000_000  # bytes of a file of which several texts are held
_FREQUENT_IN_BIG5 = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")


class RefusedError(ValueError):
    """What is not read, and why: more of something than is read, or another kind of file."""


@dataclass
class Allowance:
    """How much is read of a file, whatever is tried of it: as another encoding, behind a start, as a text within it.

    Attributes:
        tokens: of what is nearly JSON, which are looked at one by one; of all files of a submission together.
        megabytes: of memory, for what is JSON.
        is_exceeded: whether a limit was the reason why a file was not read.
    """

    tokens: int = _MOST_TOKENS
    megabytes: float = _MOST_MEGABYTES
    is_exceeded: bool = False

    def exceeded(self, why: str) -> RefusedError:
        """The error of what a limit stops."""
        self.is_exceeded = True
        return RefusedError(why)


@dataclass(frozen=True)
class Found:
    """The documents in a file.

    Attributes:
        documents: one, or several that stand one after the other; the last may be cut off.
        is_cut: whether the file ends within the last one.
        has_rest: whether something stands after them that is no document.
        has_start: whether something stands before them.
    """

    documents: list[Any] = field(default_factory=list)
    is_cut: bool = False
    has_rest: bool = False
    has_start: bool = False


# --- text -------------------------------------------------------------------------------------------------------------


def decoded(written: bytes) -> tuple[list[str], bool]:
    """The text in a file, and whether it was in the encoding that its first bytes promise; else what the text may be.

    Bytes that UTF-8 does not have are those of Windows, letter by letter: so is a whole file that an editor has saved
    that way, and one into which somebody has pasted a line. Where letters have two bytes, the second may be that of a
    backslash, which JSON takes for one.

    Raises:
        UnicodeDecodeError: where there is no sign of JSON.
    """
    encoding = json.detect_encoding(written)
    try:
        codecs.getincrementaldecoder(encoding)().decode(written)  # a letter that is cut off at the end is no matter
        texts, is_as_promised = [_decoded_once_more(written.decode(encoding, "ignore"))], True
    except UnicodeDecodeError:
        is_json = written.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith((b"{", b"["))
        if encoding not in ("utf-8", "utf-8-sig") or not (is_json or b'"cells"' in written):
            raise
        letters = in_letters_of_windows(written.decode(encoding, "surrogateescape"))
        texts, is_as_promised = _by_likelihood(written, letters), False
    return [text.rstrip("\0").lstrip("\ufeff") for text in texts], is_as_promised  # some disks fill up what they lost


def _by_likelihood(written: bytes, letters: str) -> list[str]:
    """What a text that is not in UTF-8 may be, the likeliest first."""
    texts = {}
    for encoding in _OF_TWO_BYTES if len(written) < _MOST_TRIED else ():
        with contextlib.suppress(UnicodeDecodeError):
            texts[encoding] = written.decode(encoding)
    sure = [text for encoding, text in texts.items() if _is_surely_in(encoding, text, written)]
    # Where a backslash was taken for half of a letter, there are fewer.
    return [*sure, letters, *sorted(texts.values(), key=lambda text: -text.count("\\"))]


def _is_surely_in(encoding: str, text: str, written: bytes) -> bool:
    """Whether letters are those that people write: Japanese has its syllables, Chinese what is frequent in it."""
    count = len(text) - len(text.encode("ascii", "ignore"))
    if encoding == "cp932":
        return 3 * len(re.findall("[\u3040-\u30ff]", text)) >= count
    return encoding == "big5hkscs" and 3 * len(_FREQUENT_IN_BIG5.findall(written)) >= 2 * count


def in_letters_of_windows(text: str) -> str:
    """Text in which bytes that are not in UTF-8, and were kept as half characters, are the letters of Windows."""
    return text.translate(_OF_ESCAPE)


def _decoded_once_more(text: str) -> str:
    """The text itself, where a shell or an editor has taken its bytes for letters: ``fÃ¼r`` for ``für``."""
    if text.isascii():
        return text
    if _TWICE.search(text):
        with contextlib.suppress(UnicodeError):
            return text.translate(_OF_LETTER).encode("latin-1").decode("utf-8")
    for console in _CONSOLES:
        with contextlib.suppress(UnicodeError):
            return text.encode(console).decode("utf-8")
    return text


# --- JSON -------------------------------------------------------------------------------------------------------------


def documents_in(*texts: str, allowance: Allowance) -> Found:
    """The documents in a text that is nearly JSON: commas may be missing or too many, and the end may be.

    Where a text ends within a document, what was complete before is there: a list without what follows, a dictionary
    without the entry whose value has only begun. What programs write before a notebook is left out.

    Args:
        texts: what the text may be, the likeliest first.
        allowance: how much may be read; it becomes less.

    Raises:
        json.JSONDecodeError: where it is not even nearly JSON, as JSON itself says.
        RefusedError: where it is more than may be read.
    """
    errors = []
    for text in texts:
        tokens = allowance.tokens
        try:
            return Found([_whole(text, allowance)])
        except json.JSONDecodeError as error:
            allowance.tokens = allowance.tokens if errors else tokens  # a first try is every file's
            errors.append(error)
        if allowance.tokens < 0:
            raise allowance.exceeded(_TOO_LONG)
    for read in (_nearly, _behind_something_else):
        for text in texts:
            if any(map(_has_entries, (found := read(text, allowance)).documents)):
                return found
    if allowance.tokens < 0:
        raise allowance.exceeded(_TOO_LONG)
    raise errors[0]


def _whole(text: str, allowance: Allowance) -> Any:
    """The one document that a text is."""
    takes = _megabytes_of(text, text.count('"') // 2)
    if takes > _FULL:  # most of these signs may stand in texts
        takes = sum(_megabytes_of(*_STRING.subn("", some[0])) for some in _SOME_STRINGS.finditer(text))
    if takes > allowance.megabytes:
        raise allowance.exceeded(
            f"reading it would take {takes:.0f} MB of memory and the limit is {_MOST_MEGABYTES} MB: clear its outputs"
        )
    try:
        is_quick = takes > _FULL and not _LONG_NUMBER.search(text)  # looking for one takes as long as few numbers do
        document = _plain(text, int if is_quick else integer)
    except json.JSONDecodeError as error:
        allowance.tokens -= error.pos // _CHARACTERS
        raise
    allowance.megabytes -= takes
    return document


def _has_entries(document: Any) -> bool:
    return any(isinstance(one, dict) and one for one in (document if isinstance(document, list) else [document]))


def _megabytes_of(text: str, strings: int) -> float:
    return (sum(text.count(sign) * size for sign, size in _BYTES.items()) + strings * _BYTES_OF_TEXT) / 10**6


def _behind_something_else(text: str, allowance: Allowance) -> Found:
    """The notebook that follows a log, a comment, a mark of a code block or the like."""
    begin = _BEGINNING.search(text)
    if begin is None or not text[: begin.start()].strip() or text.lstrip().startswith("<"):  # a web page writes &lt;
        return Found()
    try:
        found = Found([_whole(text[begin.start() :], allowance)])
    except json.JSONDecodeError:
        found = _nearly(text[begin.start() :], allowance)
    is_notebook = found.documents and found.documents[0].keys() & {"cells", "worksheets"}
    return replace(found, has_start=True) if is_notebook else Found()


def _nearly(text: str, allowance: Allowance) -> Found:
    documents: list[Any] = []
    inside: list[Any] = []  # the lists and dictionaries that a token stands in, the innermost last
    keys: list[str] = []  # of which the value follows; one at most
    whole = 0
    try:
        for kind, token, is_last in _tokens(text, allowance):
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


def _tokens(text: str, allowance: Allowance) -> Iterator[tuple[str, str, bool]]:
    """The kind and the text of each token, and whether it is the last."""
    for token in _TOKEN.finditer(text):
        allowance.tokens -= 1
        if allowance.tokens < 0:
            raise ValueError("too many")
        if token.lastgroup != "separator":
            yield token.lastgroup or "", token.group(), token.end() == len(text)


def integer(digits: str) -> int:
    """Numbers stand in outputs and counts of executions alone; one of many digits takes long to read."""
    return int(digits) if len(digits) < 20 else 0


def _plain(token: str, parse_int: Callable[[str], int] = integer) -> Any:
    return json.loads(token, parse_int=parse_int, strict=False)


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
