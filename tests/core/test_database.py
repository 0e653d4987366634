"""Whole transactions or nothing, readers beside the writer, and sentences instead of the driver's errors."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core import database as module
from core import schema
from core.database import Database
from core.errors import DatabaseError

INSERT = text("INSERT INTO image (source, width, height) VALUES (:source, 1, 1)")


def add(database: Database, source: str) -> None:
    with database.write() as db:
        db.execute(INSERT, {"source": source})


def sources(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.execute(text("SELECT source FROM image ORDER BY image_id")).scalars())


def reopened(database: Database, version: int = 1) -> Database:
    return Database(database.path, schema.metadata, version)


def test_what_was_written_is_there_after_opening_again(database: Database) -> None:
    add(database, "a")
    database.close()
    again = reopened(database)
    assert sources(again) == ["a"]
    assert again.problems() == []
    again.close()


def test_an_error_leaves_everything_as_it_was(database: Database) -> None:
    add(database, "a")

    def fail() -> None:
        with database.write() as db:
            db.execute(INSERT, {"source": "b"})
            db.execute(text("CREATE TABLE another (x)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sources(database) == ["a"]
    with database.read() as db:
        assert db.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'another'")).first() is None
    add(database, "c")
    assert sources(database) == ["a", "c"]


def test_a_failed_statement_takes_the_whole_transaction_with_it(database: Database) -> None:
    def add_twice() -> None:
        with database.write() as db:
            db.execute(INSERT, {"source": "a"})
            db.execute(INSERT, {"source": "a"})

    with pytest.raises(IntegrityError):
        add_twice()
    assert sources(database) == []


def test_a_bug_is_no_sentence_for_the_user(database: Database) -> None:
    with pytest.raises(OperationalError, match="no such table: fullness"), database.read() as db:
        db.execute(text("SELECT * FROM fullness"))
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.write() as db:
        db.execute(text("INSERT INTO vector (face_id, model, dimension) VALUES (77, 'm', 2)"))


def test_a_newer_database_is_refused_and_unchanged(database: Database) -> None:
    add(database, "a")
    database.close()
    newer = reopened(database, 7)
    newer.close()
    with pytest.raises(DatabaseError, match="newer version"):
        reopened(database, 6)
    again = reopened(database, 7)
    assert sources(again) == ["a"]
    again.close()


def test_missing_tables_are_made_and_others_kept(database: Database) -> None:
    add(database, "a")
    database.close()
    wider = MetaData()
    for table in schema.metadata.tables.values():
        table.to_metadata(wider)
    schema.image.to_metadata(wider, name="one_more")
    again = Database(database.path, wider, 2)
    assert sources(again) == ["a"]
    with again.read() as db:
        assert db.execute(text("SELECT count(*) FROM one_more")).scalar_one() == 0
    again.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 500, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_of_something_else_is_refused_and_unchanged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"diary\.txt is not a Sietch database, or it is damaged"):
        Database(path, schema.metadata, 1)
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [".", "missing/core.sqlite"])
def test_a_place_where_no_file_can_be_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be opened for writing"):
        Database(tmp_path / place, schema.metadata, 1)


def test_damage_inside_is_reported(database: Database) -> None:
    with database.write() as db:
        db.execute(INSERT, [{"source": f"many {number}"} for number in range(5000)])
    database.close()
    data = bytearray(database.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8192] = b"\x5a" * 8192
    database.path.write_bytes(data)
    damaged = reopened(database)
    # SQLite either lists what is wrong or gives up at a page that it cannot follow.
    try:
        found = damaged.problems()
    except DatabaseError as error:
        found = [str(error)]
    damaged.close()
    assert found


def test_a_row_that_points_at_nothing_is_reported(database: Database) -> None:
    with database.read() as db:
        db.execute(text("COMMIT"))
        db.execute(text("PRAGMA foreign_keys = OFF"))
        db.execute(text("INSERT INTO vector (face_id, model, dimension) VALUES (77, 'm', 2)"))
        db.execute(text("PRAGMA foreign_keys = ON"))
        db.execute(text("BEGIN"))
    assert database.problems() == ["a row of vector points at nothing"]


def test_a_full_disk_is_told_and_loses_nothing(database: Database) -> None:
    add(database, "a")

    def fill() -> None:
        with database.write() as db:
            pages = db.execute(text("PRAGMA page_count")).scalar_one()
            db.execute(text(f"PRAGMA max_page_count = {pages}"))
            db.execute(INSERT, [{"source": f"{number} " + "x" * 4000} for number in range(100)])

    with pytest.raises(DatabaseError, match="disk is full"):
        fill()
    assert sources(database) == ["a"]


def test_readers_go_on_beside_a_writer_and_see_what_was_committed(database: Database) -> None:
    add(database, "a")
    with database.write() as db:
        db.execute(INSERT, {"source": "b"})
        with ThreadPoolExecutor(4) as pool:
            seen = list(pool.map(lambda _: sources(database), range(8)))
        assert seen == [["a"]] * 8
    assert sources(database) == ["a", "b"]


def test_a_reader_sees_one_state_until_it_ends(database: Database) -> None:
    add(database, "a")
    count = text("SELECT count(*) FROM image")
    with database.read() as db:
        assert db.execute(count).scalar_one() == 1
        add(database, "b")
        assert db.execute(count).scalar_one() == 1
    assert sources(database) == ["a", "b"]


def test_threads_write_one_after_the_other(database: Database) -> None:
    start = threading.Barrier(4)

    def work(name: int) -> None:
        start.wait()
        for number in range(25):
            with database.write() as db:
                before = db.execute(text("SELECT count(*) FROM image")).scalar_one()
                db.execute(INSERT, {"source": f"{name} {number}"})
                assert db.execute(text("SELECT count(*) FROM image")).scalar_one() == before + 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(sources(database)) == 100


def write_from_elsewhere(path: Path) -> None:
    """What another process does."""
    database = Database(path, schema.metadata, 1)
    for number in range(20):
        add(database, f"there {number}")
    database.close()


def test_processes_write_one_after_the_other(database: Database) -> None:
    other = multiprocessing.get_context("spawn").Process(target=write_from_elsewhere, args=(database.path,))
    other.start()
    written = 0
    while other.is_alive():
        add(database, f"here {written}")
        written += 1
        # SQLite lets nobody queue: without a pause the other process would hardly ever find the file free.
        time.sleep(0.005)
    assert other.exitcode == 0
    assert len(sources(database)) == 20 + written
    assert database.problems() == []


def test_a_database_that_is_held_too_long_is_in_use(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    impatient = reopened(database)
    with database.write(), pytest.raises(DatabaseError, match="in use by another program"):
        add(impatient, "b")
    add(impatient, "b")
    assert sources(database) == ["b"]
    impatient.close()


@pytest.mark.parametrize("most", [2, 7])
def test_more_who_ask_than_there_are_connections_are_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    small = Database(database.path, schema.metadata, 1, connections=most)
    with ExitStack() as stack:
        for _ in range(most):
            stack.enter_context(small.read())
        with pytest.raises(DatabaseError, match="Try again"):
            sources(small)
        with pytest.raises(DatabaseError, match="Try again"):
            add(small, "a")
    add(small, "b")
    assert sources(small) == ["b"]
    small.close()


def test_a_check_looks_into_the_file(database: Database) -> None:
    database.check()
    database.close()
    database.path.write_bytes(b"Dear diary, " * 500)
    with pytest.raises(DatabaseError, match="damaged"):
        database.check()


def test_what_wrote_last_writes_next(database: Database) -> None:
    with database.write() as db:
        wrote = db.connection.driver_connection
        with database.read() as other:
            assert other.connection.driver_connection is not wrote
    with database.write() as db:
        assert db.connection.driver_connection is wrote, "what it wrote is still in its cache"
