"""Pictures without what they say beside what they show: place, camera, author, comments. Pure.

The pixels stay as they came: nothing is drawn anew, so that a signed scan is not changed by us. What holds the data is
left out, in PNG by chunk, in JPEG by segment; the colour profile and the way up stay.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
# Chunks that a PNG is drawn from; tEXt, zTXt, iTXt, eXIf, tIME and private ones are not.
DRAWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
     b"cICP", b"acTL", b"fcTL", b"fdAT"}
)  # fmt: skip
APP0, APP1, APP14, APP15, COMMENT, SCAN, END = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
TURNED = 0x0112  # the tag of Exif that says which way is up
JFIF = 18  # bytes of the head of such a file, without a thumbnail


def bare(content: bytes) -> bytes:
    """The same picture without its metadata; what is neither PNG nor JPEG comes back as it is.

    One that is damaged ends where it can no longer be read.
    """
    if content.startswith(PNG):
        return PNG + b"".join(_png(content))
    if content.startswith(JPEG):
        return JPEG + b"".join(_jpeg(content))
    return content


def _png(content: bytes) -> Iterator[bytes]:
    place = len(PNG)
    while place + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if kind in DRAWN:
            yield content[place:end]
        if kind == b"IEND":
            return  # whatever follows is no part of the picture
        place = end


def _jpeg(content: bytes) -> Iterator[bytes]:
    place = len(JPEG)
    while place + 4 <= len(content) and content[place] == 0xFF:
        kind = content[place + 1]
        if kind == 0xFF:  # a fill byte
            place += 1
            continue
        if kind == END:
            break
        length = 0 if kind in ALONE else int.from_bytes(content[place + 2 : place + 4], "big")
        segment = content[place : place + 2 + length]
        place += len(segment)
        yield _kept(kind, segment)
        if kind == SCAN:
            end = _end_of_scan(content, place)
            yield content[place:end]
            place = end
    yield b"\xff\xd9"


def _kept(kind: int, segment: bytes) -> bytes:
    """What of a segment the picture is drawn from."""
    if kind == APP1 and segment[4:10] == b"Exif\0\0":
        turned = _turned(segment[10:])
        return _upright(turned) if turned > 1 else b""
    if kind == APP0:
        return _without_thumbnail(segment) if segment[4:9] == b"JFIF\0" else b""
    says = APP0 < kind <= APP15 or kind == COMMENT
    return segment if not says or kind == APP14 or segment[4:15] == b"ICC_PROFILE" else b""


def _without_thumbnail(segment: bytes) -> bytes:
    """The head of a JFIF file; a small picture in it may show what the large one no longer does."""
    return segment if len(segment) <= JFIF else struct.pack(">HH", 0xFFE0, JFIF - 2) + segment[4:16] + b"\0\0"


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker stands behind the coded picture."""
    while 0 <= (place := content.find(b"\xff", place)) < len(content) - 1:
        if content[place + 1] != 0 and content[place + 1] not in ALONE:
            return place
        place += 2
    return len(content)


def _turned(tiff: bytes) -> int:
    """Which way is up, 1 to 8, of an Exif block; 0 where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order:
        return 0
    try:
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, place)
        for number in range(min(count, 200)):
            tag, kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, place + 2 + 12 * number)
            if tag == TURNED and kind == 3 and 1 <= value <= 8:
                found: int = value
            return found
    except struct.error:
        return 0
    return 0


def _upright(turned: int) -> bytes:
    """An Exif segment that says which way is up, and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, TURNED, 3, 1, turned, 0, 0)
    return struct.pack(">HH", 0xFFE1, len(tiff) + 8) + b"Exif\0\0" + tiff
