"""The volumes on which photos lie: which of them are connected, and where.

A volume is known by what it carries (`app.mounts`), not by its mount point. The paths of its places are kept below the
mount point that it had last; when it comes back at another one, all its paths move there in one transaction. When
another volume takes its mount point meanwhile, they move out of the way, to a path that does not exist: two cards that
come to the same mount point one after the other are never taken for one another. Nothing is written onto a volume.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from app.mounts import Mount, Mounts, system_mounts
from core.database import Database

_SEPARATOR = os.sep.encode()
_SAMPLE = 8
"""Places that are looked at to tell whether an unknown volume is a known one that was copied or formatted anew."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that is mounted now."""

    volume_id: int
    point: bytes
    sends_events: bool


@dataclass(frozen=True, slots=True)
class VolumeChanges:
    """The ids of volumes that came, went, or are mounted elsewhere than they were."""

    came: frozenset[int] = frozenset()
    went: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.moved)


@dataclass(slots=True)
class _Known:
    """A row of the table, and where it is mounted now."""

    volume_id: int
    keys: list[str]
    point: bytes
    connected: bool
    now: Mount | None = None
    learnt: list[str] = field(default_factory=list)


class Volumes:
    """The volumes of one library. All methods may be called from any thread."""

    def __init__(self, database: Database, mounts: Mounts = system_mounts) -> None:
        self._database = database
        self._mounts = mounts
        self._lock = threading.RLock()
        self._mounted: dict[bytes, Mount] = {}
        self._ids: dict[bytes, int] = {}
        self._listeners: list[Callable[[VolumeChanges], None]] = []

    def subscribe(self, listener: Callable[[VolumeChanges], None]) -> None:
        """Adds somebody who is told of every change, on the thread that noticed it."""
        self._listeners.append(listener)

    def refresh(self) -> VolumeChanges:
        """Looks at what is mounted now, and lets the paths of the library follow."""
        changes = self._refreshed()
        for listener in self._listeners if changes and not self._database.reading else ():
            listener(changes)
        return changes

    def real(self, path: bytes) -> bytes:
        """A path through its links where these lead to another volume: places are to be told with that volume."""
        real = os.path.realpath(path)
        return real if real != path and self.at(real).point != self.at(path).point else path

    def _refreshed(self) -> VolumeChanges:
        with self._lock:
            self._mounted = {mount.point: mount for mount in self._mounts()}
            rows = self._rows()
            self._match(rows)
            self._ids = {each.now.point: each.volume_id for each in rows if each.now}
            changes = VolumeChanges(
                frozenset(each.volume_id for each in rows if each.now and not each.connected),
                frozenset(each.volume_id for each in rows if each.connected and not each.now),
                frozenset(each.volume_id for each in rows if each.now and each.now.point != each.point),
            )
            in_the_way = [each for each in rows if not each.now and self._is_taken(each)]
            if self._database.reading:
                return changes
            if changes or in_the_way or any(each.learnt for each in rows):
                with self._database.write() as db:
                    _follow(db, rows, in_the_way)
            return changes

    def at(self, path: bytes) -> Volume:
        """The volume on which a path is now; one that was never met is remembered."""
        with self._lock:
            if not self._mounted:
                self._refreshed()
            points = [point for point in self._mounted if is_below(path, point)]
            mount = self._mounted[max(points, key=len)] if points else Mount(_top(path), (), "")
            if mount.point not in self._ids:
                self._ids[mount.point] = self._remember(mount)
            return Volume(self._ids[mount.point], mount.point, mount.sends_events)

    def within(self, path: bytes) -> list[Volume]:
        """The volumes that are mounted somewhere below a folder, the deepest first."""
        with self._lock:
            points = [point for point in self._mounted if point != path and is_below(point, path)]
            return [self.at(point) for point in sorted(points, key=len, reverse=True)]

    def _rows(self) -> list[_Known]:
        with self._database.read() as db:
            rows = db.execute(text("SELECT volume_id, keys, mount_point, connected FROM volume ORDER BY volume_id"))
            return [_Known(row[0], json.loads(row[1]), bytes(row[2]), bool(row[3])) for row in rows]

    def _match(self, rows: list[_Known]) -> None:
        """Finds where each known volume is mounted: by what it is known by, or else by its files."""
        for row in rows:
            found = [mount for mount in self._mounted.values() if not set(row.keys).isdisjoint(_keys(mount))]
            row.now = next((mount for mount in found if mount.point == row.point), found[0] if found else None)
            if row.now:
                row.learnt = [key for key in row.now.keys if key not in row.keys]
        claimed = {row.now.point for row in rows if row.now}
        for row in rows:
            here = self._mounted.get(row.point)
            if row.now is None and here and here.point not in claimed and self._has_its_files(row):
                row.now, row.learnt = here, list(here.keys)

    def _has_its_files(self, row: _Known) -> bool:
        """Whether files of the library are where they were: the volume was copied to another disk, say."""
        query = "SELECT path, size FROM place WHERE volume_id = :id ORDER BY place_id LIMIT :limit"
        with self._database.read() as db:
            sample = db.execute(text(query), {"id": row.volume_id, "limit": _SAMPLE}).all()
        found = []
        for path, size in sample:
            try:
                found.append(os.stat(path).st_size == size)
            except OSError:  # one may have been deleted
                continue
        return bool(found) and all(found) and len(found) * 2 >= len(sample)

    def _is_taken(self, row: _Known) -> bool:
        """Whether something else is at the mount point of a volume that is not mounted."""
        if row.point in self._mounted:
            return True
        try:
            with os.scandir(row.point) as entries:
                return next(entries, None) is not None
        except OSError:
            return False

    def _remember(self, mount: Mount) -> int:
        row = {"keys": json.dumps(_keys(mount)), "point": mount.point, "label": mount.label}
        if self._database.reading:
            return 0
        statement = "INSERT INTO volume (keys, mount_point, label, connected) VALUES (:keys, :point, :label, 1)"
        with self._database.write() as db:
            return int(db.execute(text(f"{statement} RETURNING volume_id"), row).scalar_one())


def is_below(path: bytes, folder: bytes) -> bool:
    """Whether a path is a folder or in it."""
    return path == folder or path.startswith(folder.rstrip(_SEPARATOR) + _SEPARATOR)


def bounds(folder: bytes) -> dict[str, bytes]:
    """The values `root`, `low` and `high` for `BELOW`: a path, and everything that begins with it as a folder."""
    low = folder.rstrip(b"/\\") + _SEPARATOR
    return {"root": folder, "low": low, "high": low[:-1] + bytes([low[-1] + 1])}


BELOW = "(path = :root OR (path >= :low AND path < :high))"
"""An SQL condition for rows with a `path`: at or below a folder; its values are `bounds`."""


def _keys(mount: Mount) -> list[str]:
    """What a volume is known by: without anything better, its mount point."""
    return list(mount.keys) or [f"at:{os.fsdecode(mount.point)}"]


def _top(path: bytes) -> bytes:
    """Where a path begins, should the system not say what is mounted there."""
    drive, _ = os.path.splitdrive(path)
    return drive + _SEPARATOR


def _follow(db: Connection, rows: list[_Known], in_the_way: list[_Known]) -> None:
    moving = [row for row in rows if row.now and row.now.point != row.point]
    # All go aside first: two volumes may have changed places.
    for row in (*moving, *in_the_way):
        aside = _aside(row)
        _move(db, row.volume_id, row.point, aside)
        row.point = aside
    for row in moving:
        assert row.now
        _move(db, row.volume_id, row.point, row.now.point)
        row.point = row.now.point
    for row in rows:
        values: dict[str, Any] = {"id": row.volume_id, "point": row.point, "connected": row.now is not None}
        values["keys"] = json.dumps([*row.keys, *row.learnt])
        statement = "UPDATE volume SET keys = :keys, mount_point = :point, connected = :connected WHERE volume_id = :id"
        db.execute(text(statement), values)


def _aside(row: _Known) -> bytes:
    """Where the paths of a volume wait while another one is where it was; nothing is ever there."""
    mark = b" (not connected %d)" % row.volume_id
    return row.point if row.point.endswith(mark) else row.point.rstrip(b"/\\") + mark


def _move(db: Connection, volume_id: int, old: bytes, new: bytes) -> None:
    """Lets every path of a volume begin with another mount point."""
    values: dict[str, Any] = {"id": volume_id, "new": new.rstrip(b"/\\") + _SEPARATOR, **bounds(old)}
    values["rest"] = len(values["low"]) + 1
    moved = "path = CAST(:new || substr(path, :rest) AS BLOB)"
    below = "path >= :low AND path < :high"
    for table in ("place", "folder"):
        # Should a path be taken, the place stays aside: its file is found there as another place of the same photo.
        db.execute(text(f"UPDATE OR IGNORE {table} SET {moved} WHERE volume_id = :id AND {below}"), values)
    db.execute(text(f"UPDATE import_request SET {moved} WHERE {below}"), values)
    db.execute(text(f"UPDATE OR REPLACE sidecar SET {moved} WHERE {below}"), values)
    leaving = moved.replace("path", "leaving")
    db.execute(text(f"UPDATE trash SET {leaving} WHERE {below.replace('path', 'leaving')}"), values)
    top = {"id": volume_id, "old": old, "new": new}
    db.execute(text("UPDATE OR IGNORE folder SET path = :new WHERE volume_id = :id AND path = :old"), top)
    for table in ("skipped", "passed"):
        db.execute(text(f"DELETE FROM {table} WHERE {below}"), values)
