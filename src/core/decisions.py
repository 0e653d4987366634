"""What humans decided, in rows of its own: this face is that person, it is not, these two persons are not the same.

Nothing that the machine does changes a row here. A decision keeps the place of its face in the image: it outlives the
face when an image is detected anew, and is attached again to the face that overlaps that place. A later decision of a
human replaces the earlier one that it contradicts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, text

from core.types import BoundingBox

SAME_PLACE = 0.4
"""Boxes of two detections that overlap (intersection over union) this much show the same face: what InsightFace's
detector, too, holds for one face (`core.detection.OVERLAP`)."""

_CLEAR = """
    DELETE FROM decision
    WHERE face_id = :face AND (person_id = :person OR (kind = 'confirmed' AND :kind = 'confirmed'))
"""

_INSERT = """
    INSERT INTO decision (kind, image_id, face_id, person_id, x, y, width, height, decided_at)
    SELECT :kind, image_id, face_id, :person, x, y, width, height, :now FROM face WHERE face_id = :face
"""

_TOUCHED = """
    SELECT person_id FROM person WHERE name IS NOT NULL OR metadata <> '{}'
    UNION SELECT person_id FROM decision
    UNION SELECT person_id FROM not_same UNION SELECT other_id FROM not_same
"""

_TRANSFER = (
    # A face that was confirmed as the one and rejected as the other: both are one now, and what it is counts.
    "UPDATE OR REPLACE decision SET person_id = :target WHERE kind = 'confirmed' AND person_id IN :sources",
    "UPDATE OR IGNORE decision SET person_id = :target WHERE kind = 'rejected' AND person_id IN :sources",
    """
    INSERT OR IGNORE INTO not_same (person_id, other_id, decided_at)
    SELECT min(third, :target), max(third, :target), decided_at FROM (
        SELECT iif(person_id IN :sources, other_id, person_id) AS third, decided_at FROM not_same
        WHERE (person_id IN :sources) <> (other_id IN :sources)
    ) WHERE third <> :target
    """,
)


def confirm(db: Connection, face_ids: Collection[int], person_id: int) -> None:
    """The faces are this person."""
    _decide(db, "confirmed", face_ids, person_id)


def reject(db: Connection, face_ids: Collection[int], person_id: int) -> None:
    """The faces are not this person."""
    _decide(db, "rejected", face_ids, person_id)


def separate(db: Connection, person_id: int, other_id: int) -> None:
    """The two persons are not the same."""
    low, high = sorted((person_id, other_id))
    row = {"low": low, "high": high, "now": _now()}
    db.execute(text("INSERT OR IGNORE INTO not_same (person_id, other_id, decided_at) VALUES (:low, :high, :now)"), row)


def confirmed(db: Connection) -> dict[int, int]:
    """Face id -> the person that a human said it is."""
    rows = db.execute(text("SELECT face_id, person_id FROM decision WHERE kind = 'confirmed' AND face_id IS NOT NULL"))
    return {row.face_id: row.person_id for row in rows}


def rejected(db: Connection, face_ids: Collection[int] | None = None) -> dict[int, frozenset[int]]:
    """Face id -> the persons whom a human said it is not; of all faces, or of those given."""
    among = "face_id IS NOT NULL" if face_ids is None else "face_id IN (SELECT value FROM json_each(:ids))"
    query = f"SELECT face_id, person_id FROM decision WHERE kind = 'rejected' AND {among}"
    rows = db.exec_driver_sql(query, {} if face_ids is None else {"ids": json.dumps(list(face_ids))})
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.face_id].add(row.person_id)
    return {face_id: frozenset(persons) for face_id, persons in found.items()}


def not_same(db: Connection) -> list[tuple[int, int]]:
    """Pairs of persons that a human said are two, the smaller id first."""
    rows = db.execute(text("SELECT person_id, other_id FROM not_same ORDER BY person_id, other_id"))
    return [(row.person_id, row.other_id) for row in rows]


def touched(db: Connection) -> frozenset[int]:
    """Persons about whom a human said anything: a name, a note, a decision. The machine never dissolves them."""
    return frozenset(db.execute(text(_TOUCHED)).scalars())


def transfer(db: Connection, source_ids: Sequence[int], target_id: int) -> None:
    """What was decided of some persons holds for the one that they are merged into."""
    for statement in _TRANSFER:
        query = text(statement).bindparams(bindparam("sources", expanding=True))
        db.execute(query, {"sources": list(source_ids), "target": target_id})


def waiting(db: Connection, image_id: int) -> bool:
    """Whether something that was decided in an image waits for its face to be found again."""
    query = text("SELECT 1 FROM decision WHERE image_id = :id AND face_id IS NULL LIMIT 1")
    return db.execute(query, {"id": image_id}).first() is not None


def forget(db: Connection, face_ids: Collection[int]) -> None:
    """Drops what was decided of faces that a human removes."""
    query = text("DELETE FROM decision WHERE face_id IN (SELECT value FROM json_each(:ids))")
    db.execute(query, {"ids": json.dumps(list(face_ids))})


def reattach(db: Connection, image_id: int, scale: tuple[float, float], places: Mapping[int, BoundingBox]) -> None:
    """After a new detection of an image: the decisions follow their faces, and waiting ones find theirs again.

    Args:
        image_id: the image.
        scale: its new width and height over the old ones.
        places: the box of every face that it has now.
    """
    across, down = scale
    rows = db.execute(text("SELECT * FROM decision WHERE image_id = :id ORDER BY decision_id"), {"id": image_id}).all()
    for row in rows:
        place = BoundingBox(row.x * across, row.y * down, row.width * across, row.height * down)
        face_id = row.face_id
        if face_id is None:
            best = max(places, key=lambda each: place.overlap(places[each]), default=None)
            if best is not None and place.overlap(places[best]) >= SAME_PLACE:
                face_id = best
        box = places.get(face_id, place)
        values = {"id": row.decision_id, "face": face_id, "x": box.x, "y": box.y, "w": box.width, "h": box.height}
        # What is waiting yields to what was decided of the face itself.
        statement = "UPDATE OR IGNORE decision SET face_id = :face, x = :x, y = :y, width = :w, height = :h"
        db.execute(text(f"{statement} WHERE decision_id = :id"), values)


def _decide(db: Connection, kind: str, face_ids: Collection[int], person_id: int) -> None:
    rows = [{"kind": kind, "face": face_id, "person": person_id, "now": _now()} for face_id in face_ids]
    if rows:
        db.execute(text(_CLEAR), rows)
        db.execute(text(_INSERT), rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
