"""Core's rows: what is written for an image, its faces and persons, and how rows become values."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from core import schema
from core.types import AnalyzedFace, BoundingBox, Face, Group, Person, Stats

_FACES = """
    SELECT face.*, image.source FROM face JOIN image USING (image_id) {where} ORDER BY face.face_id
"""

_PERSONS = """
    SELECT person.*,
           count(face.face_id) AS face_count,
           count(DISTINCT face.image_id) AS image_count,
           (SELECT best.face_id FROM face AS best WHERE best.person_id = person.person_id
            ORDER BY best.quality DESC, best.face_id LIMIT 1) AS cover_face_id
    FROM person LEFT JOIN face USING (person_id) {where}
    GROUP BY person.person_id ORDER BY person.person_id
"""

_STATS = """
    SELECT (SELECT count(*) FROM image) AS images,
           (SELECT count(*) FROM face) AS faces,
           (SELECT count(*) FROM person) AS persons,
           (SELECT count(*) FROM person WHERE name IS NOT NULL) AS named_persons,
           (SELECT count(*) FROM face WHERE person_id IS NULL) AS unassigned_faces
"""


def insert_image(db: Connection, source: str, width: int, height: int) -> int:
    """The new image's id."""
    row = db.execute(insert(schema.image).values(source=source, width=width, height=height))
    return _new_id(row)


def face_ids_of(db: Connection, image_id: int) -> list[int]:
    """The faces of an image."""
    return list(db.execute(select(schema.face.c.face_id).where(schema.face.c.image_id == image_id)).scalars())


def remove_image(db: Connection, image_id: int) -> frozenset[int]:
    """Removes an image, its faces, and the persons without a name who were in no other; the persons who were in it."""
    query = text("SELECT DISTINCT person_id FROM face WHERE image_id = :id AND person_id IS NOT NULL")
    persons = frozenset(db.execute(query, {"id": image_id}).scalars())
    db.execute(delete(schema.image).where(schema.image.c.image_id == image_id))
    _remove_nobodies(db, persons)
    return persons


def insert_face(db: Connection, image_id: int, face: AnalyzedFace) -> int:
    """The new face's id; its vector is stored by `core.vectors.add`."""
    box = face.detection.box
    row = insert(schema.face).values(
        image_id=image_id,
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        landmarks=json.dumps([[round(float(value), 2) for value in point] for point in face.detection.landmarks]),
        confidence=face.detection.confidence,
        quality=face.quality,
        detected_at=_now(),
    )
    return _new_id(db.execute(row))


def faces(db: Connection, person_id: int | None = None, face_ids: Sequence[int] | None = None) -> list[Face]:
    """Faces by id: all of them, those of one person, or those with one of the ids."""
    where, values = "", dict[str, int | str]()
    if person_id is not None:
        where, values = "WHERE face.person_id = :person_id", {"person_id": person_id}
    elif face_ids is not None:
        where, values = "WHERE face.face_id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(face_ids))}
    return [_face(row) for row in db.execute(text(_FACES.format(where=where)), values)]


def persons(db: Connection) -> list[Person]:
    """Everybody, by id."""
    return [_person(row) for row in db.execute(text(_PERSONS.format(where="")))]


def person(db: Connection, person_id: int) -> Person | None:
    """One person, or None."""
    query = text(_PERSONS.format(where="WHERE person.person_id = :id"))
    row = db.execute(query, {"id": person_id}).first()
    return None if row is None else _person(row)


def create_person(db: Connection, group: Group) -> Group:
    """A new person with the faces of a group; the group with the person's id."""
    now = _now()
    person_id = _new_id(db.execute(insert(schema.person).values(created_at=now, updated_at=now)))
    assign(db, group.face_ids, person_id)
    return replace(group, person_id=person_id)


def rename_person(db: Connection, person_id: int, name: str | None) -> bool:
    """Whether there is such a person. Without name and faces the person goes."""
    change = update(schema.person).where(schema.person.c.person_id == person_id)
    found = db.execute(change.values(name=name, updated_at=_now())).rowcount > 0
    _remove_nobodies(db, {person_id})
    return found


def assign(db: Connection, face_ids: Sequence[int], person_id: int) -> None:
    """Gives faces to a person."""
    if face_ids:
        change = update(schema.face).where(schema.face.c.face_id == bindparam("id")).values(person_id=person_id)
        db.execute(change, [{"id": face_id} for face_id in face_ids])


def stats(db: Connection) -> Stats:
    """Counts over everything."""
    counts = db.execute(text(_STATS)).one()._asdict()
    models = db.execute(select(schema.vector.c.model, text("count(*)")).group_by(schema.vector.c.model)).all()
    return Stats(**counts, vectors={str(model): int(number) for model, number in models})


def _remove_nobodies(db: Connection, person_ids: Set[int]) -> None:
    """Removes those who have neither a name nor a face."""
    db.execute(
        text(
            "DELETE FROM person WHERE name IS NULL AND person_id IN (SELECT value FROM json_each(:ids)) "
            "AND NOT EXISTS (SELECT 1 FROM face WHERE face.person_id = person.person_id)"
        ),
        {"ids": json.dumps(sorted(person_ids))},
    )


def _new_id(result: Any) -> int:
    return int(result.inserted_primary_key[0])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _person(row: Any) -> Person:
    return Person(
        person_id=row.person_id,
        name=row.name,
        face_count=row.face_count,
        image_count=row.image_count,
        cover_face_id=row.cover_face_id,
        created_at=datetime.fromisoformat(row.created_at),
        updated_at=datetime.fromisoformat(row.updated_at),
    )


def _face(row: Any) -> Face:
    return Face(
        face_id=row.face_id,
        image_id=row.image_id,
        source=row.source,
        person_id=row.person_id,
        box=BoundingBox(row.x, row.y, row.width, row.height),
        confidence=row.confidence,
        quality=row.quality,
        detected_at=datetime.fromisoformat(row.detected_at),
    )
