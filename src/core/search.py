"""Exact nearest neighbours among the vectors of one model, from memory.

The vectors in sqlite-vec are the truth; this holds a copy of them that is made of it, follows it, and may be missing at
any time. A search is two looks: at a coarse copy of all vectors, one byte a number, which bounds how near each can be;
then, at twice the precision, at the few that may be among the nearest. No neighbour is missed: the bound is proved, not
chosen.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import simsimd
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from core import vectors
from core.database import Database
from core.models import ModelPack
from core.types import Embedding, Vectors

TAIL = 32
"""Vectors that are newer than the copy and read one by one with each search; more are taken into the copy."""

PATIENCE = 16
"""Searches that sqlite-vec does before a copy is made of vectors that were there already: what the copy costs
(`python -m tests.benchmarks search`). A program that asks a few times and ends never pays for it."""

_NEW, _FORGOTTEN = 4096, 16
"""Vectors that are taken in without that patience, and the share (one in so many) of vectors found missing at which
the copy is cleared of all that are gone."""

_PART = 8192
"""Vectors that are read at once."""

_LEVELS = 127.0

_LAST = "SELECT coalesce(max(vector_id), 0) FROM vector"

_RETURNED = (
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'aside_vector'), 0) - count(*) FROM aside_vector"
)
"""How many vectors ever came back from being set aside, or went from there for good."""

_FACES = "SELECT vector_id, face_id FROM vector WHERE vector_id IN (SELECT value FROM json_each(:ids))"


@dataclass(frozen=True, slots=True)
class _Copy:
    """The rows [n] that a search looks at; arrays are only ever appended to, so that it needs no lock.

    Attributes:
        until: newer vectors than the one with this id are not in it.
        error: the most that a vector lies from its coarse copy.
        ids: of the vectors, ascending, int64 [n].
        coarse: int8 [n, dimension]: the vector over `scales`, rounded.
        fine: int8 [n, dimension]: what the rounding left, at 1/254 of the scale.
        scales: float32 [n]: what one level of `coarse` is worth.
    """

    until: int
    error: float
    ids: NDArray[np.int64]
    coarse: NDArray[np.int8]
    fine: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def empty(cls, dimension: int) -> _Copy:
        none = np.empty((0, dimension), np.int8)
        return cls(0, 0.0, np.empty(0, np.int64), none, none, np.empty(0, np.float32))

    @classmethod
    def of(cls, ids: NDArray[np.int64], values: Vectors) -> _Copy:
        scales = np.maximum(np.abs(values).max(axis=1, initial=0.0), np.float32(1e-12)) / np.float32(_LEVELS)
        levels = np.round(values / scales[:, None])
        rest = values - levels * scales[:, None]
        fine = np.round(rest * (2 * _LEVELS) / scales[:, None])
        error = float(np.linalg.norm(rest, axis=1).max(initial=0.0))
        return cls(int(ids.max(initial=0)), error, ids, levels.astype(np.int8), fine.astype(np.int8), scales)

    def grown(self, size: int) -> _Copy:
        """The same with room for `size` rows."""
        made = _Copy(
            self.until, self.error, *[np.empty((size, *each.shape[1:]), each.dtype) for each in self._columns()]
        )
        made.put(self, 0)
        return made

    def put(self, part: _Copy, start: int) -> None:
        """Writes the rows of another one into this one's room."""
        for mine, theirs in zip(self._columns(), part._columns(), strict=True):
            mine[start : start + len(theirs)] = theirs

    def head(self, size: int) -> _Copy:
        """The first rows, without copying them."""
        return _Copy(self.until, self.error, *[each[:size] for each in self._columns()])

    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.ids, self.coarse, self.fine, self.scales

    def chosen(self, rows: NDArray[np.bool_]) -> _Copy:
        return _Copy(self.until, self.error, *[each[rows] for each in self._columns()])

    def nearest(self, query: Vectors, limit: int, least: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ids of the `limit` nearest rows, as far as they are `least` similar, and their similarities, best first.

        A number is kept to 1/508 of a level: similarities are right to 0.00001 where no number stands out.
        """
        if not len(self.ids):
            return self.ids, self.scales
        level = np.float32(np.abs(query).max() / _LEVELS)
        asked = np.round(query / level).astype(np.int8)
        # Not into an array of ours: with `out`, simsimd 6.5 takes a reference from None with each call, of which
        # Python 3.11 dies in time.
        rough = np.asarray(simsimd.cdist(asked[None], self.coarse, "dot", out_dtype="float32"))
        near = rough[0] * (self.scales * level)
        # Cauchy and Schwarz: |q.x - q'.x'| <= |x - x'| + |q - q'| |x'|, for each of two rows that are compared.
        doubt = self.error + float(np.linalg.norm(query - asked * level)) * (1 + self.error)
        enough = least - doubt
        if limit < len(near):
            enough = max(enough, float(np.partition(near, -limit)[-limit]) - 2 * doubt)
        rows = np.flatnonzero(near >= enough)
        similarity = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), 1024):
            part = rows[start : start + 1024]
            values = self.coarse[part] + self.fine[part] * np.float32(0.5 / _LEVELS)
            # Row by row: a product of matrices gives a row other last digits beside other rows.
            similarity[start : start + 1024] = np.vecdot(values, query) * self.scales[part]
        best = np.argsort(-similarity, kind="stable")[:limit]
        best = best[similarity[best] >= least]
        return self.ids[rows[best]], np.clip(similarity[best], -1, 1)


class VectorSearch:
    """The nearest faces by the vectors of one model pack in one database. Safe to use from several threads.

    What it finds, the caller's transaction sees, and it finds what a transaction sees that nobody has overtaken: rows
    that are not committed yet among them. Vectors that another transaction has removed since the caller's began may be
    missing, though that one still sees them: the copy follows what is committed, and what is removed is a face that
    was deleted or is detected anew. A transaction that writes is never overtaken.
    """

    def __init__(self, database: Database, pack: ModelPack) -> None:
        self.pack = pack
        self._database = database
        self._changing = threading.Lock()
        self._storage = _Copy.empty(pack.dimension)
        self._copy = self._storage
        self._scans = 0
        self._missed = 0
        self._returned = 0

    @property
    def size(self) -> int:
        """Vectors in the copy."""
        return len(self._copy.ids)

    def nearest(self, db: Connection, query: Embedding, limit: int, least: float = -1.0) -> list[tuple[int, float]]:
        """The faces most similar to a query, exact, the most similar first, of those that the class tells of.

        Args:
            query: by this model; one by another is searched for by sqlite-vec among its own.
            least: similarity, -1 to 1, below which no face is wanted.

        Returns:
            Pairs of face id and cosine similarity, at most `limit` and at most `vectors.MAX_NEIGHBOURS`.

        Raises:
            InvalidInput: the query is no direction.
        """
        ours = query.model == self.pack.name
        unit = vectors.checked(query.vector, self.pack.dimension if ours else len(query.vector))
        last, limit = _last(db), min(limit, vectors.MAX_NEIGHBOURS)
        if not ours or not self._fits(db) or not self._ready(last):
            return [pair for pair in vectors.nearest(db, query, limit) if pair[1] >= least]
        copy = self._copy
        fresh = _Copy.of(*_read(db, self.pack, copy.until, last))
        pairs = _seen(db, *fresh.nearest(unit, limit, least)) + self._copied(db, copy, unit, limit, least)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def warm_up(self) -> None:
        """Makes the copy now, so that no search has to."""
        with self._changing:
            self._absorb()

    def _fits(self, db: Connection) -> bool:
        """Whether no vector came back since the copy was made: it would be older than the copy and not in it.

        Vectors that came back in the caller's own transaction are nobody else's yet: sqlite-vec finds them.
        """
        returned = int(db.exec_driver_sql(_RETURNED).scalar_one())
        if returned > self._returned and self._changing.acquire(blocking=False):
            try:
                with self._database.read() as committed:
                    self._returned = int(committed.exec_driver_sql(_RETURNED).scalar_one())
                self._storage = self._copy = _Copy.empty(self.pack.dimension)
            finally:
                self._changing.release()
        return returned == self._returned

    def clear(self) -> None:
        """Forgets the copy; it is made anew when it pays."""
        with self._changing:
            self._storage = self._copy = _Copy.empty(self.pack.dimension)

    def _ready(self, last: int) -> bool:
        """Whether the copy serves a search that sees vectors up to `last`; it is brought up to date where that pays."""
        behind = last - self._copy.until
        if behind <= TAIL:
            return True
        self._scans += 1
        if behind > _NEW and self._scans <= PATIENCE:
            return False
        # While another thread makes the copy, sqlite-vec serves this one.
        if self._changing.acquire(blocking=False):
            try:
                self._absorb()
            finally:
                self._changing.release()
        return last - self._copy.until <= _NEW

    def _absorb(self) -> None:
        """Takes in what was committed since, by a transaction of its own: nothing that may still be taken back."""
        with self._database.read() as db:
            last = _last(db)
            for after in range(self._copy.until, last, _PART):
                until = min(after + _PART, last)
                self._append(_Copy.of(*_read(db, self.pack, after, until)), until)

    def _append(self, part: _Copy, until: int) -> None:
        old, count = self._storage, len(self._copy.ids)
        size = count + len(part.ids)
        if size > len(old.ids):
            self._storage = self._copy.grown(max(size, 2 * len(old.ids)))
        self._storage.put(part, count)
        self._copy = replace(self._storage.head(size), until=until, error=max(self._copy.error, part.error))

    def _copied(self, db: Connection, copy: _Copy, unit: Vectors, limit: int, least: float) -> list[tuple[int, float]]:
        """The nearest of the copy that the caller's transaction sees: further ones stand in for those it does not."""
        wanted = limit
        while True:
            ids, similarity = copy.nearest(unit, wanted, least)
            near = _seen(db, ids, similarity)
            self._missed += len(ids) - len(near)
            if len(near) >= limit or len(ids) < wanted:
                break
            wanted *= 2
        if self._missed > max(_NEW, len(copy.ids) // _FORGOTTEN):
            self._forget()
        return near

    def _forget(self) -> None:
        """Clears the copy of vectors that are gone."""
        with self._changing, self._database.read() as db:
            query = text("SELECT vector_id FROM vector WHERE model = :model AND vector_id <= :until")
            rows = db.execute(query, {"model": self.pack.name, "until": self._copy.until}).scalars()
            kept = np.isin(self._copy.ids, np.fromiter(rows, np.int64))
            self._storage = self._copy = self._copy.chosen(kept)
            self._missed = 0


def _last(db: Connection) -> int:
    return int(db.exec_driver_sql(_LAST).scalar_one())


def _seen(db: Connection, ids: NDArray[np.int64], similarity: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Face ids and similarities of those of the vectors that are there for the caller's transaction."""
    if not len(ids):
        return []
    faces = {row[0]: row[1] for row in db.exec_driver_sql(_FACES, {"ids": json.dumps(ids.tolist())}).all()}
    pairs = zip(ids.tolist(), similarity.tolist(), strict=True)
    return [(faces[vector_id], near) for vector_id, near in pairs if vector_id in faces]


def _read(db: Connection, pack: ModelPack, after: int, until: int) -> tuple[NDArray[np.int64], Vectors]:
    """Ids and vectors of one model, `after` < id <= `until`, ascending."""
    if until <= after or not vectors.has_table(db, pack.dimension):
        return np.empty(0, np.int64), np.empty((0, pack.dimension), np.float32)
    rows = db.exec_driver_sql(
        f"SELECT vector.vector_id, stored.embedding FROM vector JOIN vector_{pack.dimension:d} AS stored "
        "ON stored.vector_id = vector.vector_id WHERE vector.vector_id > :after AND vector.vector_id <= :until "
        "AND vector.model = :model AND vector.dimension = :dimension ORDER BY vector.vector_id",
        {"after": after, "until": until, "model": pack.name, "dimension": pack.dimension},
    ).all()
    values = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(-1, pack.dimension)
    return np.array([row[0] for row in rows], np.int64), values
