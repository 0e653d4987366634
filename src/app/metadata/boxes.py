"""The boxes of HEIC, AVIF, MP4 and MOV (ISO/IEC 14496-12): EXIF, XMP, how a picture is turned, the time of a film."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.metadata import regions, times
from app.metadata.regions import Box as Part
from app.metadata.source import Source
from app.metadata.times import Moment

_MAX_BOXES = 5_000
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_APPLE_DATE = b"com.apple.quicktime.creationdate"


@dataclass(frozen=True, slots=True)
class Found:
    """As `blocks.Blocks`."""

    exif: bytes = b""
    xmp: tuple[bytes, ...] = ()
    created: Moment | None = None
    orientation: int | None = None


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def read(source: Source) -> Found:
    """The metadata of a file of boxes."""
    exif, packets, created, orientation = b"", list[bytes](), None, None
    for box in _boxes(source, 0, source.size):
        if box.kind == b"meta":
            exif, packet = _items(source, box)
            packets.append(packet)
            orientation = _orientation(source, box)
        elif box.kind == b"moov":
            created = _created(source, box)
        elif box.kind == b"uuid" and source.at(box.start, 16) == _XMP_UUID:
            packets.append(source.at(box.start + 16, box.end - box.start - 16))
    return Found(exif, tuple(packet for packet in packets if packet), created, orientation)


def _boxes(source: Source, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MAX_BOXES):
        head = source.at(start, 16)
        if len(head) < 8 or start + 8 > end:
            return
        size, body = int.from_bytes(head[:4]), start + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16]), start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        yield _Box(head[4:8], body, stop)
        start = stop


def _child(source: Source, parent: _Box, kind: bytes, skip: int = 0) -> _Box | None:
    boxes = _boxes(source, parent.start + skip, parent.end)
    return next((box for box in boxes if box.kind == kind), None)


def _items(source: Source, meta: _Box) -> tuple[bytes, bytes]:
    """EXIF and XMP, which HEIF keeps as items of a `meta` box."""
    info, places = _child(source, meta, b"iinf", 4), _child(source, meta, b"iloc", 4)
    if info is None or places is None:
        return b"", b""
    store = _child(source, meta, b"idat", 4)
    where = _locations(source.at(places.start, places.end - places.start))
    exif = xmp = b""
    wide = source.at(info.start, 1) != b"\0"
    for entry in _boxes(source, info.start + (8 if wide else 6), info.end):
        body = source.at(entry.start, min(entry.end - entry.start, 200))
        if entry.kind != b"infe" or not body or body[0] < 2:
            continue
        size = 2 if body[0] == 2 else 4
        item, kind = int.from_bytes(body[4 : 4 + size]), body[6 + size : 10 + size]
        if kind == b"Exif":
            exif = exif or _exif_item(_content(source, where.get(item, []), store))
        elif kind == b"mime" and b"application/rdf+xml" in body:
            xmp = xmp or _content(source, where.get(item, []), store)
    return exif, xmp


_Extent = tuple[int, int, int]
"""Whether it lies in the `idat` box, where, and how long it is."""


def _locations(data: bytes) -> dict[int, list[_Extent]]:
    """The `iloc` box: for each item its pieces."""
    version, sizes = data[0], int.from_bytes(data[4:6])
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    number = 2 if version < 2 else 4
    reader = _Reader(data, 6)
    found: dict[int, list[_Extent]] = {}
    for _ in range(min(reader.take(number), _MAX_BOXES)):
        item = reader.take(number)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(base_size)
        extents = []
        for _ in range(min(reader.take(2), 64)):
            reader.take(index_size)
            extents.append((method, base + reader.take(offset_size), reader.take(length_size)))
        found[item] = extents
    return found


class _Reader:
    """Numbers, one after the other; zeros after the end."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data = data
        self._offset = offset

    def take(self, size: int) -> int:
        value = int.from_bytes(self._data[self._offset : self._offset + size])
        self._offset += size
        return value


def _content(source: Source, extents: list[_Extent], store: _Box | None) -> bytes:
    start = store.start if store else 0
    return b"".join(source.at(offset + (start if method == 1 else 0), length) for method, offset, length in extents)


def _exif_item(content: bytes) -> bytes:
    """The TIFF structure in an item: four bytes say where it begins."""
    skip = int.from_bytes(content[:4])
    return content[4 + skip :]


_ROTATED = (1, 8, 3, 6)
"""EXIF's numbers of turns to the left by a quarter, as `irot` counts them."""

_MIRRORED = (4, 2)
"""EXIF's numbers of what `imir` does: the upper part becomes the lower one, or the left one the right."""

_PROBE = Part(0.125, 0.25, 0.25, 0.125)
"""A box that none of the eight ways to turn a picture leaves as it is."""


def _orientation(source: Source, meta: _Box) -> int | None:
    """How the primary picture's own properties turn it, as a number of EXIF's; None where it has no properties.

    They are carried out in the order in which they are listed (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
    """
    holder, first = _child(source, meta, b"iprp", 4), _child(source, meta, b"pitm", 4)
    listed = _child(source, holder, b"ipco") if holder is not None else None
    links = _child(source, holder, b"ipma") if holder is not None else None
    if first is None or listed is None or links is None:
        return None
    head = source.at(first.start, 8)
    primary = int.from_bytes(head[4:6] if head[:1] == b"\0" else head[4:8])
    properties = list(_boxes(source, listed.start, listed.end))
    shown = _PROBE
    for number in _linked(source.at(links.start, links.end - links.start), primary):
        if 0 < number <= len(properties):
            shown = regions.upright(shown, _turn(source, properties[number - 1]))
    return next(each for each in range(1, 9) if regions.upright(_PROBE, each) == shown)


def _turn(source: Source, found: _Box) -> int:
    value = int.from_bytes(source.at(found.start, 1))
    if found.kind == b"irot":
        return _ROTATED[value & 3]
    return _MIRRORED[value & 1] if found.kind == b"imir" else 1


def _linked(data: bytes, item: int) -> list[int]:
    """The `ipma` box: the numbers of an item's properties."""
    version, wide = data[:1], bool(int.from_bytes(data[1:4]) & 1)
    reader = _Reader(data, 4)
    for _ in range(min(reader.take(4), _MAX_BOXES)):
        found = reader.take(2 if version == b"\0" else 4)
        # The highest bit says whether the property must be understood.
        numbers = [reader.take(2) & 0x7FFF if wide else reader.take(1) & 0x7F for _ in range(reader.take(1))]
        if found == item:
            return numbers
    return []


def _created(source: Source, moov: _Box) -> Moment | None:
    """When a film was recorded: Apple's own date, which knows the zone, before the header's."""
    meta = _child(source, moov, b"meta")
    if meta is not None:
        body = source.at(meta.start, min(meta.end - meta.start, 100_000))
        # Of all keys and values only the one date is of use: its form cannot be mistaken.
        found = re.search(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d", body) if _APPLE_DATE in body else None
        moment = times.parsed(found.group().decode()) if found else None
        if moment is not None and moment.zone is not None:
            return moment
    header = _child(source, moov, b"mvhd")
    if header is None:
        return None
    body = source.at(header.start, 12)
    seconds = int.from_bytes(body[4:12] if body[:1] == b"\1" else body[4:8])
    if not seconds:
        return None
    try:
        return times.from_utc(_EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        return None
