"""What humans decided, in rows of its own: this face is that person, it is not, these two persons are not the same.

Nothing that the machine does changes a row here. A decision keeps the place of its face in the image: it outlives the
face when an image is detected anew, and waits for a face that is found there again. A later decision of a human
replaces the earlier one that it contradicts: a face is confirmed as one person at most.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from core.types import BoundingBox

SAME_PLACE = 0.4
"""Boxes of two detections that overlap (intersection over union) this much show the same face: what InsightFace's
detector, too, holds for one face (`core.detection.OVERLAP`)."""

_KINDS = ("confirmed", "rejected")

_CLEAR = """
    DELETE FROM decision
    WHERE face_id = :face AND (person_id = :person OR (kind = 'confirmed' AND :kind = 'confirmed'))
"""

_INSERT = """
    INSERT INTO decision (kind, image_id, face_id, person_id, x, y, width, height, decided_at)
    SELECT :kind, image_id, face_id, :person, x, y, width, height, :now FROM face WHERE face_id = :face
"""

_SCALE = """
    UPDATE decision SET x = x * :across, y = y * :down, width = width * :across, height = height * :down
    WHERE image_id = :id AND face_id IS NULL
"""

_FOLLOW = """
    UPDATE decision SET x = face.x, y = face.y, width = face.width, height = face.height
    FROM face WHERE face.face_id = decision.face_id AND decision.image_id = :id
"""

_ATTACH = "UPDATE decision SET face_id = :face, x = :x, y = :y, width = :w, height = :h WHERE decision_id = :id"

_TOUCHED = """
    SELECT person_id FROM person WHERE name IS NOT NULL OR metadata <> '{}'
    UNION SELECT person_id FROM decision
    UNION SELECT person_id FROM not_same UNION SELECT other_id FROM not_same
"""

_TRANSFER = (
    # What was said of one face about several of the persons: all are one now, and what it is counts before what it is
    # not. Those that wait are known by their place, for they have no face.
    """
    DELETE FROM decision WHERE kind = 'rejected' AND (person_id = :target OR person_id IN :sources) AND EXISTS (
        SELECT 1 FROM decision AS other WHERE (other.person_id = :target OR other.person_id IN :sources)
        AND (other.kind = 'confirmed' OR other.decision_id < decision.decision_id)
        AND (other.face_id = decision.face_id OR other.face_id IS decision.face_id
            AND (other.image_id, other.x, other.y, other.width, other.height)
                = (decision.image_id, decision.x, decision.y, decision.width, decision.height))
    )
    """,
    "UPDATE decision SET person_id = :target WHERE person_id IN :sources",
    """
    INSERT OR IGNORE INTO not_same (person_id, other_id, decided_at)
    SELECT min(third, :target), max(third, :target), decided_at FROM (
        SELECT iif(person_id IN :sources, other_id, person_id) AS third, decided_at FROM not_same
        WHERE (person_id IN :sources) <> (other_id IN :sources)
    ) WHERE third <> :target
    """,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the machine must not contradict.

    Attributes:
        touched: persons about whom a human said anything.
        confirmed: face -> the person it is.
        rejected: face -> the persons it is not.
    """

    touched: frozenset[int]
    confirmed: dict[int, int]
    rejected: dict[int, frozenset[int]]

    @classmethod
    def read(cls, db: Connection) -> Said:
        """All of it, as it is now."""
        return cls(touched(db), confirmed(db), rejected(db))


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


def confirmed(db: Connection, face_ids: Collection[int] | None = None) -> dict[int, int]:
    """Face id -> the person that a human said it is; of all faces, or of those given."""
    return {row.face_id: row.person_id for row in _said(db, "confirmed", face_ids)}


def rejected(db: Connection, face_ids: Collection[int] | None = None) -> dict[int, frozenset[int]]:
    """Face id -> the persons whom a human said it is not; of all faces, or of those given."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in _said(db, "rejected", face_ids):
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


def waiting(db: Connection, image_id: int) -> list[int]:
    """Ids of what was decided in an image and waits for its face to be found again."""
    query = "SELECT decision_id FROM decision WHERE image_id = :id AND face_id IS NULL ORDER BY decision_id"
    return list(db.exec_driver_sql(query, {"id": image_id}).scalars())


def forget(db: Connection, face_ids: Collection[int]) -> frozenset[int]:
    """Drops what was decided of faces that a human removes; the persons of whom it was said."""
    query = text("DELETE FROM decision WHERE face_id IN (SELECT value FROM json_each(:ids)) RETURNING person_id")
    return frozenset(db.execute(query, {"ids": json.dumps(list(face_ids))}).scalars())


def forget_image(db: Connection, image_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Drops what was decided in an image that a human removes; the persons who were confirmed in it, and rejected."""
    query = text("DELETE FROM decision WHERE image_id = :id RETURNING kind, person_id")
    rows = db.execute(query, {"id": image_id}).all()
    is_there, is_not = (frozenset(row.person_id for row in rows if row.kind == kind) for kind in _KINDS)
    return is_there, is_not


def follow(db: Connection, image_id: int, scale: tuple[float, float]) -> None:
    """After a new detection of an image: decisions are where their faces are, or wait at the same place of the picture.

    Args:
        image_id: the image.
        scale: its new width and height over the old ones.
    """
    values = {"id": image_id, "across": scale[0], "down": scale[1]}
    db.exec_driver_sql(_SCALE, values)
    db.exec_driver_sql(_FOLLOW, values)


def reattach(db: Connection, decision_ids: Collection[int], places: Mapping[int, BoundingBox]) -> None:
    """Decisions that waited find their faces again, where they overlap most.

    What a face was confirmed as comes before what it was rejected as, and of two confirmations the nearer place and
    then the later word; the other goes on waiting. A decision whose face was just lost is none of these: it was looked
    for among the faces that there are now.

    Args:
        decision_ids: those that waited before the image was detected anew.
        places: boxes of the faces that are new in it. A face that was there while the decision waited is not its face.
    """
    query = text("SELECT * FROM decision WHERE decision_id IN (SELECT value FROM json_each(:ids))")
    pairs = [
        (row.kind != "confirmed", -overlap, -row.decision_id, face_id, row.person_id)
        for row in db.execute(query, {"ids": json.dumps(list(decision_ids))}).all()
        for face_id, place in places.items()
        if (overlap := place.overlap(BoundingBox(row.x, row.y, row.width, row.height))) >= SAME_PLACE
    ]
    bound, taken = set[int](), set[tuple[int, int | None]]()
    for is_rejected, _, negative, face_id, person_id in sorted(pairs):
        words = {(face_id, person_id), (face_id, person_id if is_rejected else None)}
        if -negative in bound or words & taken:
            continue
        bound.add(-negative)
        taken |= words
        box = places[face_id]
        values = {"id": -negative, "face": face_id, "x": box.x, "y": box.y, "w": box.width, "h": box.height}
        db.exec_driver_sql(_ATTACH, values)


def _said(db: Connection, kind: str, face_ids: Collection[int] | None) -> Sequence[Row[Any]]:
    among = "face_id IS NOT NULL" if face_ids is None else "face_id IN (SELECT value FROM json_each(:ids))"
    query = f"SELECT face_id, person_id FROM decision WHERE kind = :kind AND {among}"
    return db.exec_driver_sql(query, {"kind": kind, "ids": json.dumps(list(face_ids or ()))}).all()


def _decide(db: Connection, kind: str, face_ids: Collection[int], person_id: int) -> None:
    rows = [{"kind": kind, "face": face_id, "person": person_id, "now": _now()} for face_id in face_ids]
    if rows:
        db.execute(text(_CLEAR), rows)
        db.execute(text(_INSERT), rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
