"""The nearest faces among 100,000 and a million, beside sqlite-vec's own scan. `python -m tests.benchmarks search`

Half of the faces are of people with many photos, half of strangers; a query is another photo of one of them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
from sqlalchemy import Connection, insert, text

from core import schema, vectors
from core.database import Database
from core.models import find_pack
from core.search import VectorSearch
from core.types import Embedding, Vectors

LIMIT, QUERIES, PART = 50, 40, 10_000


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each number of faces."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks search")
    parser.add_argument("faces", type=int, nargs="*", default=[100_000, 1_000_000])
    for count in parser.parse_args(arguments).faces:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Database(Path(folder) / "core.sqlite", schema.metadata, 1), count)


def _measure(database: Database, count: int) -> None:
    pack = find_pack()
    random = np.random.default_rng(0)
    people = _unit(random.standard_normal((max(1, count // 100), pack.dimension), np.float32))
    with database.write() as db:
        for start in range(0, count, PART):
            _insert(db, start, _faces(people, PART, random), pack.name)
    queries = [Embedding(vector, pack.name) for vector in _faces(people, QUERIES, random)]
    search, began = VectorSearch(database, pack), time.perf_counter()
    search.warm_up()
    made = time.perf_counter() - began
    with database.read() as db:
        ours, theirs = _by_turns(
            queries, lambda query: search.nearest(db, query, LIMIT), lambda query: vectors.nearest(db, query, LIMIT)
        )
    database.close()
    pairs = zip(ours, theirs, strict=True)
    shared = sum(len({face for face, _ in mine} & {face for face, _ in exact}) for (_, mine), (_, exact) in pairs)
    mine, scan = (1000 * float(np.median([seconds for seconds, _ in each])) for each in (ours, theirs))
    speed = f"{mine:6.1f} ms a search, sqlite-vec's scan {scan:7.1f} ms: {scan / mine:.1f} times as fast"
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"{count:9,} faces: {speed}; recall@{LIMIT} {shared / (LIMIT * len(queries)):.4f}; ", end="")
    print(f"the copy took {made:.1f} s to make, the process holds {memory:,.0f} MB", flush=True)


_Timed = list[tuple[float, list[tuple[int, float]]]]


def _by_turns(queries: Sequence[Embedding], *ways: Callable[[Embedding], list[tuple[int, float]]]) -> list[_Timed]:
    found: list[_Timed] = [[] for _ in ways]
    for query in queries:
        for way, results in zip(ways, found, strict=True):
            began = time.perf_counter()
            near = way(query)
            results.append((time.perf_counter() - began, near))
    return found


def _faces(people: Vectors, count: int, random: np.random.Generator) -> Vectors:
    """Faces that resemble their person by 0.6 in the mean, and as many strangers."""
    noise = random.standard_normal((count, people.shape[1]), np.float32) / np.float32(np.sqrt(people.shape[1]))
    known = people[random.integers(0, len(people), count)] * np.float32(0.78) + noise * np.float32(0.62)
    return _unit(np.where(random.random((count, 1)) < 0.5, known, noise))


def _unit(values: Vectors) -> Vectors:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def _insert(db: Connection, start: int, values: Vectors, model: str) -> None:
    """Rows as `core.vectors.add` makes them, without asking for each."""
    if not start:
        vectors.ensure_table(db, values.shape[1])
        db.execute(insert(schema.image).values(image_id=1, source="faces", width=1, height=1))
    ids = range(start + 1, start + 1 + len(values))
    box = {"image_id": 1, "x": 0, "y": 0, "width": 1, "height": 1, "landmarks": "[]", "confidence": 1, "quality": 1}
    db.execute(insert(schema.face), [{"face_id": each, "detected_at": "", **box} for each in ids])
    row = {"model": model, "dimension": values.shape[1]}
    db.execute(insert(schema.vector), [{"vector_id": each, "face_id": each, **row} for each in ids])
    statement = f"INSERT INTO vector_{values.shape[1]:d} (vector_id, model, embedding) VALUES (:id, :model, :embedding)"
    rows = [{"id": each, "model": model, "embedding": value.tobytes()} for each, value in zip(ids, values, strict=True)]
    db.execute(text(statement), rows)
