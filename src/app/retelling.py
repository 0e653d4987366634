"""Photos whose files are to be read anew for what they tell: a sidecar changed, or an older version read less."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from sqlalchemy import text

from app import auto_albums, describing
from app.errors import WorkersLost
from app.telling import Told
from app.types import LibraryChanged
from app.workers import Workers
from app.worklist import REACHABLE, Waiting
from core.database import Database
from core.errors import CoreError

_log = logging.getLogger(__name__)

_DUE = f"state = 'indexed' AND retell <> 0 AND {REACHABLE}"

_NEXT = f"""
    SELECT photo_id, content_hash,
           (SELECT json_group_array(hex(path)) FROM place WHERE place.photo_id = photo.photo_id) AS paths
    FROM photo WHERE {_DUE} AND photo_id > :after ORDER BY photo_id LIMIT :limit
"""


def count(database: Database) -> int:
    """Photos that are to be read anew."""
    with database.read() as db:
        return int(db.execute(text(f"SELECT count(*) FROM photo WHERE {_DUE}")).scalar_one())


def waiting(database: Database, after: int, limit: int) -> Sequence[Waiting]:
    """The next of them, in the order of their ids, from the one after `after` on."""
    with database.read() as db:
        rows = db.execute(text(_NEXT), {"after": after, "limit": limit}).all()
    return [
        Waiting(row.photo_id, row.content_hash, tuple(bytes.fromhex(path) for path in json.loads(row.paths)))
        for row in rows
    ]


def store(database: Database, photo: Waiting, told: Told) -> LibraryChanged:
    """Writes what the files of a photo tell now; nothing when the photo itself was edited meanwhile."""
    query = text(f"SELECT 1 FROM photo WHERE photo_id = :id AND content_hash = :hash AND {_DUE}")
    with database.write() as db:
        if db.execute(query, {"id": photo.photo_id, "hash": photo.content_hash}).first() is None:
            return LibraryChanged()
        persons = describing.keep(db, photo.photo_id, told)
        albums = auto_albums.follow(db, [photo.photo_id])
    return LibraryChanged(frozenset({photo.photo_id}), persons, albums=albums)


def run(database: Database, workers: Workers, stopped: Callable[[], bool]) -> Iterator[LibraryChanged]:
    """Has all of them read by the workers, once, and tells of each what changed; what cannot be read now is left.

    Raises:
        WorkersLost: as `Workers.result`.
    """
    last, running = 0, deque[tuple[Waiting, Future[Told]]]()
    while not stopped():
        for photo in waiting(database, last, workers.window - len(running)):
            running.append((photo, workers.retell(photo)))
            last = photo.photo_id
        if not running:
            return
        photo, future = running.popleft()
        try:
            told = workers.result(future, stopped)
        except WorkersLost:
            raise
        except CoreError as error:
            _log.warning("photo %d cannot be read anew: %s", photo.photo_id, error)
            told = None
        yield LibraryChanged() if told is None else store(database, photo, told)
