"""The directories of a TIFF structure, which EXIF is: tags and their values, within bounds.

Pillow reads them too, but warns of what is damaged through the process's one list of warning filters, and has to open
the whole picture, which it cannot for HEIC and RAW.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

from app.metadata.source import MAX_BLOCK, Source

_MAX_ENTRIES = 2_000
_MAX_BYTES = 100_000
"""Of one tag: more is no metadata of a photo that Sietch shows. XMP and IPTC may be larger."""

_BIG = frozenset({700, 33723})

_FORMATS = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I"}

Value = str | bytes | tuple[float, ...]
"""ASCII as text, bytes without a type as they are, everything else as numbers (a fraction with nothing below: nan)."""

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def directories(source: Source) -> tuple[Mapping[int, Value], Mapping[int, Value], Mapping[int, Value]]:
    """The first directory, EXIF's and that of the GPS receiver; empty where there are none."""
    order = {b"II": "<", b"MM": ">"}.get(source.at(0, 2))
    if order is None:
        return {}, {}, {}
    first = _directory(source, order, _number(source, order, 4))
    return first, _pointed(source, order, first.get(EXIF_IFD)), _pointed(source, order, first.get(GPS_IFD))


def _pointed(source: Source, order: str, value: Value | None) -> Mapping[int, Value]:
    if not isinstance(value, tuple) or not value or not math.isfinite(value[0]):
        return {}
    return _directory(source, order, int(value[0]))


def _number(source: Source, order: str, offset: int) -> int:
    raw = source.at(offset, 4)
    return int(struct.unpack(f"{order}I", raw)[0]) if len(raw) == 4 else 0


def _directory(source: Source, order: str, offset: int) -> Mapping[int, Value]:
    head = source.at(offset, 2) if offset >= 8 else b""
    if len(head) < 2:
        return {}
    count = min(int(struct.unpack(f"{order}H", head)[0]), _MAX_ENTRIES)
    entries = source.at(offset + 2, 12 * count)
    found: dict[int, Value] = {}
    for at in range(0, len(entries) - 11, 12):
        tag, kind, number = struct.unpack_from(f"{order}HHI", entries, at)
        value = _value(source, order, (tag, kind, number), entries[at + 8 : at + 12])
        if value is not None:
            found.setdefault(tag, value)
    return found


def _value(source: Source, order: str, head: tuple[int, int, int], field: bytes) -> Value | None:
    """The value of an entry, which is in its last four bytes, or where they point."""
    tag, kind, number = head
    layout = _FORMATS.get(kind, "B" if kind in (2, 7, 129) else "")
    size = struct.calcsize(f"{order}{layout}") * number
    if not layout or not number or size > (MAX_BLOCK if tag in _BIG else _MAX_BYTES):
        return None
    raw = field[:size] if size <= 4 else source.at(int(struct.unpack(f"{order}I", field)[0]), size)
    if len(raw) < size:
        return None
    if kind in (2, 129):
        return text_of(raw)
    if kind == 7 or tag in _BIG:
        return raw
    values = struct.unpack(f"{order}{layout * number}", raw)
    if len(layout) == 2:
        pairs = zip(values[::2], values[1::2], strict=True)
        return tuple(above / below if below else math.nan for above, below in pairs)
    return tuple(float(value) for value in values)


def text_of(raw: bytes) -> str:
    """Text of old cameras and new programs: UTF-8 where it is that, else Windows' own letters."""
    raw = raw.split(b"\0")[0]
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text.strip()
