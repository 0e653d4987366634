"""IPTC-IIM: the records that news agencies and older programs write into JPEG and TIFF."""

from __future__ import annotations

from collections import defaultdict

from app.metadata import times, values
from app.metadata.types import Metadata, Place

_UTF8 = b"\x1b%G"
_TITLE, _KEYWORDS, _DATE, _TIME = 5, 25, 55, 60
_CITY, _STATE, _COUNTRY, _CAPTION = 90, 95, 101, 120
_MAX_RECORDS = 20_000


def read(data: bytes) -> Metadata:
    """From the records of a picture."""
    found = _records(data)

    def first(number: int) -> str:
        return next(iter(found[number]), "")

    day, clock = first(_DATE), first(_TIME)
    # A time of day alone is no point in time.
    moment = f"{day[:4]}-{day[4:6]}-{day[6:8]} {clock[:2]}:{clock[2:4]}:{clock[4:6]}{clock[6:]}" if clock else ""
    return Metadata(
        taken=times.parsed(moment) if len(day) == 8 else None,
        place=Place(values.line(first(_COUNTRY)), values.line(first(_STATE)), values.line(first(_CITY))),
        keywords=values.unique(found[_KEYWORDS]),
        title=values.line(first(_TITLE)),
        caption=values.prose(first(_CAPTION)),
    )


def _records(data: bytes) -> defaultdict[int, list[str]]:
    """The texts of the second record, by their numbers."""
    raw: defaultdict[int, list[bytes]] = defaultdict(list)
    utf8, offset = False, 0
    for _ in range(_MAX_RECORDS):
        head = data[offset : offset + 5]
        if len(head) < 5 or head[0] != 0x1C:
            break
        length = int.from_bytes(head[3:5])
        if length & 0x8000:
            break
        value = data[offset + 5 : offset + 5 + length]
        if head[1:3] == b"\x01\x5a":
            utf8 = value == _UTF8
        elif head[1] == 2:
            raw[head[2]].append(value)
        offset += 5 + length
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, items in raw.items():
        found[number] = [_text(item, utf8) for item in items]
    return found


def _text(raw: bytes, utf8: bool) -> str:
    """Many programs write UTF-8 without saying so."""
    raw = raw.rstrip(b"\0")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8" if utf8 else "cp1252", "ignore" if utf8 else "replace")
