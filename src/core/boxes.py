"""The boxes of which HEIC, AVIF, JPEG XL, CR3, MP4 and MOV files consist (ISO/IEC 14496-12, 4.2): type and extent."""

from __future__ import annotations

from collections.abc import Iterator

MAX_BOXES = 10_000
"""Boxes of one level that are looked at: a file of nothing but empty boxes is no picture."""


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two offsets, as far as they make sense: type, where the content begins, where it ends."""
    end = len(data) if end is None else min(end, len(data))
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        size, head = int.from_bytes(data[start : start + 4]), 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16]), 16
        elif size == 0:
            size = end - start
        if size < head:
            return
        yield data[start + 4 : start + 8], start + head, min(start + size, end)
        start += size
