"""The tags of a TIFF that tell a camera's raw file (DNG, NEF, ARW, PEF, ...) from a picture: both begin alike."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SUB_IFDS, _PHOTOMETRIC, _DNG_VERSION = 0x014A, 0x0106, 0xC612

_SENSOR = (32803, 34892)
"""Values of the photometric interpretation (DNG 1.7, chapter 4): a colour filter array, linear raw."""

_MAX_IFDS, _MAX_TAGS, _MAX_SUB_IFDS = 16, 512, 8
"""Bounds of what is looked at; directories of hostile files lead in circles."""


def is_raw(data: bytes) -> bool:
    """Whether a TIFF holds what a sensor saw."""
    order = "<" if data[:2] == b"II" else ">"
    if data[2:4] not in (b"*\0", b"\0*"):
        return False
    try:
        waiting, seen = [struct.unpack_from(f"{order}I", data, 4)[0]], set[int]()
        while waiting and len(seen) < _MAX_IFDS:
            offset = waiting.pop(0)
            if offset in seen or not 8 <= offset < len(data):
                continue
            seen.add(offset)
            for tag, values in _tags(data, offset, order):
                if tag == _DNG_VERSION or (tag == _PHOTOMETRIC and values[0] in _SENSOR):
                    return True
                if tag in (_SUB_IFDS, 0):
                    waiting.extend(values)
    except struct.error:
        pass
    return False


def _tags(data: bytes, offset: int, order: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The tags of a directory that matter here with their values; as tag 0 where the next directory is."""
    (count,) = struct.unpack_from(f"{order}H", data, offset)
    for index in range(min(count, _MAX_TAGS)):
        place = offset + 2 + 12 * index
        tag, kind, number = struct.unpack_from(f"{order}HHI", data, place)
        if tag not in (_SUB_IFDS, _PHOTOMETRIC, _DNG_VERSION) or not number:
            continue
        if tag == _SUB_IFDS:
            number = min(number, _MAX_SUB_IFDS)
            at = place + 8 if number == 1 else struct.unpack_from(f"{order}I", data, place + 8)[0]
            yield tag, struct.unpack_from(f"{order}{number}I", data, at)
        else:
            yield tag, struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, place + 8)
    if count <= _MAX_TAGS:
        yield 0, struct.unpack_from(f"{order}I", data, offset + 2 + 12 * count)
