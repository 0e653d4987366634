"""What is known of a photo besides its pixels: kept as its files tell it, and as the user changes it.

Files and the user may say different things of rating, title, caption and keywords. What the files told last stays in
`photo.told`: where they still tell the same, what the user wrote in Sietch stands; where they tell something new,
somebody wrote it there since, and that counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app import marking, schema, sidecars
from app.metadata import Metadata
from app.telling import Told

SAID = ("rating", "title", "caption", "keywords")
"""What the user can change."""

_NOTHING: dict[str, Any] = {"rating": None, "title": "", "caption": "", "keywords": []}


def keep(db: Connection, photo_id: int, told: Told) -> frozenset[int]:
    """Writes down what the files of a photo tell, and gives its faces the names that are marked in them.

    Returns:
        The persons who gained or lost a face.
    """
    photo = schema.photo
    before = db.execute(select(photo).where(photo.c.photo_id == photo_id)).one()
    theirs = _said(told.metadata)
    ours = said(db, photo_id)
    base = _NOTHING | (json.loads(before.told) if before.told else {})
    merged = {key: ours[key] if theirs[key] == base[key] != ours[key] else theirs[key] for key in SAID}
    write(db, photo_id, merged)
    values = _columns(told.metadata) | {
        "taken_at": told.taken_at.isoformat(timespec="seconds"),
        "told": json.dumps(theirs, ensure_ascii=False),
    }
    db.execute(update(photo).where(photo.c.photo_id == photo_id).values(values))
    sidecars.settle(db, photo_id, told)
    marking.keep(db, photo_id, told.metadata.regions)
    return marking.settle(db, photo_id)


def said(db: Connection, photo_id: int) -> dict[str, Any]:
    """What the user and the files say of a photo now."""
    photo, keyword = schema.photo.c, schema.keyword.c
    row = db.execute(select(photo.rating, photo.title, photo.caption).where(photo.photo_id == photo_id)).one()
    words = db.execute(select(keyword.word).where(keyword.photo_id == photo_id).order_by(keyword.position)).scalars()
    return {"rating": row.rating, "title": row.title or "", "caption": row.caption or "", "keywords": list(words)}


def write(db: Connection, photo_id: int, values: dict[str, Any]) -> None:
    """Changes some of what is said of a photo."""
    columns = {key: value or None for key, value in values.items() if key != "keywords"}
    if columns:
        db.execute(update(schema.photo).where(schema.photo.c.photo_id == photo_id).values(columns))
    if "keywords" in values:
        _write_keywords(db, photo_id, values["keywords"])


def _write_keywords(db: Connection, photo_id: int, words: Sequence[str]) -> None:
    db.execute(delete(schema.keyword).where(schema.keyword.c.photo_id == photo_id))
    rows = [{"photo_id": photo_id, "word": word, "position": number} for number, word in enumerate(words)]
    if rows:
        db.execute(insert(schema.keyword), rows)


def _said(metadata: Metadata) -> dict[str, Any]:
    return {key: getattr(metadata, key) for key in SAID} | {"keywords": list(metadata.keywords)}


def _columns(metadata: Metadata) -> dict[str, Any]:
    """What the camera tells, by the columns of `photo`."""
    texts = {key: getattr(metadata, key) or None for key in ("make", "model", "lens")}
    same = ("exposure_time", "aperture", "iso", "focal_length", "latitude", "longitude", "orientation")
    return {
        **texts,
        **{key: getattr(metadata, key) for key in same},
        "zone": metadata.taken.zone if metadata.taken else None,
        "flash": None if metadata.flash is None else int(metadata.flash),
        "country": metadata.place.country or None,
        "province": metadata.place.state or None,
        "city": metadata.place.city or None,
    }
