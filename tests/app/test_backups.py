"""Backups: whole or not there, at most daily, whatever the clock, the disk or a kill does."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import backups as module
from app.backups import Backups, Kind, check
from app.errors import LibraryDamaged, LibraryError, LibraryInUse, NoLibrary
from app.keeping import BackupKeeper
from app.library import Library
from app.opening import database_path, open_database
from app.restoring import restore
from core import copying
from core.errors import DatabaseDamaged, DatabaseError, DatabaseNewer
from tests import schemas
from tests.app.conftest import until
from tests.app.test_migrations import OLD

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small library, without its photos."""
    schemas.make_old(database_path(tmp_path), OLD[-1])
    open_database(tmp_path).close()
    return tmp_path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backups(folder: Path, clock: Clock) -> Backups:
    return Backups(folder, clock)


def change(folder: Path, name: str = "Ada") -> None:
    database = open_database(folder)
    with database.write() as db:
        db.execute(text("UPDATE person SET name = :name WHERE person_id = 1"), {"name": name})
    database.close()


def name_in(path: Path) -> str:
    with copying.opened(path) as db:
        return str(db.execute("SELECT name FROM person WHERE person_id = 1").fetchone()[0])


def numbers(backups: Backups) -> list[int]:
    return [backup.number for backup in backups.list()]


def test_a_backup_is_a_sound_library(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    assert backups.list() == [made]
    assert (made.number, made.kind, made.made_at) == (1, "asked", Clock().now)
    check(made.path)
    assert name_in(made.path) == "Ada"
    # Names and faces are nobody else's business.
    assert made.path.stat().st_mode & 0o077 == 0
    assert backups.newest_good() == made


def test_it_is_made_beside_a_writer_and_holds_what_was_committed(backups: Backups, folder: Path) -> None:
    database = open_database(folder)
    with database.write() as db:
        db.execute(text("UPDATE person SET name = 'Grace' WHERE person_id = 1"))
        assert name_in(backups.make(Kind.ASKED).path) == "Ada"
    assert name_in(backups.make(Kind.ASKED).path) == "Grace"
    database.close()


def test_at_most_one_a_day_and_only_when_something_changed(backups: Backups, folder: Path, clock: Clock) -> None:
    assert backups.daily() is not None
    change(folder, "Grace")
    clock.now += 23 * HOUR
    assert backups.daily() is None
    clock.now += HOUR
    made = backups.daily()
    assert made is not None and name_in(made.path) == "Grace"
    clock.now += 3 * DAY
    assert backups.daily() is None, "nothing changed"
    assert not backups.is_due(), "and that holds for a day"
    change(folder)
    clock.now += DAY
    assert backups.daily() is not None
    assert numbers(backups) == [3, 2, 1]


def test_a_library_without_photos_pushes_none_out(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    assert Backups(tmp_path).daily() is None


def test_fourteen_days_are_kept_and_what_was_asked_for_besides(backups: Backups, folder: Path, clock: Clock) -> None:
    asked = backups.make(Kind.ASKED)
    for day in range(20):
        clock.now += DAY
        change(folder, f"day {day}")
        backups.daily()
    daily = [backup for backup in backups.list() if backup.kind is Kind.DAILY]
    assert len(daily) == 14
    assert [name_in(backup.path) for backup in daily] == [f"day {day}" for day in range(19, 5, -1)]
    assert asked in backups.list()


def test_a_clock_that_goes_backwards_stops_nothing_and_removes_nothing_wrong(
    backups: Backups, folder: Path, clock: Clock
) -> None:
    for day in range(14):
        clock.now += DAY
        change(folder, f"right {day}")
        backups.daily()
    clock.now -= 3650 * DAY
    for day in range(5):
        change(folder, f"wrong {day}")
        assert backups.daily() is not None
        change(folder, f"wrong {day} later")
        assert backups.daily() is None, "still at most daily"
        clock.now += DAY
    names = [name_in(backup.path) for backup in backups.list()]
    assert names == [f"wrong {day}" for day in range(4, -1, -1)] + [f"right {day}" for day in range(13, 4, -1)]
    clock.now += 3650 * DAY
    assert backups.daily() is not None


def test_what_is_not_whole_does_not_count_and_goes(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    part = made.path.with_name(f".000002-20261125T120000Z-daily.sqlite{copying.PART}")
    part.write_bytes(made.path.read_bytes()[:10000])
    (made.path.parent / "notes.txt").write_text("mine")
    assert backups.list() == [made]
    backups.make(Kind.ASKED)
    assert not part.exists()
    assert (made.path.parent / "notes.txt").exists()


_KILLED = """
import os, signal, sys
from pathlib import Path
from app.backups import Backups, Kind
from core import copying
def die(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(copying, sys.argv[2], die)
Backups(Path(sys.argv[1])).make(Kind.ASKED)
"""


@pytest.mark.parametrize("moment", ["load_vectors", "problems", "settle", "sync_folder"])
def test_a_killed_process_leaves_a_whole_backup_or_none(backups: Backups, folder: Path, moment: str) -> None:
    change(folder, "before")
    backups.make(Kind.ASKED)
    change(folder, "after")
    process = subprocess.run([sys.executable, "-c", _KILLED, str(folder), moment], check=False)
    assert process.returncode == -9
    for backup in backups.list():
        check(backup.path)
    assert numbers(backups) == ([2, 1] if moment == "sync_folder" else [1])
    # Nothing stands in the way of the next one.
    assert name_in(backups.make(Kind.ASKED).path) == "after"
    assert not list((folder / "backups").glob(".*part*"))


def _grow(folder: Path, megabytes: int) -> None:
    database = open_database(folder)
    with database.write() as db:
        rows = [{"path": b"%d" % number, "reason": "x" * 100_000} for number in range(10 * megabytes)]
        db.execute(text("INSERT INTO skipped (path, reason, size, modified_ns) VALUES (:path, :reason, 1, 1)"), rows)
    database.close()


def test_a_full_disk_is_told_and_leaves_what_was_there(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    _grow(folder, 4)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
    try:
        with pytest.raises(DatabaseError):
            backups.make(Kind.ASKED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert backups.list() == [made]
    assert not list((folder / "backups").glob(".*part*"))
    assert len(backups.list()) == 1
    backups.make(Kind.ASKED)


def test_a_disk_that_is_really_full(folder: Path, small_disk: Path) -> None:
    _grow(folder, 1)
    library = small_disk / "library"
    library.mkdir()
    database_path(library).write_bytes(database_path(folder).read_bytes())
    backups = Backups(library)
    made = backups.make(Kind.ASKED)
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free - 500_000))
    with pytest.raises(DatabaseError, match="disk is full"):
        backups.make(Kind.ASKED)
    assert backups.list() == [made]
    # Nor is what is there lost by a restore that finds no room.
    with pytest.raises(DatabaseError, match="disk is full"):
        restore(library, made.path)
    database = open_database(library)
    assert database.problems() == []
    database.close()


def test_an_export_is_a_backup_elsewhere(backups: Backups, folder: Path) -> None:
    backups.export(folder / "mine.sqlite")
    check(folder / "mine.sqlite")
    with pytest.raises(LibraryError, match="is there already"):
        backups.export(folder / "mine.sqlite")
    with pytest.raises(NoLibrary, match="no library in"):
        Backups(folder / "nowhere").export(folder / "other.sqlite")


def test_a_damaged_database_makes_no_backup(backups: Backups, folder: Path) -> None:
    good = backups.make(Kind.DAILY)
    damage(folder)
    with pytest.raises(DatabaseDamaged):
        backups.make(Kind.ASKED)
    assert backups.list() == [good]


def damage(folder: Path) -> None:
    path = database_path(folder)
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\x5a" * 200
    path.write_bytes(data)


def test_a_restored_backup_is_the_library_and_can_be_taken_back(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    change(folder, "Grace")
    done = restore(folder, made.path)
    assert name_in(database_path(folder)) == "Ada"
    assert isinstance(done.saved, module.Backup) and name_in(done.saved.path) == "Grace"
    restore(folder, done.saved.path)
    assert name_in(database_path(folder)) == "Grace"
    Library.open(folder, resume=False).close()


def test_a_restoring_that_was_killed_leaves_nothing_behind(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    for name in ("library.restored", ".library.restored.part", ".library.restored.part-journal"):
        shutil.copy(made.path, folder / name)
    Library.open(folder, resume=False).close()
    assert [path.name for path in folder.iterdir() if "restored" in path.name] == []


def test_an_older_library_is_restored_and_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    schemas.make_old(tmp_path / "old.sqlite", OLD[0])
    restore(folder, tmp_path / "old.sqlite")
    with Library.open(folder, resume=False) as library:
        assert library.upgraded is not None
        assert library.upgraded.kind is Kind.UPGRADE
        check(library.upgraded.path)
    with Library.open(folder, resume=False) as library:
        assert library.upgraded is None


def test_what_is_no_library_is_not_restored(backups: Backups, folder: Path, tmp_path: Path) -> None:
    before = database_path(folder).read_bytes()
    (tmp_path / "diary.txt").write_text("Dear diary, " * 500)
    with pytest.raises(DatabaseDamaged):
        restore(folder, tmp_path / "diary.txt")
    with pytest.raises(NoLibrary, match="is not there"):
        restore(folder, tmp_path / "nowhere")
    with copying.opened(_empty(tmp_path / "other.sqlite"), writing=True) as db:
        db.execute("CREATE TABLE song (title)")
    with pytest.raises(NoLibrary, match="no library of Sietch"):
        restore(folder, tmp_path / "other.sqlite")
    newer = backups.make(Kind.ASKED).path
    with copying.opened(newer, writing=True) as db:
        db.execute("INSERT INTO alembic_version VALUES ('app_0999')")
    with pytest.raises(DatabaseNewer, match="newer version"):
        restore(folder, newer)
    assert database_path(folder).read_bytes() == before


def _empty(path: Path) -> Path:
    path.touch()
    return path


def test_a_library_in_use_is_not_restored(backups: Backups, folder: Path) -> None:
    made = backups.make(Kind.ASKED)
    with Library.open(folder, resume=False), pytest.raises(LibraryInUse):
        restore(folder, made.path)


def test_a_damaged_library_names_the_newest_good_backup_and_is_restored_from_it(
    backups: Backups, folder: Path, clock: Clock
) -> None:
    good = backups.make(Kind.DAILY)
    clock.now += DAY
    change(folder, "Grace")
    bad = backups.make(Kind.DAILY)
    bad.path.write_bytes(bad.path.read_bytes()[:8192])
    damage(folder)
    with pytest.raises(LibraryDamaged, match="newest good backup is of 2026-11-2") as caught:
        Library.open(folder)
    assert caught.value.backup == good.path
    assert str(good.path) in str(caught.value)
    done = restore(folder, good.path)
    assert isinstance(done.saved, Path) and (done.saved / "library.sqlite").is_file()
    with Library.open(folder, resume=False) as library:
        assert library.session.people.get(1).name == "Ada"


@pytest.mark.parametrize("empty", [True, False])
def test_a_database_that_is_gone_is_not_made_anew_silently(backups: Backups, folder: Path, empty: bool) -> None:
    good = backups.make(Kind.DAILY)
    database_path(folder).unlink()
    if empty:
        database_path(folder).touch()
    with pytest.raises(LibraryDamaged, match="gone or empty") as caught:
        Library.open(folder)
    assert caught.value.backup == good.path
    restore(folder, good.path)
    Library.open(folder, resume=False).close()


def test_a_damaged_library_without_a_backup_says_so(folder: Path) -> None:
    damage(folder)
    with pytest.raises(LibraryDamaged, match="no backup"):
        Library.open(folder)


def test_an_upgrade_that_cannot_be_backed_up_does_not_begin(tmp_path: Path) -> None:
    schemas.make_old(database_path(tmp_path), OLD[0])
    before = database_path(tmp_path).read_bytes()
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises(LibraryError, match="No backup can be made"):
        Library.open(tmp_path)
    assert database_path(tmp_path).read_bytes() == before


def test_the_keeper_works_in_the_background_and_looks_again_after_changes(folder: Path, clock: Clock) -> None:
    threads: set[str] = set()
    backups = _Watched(folder, clock, threads)
    keeper = BackupKeeper(folder, backups, first=0.01, following=0.01)
    keeper.start()
    until(lambda: len(backups.list()) == 1)
    change(folder, "Grace")
    clock.now += DAY
    until(lambda: len(backups.list()) == 2)
    assert threads == {"backups"}
    keeper.close()
    assert [name_in(backup.path) for backup in backups.list()] == ["Grace", "Ada"]


def test_the_keeper_tells_why_it_makes_none_and_when_it_does_again(folder: Path, clock: Clock) -> None:
    told: list[str | None] = []
    keeper = BackupKeeper(folder, Backups(folder, clock), 0.01, 0.01, lambda: told.append(keeper.problem))
    (folder / "backups").write_text("in the way")
    keeper.start()
    until(lambda: len(told) == 1)
    (folder / "backups").unlink()
    until(lambda: len(told) == 2)
    keeper.close()
    assert told[0] is not None and told[0].startswith("No backup can be made in") and told[1] is None
    assert len(Backups(folder).list()) == 1


class _Watched(Backups):
    def __init__(self, folder: Path, clock: Clock, threads: set[str]) -> None:
        super().__init__(folder, clock)
        self._threads = threads

    def daily(self, stopped=lambda: False):  # type: ignore[no-untyped-def]
        self._threads.add(threading.current_thread().name)
        return super().daily(stopped)


def test_a_session_of_a_moment_is_backed_up_at_its_end(folder: Path) -> None:
    with Library.open(folder):
        pass
    assert [backup.kind for backup in Backups(folder).list()] == [Kind.DAILY]


def test_a_backup_that_fails_stops_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "backups").write_text("in the way")
    with Library.open(folder):
        pass
    assert "no backup was made" in caplog.text
    os.unlink(folder / "backups")
    with Library.open(folder):
        pass
    assert len(Backups(folder).list()) == 1
