"""What a window or a command asks of a photo besides its picture, and what it changes: stars, words, keywords."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from app import describing, marking, schema
from app.errors import InvalidDetail, NotFound
from app.events import Events
from app.journal import Action, Journal
from app.metadata import values
from app.privacy import View
from app.types import LibraryChanged, MarkedFace, PhotoDetails
from core.types import UNCHANGED, BoundingBox, Unchanged

MAX_RATING = 5

_TAGGED = "SELECT person.name FROM tag JOIN person USING (person_id) WHERE tag.photo_id = :id"


class Details:
    """The details of one library's photos. What is changed here never changes a photo's file."""

    def __init__(self, view: View, journal: Journal, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._events = events

    def of(self, photo_id: int) -> PhotoDetails:
        """What is known of a photo.

        Raises:
            NotFound: there is no such photo.
        """
        with self._view.read() as db:
            row = db.execute(select(schema.photo).where(schema.photo.c.photo_id == photo_id)).first()
            if row is None:
                raise NotFound(f"There is no photo {photo_id}.")
            keywords = tuple(describing.said(db, photo_id)["keywords"])
            tagged = {"", *db.exec_driver_sql(_TAGGED, {"id": photo_id}).scalars()}
            rows = [each for each in marking.rows(db, photo_id) if each.face_id is None and each.name not in tagged]
            marked = tuple(_marked(each, row) for each in rows)
        return _details(row, keywords, marked)

    def rate(self, photo_ids: Collection[int], rating: int | None) -> None:
        """Gives photos one to five stars; None or 0 takes them away.

        Raises:
            InvalidDetail: there is no such rating.
            NotFound: a photo is missing; then nothing was changed.
        """
        if rating is not None and not 0 <= rating <= MAX_RATING:
            raise InvalidDetail(f"A rating has none to {MAX_RATING} stars.")
        self._write(Action.RATE, photo_ids, {"rating": rating or None})

    def describe(
        self,
        photo_id: int,
        title: str | Unchanged = UNCHANGED,
        caption: str | Unchanged = UNCHANGED,
        keywords: Sequence[str] | Unchanged = UNCHANGED,
    ) -> None:
        """Changes what is written about a photo; surplus spaces and doubled keywords are left out.

        Raises:
            InvalidDetail: a text is too long.
            NotFound: there is no such photo.
        """
        changes: dict[str, Any] = {}
        if title is not UNCHANGED:
            changes["title"] = _line(title, "title")
        if caption is not UNCHANGED:
            changes["caption"] = _prose(caption)
        if keywords is not UNCHANGED:
            changes["keywords"] = list(dict.fromkeys(word for each in keywords if (word := _line(each, "keyword"))))
        self._write(Action.DESCRIBE, [photo_id], changes)

    def _write(self, action: Action, photo_ids: Collection[int], changes: dict[str, Any]) -> None:
        with self._journal.step(action, photos=len(photo_ids)) as db:
            self._view.require_photos(db, photo_ids)
            for photo_id in photo_ids:
                describing.write(db, photo_id, changes)
        self._events.publish(LibraryChanged(frozenset(photo_ids)))


def _line(text: str, what: str) -> str:
    if len(text) > values.MAX_WORD:
        raise InvalidDetail(f"A {what} may have at most {values.MAX_WORD} characters.")
    return values.line(text)


def _prose(text: str) -> str:
    if len(text) > values.MAX_TEXT:
        raise InvalidDetail(f"A caption may have at most {values.MAX_TEXT:,} characters.")
    return values.prose(text)


def _details(row: Any, keywords: tuple[str, ...], marked: tuple[MarkedFace, ...]) -> PhotoDetails:
    located = row.latitude is not None and row.longitude is not None
    return PhotoDetails(
        photo_id=row.photo_id,
        zone_minutes=row.zone,
        camera=camera_name(row.make or "", row.model or ""),
        lens=row.lens or "",
        exposure_seconds=row.exposure_time,
        aperture=row.aperture,
        iso=row.iso,
        focal_length=row.focal_length,
        flash=None if row.flash is None else bool(row.flash),
        position=(row.latitude, row.longitude) if located and math.isfinite(row.latitude + row.longitude) else None,
        place=", ".join(dict.fromkeys(part for part in (row.city, row.province, row.country) if part)),
        rating=row.rating,
        title=row.title or "",
        caption=row.caption or "",
        keywords=keywords,
        marked=marked,
    )


def camera_name(make: str, model: str) -> str:
    """The camera in a few words: most models begin with their maker's name anyway."""
    first = make.split(" ", maxsplit=1)[0].lower()
    return model if first and model.lower().startswith(first) else f"{make} {model}".strip()


def _marked(region: Any, photo: Any) -> MarkedFace:
    box = BoundingBox(
        region.x * photo.width, region.y * photo.height, region.width * photo.width, region.height * photo.height
    )
    return MarkedFace(region.name, box)
