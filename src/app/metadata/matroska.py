"""Matroska and WebM (RFC 9559): when the film was recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.metadata import times
from app.metadata.source import Source
from app.metadata.times import Moment

_SEGMENT, _INFO, _DATE = 0x18538067, 0x1549A966, 0x4461
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_MAX_ELEMENTS = 1_000


def created(source: Source) -> Moment | None:
    """The date in the first `Info` of a file."""
    segment = _find(source, 0, source.size, _SEGMENT)
    info = _find(source, *segment, _INFO) if segment else None
    date = _find(source, *info, _DATE) if info else None
    if date is None or date[1] - date[0] != 8:
        return None
    nanoseconds = int.from_bytes(source.at(date[0], 8), signed=True)
    try:
        return times.from_utc(_EPOCH + timedelta(seconds=nanoseconds // 1_000_000_000))
    except OverflowError:
        return None


def _find(source: Source, start: int, end: int, wanted: int) -> tuple[int, int] | None:
    """Where the content of the first such element begins and ends."""
    for _ in range(_MAX_ELEMENTS):
        head = source.at(start, 12)
        if start >= end or len(head) < 2 or not head[0]:
            return None
        kind_size = 9 - head[0].bit_length()
        kind, rest = int.from_bytes(head[:kind_size]), head[kind_size:]
        if not rest or not rest[0]:
            return None
        length_size = 9 - rest[0].bit_length()
        mask = (1 << 7 * length_size) - 1
        length = int.from_bytes(rest[:length_size]) & mask
        body = start + kind_size + length_size
        # All ones: the length is not known, as when it was streamed.
        stop = end if length == mask else min(body + length, end)
        if kind == wanted:
            return body, stop
        start = stop
    return None
