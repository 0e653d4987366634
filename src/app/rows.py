"""Rows that contradict one another: what a bug, a bad disk or another program leaves in a database that is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core import records, vectors
from core.exclusion import RECOGNISABLE

_CORES_OWN = frozenset({"face", "decision", "excluded"})
"""Tables that point at an image without being what it is an image of."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One way in which rows can contradict one another.

    Attributes:
        kind: its name, for programs.
        sentence: with a place for the number.
        find: keys of the rows.
        repair: of what was found; None where nothing can be done without losing something.
        serious: it is no state that the program itself can leave.
    """

    kind: str
    sentence: str
    find: Callable[[Connection], Sequence[int]]
    repair: Callable[[Connection, Sequence[int]], None] | None
    serious: bool = True


def integrity(db: Connection) -> list[str]:
    """What SQLite's own check finds, in its words."""
    return [str(row) for row in db.execute(text("PRAGMA integrity_check")).scalars() if row != "ok"]


def checks(db: Connection) -> list[RowCheck]:
    """Every check of this database, in the order in which they are to be repaired."""
    found = [
        RowCheck("keys", "{} rows point at rows that are not there", _broken_keys, _mend_keys),
        RowCheck("faces without vector", "{} faces cannot be compared", _without_vector, _look_again_at_faces, False),
        RowCheck("images without photo", "{} images belong to no photo", _without_photo, _remove_images),
        RowCheck("photos without image", "{} photos lack what was seen in them", _without_image, _look_again),
        RowCheck("photos without place", "{} photos have no file that is known", _without_place, None, False),
    ]
    for dimension in _dimensions(db):
        found[1:1] = [
            RowCheck(
                "vectors without face",
                "{} vectors belong to no face",
                lambda db, size=dimension: _vectors_without_row(db, size),  # type: ignore[misc]
                lambda db, ids, size=dimension: _delete(db, f"vector_{size:d}", "vector_id", ids),  # type: ignore[misc]
            ),
            RowCheck(
                "faces that lost a vector",
                "{} faces lost their vector",
                lambda db, size=dimension: _rows_without_vector(db, size),  # type: ignore[misc]
                _forget_vectors,
            ),
        ]
    return found


def _ids(db: Connection, query: str) -> list[int]:
    return [int(row) for row in db.execute(text(query)).scalars()]


def _each(db: Connection, statement: str, ids: Sequence[int]) -> None:
    if ids:
        db.execute(text(statement), [{"id": each} for each in ids])


def _delete(db: Connection, table: str, key: str, ids: Sequence[int]) -> None:
    _each(db, f"DELETE FROM {table} WHERE {key} = :id", ids)


def _dimensions(db: Connection) -> list[int]:
    query = "SELECT substr(name, 8) FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' AND name LIKE 'vector!_%'"
    return _ids(db, f"{query} ESCAPE '!' ORDER BY 1")


def _broken_keys(db: Connection) -> list[int]:
    # Tables without row ids have no key to give; their number is what counts.
    return [int(row[1] or 0) for row in db.execute(text("PRAGMA foreign_key_check"))]


def _mend_keys(db: Connection, _ids: Sequence[int]) -> None:
    """Does what would have been done when the row was deleted at which these point, until none is left."""
    while broken := {(row[0], row[3]) for row in db.execute(text("PRAGMA foreign_key_check"))}:
        for table, number in sorted(broken):
            rows = db.execute(text(f"SELECT * FROM pragma_foreign_key_list('{table}')")).mappings()
            key = next(row for row in rows if row["id"] == number)
            lost = f'"{key["from"]}" NOT IN (SELECT "{key["to"]}" FROM "{key["table"]}")'
            emptied = f'UPDATE "{table}" SET "{key["from"]}" = NULL WHERE {lost}'
            db.execute(text(emptied if key["on_delete"] == "SET NULL" else f'DELETE FROM "{table}" WHERE {lost}'))


def _vectors_without_row(db: Connection, dimension: int) -> list[int]:
    rows = f"SELECT vector_id FROM vector WHERE dimension = {dimension:d}"
    return _ids(db, f"SELECT vector_id FROM vector_{dimension:d} WHERE vector_id NOT IN ({rows})")


def _rows_without_vector(db: Connection, dimension: int) -> list[int]:
    stored = f"SELECT vector_id FROM vector_{dimension:d}"
    return _ids(db, f"SELECT vector_id FROM vector WHERE dimension = {dimension:d} AND vector_id NOT IN ({stored})")


def _forget_vectors(db: Connection, ids: Sequence[int]) -> None:
    """The model whose vector is lost looks at the photo again."""
    _each(
        db,
        "DELETE FROM look WHERE (photo_id, model) IN (SELECT photo_id, vector.model FROM vector "
        "JOIN face USING (face_id) JOIN photo USING (image_id) WHERE vector_id = :id)",
        ids,
    )
    _delete(db, "vector", "vector_id", ids)


def _without_vector(db: Connection) -> list[int]:
    """Faces that no model can compare, though it may, unless their photo waits to be looked at again."""
    looked = "SELECT image_id FROM photo JOIN look USING (photo_id) WHERE image_id IS NOT NULL"
    return _ids(
        db,
        f"SELECT face_id FROM face WHERE face_id NOT IN (SELECT face_id FROM vector) AND image_id IN ({looked}) "
        f"AND {RECOGNISABLE}",
    )


def _look_again_at_faces(db: Connection, ids: Sequence[int]) -> None:
    of_face = "SELECT photo_id FROM photo JOIN face USING (image_id) WHERE face_id = :id"
    _each(db, f"DELETE FROM look WHERE photo_id IN ({of_face})", ids)


def _without_photo(db: Connection) -> list[int]:
    """Images at which no row of the app points, whichever of its tables that would be."""
    owners = db.execute(
        text(
            """
            SELECT tables.name, keys."from" FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name) AS keys
            WHERE tables.type = 'table' AND keys."table" = 'image'
            """
        )
    )
    owned = [f'EXCEPT SELECT "{column}" FROM "{table}"' for table, column in owners if table not in _CORES_OWN]
    return _ids(db, " ".join(["SELECT image_id FROM image", *owned]))


def _remove_images(db: Connection, ids: Sequence[int]) -> None:
    for image_id in ids:
        vectors.delete(db, records.face_ids_of(db, image_id))
        records.remove_empty(db, records.remove_image(db, image_id))


def _without_image(db: Connection) -> list[int]:
    return _ids(db, "SELECT photo_id FROM photo WHERE state = 'indexed' AND image_id IS NULL")


def _look_again(db: Connection, ids: Sequence[int]) -> None:
    _delete(db, "look", "photo_id", ids)
    _each(db, "UPDATE photo SET state = 'pending' WHERE photo_id = :id", ids)


def _without_place(db: Connection) -> list[int]:
    return _ids(db, "SELECT photo_id FROM photo WHERE photo_id NOT IN (SELECT photo_id FROM place)")
