"""Pictures in a page: a few kilobytes can unpack to gigabytes of pixels, which whoever looks at the page would hold.

A browser goes by the content of a picture and not by its name, so this does too.
"""

import base64
import binascii
import re
import struct

NOT_SHOWN = "a picture that is too large, or of a kind that no page shows"
MOST_PIXELS = 40_000_000  # a photograph has 12 to 24 million, a figure 1
_MOST_SCANS = 100  # of a JPEG, each of which is drawn over all of it; progressive ones have ten
_PNG, _JPEG, _GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF8"
# What else browsers take for a picture, and whose size is not looked up here: icons, BMP, WebP, AVIF, JPEG XL, SVG.
_OTHERS = re.compile(rb"\x00\x00[\x01\x02]\x00|BM|RIFF|....ftyp|\xff\x0a|\x00\x00\x00\x0cJXL|\s*<", re.DOTALL)
_SIZES_IN_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the markers of frames


def is_harmless(encoded: str) -> bool:
    """Whether a picture in base64 has no more pixels than people have use for; true of what is no picture at all."""
    try:
        data = base64.b64decode("".join(encoded.split()))
    except (binascii.Error, ValueError):
        return False
    if data.startswith(_PNG):
        width, height = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
    elif data.startswith(_GIF):
        width, height = struct.unpack("<HH", data[6:10]) if len(data) >= 10 else (0, 0)
    elif data.startswith(_JPEG):
        if data.count(b"\xff\xda") > _MOST_SCANS:
            return False
        width, height = _size_of_jpeg(data)
    else:
        return not _OTHERS.match(data)
    return width * height <= MOST_PIXELS


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
