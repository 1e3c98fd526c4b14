"""Makes harmless HTML of any text, in one pass whose time grows with its length alone.

What comes out is written anew: elements that are named here, balanced and not too deep; attributes that are named here;
all else as text. So nothing runs, is fetched, is sent, or covers what stands beside it.
"""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

from pygments.token import STANDARD_TYPES

from graders.plugins import pictures

DEEPEST = 50  # elements within each other; those below are left out, and their text stays

_VOID = {"br", "col", "hr", "img"}
# fmt: off
_ELEMENTS = _VOID | {
    "a", "abbr", "b", "blockquote", "caption", "center", "cite", "code", "colgroup", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}
# Formulas: what the converter of `rendering` writes. Nothing among these links, acts or fetches. What is padded gets no
# size of its own: it could lie over what stands beside it.
_FORMULA = {
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}
# fmt: on
_SILENT = {"script", "style"}  # elements whose text is not for people
# What people and programs call a PNG, JPEG or GIF; which of them it is, its content says.
_PICTURE = re.compile(r"(?i:data:image/(?:(?:x-)?png|p?jpe?g|gif)(?:;[\w.=-]{1,40}){0,4};base64,)([A-Za-z0-9+/=\s]+)")
_SIZE = re.compile(r"[0-9]{1,4}(px|%)?|[0-9.]{1,5}em")
_FLAG = re.compile(r"true|false")
# Classes of highlighted code alone: others belong to the page's own buttons, bars and overlays.
_CLASSES = {*STANDARD_TYPES.values(), "highlight"} - {""}
_ATTRIBUTES = {
    "href": re.compile(r"(https?://|mailto:|#).*", re.IGNORECASE | re.DOTALL),
    "style": re.compile(r"text-align:\s*(left|right|center);?"),
    "colspan": re.compile(r"[0-9]{1,3}"),
    "rowspan": re.compile(r"[0-9]{1,3}"),
    "start": re.compile(r"[0-9]{1,6}"),
    "width": _SIZE,
    "height": _SIZE,
    "alt": re.compile(r".*", re.DOTALL),
    "title": re.compile(r".*", re.DOTALL),
    "open": re.compile(r".*", re.DOTALL),
    "display": re.compile(r"block|inline"),
    "mathvariant": re.compile(r"[a-z-]{1,20}"),
    "stretchy": _FLAG,
    "fence": _FLAG,
    "accent": _FLAG,
    "form": re.compile(r"prefix|infix|postfix"),
}
_ONLY_ON = {"href": {"a"}, "alt": {"img"}, "height": {"img"}, "open": {"details"}}
_ONLY_ON |= {"width": {"img", "mspace"}}
_ONLY_ON |= dict.fromkeys(["display", "mathvariant", "stretchy", "fence", "accent", "form"], _FORMULA)


def clean(text: str, found: Callable[[str], str] = str) -> str:
    """The same text as harmless HTML.

    Pictures must be within the text (``data:``), links must lead to another page or within this one. What is no element
    of a text is shown as it was written.

    Args:
        text: HTML, or any other text.
        found: gives for the address of a picture that of what it means, such as one that is attached.
    """
    cleaner = _Cleaner(found)
    cleaner.feed(text)
    cleaner.close()
    return cleaner.result()


def plain(text: str, why: str = "", longest: int = 20_000) -> str:
    """The start of a text as it was written, for whatever could not be shown in any other way; and why.

    Of embedded pictures there are a few words: else they would take the place of what people read.
    """
    text, _ = pictures.lift(text)
    cut = f"\n... {len(text) - longest} further characters are not shown here ..." if len(text) > longest else ""
    return f"{f'<p><em>{escape(why)}</em></p>' if why else ''}<pre>{escape(text[:longest])}{cut}</pre>"


class _Cleaner(HTMLParser):
    """Copies what is allowed; `_open` holds the elements that are to be closed."""

    def __init__(self, found: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self._found = found
        self._written: list[str] = []
        self._open: list[str] = []
        self._silent: str | None = None

    def result(self) -> str:
        """All that was copied, with every element closed."""
        return "".join(self._written) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent = tag
        elif tag == "img":
            self._write_picture(dict(attrs))
        elif tag == "input":  # the boxes of a list of tasks in Markdown
            self._write_text("☑ " if ("checked", None) in attrs or ("checked", "") in attrs else "☐ ")
        elif tag not in _ELEMENTS | _FORMULA:
            self._write_text(self.get_starttag_text() or "")
        elif tag in _VOID or len(self._open) < DEEPEST:
            self._written.append(f"<{tag}{_attributes(tag, attrs)}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
        elif tag in self._open:
            while (closed := self._open.pop()) != tag:
                self._written.append(f"</{closed}>")
            self._written.append(f"</{tag}>")
        elif tag not in _ELEMENTS | _FORMULA and tag != "input":
            self._write_text(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._silent is None:
            self._write_text(data)

    def _write_picture(self, attrs: dict[str, str | None]) -> None:
        """A picture, or what is said in its place."""
        source = self._found((attrs.get("src") or "").strip())
        picture = _PICTURE.fullmatch(source)
        if picture and (kind := pictures.kind_of(picture.group(1))):
            source = f"data:image/{kind};base64,{picture.group(1)}"
            self._written.append(f'<img src="{source}"{_attributes("img", list(attrs.items()))}>')
        else:
            why = pictures.NOT_SHOWN if source.startswith("data:") else "a picture that is not in the notebook"
            self._write_text(f"({why}: {attrs.get('alt') or 'without a name'})")

    def _write_text(self, text: str) -> None:
        self._written.append(escape(text, quote=False))


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    kept = {}
    for name, value in attrs:
        value = (value or "").strip()
        if name == "class":
            kept[name] = " ".join(word for word in value.split() if word in _CLASSES)
        elif name in _ATTRIBUTES and tag in _ONLY_ON.get(name, {tag}) and _ATTRIBUTES[name].fullmatch(value):
            kept[name] = value
    if "href" in kept:
        kept["rel"] = "noopener noreferrer"
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items() if value or name in ("alt", "open"))
