"""Images that are set aside: nothing in them is searched, matched or grouped, and nothing of them is lost.

The vectors of an image that is set aside lie in a table of their own. What looks for faces looks among `vector` and
finds none of them there, whatever it is that looks, and they come back under the ids that they had. Faces, decisions
and persons stay where they are: a person whose faces are all set aside keeps its id, its name and what was decided of
it, follows a merge, and is not made anew by the machine. Lists and counts of faces in sight leave them out.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, text

from core import vectors

IN_SIGHT = "NOT EXISTS (SELECT 1 FROM aside WHERE aside.image_id = face.image_id)"
"""An SQL condition over the table `face`: its image is not set aside."""

_AT_ONCE = 1000
"""Faces in one statement: SQLite takes a limited number of values."""

_OF_IMAGES = "image_id IN (SELECT value FROM json_each(:ids))"

_PERSONS = text(f"SELECT DISTINCT person_id FROM face WHERE person_id IS NOT NULL AND {_OF_IMAGES}")


def set_aside(db: Connection, image_ids: Collection[int]) -> frozenset[int]:
    """Sets images aside; those that are already stay so. The persons who are in them."""
    ids = {"ids": json.dumps(list(image_ids))}
    db.execute(text(f"INSERT OR IGNORE INTO aside (image_id) SELECT image_id FROM image WHERE {_OF_IMAGES}"), ids)
    for dimension in _dimensions(db, "vector", ids):
        stored = f"vector_{dimension:d}"
        db.execute(
            text(
                "INSERT INTO aside_vector (vector_id, face_id, model, dimension, embedding) "
                f"SELECT vector.vector_id, vector.face_id, vector.model, vector.dimension, {stored}.embedding "
                f"FROM face JOIN vector USING (face_id) JOIN {stored} ON {stored}.vector_id = vector.vector_id "
                f"WHERE vector.dimension = {dimension:d} AND face.{_OF_IMAGES}"
            ),
            ids,
        )
    faces = db.execute(text(f"SELECT face_id FROM face WHERE {_OF_IMAGES}"), ids).scalars().all()
    for start in range(0, len(faces), _AT_ONCE):
        vectors.delete(db, faces[start : start + _AT_ONCE])
    return _persons(db, ids)


def bring_back(db: Connection, image_ids: Collection[int]) -> frozenset[int]:
    """Brings images back as they were set aside; the persons who are in them."""
    ids = {"ids": json.dumps(list(image_ids))}
    those = f"face_id IN (SELECT face_id FROM face WHERE {_OF_IMAGES})"
    for dimension in _dimensions(db, "aside_vector", ids):
        vectors.ensure_table(db, dimension)
        db.execute(
            text(
                f"INSERT INTO vector_{dimension:d} (vector_id, model, embedding) SELECT vector_id, model, embedding "
                f"FROM aside_vector WHERE dimension = {dimension:d} AND {those}"
            ),
            ids,
        )
    columns = "vector_id, face_id, model, dimension"
    db.execute(text(f"INSERT INTO vector ({columns}) SELECT {columns} FROM aside_vector WHERE {those}"), ids)
    db.execute(text(f"DELETE FROM aside_vector WHERE {those}"), ids)
    db.execute(text(f"DELETE FROM aside WHERE {_OF_IMAGES}"), ids)
    return _persons(db, ids)


def _dimensions(db: Connection, table: str, ids: dict[str, str]) -> list[int]:
    query = f"SELECT DISTINCT dimension FROM {table} JOIN face USING (face_id) WHERE face.{_OF_IMAGES}"
    return list(db.execute(text(query), ids).scalars())


def _persons(db: Connection, ids: dict[str, str]) -> frozenset[int]:
    return frozenset(db.execute(_PERSONS, ids).scalars())
