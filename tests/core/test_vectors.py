"""The search is exact, models are kept apart, and what is no direction is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from core import records, vectors
from core.database import Database
from core.errors import InvalidInput
from core.types import AnalyzedFace, BoundingBox, Detection, Embedding, Vectors


def directions(count: int, dimension: int = 512, seed: int = 0) -> Vectors:
    values = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = values / np.linalg.norm(values, axis=1, keepdims=True)
    return unit


def new_faces(db: Connection, count: int) -> list[int]:
    """Rows of faces in an image of their own, without vectors."""
    image_id = records.insert_image(db, f"image of {count} at {db.execute(text('SELECT random()')).scalar_one()}", 9, 9)
    detection = Detection(BoundingBox(0, 0, 9, 9), np.zeros((5, 2), np.float32), 0.9)
    face = AnalyzedFace(detection, Embedding(np.ones(2, np.float32), "unused"), 0.9)
    return [records.insert_face(db, image_id, face) for _ in range(count)]


def add(db: Connection, values: Vectors, model: str = "a") -> list[int]:
    face_ids = new_faces(db, len(values))
    vectors.add(db, face_ids, [Embedding(value, model) for value in values])
    return face_ids


def stored(db: Connection, dimension: int = 512) -> int:
    return int(db.execute(text(f"SELECT count(*) FROM vector_{dimension}")).scalar_one())


@pytest.mark.parametrize("limit", [1, 10, 300, 4096])
def test_the_nearest_are_those_that_numpy_finds(database: Database, limit: int) -> None:
    values = directions(300)
    with database.write() as db:
        face_ids = np.array(add(db, values))
    for query in directions(5, seed=1):
        similarity = values @ query
        order = np.argsort(-similarity)[:limit]
        with database.read() as db:
            found = vectors.nearest(db, Embedding(query, "a"), limit)
        assert [face_id for face_id, _ in found] == face_ids[order].tolist()
        np.testing.assert_allclose([value for _, value in found], similarity[order], atol=1e-5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    count=st.integers(1, 30),
    limit=st.integers(1, 40),
    dimension=st.sampled_from([2, 8, 128]),
)
def test_the_nearest_are_exact_in_any_dimension(
    database: Database, seed: int, count: int, limit: int, dimension: int
) -> None:
    values, query = directions(count, dimension, seed), directions(1, dimension, seed + 1)[0]
    with database.write() as db:
        add(db, values, f"{seed} {count} {limit}")
        found = vectors.nearest(db, Embedding(query, f"{seed} {count} {limit}"), limit)
        db.execute(text("DELETE FROM face"))
        db.execute(text(f"DELETE FROM vector_{dimension}"))
    expected = np.sort(values @ query)[::-1][:limit]
    np.testing.assert_allclose([value for _, value in found], expected, atol=1e-5)


def test_a_stored_vector_finds_itself_first(database: Database) -> None:
    values = directions(50)
    with database.write() as db:
        face_ids = add(db, values)
        for face_id, value in zip(face_ids, values, strict=True):
            ((found, similarity),) = vectors.nearest(db, Embedding(value, "a"), 1)
            assert found == face_id
            assert similarity == pytest.approx(1.0, abs=1e-5)


def test_the_length_of_a_vector_does_not_count(database: Database) -> None:
    values = directions(10)
    with database.write() as db:
        face_ids = add(db, values * np.float32(7))
        loaded_ids, loaded = vectors.load(db, "a", 512)
        found = vectors.nearest(db, Embedding(values[3] * np.float32(1e-3), "a"), 1)
    assert loaded_ids.tolist() == face_ids
    np.testing.assert_allclose(loaded, values, atol=1e-6)
    assert found[0][0] == face_ids[3]
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)


def test_models_are_never_compared(database: Database) -> None:
    values = directions(20)
    with database.write() as db:
        of_a, of_b = add(db, values, "a"), add(db, values, "b")
        assert {face_id for face_id, _ in vectors.nearest(db, Embedding(values[0], "a"), 100)} == set(of_a)
        assert {face_id for face_id, _ in vectors.nearest(db, Embedding(values[0], "b"), 100)} == set(of_b)
        assert vectors.nearest(db, Embedding(values[0], "c"), 100) == []
        assert vectors.load(db, "a", 512)[0].tolist() == of_a
        assert records.stats(db).vectors == {"a": 20, "b": 20}


def test_one_face_may_have_vectors_of_several_models_and_dimensions(database: Database) -> None:
    with database.write() as db:
        (face_id,) = new_faces(db, 1)
        for model, dimension in (("a", 512), ("b", 512), ("small", 128)):
            vectors.add(db, [face_id], [Embedding(directions(1, dimension)[0], model)])
        for model, dimension in (("a", 512), ("b", 512), ("small", 128)):
            found = vectors.nearest(db, Embedding(directions(1, dimension)[0], model), 5)
            assert [each for each, _ in found] == [face_id]
        assert stored(db, 512) == 2
        assert stored(db, 128) == 1


def test_before_the_first_vector_nothing_is_near(database: Database) -> None:
    with database.read() as db:
        assert vectors.nearest(db, Embedding(directions(1)[0], "a"), 5) == []
        face_ids, loaded = vectors.load(db, "a", 512)
    assert face_ids.shape == (0,)
    assert loaded.shape == (0, 512)


def test_loading_takes_a_condition_over_faces(database: Database) -> None:
    with database.write() as db:
        face_ids = add(db, directions(4))
        loaded, values = vectors.load(db, "a", 512, f"face.face_id > {face_ids[1]}")
    assert loaded.tolist() == face_ids[2:]
    np.testing.assert_allclose(values, directions(4)[2:], atol=1e-6)


def test_what_is_deleted_is_not_found(database: Database) -> None:
    values = directions(6)
    with database.write() as db:
        face_ids = add(db, values)
        vectors.delete(db, face_ids[:2])
        vectors.delete(db, [])
        found = vectors.nearest(db, Embedding(values[0], "a"), 10)
        assert {face_id for face_id, _ in found} == set(face_ids[2:])
        assert stored(db) == 4
        assert records.stats(db).vectors == {"a": 4}


def test_an_error_leaves_no_vector_behind(database: Database) -> None:
    values = directions(3)
    with database.write() as db:
        add(db, values[:1])

    def add_one_that_is_no_direction() -> None:
        with database.write() as db:
            add(db, np.stack([values[1], np.zeros(512, np.float32)]))

    with pytest.raises(InvalidInput):
        add_one_that_is_no_direction()
    with database.read() as db:
        assert stored(db) == 1
        assert records.stats(db).faces == 1
    assert database.problems() == []


@pytest.mark.parametrize(
    "vector",
    [
        np.zeros(512, np.float32),
        np.full(512, np.nan, np.float32),
        np.full(512, np.inf, np.float32),
        np.full(512, 1e-12, np.float32),
        np.ones((2, 512), np.float32),
        np.empty(0, np.float32),
    ],
    ids=["zero", "nan", "infinite", "vanishing", "two", "empty"],
)
def test_what_is_no_direction_is_refused(database: Database, vector: NDArray[np.float32]) -> None:
    with database.write() as db:
        (face_id,) = new_faces(db, 1)
        with pytest.raises(InvalidInput):
            vectors.add(db, [face_id], [Embedding(vector, "a")])
        with pytest.raises(InvalidInput):
            vectors.nearest(db, Embedding(vector, "a"), 1)


@pytest.mark.parametrize("dimension", [1, 511, 513])
def test_another_dimension_than_the_models_is_refused(dimension: int) -> None:
    with pytest.raises(InvalidInput, match="512 numbers"):
        vectors.checked(np.ones(dimension, np.float32), 512)


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=4, max_size=4).filter(
        lambda each: max(map(abs, each)) > 1e-3
    )
)
def test_a_checked_vector_has_length_one_and_its_direction(values: list[float]) -> None:
    vector = np.array(values, np.float32)
    unit = vectors.checked(vector, 4)
    assert np.linalg.norm(unit) == pytest.approx(1.0, abs=1e-5)
    wide = vector.astype(np.float64)
    assert float(unit @ wide) == pytest.approx(float(np.linalg.norm(wide)), rel=1e-4)
