"""Where pictures keep their metadata: segments of JPEG, chunks of PNG and WebP, boxes of HEIC, AVIF and films.

Only the containers are walked here, within bounds and without decoding a pixel; what is in the blocks is for others.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.metadata import boxes, matroska
from app.metadata.source import MAX_BLOCK, Source
from app.metadata.times import Moment, parsed

_MAX_PIECES = 200_000
"""Segments or chunks of one file that are looked at."""

_MAX_TEXTS = 16
"""Chunks of text of a PNG that are unpacked."""

_MAX_EXTENSIONS = 4

_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED, _PHOTOSHOP = b"http://ns.adobe.com/xmp/extension/\0", b"Photoshop 3.0\0"
_PNG_XMP, _PNG_DATE = b"XML:com.adobe.xmp", b"Creation Time"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_IPTC_RESOURCE = 0x0404


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a file holds of metadata, as bytes.

    Attributes:
        exif: a TIFF structure.
        xmp: packets; the first is the main one.
        iptc: records of IPTC-IIM.
        created: when a film was recorded or a PNG made.
        orientation: how the file itself turns the picture, in EXIF's numbers; then that of EXIF does not count.
    """

    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    iptc: bytes = b""
    created: Moment | None = None
    orientation: int | None = None


def blocks_of(source: Source) -> Blocks:
    """The metadata of a file; none where it is of another kind."""
    head = source.at(0, 16)
    if head.startswith(b"\xff\xd8"):
        found = _jpeg(source)
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = _png(source)
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = _webp(source)
    elif head[4:8] in (b"ftyp", b"moov", b"wide", b"mdat"):
        inside = boxes.read(source)
        found = Blocks(inside.exif, inside.xmp, b"", inside.created, inside.orientation)
    elif head.startswith(b"\x1aE\xdf\xa3"):
        found = Blocks(created=matroska.created(source))
    else:
        # A TIFF, which nearly every RAW is as well, is itself what EXIF is in others: `reading` looks into it.
        found = Blocks()
    return found


def _jpeg(source: Source) -> Blocks:
    exif, main, resources = b"", b"", b""
    extended: dict[bytes, dict[int, bytes]] = {}
    for marker, body in _segments(source):
        if marker == 0xE1 and body.startswith(_EXIF):
            exif = exif or body[len(_EXIF) :]
        elif marker == 0xE1 and body.startswith(_XMP):
            main = main or body[len(_XMP) :]
        elif marker == 0xE1 and body.startswith(_EXTENDED):
            rest = body[len(_EXTENDED) :]
            if len(rest) > 40 and len(extended) < _MAX_EXTENSIONS:
                extended.setdefault(rest[:32], {})[int.from_bytes(rest[36:40])] = rest[40:]
        elif marker == 0xED and body.startswith(_PHOTOSHOP) and len(resources) < MAX_BLOCK:
            resources += body[len(_PHOTOSHOP) :]
    packets = [main] if main else []
    # Only the extension that the main packet names is its own: an editor may have left another's behind.
    packets += [_joined(pieces) for guid, pieces in extended.items() if guid in main]
    return Blocks(exif, tuple(packet for packet in packets if packet), _resource(resources))


def _segments(source: Source) -> Iterator[tuple[int, bytes]]:
    """Markers and bodies up to the picture's own data (ITU-T T.81, annex B)."""
    offset = 2
    for _ in range(_MAX_PIECES):
        head = source.at(offset, 4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            return
        if head[1] == 0xFF or head[1] in _STANDALONE:
            offset += 1 if head[1] == 0xFF else 2
            continue
        length = int.from_bytes(head[2:4])
        if length < 2:
            return
        if 0xE0 <= head[1] <= 0xEF:
            yield head[1], source.at(offset + 4, length - 2)
        offset += 2 + length


def _joined(pieces: dict[int, bytes]) -> bytes:
    """An extended packet (XMP specification, part 3): complete, or not at all."""
    whole = b""
    for offset in sorted(pieces):
        if offset != len(whole) or offset > MAX_BLOCK:
            return b""
        whole += pieces[offset]
    return whole


def _resource(data: bytes) -> bytes:
    """IPTC among Photoshop's image resources."""
    offset = 0
    while data[offset : offset + 4] == b"8BIM" and offset + 12 <= len(data):
        kind = int.from_bytes(data[offset + 4 : offset + 6])
        name = data[offset + 6] + 1
        start = offset + 6 + name + name % 2
        size = int.from_bytes(data[start : start + 4])
        if kind == _IPTC_RESOURCE:
            return data[start + 4 : start + 4 + size]
        offset = start + 4 + size + size % 2
    return b""


def _png(source: Source) -> Blocks:
    exif, iptc, packets, texts = b"", b"", list[bytes](), 0
    created: Moment | None = None
    offset = 8
    for _ in range(_MAX_PIECES):
        head = source.at(offset, 8)
        if len(head) < 8 or head[4:] == b"IEND":
            break
        length = int.from_bytes(head[:4])
        kind = head[4:]
        if kind == b"eXIf":
            exif = exif or source.at(offset + 8, length)
        elif kind in (b"iTXt", b"zTXt", b"tEXt") and texts < _MAX_TEXTS:
            keyword = source.at(offset + 8, 80).partition(b"\0")[0]
            if keyword in (_PNG_XMP, _PNG_DATE) or keyword.startswith(b"Raw profile type "):
                texts += 1
                text = _png_text(kind, source.at(offset + 8, length))
                if keyword == _PNG_XMP:
                    packets.append(text)
                elif keyword == _PNG_DATE:
                    created = created or parsed(text[:100].decode("latin-1"))
                elif keyword.endswith((b"exif", b"APP1")):
                    exif = exif or _profile(text).removeprefix(_EXIF)
                elif keyword.endswith(b"iptc"):
                    iptc = iptc or _iptc_profile(_profile(text))
        offset += 12 + length
    return Blocks(exif, tuple(packet for packet in packets if packet), iptc, created)


def _png_text(kind: bytes, chunk: bytes) -> bytes:
    """The text of a chunk, unpacked within bounds (PNG specification, 11.3.4)."""
    _, _, rest = chunk.partition(b"\0")
    if kind == b"tEXt":
        return rest
    packed = kind == b"zTXt"
    if kind == b"iTXt":
        packed = rest[:1] == b"\1"
        _, _, rest = rest[2:].partition(b"\0")
        _, _, rest = rest.partition(b"\0")
    else:
        rest = rest[1:]
    if not packed:
        return rest
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(rest, MAX_BLOCK)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else text


def _profile(text: bytes) -> bytes:
    """What ImageMagick writes: a name, a length, hexadecimal digits."""
    parts = text.split(None, 2)
    try:
        return bytes.fromhex(parts[2].decode()) if len(parts) == 3 else b""
    except ValueError:
        return b""


def _iptc_profile(data: bytes) -> bytes:
    return _resource(data) if data.startswith(b"8BIM") else data


def _webp(source: Source) -> Blocks:
    exif, packets, offset = b"", list[bytes](), 12
    for _ in range(_MAX_PIECES):
        head = source.at(offset, 8)
        if len(head) < 8:
            break
        length = struct.unpack("<I", head[4:])[0]
        if head[:4] == b"EXIF":
            exif = exif or source.at(offset + 8, length).removeprefix(_EXIF)
        elif head[:4] == b"XMP ":
            packets.append(source.at(offset + 8, length))
        offset += 8 + length + length % 2
    return Blocks(exif, tuple(packets))
