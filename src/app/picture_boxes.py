"""The coded pictures in a HEIC or AVIF file: its items but those that tell something of them."""

from __future__ import annotations

from collections.abc import Iterator

_TOLD = (b"Exif", b"mime", b"uri ")
"""Kinds of items that hold metadata."""

_MOST = 100_000
"""Items and their parts, more than any picture has."""

_Extent = tuple[int, int, int]
"""How it is found (0: in the file, 1: in the box `idat`), where it begins, its length."""


def coded_pictures(data: bytes) -> list[memoryview] | None:
    """What the items of pictures consist of, by their ids; None where the file does not tell."""
    try:
        meta = dict(_boxes(data, 0, len(data)))[b"meta"]
        inside = dict(_boxes(data, meta[0] + 4, meta[1]))
        kinds, extents = _kinds(data, inside[b"iinf"]), _extents(data, inside[b"iloc"][0])
        own = inside.get(b"idat", (0, 0))[0]
        view = memoryview(data)
        starts = {0: 0, 1: own}
        found = [
            view[starts[how] + begin : starts[how] + begin + length]
            for item in sorted(extents)
            if kinds.get(item, b"Exif") not in _TOLD
            for how, begin, length in extents[item]
        ]
    except (KeyError, IndexError):
        return None
    # A file that repeats itself without end is none that a camera writes.
    return found if sum(map(len, found)) <= len(data) else None


def _boxes(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Kind, beginning and end of what is in each box."""
    while place + 8 <= end:
        size, kind = _number(data, place, 4), data[place + 4 : place + 8]
        head = 8
        if size == 1:
            size, head = _number(data, place + 8, 8), 16
        last = end if size == 0 else place + size
        if last < place + head or last > end:
            return
        yield kind, (place + head, last)
        place = last


def _kinds(data: bytes, box: tuple[int, int]) -> dict[int, bytes]:
    """What each item is, by its id."""
    found = {}
    first = box[0] + (6 if data[box[0]] == 0 else 8)
    for kind, (place, _) in _boxes(data, first, box[1]):
        if kind == b"infe":
            wide = 2 if data[place] == 2 else 4
            found[_number(data, place + 4, wide)] = data[place + 6 + wide : place + 10 + wide]
    return found


def _extents(data: bytes, place: int) -> dict[int, list[_Extent]]:
    """Where each item is, by its id."""
    version, sizes = data[place], _number(data, place + 4, 2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 2 if version < 2 else 4
    count, place = _number(data, place + 6, wide), place + 6 + wide
    found: dict[int, list[_Extent]] = {}
    left = _MOST
    for _ in range(count):
        item, place, how = _number(data, place, wide), place + wide, 0
        if version:
            how, place = _number(data, place, 2) & 15, place + 2
        begin, parts, place = _number(data, place + 2, base), _number(data, place + 2 + base, 2), place + 4 + base
        found[item] = []
        left -= 1 + parts
        if left < 0:
            raise IndexError
        for _ in range(parts):
            place += index if version else 0
            part = how, begin + _number(data, place, offset), _number(data, place + offset, length)
            found[item].append(part)
            place += offset + length
    return found


def _number(data: bytes, place: int, size: int) -> int:
    if place + size > len(data):
        raise IndexError
    return int.from_bytes(data[place : place + size], "big")
