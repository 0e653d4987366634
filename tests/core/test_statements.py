"""Statements that go to the driver: the same answers as SQLAlchemy's, under the names of the columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from core import schema
from core.database import Database
from core.errors import DatabaseError


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "core.sqlite", schema.metadata, 1)


def test_rows_have_the_names_of_their_columns(database: Database) -> None:
    with database.write() as db:
        sources = [{"source": each} for each in ("a", "b")]
        db.exec_driver_sql("INSERT INTO image (source, width, height) VALUES (:source, 3, 2)", sources)
        added = db.exec_driver_sql("INSERT INTO image (source, width, height) VALUES (?, 1, 1)", ("c",))
        assert added.lastrowid == db.execute(text("SELECT max(image_id) FROM image")).scalar()
        assert db.exec_driver_sql("UPDATE image SET width = 4 WHERE height = 2").rowcount == 2
        rows = db.exec_driver_sql("SELECT source, width, count(*) OVER () FROM image ORDER BY source").all()
        assert [(row.source, row.width, row[2]) for row in rows] == [("a", 4, 3), ("b", 4, 3), ("c", 1, 3)]
        assert list(db.exec_driver_sql("SELECT source FROM image WHERE width = 4").scalars()) == ["a", "b"]
        assert db.exec_driver_sql("SELECT source FROM image WHERE width = 9").scalar() is None
        assert db.exec_driver_sql("SELECT source FROM image WHERE width = 9").first() is None
        with pytest.raises(NoResultFound):
            db.exec_driver_sql("SELECT source FROM image WHERE width = 9").one()
        with pytest.raises(MultipleResultsFound):
            db.exec_driver_sql("SELECT source FROM image").scalar_one()


def test_what_the_driver_refuses_takes_everything_back(database: Database) -> None:
    twice = [{"source": each} for each in ("a", "a")]
    with pytest.raises(Exception, match="UNIQUE"), database.write() as db:
        db.exec_driver_sql("INSERT INTO image (source, width, height) VALUES (:source, 1, 1)", twice)
    with database.read() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM image").scalar_one() == 0


def test_a_known_fault_is_a_sentence(database: Database) -> None:
    with database.write() as db:
        db.exec_driver_sql("INSERT INTO image (source, width, height) VALUES ('a', 1, 1)")
    reading = Database(database.path, schema.metadata, 1, reading=True)
    with pytest.raises(DatabaseError), reading.read() as db:
        db.exec_driver_sql("DELETE FROM image")
