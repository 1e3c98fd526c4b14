"""Tells what a file is that was handed in as a notebook and is none, and what a notebook has that git left."""

import codecs
import re

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_LINK = re.compile(
    rb"\[InternetShortcut\]|\[Desktop Entry\]|https?://\S+\s*$|[^\n{}]*\.ipynb\s*$|\{[^{}]*\"doc_id\"[^{}]*\}\s*$"
)


def _packed_as(written: bytes) -> str | None:
    """What kind of archive something is, by its first bytes."""
    is_tar = written[257:262] == b"ustar"
    return "tar" if is_tar else next((kind for start, kind in _PACKED.items() if written.startswith(start)), None)


def other_kind_of_file(written: bytes) -> str | None:
    """What a file is that is often handed in as a notebook, and what to do."""
    if packed := _packed_as(written):
        return f"it is an archive ({packed}): unpack it, and hand in what is in it"
    if written.startswith(b"%PDF"):
        return "it is a PDF: hand in the notebook itself"
    if written.startswith(b"version https://git-lfs"):
        return "it is a pointer of Git LFS: get the file itself with `git lfs pull`, and hand that in"
    if len(written) < 5000 and _LINK.match(written):
        return "it is a link to a notebook: download the notebook, and hand that in"
    return None


def conflict_in(text: str) -> int | None:
    """The number of the first line that git has marked as a conflict, if there is one."""
    lines = text.replace("\r\n", "\n").split("\n")
    marked = (number for number, line in enumerate(lines, start=1) if line.startswith("<<<<<<< "))
    return next(marked, None) if any(line.startswith(">>>>>>> ") for line in lines) else None


def as_text(written: bytes) -> str:
    """Text in UTF-8, or in UTF-16 where it begins with that mark, as some editors and shells write it."""
    encoding = "utf-16" if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return written.decode(encoding, "replace")
