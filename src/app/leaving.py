"""Files on their way to the system's trash: whether one may go, whether it went, and which sidecars go with it.

send2trash is used because every system has a trash of its own, on every drive: it knows them, and copies nothing into
ours. It refuses where a drive has none, and then the file stays.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app import schema
from app.metadata import beside, is_sidecar
from app.metadata.sidecars import candidates
from app.sidecars import photos_of

_MISSING = "The file is not there. Its drive may not be connected."
_PROTECTED = "The file is write-protected."
_FOLDER_PROTECTED = "Its folder is write-protected."
_CHANGED = "The file is not what was put into the trash: it has changed since."

_ANYBODY = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH

_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A file of a photo, as the library saw it last; `away` is the name of its drive if that is not connected."""

    path: bytes
    size: int
    modified_ns: int
    content_hash: str
    away: str | None = None


def send(path: bytes) -> None:
    """Hands a file to the system's trash.

    Raises:
        OSError: it does not take it.
    """
    # Loaded at first use: on macOS and Windows it brings a bridge to the system along.
    from send2trash import send2trash

    send2trash(os.fsdecode(path))


def places(db: Connection, photo_id: int) -> list[Place]:
    """The files of a photo in the trash, and of what stands behind it there."""
    place, photo, companion, volume = schema.place, schema.photo, schema.companion, schema.volume
    trashed = select(schema.trash.c.photo_id)
    behind = select(companion.c.photo_id).where(companion.c.of_id == photo_id, companion.c.photo_id.in_(trashed))
    query = (
        select(place.c.path, place.c.size, place.c.modified_ns, photo.c.content_hash, volume.c.label)
        .join_from(place, photo)
        .outerjoin(volume, (volume.c.volume_id == place.c.volume_id) & (volume.c.connected == 0))
        .where((place.c.photo_id == photo_id) | place.c.photo_id.in_(behind))
        .order_by(place.c.place_id)
    )
    return [Place(bytes(row.path), *row[1:]) for row in db.execute(query)]


def is_missing(path: bytes) -> bool:
    """Whether no file is there; one that cannot be looked at may be."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def obstacle(place: Place) -> str | None:
    """Why a file may not go, in words for the user; None when it may."""
    if place.away is not None:
        # What is at its path now, if anything, is another drive's.
        return f"The file is on a drive that is not connected: {place.away}."
    try:
        status = os.lstat(place.path)
        folder = os.stat(os.path.dirname(place.path))
        if not _writable(place.path, status):
            return _PROTECTED
        # Windows means something else by a folder's own protection.
        if os.name == "posix" and not _writable(os.path.dirname(place.path), folder):
            return _FOLDER_PROTECTED
        return None if _is_the_same(place) else _CHANGED
    except (FileNotFoundError, NotADirectoryError):
        return _MISSING
    except OSError as error:
        return f"The file cannot be reached: {error.strerror or error}."


def by_file(places: Iterable[Place]) -> list[list[Place]]:
    """Places that are one file together: a folder that was added under two names holds each file once.

    Links come first: without what it leads to the system's trash does not take a link.
    """
    files: dict[bytes, list[Place]] = {}
    for place in sorted(places, key=lambda place: not os.path.islink(place.path)):
        folder, name = os.path.split(place.path)
        files.setdefault(os.path.join(os.path.realpath(folder), name), []).append(place)
    return list(files.values())


def sidecars(db: Connection, path: bytes) -> list[bytes]:
    """The XMP sidecars of a file that went, without those that may tell of another file or photo as well."""
    found = [each.path for each in beside(path) if each.path.lower().endswith(b".xmp")]
    if not found:
        return []
    folder, name = os.path.split(path)
    near = [each for each in os.listdir(folder) if each.startswith(os.path.splitext(name)[0]) and not is_sidecar(each)]
    shared = {sidecar for each in near for sidecar in candidates(os.path.join(folder, each))}
    alone = (each for each in found if each not in shared and not photos_of(db, each))
    return [each for each in alone if _writable(each, os.lstat(each))]


def device(path: bytes) -> str:
    """What the folder of a file lies on."""
    return str(os.stat(os.path.dirname(path)).st_dev)


def went(path: bytes, on: str) -> bool | None:
    """Whether a file that was on its way has gone; None while its drive is not there to tell."""
    try:
        os.lstat(path)
    except OSError:
        try:
            return True if is_missing(path) and device(path) == on else None
        except OSError:
            return None
    return False


def _writable(path: bytes, status: os.stat_result) -> bool:
    # The administrator may write everywhere; a file that nobody is to write is protected from them as well.
    return bool(stat.S_IMODE(status.st_mode) & _ANYBODY) and os.access(path, os.W_OK)


def _is_the_same(place: Place) -> bool:
    """Whether the file is the one that the library knows; it is read where its size or time tell otherwise."""
    status = os.stat(place.path)
    if (status.st_size, status.st_mtime_ns) == (place.size, place.modified_ns):
        return True
    if not stat.S_ISREG(status.st_mode):
        return False
    digest = hashlib.sha256()
    with open(place.path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == place.content_hash
