"""When a photo was taken: from its EXIF block, else from its name, else from the file's own time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from PIL import ExifTags, Image

_EARLIEST = datetime(1826, 1, 1)
"""The year of the oldest photograph that is left; anything before is a camera that lost its clock."""

_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)"
    r"(?:[-_. T]{0,4}([0-2]\d)[-_.:]?([0-5]\d)[-_.:]?([0-5]\d))?(?!\d)"
)
"""2019-07-04, 20190704_153012, IMG-20190704-WA0001, Screenshot_2019-07-04-15-30-12: how cameras and messengers name."""


def taken_at(exif: Image.Exif, file_name: str, modified: float) -> datetime:
    """The time that the camera's clock showed, without a zone.

    Args:
        exif: of the photo; may be empty or nonsense.
        file_name: without folders.
        modified: the file's time, seconds since 1970.
    """
    return _from_exif(exif) or _from_name(file_name) or _from_file(modified)


def _from_exif(exif: Image.Exif) -> datetime | None:
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        values = (
            details.get(ExifTags.Base.DateTimeOriginal),
            details.get(ExifTags.Base.DateTimeDigitized),
            exif.get(ExifTags.Base.DateTime),
        )
    except Exception:  # Pillow raises nearly anything on a hostile block; the photo still has a name and a file
        return None
    return next((time for value in values if (time := _parsed(value))), None)


def _parsed(value: object) -> datetime | None:
    digits = re.findall(r"\d+", value) if isinstance(value, str) else []
    if len(digits) < 6:
        return None
    return _plausible(digits[:6])


def _from_name(file_name: str) -> datetime | None:
    found = _IN_NAME.search(file_name)
    return _plausible([part for part in found.groups() if part]) if found else None


def _plausible(parts: list[str]) -> datetime | None:
    try:
        time = datetime(*(int(part) for part in parts))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
    return time if _EARLIEST <= time <= datetime.now() + timedelta(days=1) else None


def _from_file(modified: float) -> datetime:
    try:
        return datetime.fromtimestamp(int(modified))
    except (ValueError, OverflowError, OSError):
        return datetime(1970, 1, 1)
