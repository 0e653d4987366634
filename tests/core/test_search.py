"""The search from memory finds what the database holds: exactly, in every transaction, whatever came and went."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core import schema, search, vectors
from core.database import Database
from core.errors import InvalidInput
from core.models import ModelPack
from core.search import VectorSearch
from core.types import Embedding, Vectors
from tests.core.test_vectors import add, directions


class Rollback(Exception):
    """Takes a transaction back."""


@pytest.fixture
def found(database: Database, pack: ModelPack) -> VectorSearch:
    return VectorSearch(database, replace(pack, name="a"))


def same_as_sqlite_vec(found: VectorSearch, db: Connection, query: Vectors, limit: int = 10) -> None:
    """Two that are equally near, as far as the numbers tell, may stand in either order."""
    near = found.nearest(db, Embedding(query, found.pack.name), limit)
    expected = dict(vectors.nearest(db, Embedding(query, found.pack.name), limit + 20))
    assert len({face_id for face_id, _ in near}) == len(near)
    np.testing.assert_allclose([each for _, each in near], list(expected.values())[:limit], atol=5e-5)
    np.testing.assert_allclose([each for _, each in near], [expected[face_id] for face_id, _ in near], atol=5e-5)


def fill(database: Database, values: Vectors, model: str = "a") -> list[int]:
    with database.write() as db:
        return add(db, values, model)


@pytest.mark.parametrize("count", [0, 1, search.TAIL, 700])
@pytest.mark.parametrize("limit", [1, 50, 4096])
def test_it_finds_what_sqlite_vec_finds(database: Database, found: VectorSearch, count: int, limit: int) -> None:
    fill(database, directions(count))
    found.warm_up()
    with database.read() as db:
        for query in directions(5, seed=1):
            same_as_sqlite_vec(found, db, query, limit)


def test_searching_takes_no_reference_from_none(database: Database, found: VectorSearch) -> None:
    """A kernel that does, as one way to call simsimd, ends the process after some thousand searches."""
    fill(database, directions(100))
    found.warm_up()
    query = directions(1, seed=1)[0]
    with database.read() as db:
        found.nearest(db, Embedding(query, "a"), 5)
        before = sys.getrefcount(None)
        for _ in range(200):
            found.nearest(db, Embedding(query, "a"), 5)
        assert sys.getrefcount(None) > before - 100


def test_faces_that_are_much_alike_are_told_apart(database: Database, found: VectorSearch) -> None:
    values = directions(1) + 0.02 * directions(300, seed=2)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    fill(database, values.astype(np.float32))
    found.warm_up()
    with database.read() as db:
        near = found.nearest(db, Embedding(values[0].astype(np.float32), "a"), 100)
        truth = np.sort(values @ values[0])[::-1][:100]
    np.testing.assert_allclose([each for _, each in near], truth, atol=1e-5)


def test_a_vector_of_a_single_large_number_is_no_worse(database: Database, found: VectorSearch) -> None:
    values = np.eye(40, 512, dtype=np.float32) + 1e-3 * directions(40)
    fill(database, values)
    found.warm_up()
    with database.read() as db:
        same_as_sqlite_vec(found, db, values[7], 1)


def test_what_is_not_committed_is_found_and_when_it_is_taken_back_it_is_not(
    database: Database, found: VectorSearch
) -> None:
    values = directions(200)
    fill(database, values[:80])
    found.warm_up()
    with suppress(Rollback), database.write() as db:
        add(db, values[80:150])
        for query in values[[0, 90, 149]]:
            same_as_sqlite_vec(found, db, query)
        raise Rollback
    # The same ids again, for other faces.
    fill(database, values[150:])
    with database.read() as db:
        for query in values[[0, 90, 160]]:
            same_as_sqlite_vec(found, db, query)


def test_a_transaction_sees_what_was_there_when_it_began(database: Database, found: VectorSearch) -> None:
    values = directions(300)
    early = fill(database, values[:100])
    with database.read() as db:
        same_as_sqlite_vec(found, db, values[0])
        fill(database, values[100:])
        found.warm_up()
        assert {face_id for face_id, _ in found.nearest(db, Embedding(values[200], "a"), 300)} == set(early)
    with database.read() as db:
        same_as_sqlite_vec(found, db, values[200], 300)


@pytest.mark.parametrize("cleared", [True, False])
def test_a_transaction_misses_nothing_but_what_was_removed_since_it_began(
    database: Database, found: VectorSearch, monkeypatch: pytest.MonkeyPatch, cleared: bool
) -> None:
    monkeypatch.setattr(search, "_NEW", 50 if cleared else 4096)
    values = directions(400)
    ids = fill(database, values)
    found.warm_up()
    with database.read() as older:
        found.nearest(older, Embedding(values[0], "a"), 1)
        with database.write() as db:
            vectors.delete(db, ids[::2])
        added = fill(database, directions(20, seed=5))
        for _ in range(2):
            with database.read() as newer:
                same_as_sqlite_vec(found, newer, values[0], 400)
        found.warm_up()
        near = found.nearest(older, Embedding(values[0], "a"), 400)
        seen = dict(vectors.nearest(older, Embedding(values[0], "a"), 400))
    told = dict(near)
    assert set(seen) == set(ids)
    assert set(ids[1::2]) <= set(told) <= set(seen)
    assert not set(added) & set(told)
    np.testing.assert_allclose(list(told.values()), sorted(told.values(), reverse=True))
    np.testing.assert_allclose([seen[face_id] for face_id in told], list(told.values()), atol=5e-5)
    assert (ids[0] in told) is not cleared


def test_another_process_s_faces_are_found(database: Database, found: VectorSearch) -> None:
    values = directions(400)
    fill(database, values[:100])
    found.warm_up()
    other = Database(database.path, schema.metadata, 1)
    ids = fill(other, values[100:])
    other.close()
    with database.read() as db:
        same_as_sqlite_vec(found, db, values[250])
    with database.write() as db:
        vectors.delete(db, ids[:150])
        same_as_sqlite_vec(found, db, values[150], 400)


def test_what_is_gone_is_cleared_away(database: Database, found: VectorSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_NEW", 50)
    values = directions(400)
    ids = fill(database, values)
    found.warm_up()
    with database.write() as db:
        vectors.delete(db, ids[:300])
    with database.read() as db:
        for query in values[:3]:
            same_as_sqlite_vec(found, db, query)
    assert found.size == 100


def test_few_searches_make_no_copy(database: Database, found: VectorSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_NEW", 50)
    values = directions(200)
    fill(database, values)
    with database.read() as db:
        for number in range(search.PATIENCE):
            same_as_sqlite_vec(found, db, values[number])
            assert found.size == 0
        same_as_sqlite_vec(found, db, values[20])
        assert found.size == 200


def test_a_query_of_another_length_is_refused_also_before_there_is_a_copy(
    database: Database, found: VectorSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_NEW", 50)
    fill(database, directions(100))
    with database.read() as db, pytest.raises(InvalidInput, match="512 numbers"):
        found.nearest(db, Embedding(directions(1, 128)[0], "a"), 5)
    assert found.size == 0


def test_models_are_never_compared(database: Database, found: VectorSearch) -> None:
    values = directions(100)
    of_a, of_b = fill(database, values, "a"), fill(database, values, "b")
    fill(database, directions(10, 128), "small")
    found.warm_up()
    with database.read() as db:
        for model, ids in (("a", of_a), ("b", of_b)):
            near = found.nearest(db, Embedding(values[0], model), 4096)
            assert {face_id for face_id, _ in near} == set(ids)
        with pytest.raises(InvalidInput, match="512 numbers"):
            found.nearest(db, Embedding(values[0][:128], "a"), 5)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history(database: Database, pack: ModelPack, data: st.DataObject) -> None:
    """Adding, deleting, taking back and searching in any order: the two always agree."""
    found = VectorSearch(database, replace(pack, name=f"model {data.draw(st.integers(0, 2**40))}", dimension=16))
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    alive: list[int] = []
    for _ in range(data.draw(st.integers(1, 12))):
        values = random.normal(size=(data.draw(st.sampled_from([1, 30, 90])), 16)).astype(np.float32)
        match data.draw(st.sampled_from(["add", "add", "delete", "take back", "warm up"])):
            case "add":
                alive += fill(database, values, found.pack.name)
            case "delete":
                with database.write() as db:
                    vectors.delete(db, alive[::2])
                alive = alive[1::2]
            case "take back":
                with suppress(Rollback), database.write() as db:
                    add(db, values, found.pack.name)
                    vectors.delete(db, alive[:3])
                    same_as_sqlite_vec(found, db, values[0], 20)
                    raise Rollback
            case "warm up":
                found.warm_up()
        with database.read() as db:
            same_as_sqlite_vec(found, db, values[0], 20)
