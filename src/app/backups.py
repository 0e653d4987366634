"""Backups of the database: made while it is in use, verified before they count, the oldest removed.

They are ordered by a number in their names and not by the clock, which may be set: a clock that goes back makes one
backup more at most, and never the wrong one go.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from filelock import FileLock

from app import migrations, schema
from app.errors import LibraryError, NoLibrary
from app.keys import LibraryKey, raw
from app.opening import database_path
from core import copying
from core.converting import convert, differences
from core.database import explained
from core.encryption import is_encrypted
from core.errors import CoreError, DatabaseDamaged, DatabaseNewer
from core.migrating import revisions

EVERY = timedelta(days=1)


class Kind(StrEnum):
    """Why a backup was made."""

    DAILY = "daily"
    ASKED = "asked"
    UPGRADE = "upgrade"
    RESTORE = "restore"
    REPAIR = "repair"
    ENCRYPTION = "encryption"


KEPT = {Kind.DAILY: 14, Kind.ASKED: 14, Kind.UPGRADE: 3, Kind.RESTORE: 3, Kind.REPAIR: 3, Kind.ENCRYPTION: 3}
"""The newest of each kind: two weeks of days; what was there before the last upgrades, restores and the like."""

_NAME = re.compile(rf"(\d{{6}})-(\d{{8}}T\d{{6}})Z-({'|'.join(Kind)})\.sqlite")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup; a higher number is a newer one.

    Attributes:
        made_at: with zone, by the clock of then.
        size: bytes.
    """

    path: Path
    number: int
    kind: Kind
    made_at: datetime
    size: int


class Backups:
    """The backups of the library in a folder. Methods take seconds: they are not for a thread that paints.

    Args:
        now: the clock.
        key: of a library that is encrypted, and so of its backups; see `app.unlocking`.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC), key: LibraryKey | None = None
    ) -> None:
        self._database = database_path(folder)
        self._folder = folder / "backups"
        self._now = now
        self._key = key

    def list(self) -> list[Backup]:
        """Those that are whole, the newest first."""
        with contextlib.suppress(OSError):
            found = (_backup(path) for path in self._folder.iterdir())
            return sorted((each for each in found if each), key=lambda each: each.number, reverse=True)
        return []

    def make(self, kind: Kind, stopped: Callable[[], bool] = lambda: False) -> Backup:
        """Makes a backup now.

        Raises:
            NoLibrary: there is none.
            DatabaseError: the database cannot be read or the backup not written, and there is none.
            Stopped: as `stopped` wished.
        """
        self._require()
        with self._alone():
            made = self._made(kind, stopped)
            self._prune()
        return made

    def daily(self, stopped: Callable[[], bool] = lambda: False) -> Backup | None:
        """Makes a backup if the last one is a day old and something has changed since.

        Raises:
            DatabaseError, Stopped: as `make`.
        """
        if not self.is_due() or not self._has_photos():
            return None
        with self._alone():
            newest = self._newest()
            made = self._made(Kind.DAILY, stopped)
            if newest is not None and self._same(newest.path, made.path):
                made.path.unlink()
                # It is as good as made now.
                self._date(newest.path)
                return None
            self._prune()
        return made

    def is_due(self) -> bool:
        """Whether the last backup is a day old, or of a time that has not come yet."""
        newest = self._newest()
        if newest is None:
            return True
        age = self._now() - datetime.fromtimestamp(newest.path.stat().st_mtime, UTC)
        return not timedelta(0) <= age < EVERY

    def newest_good(self) -> Backup | None:
        """The newest one that can be restored; each is verified."""
        for backup in self.list():
            with contextlib.suppress(CoreError):
                check(backup.path, self._key)
                return backup
        return None

    def export(self, target: Path) -> None:
        """Writes a backup to a file of the user's choice.

        Raises:
            LibraryError: the file is there already.
            DatabaseError: as `make`.
        """
        if os.path.lexists(target):
            raise LibraryError(f"{target} is there already. Choose another name.")
        self._require()
        copying.copy(self._database, target, key=raw(self._key))

    def save(self, kind: Kind) -> Backup | Path:
        """Keeps the present state, before it is replaced or repaired: as a backup, or as it is if it is damaged.

        Returns:
            The backup, or the folder in which the files of the damaged database lie.

        Raises:
            LibraryError, DatabaseError: it cannot be kept.
        """
        try:
            return self.make(kind)
        except DatabaseDamaged:
            return self._put_aside()

    def tidy(self) -> None:
        """Removes what was left of backups that never became whole.

        Raises:
            LibraryError: the disk does not let it.
        """
        with self._alone():
            pass

    def rewrite(self, backup: Backup, key: LibraryKey | None, new_key: LibraryKey | None) -> None:
        """Puts a backup under another key; as old as it was, it stays.

        Raises:
            DatabaseError: it cannot be read or written; it is as it was.
        """
        with self._alone():
            seconds = backup.path.stat().st_mtime
            convert(backup.path, backup.path, raw(key), raw(new_key))
            os.utime(backup.path, (seconds, seconds))

    def _require(self) -> None:
        if not self._database.is_file():
            raise NoLibrary(f"There is no library in {self._database.parent}.")

    def _put_aside(self) -> Path:
        # Perhaps somebody can read more of it.
        with self._alone():
            place = self._folder / f"{self._next_number():06d}-damaged"
            place.mkdir()
            for file in filter(Path.exists, _files(self._database)):
                shutil.copyfile(file, place / file.name)
        return place

    def _newest(self) -> Backup | None:
        return next(iter(self.list()), None)

    def _next_number(self) -> int:
        numbers = (int(path.name[:6]) for path in self._folder.glob("[0-9][0-9][0-9][0-9][0-9][0-9]-*"))
        return max(numbers, default=0) + 1

    def _made(self, kind: Kind, stopped: Callable[[], bool]) -> Backup:
        now = self._now().astimezone(UTC)
        path = self._folder / f"{self._next_number():06d}-{now:%Y%m%dT%H%M%S}Z-{kind}.sqlite"
        copying.copy(self._database, path, stopped, key=raw(self._key))
        self._date(path)
        made = _backup(path)
        assert made is not None
        return made

    def _has_photos(self) -> bool:
        with explained(self._database), copying.opened(self._database, writing=True, key=raw(self._key)) as db:
            return bool(db.execute("SELECT EXISTS (SELECT 1 FROM photo)").fetchone()[0])

    def _same(self, one: Path, other: Path) -> bool:
        if self._key is None or not is_encrypted(one):
            return filecmp.cmp(one, other, shallow=False)
        # The same page is never encrypted to the same bytes.
        with contextlib.suppress(DatabaseDamaged):
            return not differences(one, other, self._key.raw, self._key.raw)
        return False

    def _date(self, path: Path) -> None:
        seconds = self._now().timestamp()
        os.utime(path, (seconds, seconds))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time, of all processes: whatever is not whole was then left by one that is no more."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self._folder / ".lock", fallback_to_soft=False)
            with lock:
                for part in self._folder.glob(f".*{copying.PART}*"):
                    part.unlink()
                yield
        except OSError as error:
            raise LibraryError(f"No backup can be made in {self._folder}: {error.strerror or error}.") from error

    def _prune(self) -> None:
        found = self.list()
        for kind, kept in KEPT.items():
            for backup in [each for each in found if each.kind is kind][kept:]:
                backup.path.unlink()


def check(path: Path, key: LibraryKey | None = None) -> None:
    """Looks whether a file is a library that this program can open.

    Args:
        key: used if the file is encrypted.

    Raises:
        NoLibrary: it is not there, or something else.
        DatabaseNewer: it is of a newer version.
        DatabaseDamaged: it is damaged.
    """
    if not path.is_file():
        raise NoLibrary(f"{path} is not there.")
    used = key.raw if key and is_encrypted(path) else None
    found = copying.problems(path, used)
    if found:
        raise DatabaseDamaged(f"{path} is no sound database: {found[0]}.")
    with explained(path), copying.opened(path, key=used) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= {"photo", "place", "face", "person"}:
            raise NoLibrary(f"{path} is no library of Sietch.")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        has_revisions = "alembic_version" in tables
        passed = {row[0] for row in db.execute("SELECT version_num FROM alembic_version")} if has_revisions else set()
    known = {revision for folder in migrations.FOLDERS for revision in revisions(folder)}
    if version > schema.VERSION or passed - known:
        raise DatabaseNewer(f"{path} was made by a newer version of Sietch. Update Sietch to restore it.")


def _files(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]


def _backup(path: Path) -> Backup | None:
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    made_at = datetime.strptime(found[2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return Backup(path, int(found[1]), Kind(found[3]), made_at, path.stat().st_size)
