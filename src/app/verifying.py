"""Is the library whole? Database, rows, files, caches, backups; and, when asked for, what can be repaired is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from app import rows, unlocking
from app.backups import Backups, Kind, check
from app.encrypting import readable
from app.keys import LibraryKey
from app.locking import LibraryLock
from app.opening import open_database
from app.starting import damaged
from app.thumbnail_files import ThumbnailFiles, is_abandoned
from core.errors import CoreError, DatabaseDamaged
from core.images import is_whole_jpeg

_SHOWN = 5
"""Names told of many."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it should be.

    Attributes:
        kind: what it is, for programs.
        count: how many there are.
        detail: a sentence for the user.
        serious: the library is not whole; otherwise something outside of it is missing, a photo's file for instance.
        repairable: `repair` can help, and loses nothing that cannot be made again.
        repaired: it did.
    """

    kind: str
    count: int
    detail: str
    serious: bool = True
    repairable: bool = False
    repaired: bool = False


_OFFLINE = """
    SELECT label, count(*) FROM place JOIN volume USING (volume_id) WHERE NOT connected
    GROUP BY volume_id ORDER BY label
"""


def verify(folder: Path, key: LibraryKey | None = None) -> list[Flaw]:
    """Looks at everything and changes nothing; also beside a process that has the library open.

    Raises:
        LibraryLocked: it is encrypted, and its key has to be asked for.
        DatabaseError: there is no library that could be looked at.
    """
    return _found(folder, False, key or unlocking.find(folder))


def repair(folder: Path, key: LibraryKey | None = None) -> list[Flaw]:
    """Repairs what can be repaired, after a backup; what it found, and whether that is repaired.

    Raises:
        LibraryInUse: another process has the library open.
        LibraryLocked: as `verify`.
        DatabaseError: there is no library that could be looked at, or the backup cannot be made.
    """
    key, lock = key or unlocking.find(folder), LibraryLock(folder)
    lock.acquire(alone=True)
    try:
        return _found(folder, True, key)
    finally:
        lock.release()


def _found(folder: Path, repair: bool, key: LibraryKey | None) -> list[Flaw]:
    try:
        with closing(open_database(folder, reading=True, key=key)) as database, database.read() as db:
            if broken := rows.integrity(db):
                found = [_broken(broken)]
            else:
                found = [*_contradictions(db, repair=False), *_missing_files(db)]
                found += _caches(folder, key, db, repair)
    except DatabaseDamaged as error:
        return [Flaw("database", 1, str(damaged(folder, str(error), key)))]
    if repair and any(flaw.repairable and not flaw.repaired for flaw in found):
        Backups(folder, key=key).save(Kind.REPAIR)
        found = [*_repaired(folder, key), *(flaw for flaw in found if flaw.repaired or not flaw.repairable)]
    return [*found, *_backups(folder, key), *(_readable(folder) if key else ())]


def _repaired(folder: Path, key: LibraryKey | None) -> list[Flaw]:
    """The second time around, in the transaction that repairs."""
    with closing(open_database(folder, key=key)) as database, database.write() as db:
        if broken := rows.integrity(db):
            db.execute(text("REINDEX"))
            return [_broken(broken, repaired=not rows.integrity(db))]
        return [flaw for flaw in _contradictions(db, repair=True) if flaw.repairable]


def _broken(broken: list[str], repaired: bool = False) -> Flaw:
    # An index is made anew from its table; a table can only come from a backup.
    indexes = all("index" in line for line in broken)
    detail = f"The database is damaged: {'; '.join(broken[:_SHOWN])}."
    if not indexes:
        detail += " Choose a backup: sietch restore."
    return Flaw("database", len(broken), detail, repairable=indexes, repaired=repaired)


def _contradictions(db: Connection, repair: bool) -> Iterator[Flaw]:
    for each in rows.checks(db):
        keys = each.find(db)
        if keys:
            if repair and each.repair is not None:
                each.repair(db, keys)
            can = each.repair is not None
            detail = f"{each.sentence.format(f'{len(keys):,}')}."
            yield Flaw(each.kind, len(keys), detail, each.serious, repairable=can, repaired=repair and can)


def _missing_files(db: Connection) -> Iterator[Flaw]:
    query = "SELECT path FROM place LEFT JOIN volume USING (volume_id) WHERE coalesce(connected, 1) ORDER BY path"
    paths = (bytes(path) for path in db.execute(text(query)).scalars())
    missing = [os.fsdecode(path) for path in paths if not os.path.lexists(path)]
    if missing:
        names = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
        detail = f"{len(missing):,} files of photos are not where they were: {names}. Nothing about them is forgotten."
        yield Flaw("missing files", len(missing), detail, serious=False)
    for label, count in db.execute(text(_OFFLINE)):
        yield Flaw("offline", count, f"{count:,} files are on a drive that is not connected: {label}.", serious=False)
    for path, count in db.execute(text("SELECT path, vanished FROM folder WHERE vanished ORDER BY path")):
        detail = (
            f"{count:,} files that were in {os.fsdecode(path)} went all at once, and nothing was changed for it: see"
        )
        yield Flaw("vanished", count, f"{detail} sietch folders.", serious=False)


def _caches(folder: Path, key: LibraryKey | None, db: Connection, repair: bool) -> Iterator[Flaw]:
    files = ThumbnailFiles(folder / "cache", key)
    hashes = frozenset(db.execute(text("SELECT content_hash FROM photo")).scalars())
    # A backup that is restored knows nothing of later photos, and a program that is killed finishes nothing.
    kinds = {
        "caches without photo": ("small pictures belong to no photo", False),
        "damaged caches": ("small pictures are damaged", True),
        "unfinished caches": ("small pictures were never finished", False),
    }
    found: dict[str, list[Path]] = {kind: [] for kind in kinds}
    # An encryption that was killed left them as they were, and the next opening goes on with it.
    waiting = frozenset(readable(folder) if key and unlocking.is_unfinished(folder) else ())
    for path in files.every():
        if path in waiting:
            continue
        kind = _cache_flaw(files, path, hashes)
        if kind:
            found[kind].append(path)
    for kind, paths in found.items():
        if paths:
            repaired = repair and all(_removed(path) for path in paths)
            detail, serious = kinds[kind]
            yield Flaw(kind, len(paths), f"{len(paths):,} {detail}.", serious, repairable=True, repaired=repaired)


def _cache_flaw(files: ThumbnailFiles, path: Path, hashes: frozenset[str]) -> str | None:
    if path.suffix != ".jpg":
        return "unfinished caches" if is_abandoned(path) else None
    if path.stem.split("-")[0] not in hashes:
        return "caches without photo"
    kept = files.read(path)
    return None if kept and is_whole_jpeg(kept) else "damaged caches"


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _backups(folder: Path, key: LibraryKey | None) -> Iterator[Flaw]:
    for newest in Backups(folder).list()[:1]:
        try:
            check(newest.path, key)
        except CoreError as error:
            yield Flaw("backup", 1, f"The newest backup is of no use: {error}")


def _readable(folder: Path) -> Iterator[Flaw]:
    if paths := readable(folder):
        names = ", ".join(str(path) for path in paths[:_SHOWN]) + (", ..." if len(paths) > _SHOWN else "")
        yield Flaw(
            "readable", len(paths), f"{len(paths):,} files of this encrypted library are readable: {names}.", False
        )
