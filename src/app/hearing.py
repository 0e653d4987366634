"""Who hears of what the Indexer does: whoever is in a new photo, and whose file cannot be read.

It is asked for every photo, in the transaction that writes it: a look at the claims on the persons in it, which is
nothing where nobody holds one.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection

from app.notifications import WANTED, NotificationKind, notify, now
from app.privacy import RULES

_MAY_SEE = RULES["photo"].format(me="claim.profile_id", unlocked="1")

_FOUND = f"""
    INSERT INTO notification (profile_id, kind, subject, made_at)
    SELECT DISTINCT claim.profile_id, :kind, json_object('photo_id', photo.photo_id), :now
    FROM main.face AS face CROSS JOIN main.claim AS claim ON claim.person_id = face.person_id AND claim.state = 'held'
    CROSS JOIN main.photo AS photo ON photo.image_id = face.image_id
    WHERE {{faces}} AND photo.state = 'indexed' AND ({_MAY_SEE})
    AND {WANTED.format(profile="claim.profile_id", kind=":kind")} {{also}}
"""

_NOT_YET = """
    AND NOT EXISTS (SELECT 1 FROM notification AS told WHERE told.profile_id = claim.profile_id
                    AND told.kind = :kind AND json_extract(told.subject, '$.photo_id') = photo.photo_id)
"""

_IN_IMAGE = _FOUND.format(faces="face.image_id = :image", also="")

_AMONG = _FOUND.format(faces="face.face_id IN (SELECT value FROM json_each(:ids))", also=_NOT_YET)

_CLAIMED = "SELECT 1 FROM claim WHERE state = 'held' LIMIT 1"


def found_in(db: Connection, image_id: int) -> None:
    """A new photo was indexed: whoever claims somebody in it, and may see it, hears of it."""
    db.exec_driver_sql(_IN_IMAGE, {"image": image_id, "kind": NotificationKind.FOUND, "now": now()})


def found_among(db: Connection, face_ids: Collection[int]) -> None:
    """Faces were given to persons: the same, but of photos of which nobody was told yet."""
    if face_ids and db.exec_driver_sql(_CLAIMED).first():
        values = {"ids": json.dumps(list(face_ids)), "kind": NotificationKind.FOUND, "now": now()}
        db.exec_driver_sql(_AMONG, values)


def unreadable_photo(db: Connection, photo_id: int) -> None:
    """A photo cannot be read: its owner hears of it."""
    owner = db.exec_driver_sql("SELECT owner_id FROM photo WHERE photo_id = :id", {"id": photo_id}).scalar()
    if owner is not None:
        notify(db, owner, NotificationKind.UNREADABLE, photo_id=photo_id)


def unreadable_file(db: Connection, path: bytes, owner_id: int) -> None:
    """A file is no picture that can be read: who asked for it hears of it, once."""
    if not db.exec_driver_sql("SELECT 1 FROM skipped WHERE path = :path", {"path": path}).first():
        notify(db, owner_id, NotificationKind.UNREADABLE, path=path.hex().upper())
