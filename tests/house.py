"""Several people in one house: profiles beside the first one, and what each of them sees."""

from __future__ import annotations

from app.library import Library
from app.privacy import Viewer
from app.session import Session

FIRST = 1
"""The profile that every library has from the start, and that owns it."""


def add_profile(library: Library, name: str) -> Session:
    """Another profile, without a password, signed in."""
    with library.database.write() as db:
        row = {"name": name, "is_owner": 0, "created_at": "2024-01-01T00:00:00+00:00"}
        query = "INSERT INTO profile (name, is_owner, created_at) VALUES (:name, :is_owner, :created_at)"
        profile_id = int(db.exec_driver_sql(query, row).lastrowid)
    return library.session_of(Viewer(profile_id))


def first(library: Library) -> Session:
    """The first profile, signed in."""
    return library.session_of(Viewer(FIRST))


def own(library: Library, session: Session, *photo_ids: int, visibility: str = "private") -> None:
    """Makes photos a profile's own, seen by nobody else unless it is said otherwise."""
    with library.database.write() as db:
        for photo_id in photo_ids:
            values = {"owner": session.viewer.profile_id, "visibility": visibility, "id": photo_id}
            query = "UPDATE photo SET owner_id = :owner, visibility = :visibility WHERE photo_id = :id"
            db.exec_driver_sql(query, values)
