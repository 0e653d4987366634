"""Core's rows: what is written for an image, its faces and persons, and how rows become values."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, text, update

from core import decisions, schema
from core.aside import IN_SIGHT
from core.database import add_row
from core.types import AnalyzedFace, BoundingBox, Face, Image, Person, Stats

_FACES = """
    SELECT face.*, image.source,
           EXISTS (SELECT 1 FROM decision WHERE decision.face_id = face.face_id AND kind = 'confirmed') AS confirmed
    FROM face JOIN image USING (image_id) {where} ORDER BY face.face_id {page}
"""

_IMAGES = """
    SELECT image.*, (SELECT count(*) FROM face WHERE face.image_id = image.image_id) AS face_count
    FROM image {where} ORDER BY image_id LIMIT :limit OFFSET :skip
"""

_PERSONS = f"""
    SELECT person.*,
           count(face.face_id) AS face_count,
           count(DISTINCT face.image_id) AS image_count,
           (SELECT face.face_id FROM face WHERE face.person_id = person.person_id AND {IN_SIGHT}
            ORDER BY face.quality DESC, face.face_id LIMIT 1) AS cover_face_id
    FROM person LEFT JOIN face ON face.person_id = person.person_id AND {IN_SIGHT} {{where}}
    GROUP BY person.person_id ORDER BY person.person_id LIMIT :limit OFFSET :skip
"""

_STATS = f"""
    SELECT (SELECT count(*) FROM image WHERE image_id NOT IN (SELECT image_id FROM aside)) AS images,
           (SELECT count(*) FROM face WHERE {IN_SIGHT}) AS faces,
           (SELECT count(*) FROM person) AS persons,
           (SELECT count(*) FROM person WHERE name IS NOT NULL) AS named_persons,
           (SELECT count(*) FROM face WHERE person_id IS NULL AND {IN_SIGHT}) AS unassigned_faces
"""


_LARGEST = f"""
    SELECT person_id, count(*) AS faces FROM face WHERE person_id IS NOT NULL AND {IN_SIGHT}
    GROUP BY person_id ORDER BY faces DESC, person_id LIMIT 1
"""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_STORED = re.compile("\0([0-9a-f]{4})")

_AMONG = "face.face_id IN (SELECT value FROM json_each(:ids))"


def insert_image(db: Connection, source: str, width: int, height: int) -> int:
    """The new image's id."""
    return add_row(db, "image", {"source": _storable(source), "width": width, "height": height})


def image(db: Connection, image_id: int) -> Any | None:
    """The row of an image, or None."""
    return db.execute(select(schema.image).where(schema.image.c.image_id == image_id)).first()


def images(db: Connection, image_id: int | None = None, skip: int = 0, limit: int | None = None) -> list[Image]:
    """Images by id: all of them, or the one with the id."""
    where = "" if image_id is None else "WHERE image_id = :id"
    values = {"id": image_id, "skip": skip, "limit": -1 if limit is None else limit}
    rows = db.execute(text(_IMAGES.format(where=where)), values)
    return [Image(**row._asdict() | {"source": _source(row.source)}) for row in rows]


def image_id_of(db: Connection, source: str) -> int | None:
    """The image that the caller calls so, or None."""
    query = "SELECT image_id FROM image WHERE source = :source"
    found = db.exec_driver_sql(query, {"source": _storable(source)}).scalar()
    return None if found is None else int(found)


def update_image(db: Connection, image_id: int, source: str, width: int, height: int) -> None:
    """The image has another content now."""
    change = update(schema.image).where(schema.image.c.image_id == image_id)
    db.execute(change.values(source=_storable(source), width=width, height=height))


def face_ids_of(db: Connection, image_id: int) -> list[int]:
    """The faces of an image."""
    return list(db.execute(select(schema.face.c.face_id).where(schema.face.c.image_id == image_id)).scalars())


def remove_image(db: Connection, image_id: int) -> frozenset[int]:
    """Removes an image and its faces; the persons who were in it."""
    query = text("SELECT DISTINCT person_id FROM face WHERE image_id = :id AND person_id IS NOT NULL")
    persons = frozenset(db.execute(query, {"id": image_id}).scalars())
    db.execute(delete(schema.image).where(schema.image.c.image_id == image_id))
    return persons


def insert_face(db: Connection, image_id: int, face: AnalyzedFace) -> int:
    """The new face's id; its vector is stored by `core.vectors.add`."""
    return add_row(db, "face", {"image_id": image_id, **_seen(face)})


def update_face(db: Connection, face_id: int, face: AnalyzedFace) -> None:
    """The face was detected anew."""
    db.execute(update(schema.face).where(schema.face.c.face_id == face_id).values(**_seen(face)))


def remove_faces(db: Connection, face_ids: Collection[int]) -> frozenset[int]:
    """Removes faces; the persons who had them. Their vectors are removed by `core.vectors.delete`."""
    ids = {"ids": json.dumps(list(face_ids))}
    having = text(f"SELECT DISTINCT person_id FROM face WHERE person_id IS NOT NULL AND {_AMONG}")
    persons = frozenset(db.execute(having, ids).scalars())
    db.execute(text(f"DELETE FROM face WHERE {_AMONG}"), ids)
    return persons


def faces(
    db: Connection,
    person_id: int | None = None,
    face_ids: Collection[int] | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[Face]:
    """Faces by id: all of them, those of one person, or those with one of the ids."""
    where, values = "", dict[str, int | str]()
    if person_id is not None:
        where, values = "WHERE face.person_id = :person_id", {"person_id": person_id}
    elif face_ids is not None:
        where, values = f"WHERE {_AMONG}", {"ids": json.dumps(list(face_ids))}
    # Not as values: SQLite plans a statement again for every limit that it is given so.
    page = f"LIMIT {-1 if limit is None else limit:d} OFFSET {skip:d}"
    return [_face(row) for row in db.exec_driver_sql(_FACES.format(where=where, page=page), values).all()]


def persons(db: Connection, skip: int = 0, limit: int | None = None) -> list[Person]:
    """Everybody, by id."""
    page = {"skip": skip, "limit": -1 if limit is None else limit}
    return [_person(row) for row in db.execute(text(_PERSONS.format(where="")), page)]


def person(db: Connection, person_id: int) -> Person | None:
    """One person, or None."""
    query = text(_PERSONS.format(where="WHERE person.person_id = :id"))
    row = db.execute(query, {"id": person_id, "skip": 0, "limit": 1}).first()
    return None if row is None else _person(row)


def insert_person(db: Connection, name: str | None = None, metadata: str = "{}") -> int:
    """The new person's id."""
    now = _now()
    return add_row(db, "person", {"name": name, "metadata": metadata, "created_at": now, "updated_at": now})


def update_person(db: Connection, person_id: int, **values: str | None) -> None:
    """Another name, or another note."""
    change = update(schema.person).where(schema.person.c.person_id == person_id)
    db.execute(change.values(**values, updated_at=_now()))


def remove_persons(db: Connection, person_ids: Collection[int]) -> None:
    """Removes persons; their faces are nobody's."""
    ids = json.dumps(list(person_ids))
    db.execute(text("DELETE FROM person WHERE person_id IN (SELECT value FROM json_each(:ids))"), {"ids": ids})


def remove_empty(db: Connection, person_ids: Collection[int], keep_touched: bool = True) -> frozenset[int]:
    """Removes those of the persons who have no face.

    Args:
        keep_touched: who has a name, a note or a decision stays; otherwise only who waits for a face to be found again.

    Returns:
        Who is gone.
    """
    query = text(
        "SELECT person_id FROM person WHERE person_id IN (SELECT value FROM json_each(:ids)) "
        "AND NOT EXISTS (SELECT 1 FROM face WHERE face.person_id = person.person_id) AND NOT EXISTS "
        "(SELECT 1 FROM decision WHERE decision.person_id = person.person_id AND kind = 'confirmed')"
    )
    empty = frozenset(db.execute(query, {"ids": json.dumps(sorted(person_ids))}).scalars())
    gone = empty - decisions.touched(db) if keep_touched and empty else empty
    remove_persons(db, gone)
    return gone


def assign(db: Connection, face_ids: Collection[int], person_id: int | None) -> None:
    """Gives faces to a person, or to nobody."""
    if face_ids:
        rows = [{"id": face_id, "person": person_id} for face_id in face_ids]
        db.exec_driver_sql("UPDATE face SET person_id = :person WHERE face_id = :id", rows)


def stats(db: Connection) -> Stats:
    """Counts over everything."""
    counts = db.execute(text(_STATS)).one()._asdict()
    models = db.execute(select(schema.vector.c.model, text("count(*)")).group_by(schema.vector.c.model)).all()
    largest = db.execute(text(_LARGEST)).first()
    return Stats(
        **counts,
        vectors={str(model): int(number) for model, number in models},
        largest_person_id=largest[0] if largest else None,
        largest_person_faces=largest[1] if largest else 0,
    )


def _seen(face: AnalyzedFace) -> dict[str, float | str]:
    box = face.detection.box
    return {
        # The driver takes NumPy's numbers for bytes.
        "x": float(box.x),
        "y": float(box.y),
        "width": float(box.width),
        "height": float(box.height),
        "landmarks": json.dumps([[round(float(value), 2) for value in point] for point in face.detection.landmarks]),
        "confidence": float(face.detection.confidence),
        "quality": float(face.quality),
        "detected_at": _now(),
    }


def _storable(source: str) -> str:
    """What an image is called, as UTF-8 can hold it: of a file name that is not UTF-8 Python makes halves of letters.

    Each is written as a zero, which no file name holds, and its number; a zero of another caller's likewise.
    """
    return _UNSTORABLE.sub(lambda found: f"\0{ord(found[0]):04x}", source)


def _source(stored: str) -> str:
    return _STORED.sub(lambda found: chr(int(found[1], 16)), stored) if "\0" in stored else stored


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
        metadata=json.loads(row.metadata),
    )


def _face(row: Any) -> Face:
    return Face(
        face_id=row.face_id,
        image_id=row.image_id,
        source=_source(row.source),
        person_id=row.person_id,
        box=BoundingBox(row.x, row.y, row.width, row.height),
        confidence=row.confidence,
        quality=row.quality,
        detected_at=datetime.fromisoformat(row.detected_at),
        confirmed=bool(row.confirmed),
        metadata=json.loads(row.metadata),
    )
