"""Points in time as pictures write them: what a clock showed and, where that is told, how far it was from UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

_EARLIEST = datetime(1600, 1, 1)
"""Older than any photograph: people date scans of paintings and documents, too. Before that a clock was lost."""

_MOMENT = re.compile(
    r"\s*(\d{4})[-:./](\d{1,2})[-:./](\d{1,2})(?:[T ]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,](\d+))?)?)?"
    r"\s*(Z|[+-]\d{1,2}:?\d{2})?"
)

_ZONE = re.compile(r"\s*(Z|[+-]\d{1,2}:?\d{2})\s*")

_MAX_ZONE = 15 * 60
"""Minutes: the furthest clocks on Earth have been from UTC by law, 15:14 hours in Manila before 1844, rounded."""

_STEP = 15
"""Minutes: offsets of all zones in use are multiples of it."""

_STALE = 5
"""Minutes by which the GPS receiver's last fix may be older than the picture, or the camera's clock wrong."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a clock showed, and by how many minutes it was ahead of UTC, if that is known."""

    local: datetime
    zone: int | None = None

    def aware(self) -> datetime:
        """The point in time; without a zone as if it were UTC."""
        return self.local.replace(tzinfo=timezone(timedelta(minutes=self.zone or 0)))


def parsed(value: object, zone: object = None, fraction: object = None) -> Moment | None:
    """From EXIF's or ISO 8601's form, None where it is no point in time.

    Args:
        value: the text.
        zone: a text of its own for the zone, as EXIF has it.
        fraction: digits of seconds, likewise.
    """
    found = _MOMENT.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second, part, own_zone = found.groups()
    digits = part or (fraction.strip() if isinstance(fraction, str) and fraction.strip().isdecimal() else "")
    micro = int(digits[:6].ljust(6, "0")) if digits and digits.isascii() else 0
    try:
        local = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro)
    except (ValueError, OverflowError):
        return None
    if not plausible(local):
        return None
    return Moment(local, zone_of(own_zone) if own_zone else zone_of(zone))


def plausible(local: datetime) -> bool:
    """Neither before there was anything to take a picture of, nor in the future."""
    return _EARLIEST <= local <= datetime.now() + timedelta(days=1)


def zone_of(value: object) -> int | None:
    """Minutes ahead of UTC, from "+05:30", "-0800" or "Z"."""
    found = _ZONE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    text = found.group(1)
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "").rjust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (minutes if text[0] == "+" else -minutes) if minutes <= _MAX_ZONE else None


def with_zone_by(moment: Moment, utc: datetime | None) -> Moment:
    """The zone from the same moment as the GPS receiver told it, in UTC, if the two can be the same."""
    if moment.zone is not None or utc is None:
        return moment
    minutes = (moment.local - utc.replace(tzinfo=None)).total_seconds() / 60
    zone = round(minutes / _STEP) * _STEP
    if abs(zone - minutes) > _STALE or abs(zone) > _MAX_ZONE:
        return moment
    return replace(moment, zone=zone)


def from_utc(moment: datetime) -> Moment | None:
    """A point in time that knows its zone."""
    offset = moment.utcoffset()
    local = moment.replace(tzinfo=None)
    return Moment(local, int(offset.total_seconds() // 60) if offset is not None else 0) if plausible(local) else None


def utc(value: object, clock: object) -> datetime | None:
    """GPS date and time of day -> a point in time.

    Args:
        value: "2023:06:07".
        clock: hours, minutes and seconds.
    """
    day = parsed(value)
    if day is None or not isinstance(clock, tuple) or len(clock) != 3 or not all(0 <= part < 61 for part in clock):
        return None
    passed = timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2])
    return (day.local.replace(hour=0, minute=0, second=0) + passed).replace(tzinfo=UTC)
