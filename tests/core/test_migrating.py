"""Core alone, on its own file: an older one is brought up to date by Core's history."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core import copying, migrations, schema
from core.database import Database
from core.errors import DatabaseError
from core.migrating import chained, revisions
from tests import schemas

CORES = ("image", "person", "face", "vector", "decision", "not_same")


def make_older(database: Database) -> None:
    """As Core left its file before there were revisions, and before there were decisions."""
    with database.write() as db:
        db.execute(text("INSERT INTO image (image_id, source, width, height) VALUES (1, 'a', 2, 3)"))
        db.execute(text("INSERT INTO person (name, created_at, updated_at) VALUES ('Ada', '', '')"))
        row = "face_id, image_id, person_id, x, y, width, height, landmarks, confidence, quality, detected_at"
        db.execute(text(f"INSERT INTO face ({row}) VALUES (1, 1, 1, 0, 0, 1, 1, '[]', 1, 1, '')"))
        db.execute(text("INSERT INTO vector (face_id, model, dimension) VALUES (1, 'm', 2)"))
        db.execute(text("ALTER TABLE face ADD COLUMN confirmed BOOLEAN NOT NULL DEFAULT 0"))
        db.execute(text("ALTER TABLE face DROP COLUMN metadata"))
        later = ("decision", "not_same", "aside", "aside_vector", "guard", "excluded", "exclusion", "alembic_version")
        for table in later:
            db.execute(text(f"DROP TABLE {table}"))
    database.close()


def test_an_older_file_is_brought_up_to_date(database: Database) -> None:
    with database.read() as db:
        new = schemas.shape(db)
    make_older(database)
    asked: list[str] = []
    again = Database(database.path, schema.metadata, 1, before=lambda: asked.append("before"))
    with again.read() as db:
        assert schemas.differences(schemas.shape(db), new) == []
        assert db.execute(text("SELECT person_id, metadata FROM face")).one() == (1, "{}")
        assert db.execute(text("SELECT count(*) FROM vector")).scalar_one() == 1, "nothing went with the old table"
    assert again.problems() == []
    assert asked == ["before"]
    again.close()
    Database(database.path, schema.metadata, 1, before=lambda: asked.append("again")).close()
    assert asked == ["before"]


def test_nothing_is_changed_when_it_cannot_be_copied_before(database: Database) -> None:
    make_older(database)
    before = database.path.read_bytes()

    def fail() -> None:
        raise DatabaseError("The disk is full.")

    with pytest.raises(DatabaseError, match="disk is full"):
        Database(database.path, schema.metadata, 1, before=fail)
    assert database.path.read_bytes() == before


def test_a_new_file_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    Database(path, schema.metadata, 1, before=lambda: pytest.fail("there is nothing to copy")).close()


def test_rows_that_would_point_at_nothing_stop_the_migration(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(database)
    before = database.path.read_bytes()
    counted = iter((0, 2))
    monkeypatch.setattr("core.migrating._orphans", lambda _connection: next(counted))
    with pytest.raises(DatabaseError, match="2 rows would point at nothing"):
        Database(database.path, schema.metadata, 1)
    assert database.path.read_bytes() == before


def test_who_reads_only_cannot_write(database: Database) -> None:
    reader = Database(database.path, schema.metadata, 1, reading=True)
    with reader.read() as db:
        assert db.execute(text("SELECT count(*) FROM image")).scalar_one() == 0
    with pytest.raises(DatabaseError, match="reading only"), reader.write():
        pass
    reader.close()
    with pytest.raises(DatabaseError, match="is not there"):
        Database(database.path.with_name("none.sqlite"), schema.metadata, 1, reading=True)
    assert not database.path.with_name("none.sqlite").exists()


def test_the_name_of_a_file_is_its_place() -> None:
    assert chained("/x/app/migrations/r0001_start.py") == ("app_0001", None)
    assert chained("/x/app/migrations/r0012_more.py") == ("app_0012", "app_0011")
    assert revisions(migrations.FOLDER)[0] == "core_0001"


def test_a_copy_is_one_sound_file(database: Database, tmp_path: Path) -> None:
    with database.write() as db:
        db.execute(text("INSERT INTO image (source, width, height) VALUES ('a', 2, 3)"))
    copying.copy(database.path, tmp_path / "copy.sqlite")
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.sqlite"]
    assert copying.problems(tmp_path / "copy.sqlite") == []
    again = Database(tmp_path / "copy.sqlite", schema.metadata, 1, reading=True)
    with again.read() as db:
        assert db.execute(text("SELECT source FROM image")).scalars().all() == ["a"]
    again.close()


def test_a_copy_that_is_stopped_or_fails_leaves_what_was_there(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    target.write_text("the one before")
    with pytest.raises(copying.Stopped):
        copying.copy(database.path, target, lambda: True)
    (tmp_path / "diary.txt").write_text("no database" * 1000)
    with pytest.raises(DatabaseError, match=r"diary\.txt is not a Sietch database"):
        copying.copy(tmp_path / "diary.txt", target)
    with pytest.raises(DatabaseError, match="cannot be written"):
        copying.copy(database.path, tmp_path / "nowhere" / "copy.sqlite")
    assert target.read_text() == "the one before"
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.sqlite"]
