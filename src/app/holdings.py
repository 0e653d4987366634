"""What the library holds already, by content, for an import by copy.

That a photo is known is not enough: where its file is gone, or lies on nothing but the card that is being copied, the
copy would be the only one.
"""

from __future__ import annotations

import os

from sqlalchemy import text

from app import privacy
from app.privacy import Viewer
from app.volumes import is_below
from core.database import Database

IN_LIBRARY, IN_TRASH = "It is in the library already.", "It is in the trash."

_PLACES = text("""
    SELECT path, photo.size, coalesce(connected, 1) AS connected
    FROM photo JOIN place USING (photo_id) LEFT JOIN volume USING (volume_id)
    WHERE content_hash = :hash AND missing_since IS NULL
""")


def known(database: Database, asked_by: int | None = None) -> dict[int, dict[str, str]]:
    """Sizes -> the hashes of the library's files of that size, and where each is.

    Args:
        asked_by: the profile for whom it is: of photos that only others may see nothing is known, and they are copied.
    """
    found: dict[int, dict[str, str]] = {}
    seen = "1" if asked_by is None else privacy.rule("photo", Viewer(asked_by, unlocked=True))
    with database.read() as db:
        for size, content_hash, state in db.execute(text(f"SELECT size, content_hash, state FROM photo WHERE {seen}")):
            found.setdefault(size, {})[content_hash] = IN_TRASH if state == "trashed" else IN_LIBRARY
    return found


def is_kept(database: Database, content_hash: str, source: bytes) -> bool:
    """Whether a file of a photo is there, or on a drive that is not connected, and not only in what is copied.

    Args:
        source: the card or folder that is copied.
    """
    with database.read() as db:
        rows = db.execute(_PLACES, {"hash": content_hash}).all()
    sources = {source, os.path.realpath(source)}
    elsewhere = (row for row in rows if not any(is_below(row.path, each) for each in sources))
    return any(not row.connected or _is_there(row.path, row.size) for row in elsewhere)


def _is_there(path: bytes, size: int) -> bool:
    try:
        return os.stat(path).st_size == size
    except OSError:
        return False
