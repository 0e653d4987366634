"""Looks at what a kill left: what a library holds, whether it is whole, and where every file is."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from sqlalchemy import Connection, text

from app.backups import Backups, check
from app.encrypting import readable
from app.library import Library
from app.verifying import verify
from core import vectors
from core.errors import DatabaseOutdated
from tests.benchmarks.killed_libraries import World, opens_by_passphrase

Record = tuple[object, ...]

_PHOTOS = """
    SELECT content_hash, photo.state, trash.state, width, height, taken_at, photo.reason, rating, title, caption,
           (SELECT group_concat(word) FROM
            (SELECT word FROM keyword WHERE photo_id = photo.photo_id ORDER BY position)),
           (SELECT group_concat(hex(path)) FROM
            (SELECT path FROM place WHERE photo_id = photo.photo_id ORDER BY path))
    FROM photo LEFT JOIN trash USING (photo_id)
"""

_FACES = """
    SELECT face_id, face.person_id, content_hash, face.x, face.y, face.width, face.height, confidence, quality, name
    FROM face JOIN photo USING (image_id) LEFT JOIN person USING (person_id)
"""

_DECISIONS = """
    SELECT content_hash, kind, name, round(x, 1), round(y, 1)
    FROM decision JOIN photo USING (image_id) JOIN person USING (person_id)
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a library holds, without the ids and times of day that may differ between two runs.

    Attributes:
        photos: by its content hash, what is known of each and what humans said of it.
        faces: content hash, box, confidence, quality, vector and name of each.
        people: the faces of each person, by content hash and box.
        skipped: paths and reasons.
        flaws: kinds of what `verify` tells.
        files: the names of all files, with the digits left out: those of backups are different each time.
    """

    photos: dict[str, Record]
    faces: frozenset[Record]
    people: frozenset[frozenset[Record]]
    skipped: frozenset[Record]
    flaws: frozenset[str]
    files: frozenset[str]

    def differences(self, other: Snapshot) -> list[str]:
        """What is not the same, in words."""
        mine, others = frozenset(self.photos.values()), frozenset(other.photos.values())
        parts = {"photos": (mine, others)} | {
            name: (getattr(self, name), getattr(other, name)) for name in ("faces", "people", "skipped", "flaws")
        }
        found = [
            f"{name}: {_told(one - two)} became {_told(two - one)}" for name, (one, two) in parts.items() if one != two
        ]
        # Killed within it, the system's trash gives the next file of the name another one.
        left = sorted(name for name in other.files - self.files if not name.startswith("data/Trash/"))
        return found + [f"left: {name}" for name in left]


def snapshot(world: World) -> Snapshot:
    """Opens a library that nobody works on, and reads it."""
    with Library.open(world.library, resume=False, key=world.key) as library, library.database.read() as db:
        pack = library.core.pack
        ids, embeddings = vectors.load(db, pack.name, pack.dimension)
        vector_of = {int(face_id): embedding.tobytes() for face_id, embedding in zip(ids, embeddings, strict=True)}
        rows = db.execute(text(_FACES)).all()
        people = defaultdict[int, set[Record]](set)
        for row in rows:
            if row.person_id is not None:
                people[row.person_id].add(tuple(row[2:7]))
        faces = frozenset((*row[2:], vector_of.get(row.face_id)) for row in rows)
        skipped = frozenset(tuple(row) for row in db.execute(text("SELECT path, length(reason) FROM skipped")))
        photos = _photos(db)
    flaws = frozenset(flaw.kind for flaw in verify(world.library, world.key))
    files = frozenset(re.sub(r"\d+", "#", str(path.relative_to(world.folder))) for path in _files(world.folder))
    return Snapshot(photos, faces, frozenset(map(frozenset, people.values())), skipped, flaws, files)


def faults(world: World, before: Snapshot, after: Snapshot, noted: frozenset[str]) -> list[str]:
    """What is not as it should be in the middle of an operation.

    Args:
        before: what the library was when the operation began; after: what it is when that comes to its end.
        noted: kinds of flaws that do not count.
    """
    _age(world.library)
    try:
        found = [flaw.detail for flaw in verify(world.library, world.key) if flaw.serious and flaw.kind not in noted]
    except DatabaseOutdated:
        found = []
    now = snapshot(world)
    for content_hash, record in before.photos.items():
        if now.photos.get(content_hash) not in (record, after.photos.get(content_hash)):
            found.append(f"photo {content_hash[:8]}: {record} became {now.photos.get(content_hash)}")
    found += [f"verify: {kind}" for kind in now.flaws - before.flaws - after.flaws - noted]
    own = {str(path.relative_to(world.folder)) for path in world.library.iterdir() if path.is_file()}
    found += [f"left: {name}" for name in own - before.files - after.files]
    for backup in Backups(world.library, key=world.key).list():
        check(backup.path, world.key)
    if world.key and readable(world.library):
        found.append(f"readable: {readable(world.library)}")
    if world.key and not opens_by_passphrase(world):
        found.append("the passphrase opens nothing")
    return found


def originals(world: World) -> dict[Path, str]:
    """Every photo that is there, and the sha256 of its content."""
    outside = (path for path in _files(world.folder) if not path.is_relative_to(world.library))
    return {path: _digest(path) for path in outside if path.suffix == ".jpg"}


def lost(world: World, before: dict[Path, str]) -> list[str]:
    """Photos that are neither where they were nor in the system's trash, and files that are not whole."""
    now = originals(world)
    trashed = {content for path, content in now.items() if path.parent == world.trashed}
    found = [f"lost: {path}" for path, content in before.items() if now.get(path) != content and content not in trashed]
    found += [f"not whole: {path}" for path, content in now.items() if content not in before.values()]
    for path in _files(world.folder):
        if path.suffix == ".xmp":
            try:
                etree.parse(path)
            except etree.XMLSyntaxError as error:
                found.append(f"not whole: {path}: {error}")
    return found


def _photos(db: Connection) -> dict[str, Record]:
    decisions = defaultdict[str, set[Record]](set)
    for row in db.execute(text(_DECISIONS)):
        decisions[row.content_hash].add(tuple(row[1:]))
    return {row.content_hash: (*row, frozenset(decisions[row.content_hash])) for row in db.execute(text(_PHOTOS)).all()}


def _age(library: Path) -> None:
    """Makes what was left unfinished as old as it is when somebody looks later."""
    for path in _files(library / "cache"):
        if path.suffix != ".jpg":
            os.utime(path, (time.time() - 3600, time.time() - 3600))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _told(these: frozenset[object]) -> str:
    return f"{len(these)}: {str(sorted(map(repr, these)))[:400]}" if these else "nothing"
