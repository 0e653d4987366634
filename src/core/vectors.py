"""Embeddings in the database, and the search for similar ones, by sqlite-vec.

A virtual table holds all vectors of one dimension, partitioned by the model that made them: a search reads only the
vectors that may be compared with its query.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text

from core.database import add_row
from core.errors import InvalidInput
from core.schema import vector as vector_table
from core.types import Embedding, Vectors

_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"

MAX_NEIGHBOURS = 4096
"""The most that sqlite-vec returns for one query."""


def checked(vector: Vectors, dimension: int) -> Vectors:
    """`vector` as a unit vector of that dimension.

    Raises:
        InvalidInput: wrong shape, not finite, or of no length.
    """
    values = np.asarray(vector, np.float32)
    if values.shape != (dimension,):
        raise InvalidInput(f"An embedding of {dimension} numbers is needed, not one of shape {values.shape}.")
    # As float32 the squares of large numbers would overflow.
    wide = values.astype(np.float64)
    length = float(np.linalg.norm(wide))
    if not np.isfinite(length) or length < 1e-6:
        raise InvalidInput("The embedding is not a direction: it is zero or holds numbers that are not finite.")
    unit: Vectors = (wide / length).astype(np.float32)
    return unit


def add(connection: Connection, face_ids: Sequence[int], embeddings: Sequence[Embedding]) -> None:
    """Stores one embedding for each face."""
    units = [checked(embedding.vector, len(embedding.vector)) for embedding in embeddings]
    for dimension in {len(unit) for unit in units}:
        ensure_table(connection, dimension)
    for face_id, embedding, unit in zip(face_ids, embeddings, units, strict=True):
        dimension = len(unit)
        model = embedding.model
        vector_id = add_row(connection, "vector", {"face_id": face_id, "model": model, "dimension": dimension})
        row = {"vector_id": vector_id, "model": model, "embedding": unit.tobytes()}
        add_row(connection, f"vector_{dimension:d}", row)


def nearest(connection: Connection, query: Embedding, limit: int) -> list[tuple[int, float]]:
    """The faces most similar to a query, exact, the most similar first.

    Returns:
        Pairs of face id and cosine similarity, at most `limit` and at most `MAX_NEIGHBOURS`.
    """
    dimension = len(query.vector)
    unit = checked(query.vector, dimension)
    if not has_table(connection, dimension):
        return []
    rows = connection.execute(
        text(
            f"SELECT vector.face_id, near.distance FROM vector_{dimension:d} AS near "
            "JOIN vector ON vector.vector_id = near.vector_id "
            "WHERE near.embedding MATCH :query AND near.k = :limit AND near.model = :model "
            "ORDER BY near.distance, vector.face_id"
        ),
        {"query": unit.tobytes(), "limit": min(limit, MAX_NEIGHBOURS), "model": query.model},
    )
    return [(int(face_id), 1.0 - float(distance)) for face_id, distance in rows]


def load(connection: Connection, model: str, dimension: int, where: str = "1") -> tuple[NDArray[np.int64], Vectors]:
    """The vectors of one model.

    Args:
        where: an SQL condition over the table `face`, without input of a user.

    Returns:
        Face ids in ascending order, int64 [n], and their vectors, float32 [n, dimension].
    """
    if not has_table(connection, dimension):
        return np.empty(0, np.int64), np.empty((0, dimension), np.float32)
    rows = connection.execute(
        text(
            f"SELECT face.face_id, stored.embedding FROM face JOIN vector USING (face_id) "
            f"JOIN vector_{dimension:d} AS stored ON stored.vector_id = vector.vector_id "
            f"WHERE vector.model = :model AND ({where}) ORDER BY face.face_id"
        ),
        {"model": model},
    ).all()
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), dimension)
    return ids, vectors


def of(connection: Connection, face_ids: Sequence[int]) -> dict[int, list[Embedding]]:
    """The embeddings of faces, one for each model that saw them."""
    found: dict[int, list[Embedding]] = {}
    columns = select(vector_table).where(vector_table.c.face_id.in_(face_ids)).order_by(vector_table.c.vector_id)
    for row in connection.execute(columns).all():
        query = text(f"SELECT embedding FROM vector_{row.dimension:d} WHERE vector_id = :id")
        stored = connection.execute(query, {"id": row.vector_id}).scalar_one()
        found.setdefault(row.face_id, []).append(Embedding(np.frombuffer(stored, np.float32), row.model))
    return found


def delete(connection: Connection, face_ids: Sequence[int], model: str | None = None) -> None:
    """Removes the vectors of these faces: all of them, or those of one model."""
    those = select(vector_table.c.vector_id, vector_table.c.dimension).where(vector_table.c.face_id.in_(face_ids))
    if model is not None:
        those = those.where(vector_table.c.model == model)
    rows = connection.execute(those).all()
    for vector_id, dimension in rows:
        connection.execute(text(f"DELETE FROM vector_{dimension:d} WHERE vector_id = :id"), {"id": vector_id})
        connection.execute(vector_table.delete().where(vector_table.c.vector_id == vector_id))


def delete_others(connection: Connection, face_ids: Sequence[int], model: str) -> None:
    """Removes the vectors of these faces that other models made."""
    others = select(vector_table.c.model).where(vector_table.c.face_id.in_(face_ids), vector_table.c.model != model)
    for other in connection.execute(others.distinct()).scalars().all():
        delete(connection, face_ids, other)


def ensure_table(connection: Connection, dimension: int) -> None:
    """Makes the table for vectors of that dimension where there is none yet."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS vector_{dimension:d} USING vec0("
        "vector_id INTEGER PRIMARY KEY, model TEXT PARTITION KEY, "
        f"embedding FLOAT[{dimension:d}] DISTANCE_METRIC=cosine)"
    )


def has_table(connection: Connection, dimension: int) -> bool:
    """Whether any vector of that dimension was ever stored."""
    return connection.exec_driver_sql(_TABLE, {"name": f"vector_{dimension:d}"}).first() is not None
