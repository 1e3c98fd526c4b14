"""Pictures in a page: a few kilobytes can unpack to gigabytes of pixels, which whoever looks at the page would hold.

A browser goes by the content of a picture and not by its name, so this does too. A picture within a text is long, but
nothing to read: it is lifted out before the length of the text counts.
"""

import base64
import binascii
import re
import struct
from collections.abc import Sequence

NOT_SHOWN = "a picture that is too large, or of a kind that no page shows"
MOST_PIXELS = 40_000_000  # a photograph has 12 to 24 million, a figure 1
_MOST_OF_FRAMES = 10 * MOST_PIXELS  # of all pictures of one that moves, each of which is drawn over all of it
_MOST_SCANS = 100  # of a JPEG, which are drawn so, too; progressive ones have ten
_PNG, _JPEG, _GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF8"
_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B  # what blocks of a GIF begin with
_SIZES_IN_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the markers of frames
# What is tried at each place is short or ends with a match, so the time grows with the length of the text alone.
_EMBEDDED = re.compile(
    r"(?i:(data:image/[\w.+-]{1,40}(?:;[\w.=-]{1,40}){0,4};base64,))"
    r"([A-Za-z0-9+/=]{60,}(?:\r?\n[ \t]*[A-Za-z0-9+/=]{60,})*)"
)
_LIFTED = re.compile(r"(?<=;base64,)\.\.\.picture\.([0-9]{1,8})\.\.\.", re.IGNORECASE)


def lift(text: str) -> tuple[str, list[str]]:
    """A text with a few words in place of what its embedded pictures hold, and what they hold."""
    lifted: list[str] = []

    def words(found: re.Match) -> str:
        lifted.append(found.group(2))
        return f"{found.group(1)}...picture.{len(lifted) - 1}..."

    return _EMBEDDED.sub(words, text), lifted


def put_back(address: str, lifted: Sequence[str]) -> str:
    """The address of a picture with what was lifted out of it."""
    found = _LIFTED.search(address)
    if found is None or int(found.group(1)) >= len(lifted):
        return address
    return address[: found.start()] + lifted[int(found.group(1))] + address[found.end() :]


def kind_of(encoded: str) -> str:
    """What a text in base64 is: "png", "jpeg" or "gif" with no more pixels than people have use for; "" for all else.

    Each browser draws some more kinds: icons, BMP, WebP, AVIF, JPEG XL and 2000, TIFF, PDF, SVG. None is needed here.
    """
    bare = "".join(encoded.split()).rstrip("=")
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4))  # browsers miss none at the end either
    except (binascii.Error, ValueError):
        return ""
    frames = 1
    if data.startswith(_PNG):
        kind = "png"
        width, height = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
        frames = max(1, data.count(b"fcTL"))  # of an animation, each within the first
    elif data.startswith(_GIF):
        kind = "gif"
        width, height, frames = _size_of_gif(data)
    elif data.startswith(_JPEG):
        if data.count(b"\xff\xda") > _MOST_SCANS:
            return ""
        kind = "jpeg"
        width, height = _size_of_jpeg(data)
    else:
        return ""
    return kind if width * height <= MOST_PIXELS and width * height * frames <= _MOST_OF_FRAMES else ""


def _size_of_gif(data: bytes) -> tuple[int, int, int]:
    """Width and height of what is drawn, which frames may extend, and their number; beyond reach where it is no GIF."""
    if len(data) < 13:
        return 0, 0, 0
    width, height, flags = struct.unpack("<HHB", data[6:11])
    place, frames = 13 + _colours(flags), 0
    while place + 10 <= len(data) and data[place] in (_EXTENSION, _FRAME):
        if data[place] == _FRAME:
            left, top, its_width, its_height, flags = struct.unpack("<HHHHB", data[place + 1 : place + 10])
            width, height, frames = max(width, left + its_width), max(height, top + its_height), frames + 1
            place += 11 + _colours(flags)
        else:
            place += 2
        while place < len(data) and data[place]:  # blocks, each of which says how long it is
            place += 1 + data[place]
        place += 1
    if place + 10 <= len(data) and data[place] != _END:  # where some browsers stop, and others look for more
        return 0xFFFF, 0xFFFF, frames
    return width, height, frames


def _colours(flags: int) -> int:
    """The bytes of a table of colours, if there is one."""
    return 3 * 2 ** (flags % 8 + 1) if flags & 0x80 else 0


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Width and height of the largest frame that is announced; 0 where there is none."""
    place, width, height = 2, 0, 0
    while place + 9 <= len(data):
        if data[place] != 0xFF:  # the pixels of a scan
            place = data.find(b"\xff", place)
            if place < 0:
                break
            continue
        marker = data[place + 1]
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD9:  # without a length
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _SIZES_IN_JPEG:
            its_height, its_width = struct.unpack(">HH", data[place + 5 : place + 9])
            width, height = max(width, its_width), max(height, its_height)
        place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    return width, height
