"""Dropped files and folders -> photos. Files stay where they are and are only read.

A photo is known by the sha256 of its file: the same picture in two places is one photo with two places, and a folder
that is added again changes nothing. Files whose size and time are as they were are not even opened. A photo whose only
file has other content now, because somebody edited it, stays the same photo and is indexed again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app import schema
from app.metadata import taken_at
from app.types import PhotoState
from core.database import Database
from core.images import READABLE, exif_of, sniff
from core.service import FaceCore

BATCH = 64
"""Files whose rows are written together."""

VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".avi", ".mts", ".m2ts", ".3gp", ".wmv", ".webm", ".mpg"})
RAW_SUFFIXES = frozenset({".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw"})
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".jp2", ".heic"}
    | {".heif", ".jxl", *RAW_SUFFIXES}
)
"""Names that promise a picture: what such a file holds instead is reported, other files are passed over."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as the scan met it. Without a hash it is no photo, for `reason`; a `lasting` reason needs no new look."""

    path: bytes
    size: int
    modified_ns: int
    content_hash: str | None = None
    reason: str = ""
    lasting: bool = True


@dataclass(slots=True)
class Imported:
    """What some files brought.

    Attributes:
        waiting: photos that wait to be indexed.
        refused: files that are no photos.
        photo_ids: photos that were in the library and are not as they were: edited, or replaced by another.
        person_ids: people who were in those that are gone.
    """

    waiting: int = 0
    refused: int = 0
    photo_ids: set[int] = field(default_factory=set)
    person_ids: set[int] = field(default_factory=set)


def program_version() -> str:
    """What stands beside a refusal: a newer version looks again."""
    return version("sietch")


class Importer:
    """Turns paths into rows of `photo` and `place`."""

    def __init__(self, database: Database, core: FaceCore, library_folder: Path) -> None:
        self._database = database
        self._core = core
        self._own = os.fsencode(library_folder.resolve())

    def run(self, root: bytes, stopped: Callable[[], bool], added: Callable[[Imported], None]) -> None:
        """Adds a file, or everything below a folder, in the order of the names.

        Args:
            root: a path; what is not there is recorded as skipped.
            stopped: asked between files; when it says yes the scan ends, and what was added stays.
            added: told after every commit what it brought.
        """
        known, faults = self._known(root), self._passing_faults(root)
        batch: list[_Found] = []
        for path, explicit in _walk(root, self._own):
            if stopped():
                break
            found = _examine(path, explicit, known)
            if found:
                faults.discard(found.path)
                batch.append(found)
            if len(batch) >= BATCH:
                added(self._write(batch))
                batch = []
        else:
            self._forget_faults(faults)
        added(self._write(batch))

    def _known(self, root: bytes) -> dict[bytes, tuple[int, int]]:
        """Size and time of the files at or below `root` that need no new look."""
        query = text(
            f"SELECT path, size, modified_ns FROM place WHERE {_BELOW} UNION ALL "
            f"SELECT path, size, modified_ns FROM skipped WHERE refused_by = :version AND {_BELOW}"
        )
        with self._database.read() as db:
            rows = db.execute(query, _bounds(root) | {"version": program_version()})
            return {bytes(row.path): (row.size, row.modified_ns) for row in rows}

    def _passing_faults(self, root: bytes) -> set[bytes]:
        """What could not be read at or below `root` the last time, and perhaps can be now."""
        query = text(f"SELECT path FROM skipped WHERE refused_by IS NULL AND {_BELOW}")
        with self._database.read() as db:
            return {bytes(path) for path in db.execute(query, _bounds(root)).scalars()}

    def _forget_faults(self, paths: set[bytes]) -> None:
        if paths:
            with self._database.write() as db:
                db.execute(text("DELETE FROM skipped WHERE path = :path"), [{"path": path} for path in paths])

    def _write(self, batch: Sequence[_Found]) -> Imported:
        imported = Imported()
        if batch:
            with self._database.write() as db:
                for found in batch:
                    self._record(db, found, imported)
        return imported

    def _record(self, db: Connection, found: _Found, imported: Imported) -> None:
        """Writes one file's rows."""
        place, skipped = schema.place.c, schema.skipped.c
        row = {"path": found.path, "size": found.size, "modified_ns": found.modified_ns}
        if found.content_hash is None:
            imported.refused += 1
            row |= {"reason": found.reason, "refused_by": program_version() if found.lasting else None}
            statement = upsert(schema.skipped).values(row)
            db.execute(statement.on_conflict_do_update(index_elements=[skipped.path], set_=row))
            return
        before = db.execute(select(place.photo_id).where(place.path == found.path)).scalar()
        photo_id, waits = _photo(db, found, before)
        imported.waiting += waits
        if waits and photo_id == before:
            imported.photo_ids.add(photo_id)
        statement = upsert(schema.place).values(row | {"photo_id": photo_id})
        db.execute(statement.on_conflict_do_update(index_elements=[place.path], set_=row | {"photo_id": photo_id}))
        db.execute(delete(schema.skipped).where(skipped.path == found.path))
        if before is not None and before != photo_id:
            self._forget_replaced(db, before, imported)

    def _forget_replaced(self, db: Connection, photo_id: int, imported: Imported) -> None:
        """Removes a photo if its last file became that of another photo."""
        if _places(db, photo_id):
            return
        photo = schema.photo.c.photo_id == photo_id
        image_id = db.execute(select(schema.photo.c.image_id).where(photo)).scalar()
        db.execute(delete(schema.photo).where(photo))
        imported.photo_ids.add(photo_id)
        if image_id is not None:
            imported.person_ids |= self._core.remove_image(image_id, db)


_BELOW = "(path = :root OR (path >= :low AND path < :high))"


def _bounds(root: bytes) -> dict[str, bytes]:
    """The values for `_BELOW`: a path and everything that begins with it as a folder."""
    low = root.rstrip(b"/\\") + os.sep.encode()
    return {"root": root, "low": low, "high": low[:-1] + bytes([low[-1] + 1])}


def _walk(root: bytes, own: bytes) -> Iterator[tuple[bytes, bool]]:
    """Every file at or below `root`, in order; True for what was named itself and for folders that cannot be read.

    Links to folders are not followed: they can lead in circles. Hidden folders and the library's own are left out, but
    for the library's folder itself when it is what was asked for: photos may lie in it.
    """
    cache = os.path.join(own, b"cache")
    in_cache = os.path.join(os.path.realpath(root), b"").startswith(os.path.join(cache, b""))
    waiting = [] if in_cache else [root]
    while waiting:
        path = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError:
            # A file, or a folder that is closed to us: both are for `_examine` to tell.
            yield path, True
            continue
        folders = []
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(b"._"):
                    yield entry.path, False
            elif not entry.name.startswith(b".") and os.path.realpath(entry.path) not in (own, cache):
                folders.append(entry.path)
        waiting.extend(reversed(folders))


def _examine(path: bytes, explicit: bool, known: dict[bytes, tuple[int, int]]) -> _Found | None:
    """What a file is; None where there is nothing to record."""
    try:
        status = os.stat(path)
        if known.get(path) == (status.st_size, status.st_mtime_ns):
            return None
        if not stat.S_ISREG(status.st_mode):
            reason = "The folder cannot be read." if stat.S_ISDIR(status.st_mode) else "This is not a file."
            return _Found(path, 0, 0, reason=reason, lasting=False) if explicit else None
        with open(path, "rb") as file:
            reason_or_none = _refusal(path, file.read(32), explicit)
            if reason_or_none is None:
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                return _Found(path, status.st_size, status.st_mtime_ns, digest)
    except OSError as error:
        return _Found(path, 0, 0, reason=f"The file cannot be read: {error.strerror or error}.", lasting=False)
    if not reason_or_none:
        return None
    return _Found(path, status.st_size, status.st_mtime_ns, reason=reason_or_none)


def _refusal(path: bytes, head: bytes, explicit: bool) -> str | None:
    """Why a file is no photo; "" for one that nobody would expect to be; None for a photo."""
    kind = sniff(head)
    suffix = os.path.splitext(os.fsdecode(path))[1].lower()
    if suffix in VIDEO_SUFFIXES:
        return "Videos cannot be opened by this version of Sietch."
    if kind in ("HEIC", "RAW") or (suffix in RAW_SUFFIXES and kind in (None, "TIFF")):
        return f"{'HEIC' if kind == 'HEIC' else 'RAW'} pictures cannot be opened by this version of Sietch."
    if kind in READABLE:
        # Two letters are too little to call a file without the right name a picture.
        return "" if kind == "BMP" and suffix != ".bmp" and not explicit else None
    if suffix in PICTURE_SUFFIXES or explicit:
        return "The file is empty." if not head else "The file is not a picture."
    return ""


def _photo(db: Connection, found: _Found, before: int | None) -> tuple[int, bool]:
    """The photo of a file's content, made when it is not there; whether it waits by it.

    Args:
        before: the photo that the file was until now.
    """
    photo = schema.photo.c
    known = db.execute(select(photo.photo_id).where(photo.content_hash == found.content_hash)).scalar()
    if known is not None:
        return int(known), False
    name = os.path.basename(os.fsdecode(found.path))
    row = {
        "content_hash": found.content_hash,
        "state": PhotoState.PENDING,
        "size": found.size,
        "taken_at": taken_at(exif_of(b""), name, found.modified_ns / 1e9).isoformat(timespec="seconds"),
    }
    if before is not None and _places(db, before) == 1:
        # What was seen in it stays until it is seen anew, so that its faces find their persons again.
        fresh = row | {"reason": None, "refused_by": None}
        db.execute(update(schema.photo).where(photo.photo_id == before).values(fresh))
        return before, True
    row["added_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    return int(db.execute(insert(schema.photo).values(row)).inserted_primary_key[0]), True  # type: ignore[index]


def _places(db: Connection, photo_id: int) -> int:
    query = select(func.count()).select_from(schema.place).where(schema.place.c.photo_id == photo_id)
    return int(db.execute(query).scalar_one())
