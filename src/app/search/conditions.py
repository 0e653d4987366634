"""The SQL of each kind of thing that a query can ask of a photo.

A condition is put to a row of `photo`. What it asks of other tables is asked of what the viewer sees of them; `main`
stands only where that is the same (the name of somebody whose face is seen) or in candidates, of which `photo` keeps
what is in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.search.types import LARGEST, Column, Kind, Mark
from app.worklist import REACHABLE


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a query asks.

    Attributes:
        condition: over a row of `photo`.
        candidates: a query for the ids of photos beyond which it is never true; none if that is many.
        size: a query for about how many candidates there are, where that is quicker than counting them.
    """

    condition: str
    candidates: str | None = None
    size: str | None = None


COLUMNS = {
    Column.PLACE: "place",
    Column.CAMERA: "camera",
    Column.KEYWORD: "keywords",
    Column.FILE: "file",
}
"""As they are called in `photo_words`."""

ANYWHERE = "{title caption keywords place file}"

NOTHING = Part("0", "SELECT NULL WHERE 0")

_WORDS = "SELECT rowid FROM main.photo_words WHERE photo_words MATCH {}"

_HERE = "face.image_id = photo.image_id"

UNNAMED = Part(
    f"""EXISTS (SELECT 1 FROM face LEFT JOIN main.person AS somebody ON somebody.person_id = face.person_id
                WHERE {_HERE} AND somebody.name IS NULL)"""
)

_HOW_MANY = f"""(
    (SELECT count(DISTINCT face.person_id) + count(*) - count(face.person_id) FROM face WHERE {_HERE})
    + (SELECT count(*) FROM tag WHERE tag.photo_id = photo.photo_id AND NOT EXISTS (
           SELECT 1 FROM face WHERE {_HERE} AND +face.person_id = tag.person_id))
)"""
"""People in the photo: each of those who are known to be the same once, and every other face."""

_AT_MOST = """(
    (SELECT count(*) FROM main.face AS shown WHERE shown.image_id = photo.image_id)
    + (SELECT count(*) FROM main.tag AS said WHERE said.photo_id = photo.photo_id)
)"""
"""There cannot be more: quickly counted, and asked first."""


def with_people(person_ids: Sequence[int]) -> Part:
    """One of these is in the photo, by a face or a tag."""
    if not person_ids:
        return NOTHING
    among = _among(person_ids)
    return Part(
        f"""(EXISTS (SELECT 1 FROM face WHERE {_HERE} AND +face.person_id IN {among})
             OR EXISTS (SELECT 1 FROM tag WHERE tag.photo_id = photo.photo_id AND +tag.person_id IN {among}))""",
        f"""SELECT photo.photo_id FROM main.face JOIN main.photo ON photo.image_id = face.image_id
                WHERE face.person_id IN {among}
            UNION SELECT photo_id FROM main.tag WHERE person_id IN {among}""",
        f"SELECT count(*) FROM main.face WHERE person_id IN {among}",
    )


def nobody_but(person_ids: Sequence[int]) -> Part:
    """No other face is in the photo, of somebody known or not, and nobody else is tagged."""
    among = _among(person_ids)
    return Part(
        f"""NOT EXISTS (SELECT 1 FROM face WHERE {_HERE}
                        AND (face.person_id IS NULL OR +face.person_id NOT IN {among}))
            AND NOT EXISTS (SELECT 1 FROM tag WHERE tag.photo_id = photo.photo_id AND +tag.person_id NOT IN {among})"""
    )


def so_many(least: int, most: int) -> Part:
    """So many people are in the photo."""
    exact = f"{_HOW_MANY} BETWEEN {least:d} AND {most:d}" if most < LARGEST else f"{_HOW_MANY} >= {least:d}"
    return Part(f"({_AT_MOST} >= {least:d} AND {exact})" if least else exact)


def rated(least: int, most: int) -> Part:
    """So many stars."""
    condition = f"coalesce(photo.rating, 0) BETWEEN {least:d} AND {most:d}"
    among = f"SELECT photo_id FROM main.photo WHERE rating BETWEEN {least:d} AND {most:d}"
    return Part(condition, among if least > 0 else None)


def taken(first: str, after: str, has_first: bool, has_last: bool) -> Part:
    """Taken from one moment on and before another, the names of whose values these are."""
    bounds = [f"photo.taken_at >= {first}"] * has_first + [f"photo.taken_at < {after}"] * has_last
    between = " AND ".join(bounds)
    return Part(f"({between})", f"SELECT photo_id FROM main.photo WHERE state = 'indexed' AND {between}")


def saying(match: str) -> Part:
    """The words, whose value's name this is, are found in what is said of the photo."""
    words = _WORDS.format(match)
    return Part(f"photo.photo_id IN ({words})", words)


def in_albums(album_ids: Sequence[int]) -> Part:
    """In one of these albums."""
    if not album_ids:
        return NOTHING
    among = _among(album_ids)
    return Part(
        f"""EXISTS (SELECT 1 FROM album_photo
                    WHERE album_photo.photo_id = photo.photo_id AND +album_photo.album_id IN {among})""",
        f"SELECT photo_id FROM main.album_photo WHERE album_id IN {among}",
    )


def _among(ids: Sequence[int]) -> str:
    return f"({', '.join(f'{each:d}' for each in ids)})"


def _beside(role: str) -> tuple[str, str]:
    return (
        f"EXISTS (SELECT 1 FROM companion WHERE companion.of_id = photo.photo_id AND companion.role = '{role}')",
        f"SELECT of_id FROM main.companion WHERE role = '{role}'",
    )


_VIDEO = "EXISTS (SELECT 1 FROM video WHERE video.photo_id = photo.photo_id)"
_MOVES = "EXISTS (SELECT 1 FROM motion WHERE motion.photo_id = photo.photo_id)"

KINDS = {
    Kind.VIDEO: Part(_VIDEO, "SELECT photo_id FROM main.video"),
    Kind.PHOTO: Part(f"NOT {_VIDEO}"),
    Kind.RAW: Part(f"(photo.format = 'RAW' OR {_beside('raw')[0]})"),
    Kind.LIVE: Part(
        f"({_beside('live')[0]} OR {_MOVES})", f"{_beside('live')[1]} UNION SELECT photo_id FROM main.motion"
    ),
}

MARKS = {
    Mark.FAVOURITE: Part(
        "EXISTS (SELECT 1 FROM favourite WHERE favourite.photo_id = photo.photo_id)",
        "SELECT photo_id FROM favourite",
    ),
    Mark.LOCKED: Part("photo.locked = 1"),
    Mark.PRIVATE: Part("photo.visibility = 'private'"),
    Mark.MISSING: Part(f"NOT {REACHABLE}"),
}
