"""Albums that fill themselves: the photos that their owner is in.

Such an album belongs to a profile and follows whatever persons this one holds (`claim`). It holds exactly the photos in
which one of them has a face or a tag and which its owner may see, without those that the owner took out by hand, and
with those that the owner put in by hand. Whoever changes whose a face is, or who may see a photo, calls `follow` in the
same transaction; for one photo that costs a few looks into indexes. What is in the trash stays in its albums.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.album_order import GAP
from app.privacy import Viewer, rule

_IDS = "(SELECT value FROM json_each(:ids))"

_HELD = "claim.state = 'held' AND claim.no_album = 0"

_CONCERNED = f"""
    SELECT claim.profile_id FROM photo CROSS JOIN face ON face.image_id = photo.image_id
    CROSS JOIN claim ON claim.person_id = face.person_id WHERE photo.photo_id IN {_IDS} AND {_HELD}
    UNION SELECT claim.profile_id FROM tag CROSS JOIN claim ON claim.person_id = tag.person_id
    WHERE tag.photo_id IN {_IDS} AND {_HELD}
    UNION SELECT album.owner_id FROM album_photo CROSS JOIN album ON album.album_id = album_photo.album_id
    WHERE album_photo.photo_id IN {_IDS} AND album_photo.is_auto_added = 1
"""
"""The profiles whose albums some photos may enter or leave. The joins are in the order that asks indexes alone."""

_ALBUM = "SELECT album_id FROM album WHERE owner_id = :owner AND kind = 'auto_faces' LIMIT 1"

_WANTED = f"""
    SELECT photo.photo_id FROM main.photo AS photo
    WHERE photo.photo_id IN {_IDS} AND photo.state <> 'trashed' AND ({{seen}}) AND (
        EXISTS (SELECT 1 FROM main.face AS face JOIN main.claim AS claim ON claim.person_id = face.person_id
                WHERE face.image_id = photo.image_id AND claim.profile_id = :owner AND {_HELD})
        OR EXISTS (SELECT 1 FROM main.tag AS tag JOIN main.claim AS claim ON claim.person_id = tag.person_id
                   WHERE tag.photo_id = photo.photo_id AND claim.profile_id = :owner AND {_HELD}))
"""

_LEAVE = f"""
    DELETE FROM album_photo WHERE album_id = :album AND is_auto_added = 1
    AND photo_id IN (SELECT photo_id FROM photo WHERE photo_id IN {_IDS} AND state <> 'trashed')
    AND photo_id NOT IN ({{wanted}})
"""

_ENTER = """
    INSERT OR IGNORE INTO album_photo (album_id, photo_id, position, added_at, is_auto_added)
    SELECT :album, photo_id, 0, :now, 1 FROM ({wanted}) AS wanted
    WHERE NOT EXISTS (SELECT 1 FROM album_left_out AS out
                      WHERE out.album_id = :album AND out.photo_id = wanted.photo_id)
"""

_OF_PERSONS = f"""
    SELECT photo.photo_id FROM face JOIN photo ON photo.image_id = face.image_id WHERE face.person_id IN {_IDS}
    UNION SELECT photo_id FROM tag WHERE person_id IN {_IDS}
    UNION SELECT album_photo.photo_id FROM claim JOIN album ON album.owner_id = claim.profile_id
        JOIN album_photo ON album_photo.album_id = album.album_id
    WHERE claim.person_id IN {_IDS} AND album.kind = 'auto_faces' AND album_photo.is_auto_added = 1
"""
"""The photos that persons are in, and those that they were in when their albums were last brought up to date."""

_OF_OWNER = f"""
    SELECT photo.photo_id FROM claim JOIN face ON face.person_id = claim.person_id
        JOIN photo ON photo.image_id = face.image_id WHERE claim.profile_id = :owner AND {_HELD}
    UNION SELECT tag.photo_id FROM claim JOIN tag ON tag.person_id = claim.person_id
    WHERE claim.profile_id = :owner AND {_HELD}
    UNION SELECT photo_id FROM album_photo WHERE album_id = :album AND is_auto_added = 1
"""

_MAKE = """
    INSERT INTO album (owner_id, kind, name, is_private, person_id, position, created_at)
    SELECT profile_id, 'auto_faces', :name, 1, :person,
           (SELECT coalesce(max(position), 0) + :gap FROM album WHERE owner_id = :owner), :now
    FROM profile WHERE profile_id = :owner
"""

_FIRST_HELD = f"SELECT claim.person_id FROM claim WHERE claim.profile_id = :owner AND {_HELD} ORDER BY claim_id LIMIT 1"

_BECOME_PERSONAL = (
    "DELETE FROM album_photo WHERE album_id = :album AND is_auto_added = 1",
    "DELETE FROM album_left_out WHERE album_id = :album",
    "UPDATE album SET kind = 'personal', person_id = NULL WHERE album_id = :album",
    "DELETE FROM album WHERE album_id = :album AND NOT EXISTS (SELECT 1 FROM album_photo WHERE album_id = :album)",
)
"""What somebody put in by hand is kept; an album of which nothing is left goes."""


def name_for(profile_name: str) -> str:
    """What such an album is called at first."""
    return f"Photos of {profile_name or 'me'}"


def follow(db: Connection, photo_ids: Collection[int] = (), person_ids: Collection[int] = ()) -> bool:
    """Faces or tags in these photos, or of these persons, or who may see these photos, are not as they were.

    Args:
        photo_ids: photos in which that happened.
        person_ids: persons that lost or gained photos, where it is not known which.

    Returns:
        Whether an album changed by it.
    """
    ids = set(photo_ids)
    if person_ids:
        ids |= set(db.exec_driver_sql(_OF_PERSONS, {"ids": json.dumps(sorted(person_ids))}).scalars())
    if not ids:
        return False
    owners = db.exec_driver_sql(_CONCERNED, {"ids": json.dumps(sorted(ids))}).scalars().all()
    changed = [_bring_up_to_date(db, owner, ids) for owner in owners]
    return any(changed)


def settle(db: Connection, profile_id: int) -> int | None:
    """What a profile claims, or that it wants no album, is not as it was: its album appears, follows, or goes.

    Returns:
        The album, if there is one now.
    """
    values = {"owner": profile_id}
    album_id = db.exec_driver_sql(_ALBUM, values).scalar()
    person_id = db.exec_driver_sql(_FIRST_HELD, values).scalar()
    if person_id is None:
        for statement in _BECOME_PERSONAL if album_id is not None else ():
            db.exec_driver_sql(statement, {"album": album_id})
        return None
    if album_id is None:
        name = db.exec_driver_sql("SELECT name FROM profile WHERE profile_id = :owner", values).scalar_one()
        made = {"name": name_for(name), "person": person_id, "gap": GAP, "now": _now()}
        db.exec_driver_sql(_MAKE, values | made)
        album_id = db.exec_driver_sql(_ALBUM, values).scalar_one()
    db.exec_driver_sql("UPDATE album SET person_id = ? WHERE album_id = ?", (person_id, album_id))
    renew(db, int(album_id))
    return int(album_id)


def renew(db: Connection, album_id: int) -> bool:
    """Compares everything, and puts it right; whether something was not."""
    query = "SELECT owner_id FROM album WHERE album_id = ? AND kind = 'auto_faces'"
    owner = db.exec_driver_sql(query, (album_id,)).scalar()
    if owner is None:
        return False
    ids = db.exec_driver_sql(_OF_OWNER, {"owner": owner, "album": album_id}).scalars().all()
    return _bring_up_to_date(db, int(owner), ids)


def photos_of_faces(db: Connection, face_ids: Collection[int]) -> list[int]:
    """The photos that some faces are in."""
    query = f"SELECT DISTINCT photo_id FROM face JOIN photo USING (image_id) WHERE face_id IN {_IDS}"
    return list(db.exec_driver_sql(query, {"ids": json.dumps(sorted(face_ids))}).scalars())


def _bring_up_to_date(db: Connection, owner: int, photo_ids: Collection[int]) -> bool:
    album_id = db.exec_driver_sql(_ALBUM, {"owner": owner}).scalar()
    if album_id is None:
        return False
    # What its owner locked stays in it, and is not seen.
    wanted = _WANTED.format(seen=rule("photo", Viewer(owner, unlocked=True)))
    values = {"album": album_id, "owner": owner, "ids": json.dumps(sorted(photo_ids)), "now": _now()}
    gone = db.exec_driver_sql(_LEAVE.format(wanted=wanted), values).rowcount
    come = db.exec_driver_sql(_ENTER.format(wanted=wanted), values).rowcount
    return gone + come > 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
