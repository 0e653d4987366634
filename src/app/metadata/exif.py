"""EXIF (CIPA DC-008) -> what the camera knew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from app.metadata import tiff, times, values
from app.metadata.times import Moment
from app.metadata.types import Metadata

XMP_TAG, IPTC_TAG, ORIENTATION = 700, 33723, 0x0112

_DESCRIPTION, _MAKE, _MODEL, _CHANGED = 0x010E, 0x010F, 0x0110, 0x0132
_RATING, _XP_TITLE, _XP_COMMENT, _XP_KEYWORDS, _XP_SUBJECT = 0x4746, 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F
_EXPOSURE, _APERTURE, _ISO, _FLASH, _FOCAL, _LENS = 0x829A, 0x829D, 0x8827, 0x9209, 0x920A, 0xA434
_ORIGINAL, _DIGITIZED = 0x9003, 0x9004
_ZONE, _ZONE_ORIGINAL, _ZONE_DIGITIZED = 0x9010, 0x9011, 0x9012
_FRACTION_ORIGINAL, _FRACTION_DIGITIZED = 0x9291, 0x9292

Tags = Mapping[int, tiff.Value]


def read(first: Tags, exif: Tags, gps: Tags) -> Metadata:
    """From the three directories of an EXIF block."""
    latitude, longitude = _place(gps)
    iso = values.positive(exif.get(_ISO), 100_000_000)
    flash = values.number(exif.get(_FLASH))
    return Metadata(
        taken=taken(exif),
        make=values.line(first.get(_MAKE)),
        model=values.line(first.get(_MODEL)),
        lens=values.line(exif.get(_LENS)),
        exposure_time=values.positive(exif.get(_EXPOSURE), 1_000_000),
        aperture=values.positive(exif.get(_APERTURE), 1_000),
        iso=round(iso) if iso else None,
        focal_length=values.positive(exif.get(_FOCAL), 100_000),
        flash=bool(int(flash) & 1) if flash is not None and 0 <= flash < 256 else None,
        latitude=latitude,
        longitude=longitude,
        rating=rating(first.get(_RATING)),
        keywords=values.unique(_windows(first.get(_XP_KEYWORDS)).split(";")),
        title=values.line(_windows(first.get(_XP_TITLE))),
        caption=values.prose(first.get(_DESCRIPTION)) or values.prose(_windows(first.get(_XP_COMMENT))),
        orientation=oriented(first.get(ORIENTATION)) or 1,
    )


def taken(exif: Tags) -> Moment | None:
    """When the shutter was released, or else the film digitised. The zone of one clock holds for all of its times."""
    zones = (exif.get(_ZONE_ORIGINAL), exif.get(_ZONE_DIGITIZED), exif.get(_ZONE))
    zone = next((zone for zone in zones if times.zone_of(zone) is not None), None)
    original = times.parsed(exif.get(_ORIGINAL), zone, exif.get(_FRACTION_ORIGINAL))
    return original or times.parsed(exif.get(_DIGITIZED), zone, exif.get(_FRACTION_DIGITIZED))


def changed(first: Tags, exif: Tags) -> Moment | None:
    """When the file was last changed: for cameras and scanners that know no other time."""
    return times.parsed(first.get(_CHANGED), exif.get(_ZONE))


def utc(gps: Tags) -> datetime | None:
    """The point in time that the GPS receiver told."""
    return times.utc(gps.get(29), gps.get(7))


def rating(value: object) -> int | None:
    """Stars; none for 0, which means that nobody rated, and -1, which means rejected."""
    found = values.number(value)
    return round(found) if found is not None and 0.5 < found < 5.5 else None


def oriented(value: object) -> int | None:
    """EXIF's number of an orientation."""
    found = values.number(value)
    return int(found) if found is not None and 1 <= found <= 8 else None


def _windows(value: object) -> str:
    """What Windows writes as letters of two bytes."""
    if isinstance(value, tuple):
        value = bytes(int(byte) for byte in value if 0 <= byte < 256)
    return value.decode("utf-16-le", "ignore").split("\0")[0] if isinstance(value, bytes) else ""


def _place(gps: Tags) -> tuple[float, float] | tuple[None, None]:
    return values.coordinates(_degrees(gps.get(2), gps.get(1), "S"), _degrees(gps.get(4), gps.get(3), "W"))


def _degrees(parts: object, letter: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or not parts or not all(math.isfinite(part) and part >= 0 for part in parts):
        return None
    total: float = sum(part / 60**place for place, part in enumerate(parts[:3]))
    return -total if isinstance(letter, str) and letter.upper().startswith(negative) else total
