"""What services tell of arbitrary households, in a form that can be compared with what `households.Rules` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import NotFound
from tests.app.households import Case, Row

GONE = "gone"


def told(ask: Callable[[], Any]) -> Any:
    """What a query tells; `GONE` where it says that there is no such thing."""
    try:
        return ask()
    except NotFound:
        return GONE


def timeline_of(photos: list[Row]) -> list[int]:
    """Ids as a timeline lists them."""
    return [row["photo_id"] for row in sorted(photos, key=lambda row: (row["taken_at"], row["photo_id"]), reverse=True)]


def told_of_faces(faces: list[Row], case: Case) -> list[tuple[Any, ...]]:
    """What is told of faces, by id."""
    rows = [
        (row["face_id"], row["photo"]["photo_id"], row["person_id"], case.rules.name(row["person_id"])) for row in faces
    ]
    return sorted(rows, key=lambda row: int(row[0]))


def faces(found: list[Any]) -> list[tuple[Any, ...]]:
    """The same of faces that a service told of."""
    return sorted((each.face_id, each.photo_id, each.person_id, each.name) for each in found)


def indexed(case: Case) -> list[Row]:
    """What grids show: in sight, in the library, and not in the trash."""
    return [row for row in case.rules.photos if row["state"] == "indexed"]


def marks(case: Case) -> tuple[set[int], set[int]]:
    """The photos of a grid that have a raw file beside them, and those whose file is not there."""
    sight = case.rules.photo_ids
    raw = {row["of_id"] for row in case.rules.rows["companion"] if {row["of_id"], row["photo_id"]} <= sight}
    return raw, {row["photo_id"] for row in case.rules.rows["place"] if row["missing_since"]} & sight


def check_timeline(case: Case, timeline: Any, expected: list[int], by_month: bool = True) -> None:
    """A grid shows these photos, and marks those that are in sight."""
    assert list(timeline.photo_ids) == expected
    assert sum(month.count for month in timeline.months) == (len(expected) if by_month else 0)
    liked = {row["photo_id"] for row in case.rules.of("favourite", profile_id=case.rules.me)} & case.rules.photo_ids
    found = (timeline.raw, timeline.absent, timeline.favourites)
    # A list of a few is marked for those alone, a long one for whatever is in sight.
    for marked, among in zip(found, (*marks(case), liked), strict=True):
        assert set(marked) <= among
        assert set(marked) & set(expected) == among & set(expected)
    assert (set(timeline.videos), set(timeline.live)) == (set(), set())
