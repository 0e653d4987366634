"""Every earlier state of a library becomes today's, and loses nothing on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlcipher3 import dbapi2

from app import migrations, schema
from app.opening import database_path, open_database
from core import migrating
from core.database import Database
from core.errors import DatabaseError, DatabaseNewer
from tests import schemas

OLD = sorted((Path(__file__).parent / "old").glob("*.sql"), key=lambda path: path.stem)

TABLES = ("image", "person", "face", "vector", "photo", "place", "skipped", "import_request", "setting")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    """The database of a new library: made by the revisions alone."""
    (tmp_path / "fresh").mkdir()
    database = open_database(tmp_path / "fresh")
    yield database
    database.close()


@pytest.fixture(params=OLD, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a library as an earlier version made it."""
    schemas.make_old(database_path(tmp_path), request.param)
    return tmp_path


def rows(database: Database, table: str) -> list[dict[str, object]]:
    with database.read() as db:
        return [dict(row) for row in db.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()]


def test_the_revisions_make_what_the_schema_says(fresh: Database) -> None:
    """Fails when `schema.py` was changed without a revision: `make revision NAME=what_changes` makes one."""
    with fresh.read() as db:
        made = schemas.shape(db)
        compared = compare_metadata(MigrationContext.configure(db, opts={"include_name": _is_ours}), schema.metadata)
    assert schemas.differences(schemas.declared(schema.metadata), made) == []
    assert compared == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith(schemas.SPECIAL)


def test_the_words_of_photos_and_people_are_kept_by_triggers(fresh: Database) -> None:
    """A revision that makes a table anew makes its triggers anew: without them nothing new would be found."""
    with fresh.read() as db:
        made = schemas.triggers(db)
    kept = {"photo", "keyword", "place"}
    assert {name.removeprefix("photo_words_").split("_")[0] for name in made if name.startswith("photo_words_")} == kept
    assert {"person_words_new", "person_words_named", "person_words_gone", *schema.WORD_TABLES} <= made.keys()


def test_the_revisions_are_numbered_without_gaps() -> None:
    """Two that were made side by side have the same number: give one of the files the next."""
    for folder in migrations.FOLDERS:
        numbers = [int(name.rsplit("_", 1)[1]) for name in migrating.revisions(folder)]
        assert numbers == list(range(1, len(numbers) + 1)), folder


def test_an_older_library_becomes_one_of_today(old: Path, fresh: Database) -> None:
    database = open_database(old)
    with database.read() as db, fresh.read() as new:
        assert schemas.differences(schemas.shape(db), schemas.shape(new)) == []
        assert schemas.triggers(db) == schemas.triggers(new)
        assert db.execute(text("PRAGMA user_version")).scalar_one() == schema.VERSION
        assert db.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert database.problems() == []
    database.close()


def test_nothing_is_lost_on_the_way(old: Path) -> None:
    with Raw(old) as before:
        counts = {table: before(f"SELECT count(*) FROM {table}") for table in TABLES}
        ids = dict(before("SELECT name, seq FROM sqlite_sequence ORDER BY name"))
    database = open_database(old)
    assert {table: [(len(rows(database, table)),)] for table in TABLES} == counts
    photos = rows(database, "photo")
    assert [photo["attempts"] for photo in photos] == [0] * 6
    assert photos[0].items() >= {"content_hash": "hash1", "image_id": 1, "state": "indexed", "size": 1001}.items()
    assert rows(database, "person")[0].items() >= {"name": "Ada", "metadata": "{}"}.items()
    assert [face["person_id"] for face in rows(database, "face")] == [1, 1, 2]
    assert bytes(rows(database, "skipped")[0]["path"]) == b"/photos/\xff.txt"  # type: ignore[arg-type]
    with database.read() as db:
        assert db.execute(text("SELECT count(*) FROM vector_8")).scalar_one() == 3
        after = dict(db.execute(text("SELECT name, seq FROM sqlite_sequence")).all())  # type: ignore[arg-type]
    assert after.items() >= ids.items(), "no id is given again"
    database.close()


def test_what_humans_decided_is_kept(tmp_path: Path) -> None:
    schemas.make_old(database_path(tmp_path), OLD[-1])
    database = open_database(tmp_path)
    assert [(row["kind"], row["face_id"]) for row in rows(database, "decision")] == [("confirmed", 1)]
    assert len(rows(database, "not_same")) == 1
    assert len(rows(database, "look")) == 3
    database.close()


def test_opening_again_changes_nothing(old: Path) -> None:
    open_database(old).close()
    before = database_path(old).read_bytes()
    open_database(old).close()
    assert database_path(old).read_bytes() == before


def test_an_older_library_is_not_changed_by_reading_it(old: Path) -> None:
    before = database_path(old).read_bytes()
    with pytest.raises(DatabaseError, match="older version"):
        open_database(old, reading=True)
    assert database_path(old).read_bytes() == before


def test_a_revision_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Raw(old) as before:
        expected = before("SELECT name, sql FROM sqlite_master ORDER BY name")

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(migrating, "keep_highest_ids", fail)
        with pytest.raises(ZeroDivisionError):
            open_database(old)
    with Raw(old) as after:
        assert after("SELECT name, sql FROM sqlite_master ORDER BY name") == expected
    open_database(old).close()


def test_a_library_that_went_through_an_unknown_revision_is_refused(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'app_0999' WHERE version_num LIKE 'app%'"))
    database.close()
    for reading in (False, True):
        with pytest.raises(DatabaseNewer, match="newer version of Sietch"):
            open_database(tmp_path, reading)


class Raw:
    """Queries to the database of a library as it is."""

    def __init__(self, folder: Path) -> None:
        self._connection = dbapi2.connect(str(database_path(folder)))

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __call__(self, query: str) -> list[tuple[object, ...]]:
        return list(self._connection.execute(query).fetchall())
