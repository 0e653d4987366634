"""The folders that the user added: which there are, how each is looked after, and what becomes of one that is removed.

A folder inside another one belongs to it. Removing one touches no file: its photos stay, or are forgotten with
everything that is known of them, as the user says.
"""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app import stacks
from app.errors import NotFound
from app.events import Events
from app.privacy import View
from app.thumbnail_files import ThumbnailFiles
from app.types import AwaitedDrive, FolderState, LibraryChanged, WatchedFolder
from app.volumes import BELOW, Volumes, bounds, is_below
from core.service import FaceCore

AT_ONCE = 200
"""Photos that are forgotten in one transaction: the Indexer and the window have not to wait long."""

_LISTED = """
    SELECT folder_id, path, vanished, coalesce(connected, 1) AS connected, label, visibility
    FROM folder LEFT JOIN volume USING (volume_id) ORDER BY path
"""

_PHOTOS = f"SELECT count(DISTINCT photo_id) FROM place JOIN photo USING (photo_id) WHERE state = 'indexed' AND {BELOW}"

_MISSING = f"""
    SELECT count(DISTINCT photo_id) FROM place JOIN photo USING (photo_id)
    WHERE missing_since IS NOT NULL AND state NOT IN ('trashed', 'stacked') AND {BELOW} AND NOT EXISTS
        (SELECT 1 FROM place AS other WHERE other.photo_id = place.photo_id AND other.missing_since IS NULL)
"""

_AWAITED = """
    SELECT label, count(DISTINCT photo_id) AS photos
    FROM photo JOIN place USING (photo_id) JOIN volume USING (volume_id)
    WHERE state = 'pending' AND NOT connected GROUP BY volume_id ORDER BY label
"""

_ITS = "(:owner IS NULL OR owner_id IS :owner)"
"""What belongs to whoever added the folder; a folder that nobody in particular added has everything in it."""

_ONLY_HERE = f"""
    SELECT photo_id, content_hash, image_id FROM photo
    WHERE photo_id IN (SELECT photo_id FROM place WHERE {BELOW}) AND {_ITS}
      AND NOT EXISTS (SELECT 1 FROM place WHERE place.photo_id = photo.photo_id AND NOT {BELOW})
    ORDER BY photo_id LIMIT :limit
"""

_LEFT = (
    f"""DELETE FROM place WHERE {BELOW} AND (photo_id IN (SELECT photo_id FROM photo WHERE {_ITS})
        OR EXISTS (SELECT 1 FROM place AS other WHERE other.photo_id = place.photo_id AND NOT {BELOW}))""",
    f"DELETE FROM skipped WHERE {BELOW} AND {_ITS}",
    f"DELETE FROM passed WHERE {BELOW}",
    f"DELETE FROM sidecar WHERE {BELOW}",
)


class Folders:
    """The folders of one library, as a viewer sees them. All methods may be called from any thread."""

    def __init__(self, view: View, core: FaceCore, events: Events, volumes: Volumes, files: ThumbnailFiles) -> None:
        self._view = view
        self._core = core
        self._events = events
        self._volumes = volumes
        self._files = files
        self._polled: set[int] = set()

    def seen_by(self, view: View) -> Folders:
        """The same folders, as somebody else sees them."""
        made = Folders(view, self._core, self._events, self._volumes, self._files)
        made._polled = self._polled
        return made

    def remember(self, paths: Iterable[str | Path], asked_by: int | None = None) -> None:
        """A profile added these; files are not remembered, nor folders inside one that is."""
        folders = [self._real(path) for path in paths if os.path.isdir(path)]
        if not folders:
            return
        volumes = {path: self._volumes.at(path).volume_id for path in folders}
        with self._view.write() as db:
            for path in folders:
                _remember(db, path, volumes[path], asked_by)
        self._events.publish(LibraryChanged(folders=True))

    def list(self) -> list[WatchedFolder]:
        """Every folder, by path."""
        with self._view.read() as db:
            return [self._counted(db, row) for row in db.execute(text(_LISTED)).all()]

    def brief(self) -> builtins.list[WatchedFolder]:
        """The same without counting their photos, which takes a moment in a large library."""
        with self._view.read() as db:
            return [self._summary(row, 0, 0) for row in db.execute(text(_LISTED)).all()]

    def awaited(self) -> builtins.list[AwaitedDrive]:
        """The drives that are not connected and hold photos that wait to be looked at."""
        with self._view.read() as db:
            return [AwaitedDrive(row.label, row.photos) for row in db.execute(text(_AWAITED))]

    def get(self, path: Path) -> WatchedFolder:
        """The folder at a path.

        Raises:
            NotFound: it was not added, or only as a part of another one.
        """
        wanted = (os.path.abspath(os.fsencode(path)), self._real(path))
        found = [each for each in self.list() if os.fsencode(each.path) in wanted]
        if not found:
            raise NotFound(f"{path} is none of the folders that were added.")
        return found[0]

    def remove(self, folder_id: int, forget_photos: bool) -> int:
        """The folder is not looked after any more. No file is touched.

        Args:
            forget_photos: forget the photos of whoever added it that are nowhere but in it, with everything that is
                known of them. What somebody else added stays.

        Returns:
            How many photos were forgotten.

        Raises:
            NotFound: there is no such folder.
        """
        with self._view.write() as db:
            self._view.require_folders(db, [folder_id])
            statement = "DELETE FROM folder WHERE folder_id = :id RETURNING path, owner_id"
            path, owner = db.execute(text(statement), {"id": folder_id}).one()
            within = bounds(path) | {"owner": owner}
            db.execute(text(f"DELETE FROM import_request WHERE {BELOW} AND {_ITS}"), within)
        forgotten = self._forget(within) if forget_photos else 0
        self._events.publish(LibraryChanged(folders=True, skipped=True))
        return forgotten

    def set_polled(self, folder_ids: Iterable[int]) -> None:
        """These send no events and are looked through now and then instead."""
        polled = set(folder_ids)
        self._polled |= polled
        self._polled &= polled

    def _real(self, path: str | Path) -> bytes:
        return self._volumes.real(os.path.abspath(os.fsencode(path)))

    def _counted(self, db: Connection, row: Any) -> WatchedFolder:
        photos, missing = (int(db.execute(text(query), bounds(row.path)).scalar_one()) for query in (_PHOTOS, _MISSING))
        return self._summary(row, photos, missing)

    def _summary(self, row: Any, photos: int, missing: int) -> WatchedFolder:
        state = FolderState.WATCHED
        if not row.connected:
            state = FolderState.OFFLINE
        elif not os.path.isdir(row.path):
            state = FolderState.GONE
        elif row.folder_id in self._polled or not self._volumes.at(row.path).sends_events:
            state = FolderState.POLLED
        path = Path(os.fsdecode(row.path))
        drive = row.label or ""
        return WatchedFolder(row.folder_id, path, state, photos, missing, row.vanished, drive, row.visibility)

    def _forget(self, values: dict[str, Any]) -> int:
        """Forgets the photos that are only below a path, some at a time; what is left of its rows goes last."""
        count = 0
        while True:
            with self._view.write() as db:
                rows = db.execute(text(_ONLY_HERE), values | {"limit": AT_ONCE}).all()
                persons = frozenset[int]()
                for row in rows:
                    if row.image_id is not None:
                        persons |= self._core.remove_image(row.image_id, db, keep_persons=True)
                ids = [row.photo_id for row in rows]
                forget = "DELETE FROM photo WHERE photo_id IN (SELECT value FROM json_each(:ids))"
                db.execute(text(forget), {"ids": json.dumps(ids)})
                if not rows:
                    for statement in _LEFT:
                        db.execute(text(statement), values)
                    stacks.release(db)
                    return count
            for row in rows:
                self._files.remove(row.content_hash)
            count += len(rows)
            self._events.publish(LibraryChanged(frozenset(ids), persons, skipped=True))


def _remember(db: Connection, path: bytes, volume_id: int, asked_by: int | None) -> None:
    """A folder is taken in by one around it, of the same profile: what is in that of another one stays that one's."""
    asked = "SELECT coalesce(:owner, (SELECT profile_id FROM profile WHERE is_owner))"
    owner = db.execute(text(asked), {"owner": asked_by}).scalar()
    known = db.execute(text("SELECT path, owner_id FROM folder")).all()
    if any(path == row.path or (row.owner_id == owner and is_below(path, row.path)) for row in known):
        return
    db.execute(text(f"DELETE FROM folder WHERE {BELOW} AND owner_id IS :owner"), bounds(path) | {"owner": owner})
    now = datetime.now(UTC).isoformat(timespec="seconds")
    statement = (
        "INSERT INTO folder (path, volume_id, added_at, vanished, owner_id) VALUES (:path, :volume_id, :now, 0, :owner)"
    )
    db.execute(text(statement), {"path": path, "volume_id": volume_id, "now": now, "owner": owner})
