"""What is known of a photo besides its pixels: kept as its files tell it, and as the user changes it.

Files and the user may say different things of rating, title, caption and keywords. What the files told last stays in
`photo.told`: where they still tell the same, what the user wrote in Sietch stands; where they tell something new,
somebody wrote it there since, and that counts. A sidecar that is gone tells nothing: a photo that was moved
without it, or a folder that was tidied, loses no word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app import marking, sidecars
from app.metadata import Metadata
from app.metadata.sidecars import Stamp
from app.telling import Told

SAID = ("rating", "title", "caption", "keywords")
"""What the user can change."""

BESIDE = "sidecars"
"""In `photo.told`: the sidecars that told of the photo."""

_NOTHING: dict[str, Any] = {"rating": None, "title": "", "caption": "", "keywords": [], BESIDE: []}


def keep(db: Connection, photo_id: int, told: Told) -> frozenset[int]:
    """Writes down what the files of a photo tell, and gives its faces the names that are marked in them.

    Returns:
        The persons who gained or lost a face.
    """
    before = _known(db, photo_id)
    theirs, ours = _said(told.metadata), _as_said(before)
    base = _NOTHING | (json.loads(before.told) if before.told else {})
    beside = paths(told.sidecars)
    gone = not set(base[BESIDE]) <= set(beside)
    merged = {key: (_added if gone else _merged)(theirs[key], base[key], ours[key]) for key in SAID}
    values = _columns(told.metadata) | {
        **{key: merged[key] or None for key in ("rating", "title", "caption")},
        "taken_at": told.taken_at.isoformat(timespec="seconds"),
        "told": json.dumps(theirs | {BESIDE: beside}, ensure_ascii=False),
        "retell": int(sidecars.are_stale(db, photo_id, told)),
    }
    _update(db, photo_id, values)
    if merged["keywords"] != ours["keywords"]:
        _write_keywords(db, photo_id, merged["keywords"])
    return marking.apply(db, photo_id, told.metadata.regions, gone)


def _merged(theirs: Any, base: Any, ours: Any) -> Any:
    """What counts of what files tell now, of what they told last, and of what the library says."""
    return ours if theirs == base else theirs


def _added(theirs: Any, base: Any, ours: Any) -> Any:
    """The same when a sidecar is not there any more: that takes nothing away, only what is new is told by somebody."""
    if isinstance(theirs, list):
        return [*ours, *(word for word in theirs if word not in base and word not in ours)]
    return theirs if theirs and theirs != base else ours


def paths(stamps: Sequence[Stamp]) -> list[str]:
    """As `BESIDE` has them: a path need not be text."""
    return [stamp.path.hex() for stamp in stamps]


def said(db: Connection, photo_id: int) -> dict[str, Any]:
    """What the user and the files say of a photo now."""
    return _as_said(_known(db, photo_id))


def write(db: Connection, photo_id: int, values: dict[str, Any]) -> None:
    """Changes some of what is said of a photo."""
    columns = {key: value or None for key, value in values.items() if key != "keywords"}
    if columns:
        _update(db, photo_id, columns)
    if "keywords" in values:
        _write_keywords(db, photo_id, values["keywords"])


_KNOWN = """
    SELECT told, rating, title, caption, (
        SELECT json_group_array(word) FROM
        (SELECT word FROM keyword WHERE keyword.photo_id = photo.photo_id ORDER BY position)
    ) AS keywords FROM photo WHERE photo_id = ?
"""


def _known(db: Connection, photo_id: int) -> Any:
    # As it is for the driver, here and below: this is done for every photo, and making statements takes the most time.
    return db.exec_driver_sql(_KNOWN, (photo_id,)).one()


def _as_said(row: Any) -> dict[str, Any]:
    keywords = json.loads(row.keywords)
    return {"rating": row.rating, "title": row.title or "", "caption": row.caption or "", "keywords": keywords}


def _update(db: Connection, photo_id: int, values: dict[str, Any]) -> None:
    changes = ", ".join(f"{name} = ?" for name in values)
    db.exec_driver_sql(f"UPDATE photo SET {changes} WHERE photo_id = ?", (*values.values(), photo_id))


def _write_keywords(db: Connection, photo_id: int, words: Sequence[str]) -> None:
    db.exec_driver_sql("DELETE FROM keyword WHERE photo_id = ?", (photo_id,))
    rows = [(photo_id, word, number) for number, word in enumerate(words)]
    if rows:
        db.exec_driver_sql("INSERT INTO keyword (photo_id, word, position) VALUES (?, ?, ?)", rows)


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
