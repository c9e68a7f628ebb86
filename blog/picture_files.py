"""The outer form of JPEG, PNG and WebP files, read without decoding anything.

A decoder is handed only the parts that hold the picture. So what it would do with hostile metadata
does not matter, and neither does what is hidden between the parts or behind the end. Its work is
bounded by the number of pixels: files with more parts than any camera or program writes are
refused here.
"""

import re
import zlib
from dataclasses import dataclass

# The most parts of a file: a PNG of 10 MB in steps of 4 KB has 2,500.
MAX_PARTS = 5000
# Passes over all pixels that a JPEG may ask for; programs write about ten.
MAX_SCANS = 40
MAX_PROFILE = 2 * 1024 * 1024


class NotAPictureError(Exception):
    """It is none of the three kinds, or not a whole one."""


class MovingPictureError(Exception):
    """It has more than one frame."""


@dataclass(frozen=True)
class PictureFile:
    format: str
    # A file with the parts that make the picture, and no others.
    data: bytes
    # As EXIF counts it: 1 is upright.
    orientation: int = 1
    # The ICC profile of its colours; may be broken.
    profile: bytes = b""
    is_lossless: bool = False


def read(data):
    """Raises NotAPictureError and MovingPictureError."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _read_jpeg(data)
        if data.startswith(PNG_START):
            return _read_png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _read_webp(data)
    except (IndexError, zlib.error) as error:
        raise NotAPictureError from error
    raise NotAPictureError


# JPEG: segments of a marker, a length and a body; the picture itself has no length.

SOF, DHT, SOI, EOI, SOS, DQT, DRI = {0xC0, 0xC1, 0xC2}, 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
APP1, APP2, APP14 = 0xE1, 0xE2, 0xEE
# Arithmetic coding and the other kinds that no browser shows.
OTHER_SOF = {0xC3, *range(0xC5, 0xD0)}
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


def _read_jpeg(data):
    kept, profile, exif, scans = [b"\xff\xd8"], [], b"", 0
    for marker, segment, body in _segments(data):
        if marker == SOS:
            scans += 1
        if marker in OTHER_SOF | {SOI} or scans > MAX_SCANS:
            raise NotAPictureError
        if marker in SOF | {DHT, SOS, DQT, DRI, EOI} or (marker == APP14 and body[:5] == b"Adobe"):
            kept.append(segment)
        elif marker == APP1 and body.startswith(b"Exif\0\0"):
            exif = exif or body[6:]
        elif marker == APP2 and body.startswith(b"ICC_PROFILE\0"):
            profile.append((body[12], body[14:]))
    if not scans:
        raise NotAPictureError
    return PictureFile(
        "JPEG",
        b"".join(kept),
        orientation(exif),
        b"".join(part for _number, part in sorted(profile)),
    )


def _segments(data):
    """Marker, whole segment and body, to the end of the picture; a scan comes with its data."""
    at = 2
    for _part in range(MAX_PARTS):
        found = _MARKER.search(data, at, at + 1024)
        if found is None:
            raise NotAPictureError
        marker, start = found[1][0], found.start()
        if marker == EOI:
            yield marker, found[0], b""
            return
        length = int.from_bytes(data[start + 2 : start + 4], "big")
        at = start + 2 + length
        if length < 2 or at > len(data):
            raise NotAPictureError
        if marker == SOS:
            following = _MARKER.search(data, at)
            if following is None:
                raise NotAPictureError
            at = following.start()
        yield marker, data[start:at], data[start + 4 : start + 2 + length]
    raise NotAPictureError


# PNG: chunks of a length, a name, a body and a checksum.

PNG_START = b"\x89PNG\r\n\x1a\n"


def _read_png(data):
    kept, profile, exif = [PNG_START], b"", b""
    for name, chunk in _png_chunks(data):
        if name == b"acTL" and int.from_bytes(chunk[8:12], "big") > 1:
            raise MovingPictureError
        if name in {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}:
            if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
                raise NotAPictureError
            kept.append(chunk)
        elif name == b"iCCP":
            profile = _inflate(chunk[8:-4].partition(b"\0")[2][1:])
        elif name == b"eXIf":
            exif = chunk[8:-4]
    return PictureFile("PNG", b"".join(kept), orientation(exif), profile, True)


def _png_chunks(data):
    at = len(PNG_START)
    for _part in range(MAX_PARTS):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            raise NotAPictureError
        name = data[at + 4 : at + 8]
        yield name, data[at:end]
        if name == b"IEND":
            return
        at = end
    raise NotAPictureError


def _inflate(data):
    try:
        return zlib.decompressobj().decompress(data, MAX_PROFILE)
    except zlib.error:
        return b""


# WebP: chunks of a name, a length and a body, in a RIFF chunk.


def _read_webp(data):
    kept, others = [], {}
    for name, chunk in _riff_chunks(data):
        if name in {b"ANIM", b"ANMF"}:
            raise MovingPictureError
        if name in {b"VP8X", b"ALPH", b"VP8 ", b"VP8L"}:
            kept.append(_without_announcements(chunk))
        others.setdefault(name, chunk[8:])
    if not others.keys() & {b"VP8 ", b"VP8L"}:
        raise NotAPictureError
    inside = b"WEBP" + b"".join(kept)
    return PictureFile(
        "WEBP",
        b"RIFF" + len(inside).to_bytes(4, "little") + inside,
        orientation(others.get(b"EXIF", b"").removeprefix(b"Exif\0\0")),
        others.get(b"ICCP", b""),
        b"VP8L" in others,
    )


def _riff_chunks(data):
    end, at = 8 + int.from_bytes(data[4:8], "little"), 12
    if end > len(data):
        raise NotAPictureError
    for _part in range(MAX_PARTS):
        if at + 8 > end:
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        following = at + 8 + length + length % 2
        if following > end:
            raise NotAPictureError
        yield data[at : at + 4], data[at:following]
        at = following
    raise NotAPictureError


def _without_announcements(chunk):
    """The header announces what else is in the file; of that only the transparency is left."""
    if not chunk.startswith(b"VP8X"):
        return chunk
    return chunk[:8] + bytes([chunk[8] & 0b00010000]) + chunk[9:]


# EXIF is a TIFF file within the file. Of its many tags one is read.

ORIENTATION = 0x0112


def orientation(exif):
    """1 to 8; 1 as well for what cannot be read."""
    order = {b"II": "little", b"MM": "big"}.get(exif[:2])
    if order is None:
        return 1

    def number(at, size):
        return int.from_bytes(exif[at : at + size], order)

    start = number(4, 4)
    for entry in range(min(number(start, 2), 500)):
        at = start + 2 + 12 * entry
        if number(at, 2) == ORIENTATION:
            value = number(at + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1
