"""The picture in a file without what is told of it: what stays the same when another program writes a caption.

A JPEG is its tables and its compressed picture, without the segments of applications and comments; a PNG its critical
chunks; a WebP its chunks of pixels; a HEIC or AVIF its items but those of metadata. The bytes are taken as they are:
nothing is decoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from app.picture_boxes import coded_pictures

_CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"tRNS")
_PIXELS = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")

_LEAST = 100
"""Bytes of picture below which files are alike by chance: empty or cut off."""


def picture_hash(data: bytes) -> str | None:
    """Hexadecimal hash of the picture in a file; None where its format tells no picture apart from the rest."""
    parts = _parts(data)
    if parts is None:
        return None
    digest, size = hashlib.sha256(), 0
    for part in parts:
        digest.update(part)
        size += len(part)
    return digest.hexdigest() if size >= _LEAST else None


def _parts(data: bytes) -> Iterable[memoryview] | None:
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _chunks(data, 8, True, _CRITICAL)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _chunks(data, 12, False, _PIXELS)
    if data[4:8] == b"ftyp":
        return coded_pictures(data)
    return None


def _jpeg(data: bytes) -> Iterator[memoryview]:
    """Every segment but those of applications and comments, then the compressed picture up to its end."""
    view, place = memoryview(data), 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            # Segments may be filled up.
            place += 1
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:
            # Compressed data holds no end marker. What comes after it may be another picture, or anything.
            last = data.find(b"\xff\xd9", end)
            yield view[place : last if last >= 0 else len(data)]
            return
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            yield view[place:end]
        place = end


def _chunks(data: bytes, place: int, png: bool, wanted: tuple[bytes, ...]) -> Iterator[memoryview]:
    """What is in the chunks of some kinds.

    Args:
        place: where the first one begins.
        png: a chunk is its length, its kind, its data and a checksum; otherwise, in WebP, its kind, its length and its
            data, at an even place.
    """
    view = memoryview(data)
    while place + 8 <= len(data):
        first, second = data[place : place + 4], data[place + 4 : place + 8]
        kind = second if png else first
        size = int.from_bytes(first, "big") if png else int.from_bytes(second, "little")
        if kind in wanted:
            yield view[place + 8 : place + 8 + size]
        place += 8 + size + (4 if png else size % 2)
