"""When a photo was taken that does not say so itself: from its name, else from the file's own time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_EARLIEST = datetime(1826, 1, 1)
"""The year of the oldest photograph that is left; anything before is a camera that lost its clock."""

_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)"
    r"(?:[-_. T]{0,4}([0-2]\d)[-_.:]?([0-5]\d)[-_.:]?([0-5]\d))?(?!\d)"
)
"""2019-07-04, 20190704_153012, IMG-20190704-WA0001, Screenshot_2019-07-04-15-30-12: how cameras and messengers name."""


def taken_at(file_name: str, modified: float) -> datetime:
    """The likely time on the photographer's clock.

    Args:
        file_name: without folders.
        modified: the file's time, seconds since 1970.
    """
    return _from_name(file_name) or _from_file(modified)


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
