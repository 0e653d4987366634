"""Signing up: from a name, a password and a face to a profile with its person and its album, in one transaction.

The slow steps come before it: what Argon2id makes of the password, and the face in the photos (`app.own_face`). So a
step that fails leaves nothing half done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app import auto_albums, claiming, passwords
from app.claiming import ClaimState
from app.errors import AppError, NotAllowed
from app.own_face import OwnFace, Resembling, resembling
from app.ownership import Visibility
from app.privacy import Viewer
from core import persons
from core.database import add_row
from core.errors import InvalidInput
from core.service import FaceCore

SOMEBODY_NEW = 0
"""In place of a person: nobody in the library."""

_MOST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""

_IN_ALBUM = "SELECT photo_id FROM album_photo WHERE album_id = :album ORDER BY photo_id"


class NameTaken(AppError):
    """Two profiles of one name could not be told apart."""


@dataclass(frozen=True, slots=True)
class NewProfile:
    """Somebody who introduces himself.

    Attributes:
        name: by which the others know the profile.
        password: None if nobody is to be asked for one.
        email: None if it is nobody's business.
        visibility: of the photos that the profile adds.
        faces: its own, as `Profiles.look` finds them; none if it is not to be recognised.
        person_id: who said "this is me" of one of those whom the faces resemble; None: whom they clearly are, or else
            somebody new; `SOMEBODY_NEW`: somebody new in any case.
    """

    name: str
    password: str | None = None
    email: str | None = None
    visibility: Visibility = Visibility.HOUSEHOLD
    faces: tuple[OwnFace, ...] = ()
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it.

    Attributes:
        recovery_code: to be shown this once; None without a password.
        person_id: who the profile is in the library; None without a face.
        photo_ids: what is in its album.
    """

    profile_id: int
    recovery_code: str | None
    person_id: int | None
    photo_ids: tuple[int, ...]


class SignUp:
    """One profile that is being made.

    Args:
        core: over the same database.
        new: who it is.
        by: who makes it; None if nobody has signed in.
        now: as the clock says.

    Raises:
        InvalidInput: the name or the e-mail address cannot be used.
        UnfitPassword: nor can the password.
    """

    def __init__(self, core: FaceCore, new: NewProfile, by: Viewer | None, now: datetime) -> None:
        self._core = core
        self._new = new
        self._by = by
        self._now = now.isoformat()
        code = None if new.password is None else passwords.new_code()
        self._code = code
        self._row: dict[str, Any] = {
            "name": clean_name(new.name),
            "email": clean_email(new.email),
            "password": None if new.password is None else passwords.hashed(new.password),
            "recovery": None if code is None else passwords.hashed_code(code),
            "visibility": Visibility(new.visibility).value,
        }

    def run(self, db: Connection) -> Made:
        """Makes it, in the caller's transaction.

        Raises:
            NotAllowed: only the owner of the library may, or the person is somebody else.
            NameTaken: somebody is called so already.
        """
        profile_id = self._profile(db)
        person_id = self._person(db, profile_id) if self._new.faces else None
        photo_ids: tuple[int, ...] = ()
        if person_id is not None:
            self._claim(db, profile_id, person_id)
            album_id = auto_albums.settle(db, profile_id)
            photo_ids = tuple(db.exec_driver_sql(_IN_ALBUM, {"album": album_id}).scalars())
        return Made(profile_id, self._code, person_id, photo_ids)

    def _profile(self, db: Connection) -> int:
        """The row: that of the first profile, if that one is nobody yet."""
        others = db.exec_driver_sql("SELECT profile_id, name, is_owner, password FROM profile").all()
        first = others[0] if len(others) == 1 and not others[0].name else None
        by = self._by.profile_id if self._by else None
        open_to_all = first is not None and first.password is None
        if not open_to_all and not any(each.profile_id == by and each.is_owner for each in others):
            raise NotAllowed("Only whoever owns the library may add somebody to it.")
        require_free(db, str(self._row["name"]))
        if first is None:
            return add_row(db, "profile", self._row | {"is_owner": 0, "created_at": self._now})
        columns = ", ".join(f"{column} = :{column}" for column in self._row)
        db.exec_driver_sql(f"UPDATE profile SET {columns} WHERE profile_id = :id", self._row | {"id": first.profile_id})
        return int(first.profile_id)

    def _person(self, db: Connection, profile_id: int) -> int:
        """Who the faces are: whom the profile said, whom they clearly are, or somebody new."""
        wanted = self._new.person_id
        if wanted == SOMEBODY_NEW:
            return self._new_person(db, profile_id)
        alike = resembling(db, self._core, self._new.faces, Viewer(profile_id))
        match = next((each for each in alike if each.person_id == wanted or (wanted is None and each.sure)), None)
        if match is not None:
            return self._named(db, match)
        if wanted is not None:
            raise NotAllowed("That person does not resemble you, or somebody else said “this is me”.")
        return self._new_person(db, profile_id)

    def _named(self, db: Connection, match: Resembling) -> int:
        if match.name is None:
            persons.update(db, match.person_id, str(self._row["name"]))
        return match.person_id

    def _new_person(self, db: Connection, profile_id: int) -> int:
        """Somebody whom no photo shows yet: the face is kept, so that later photos are compared with it."""
        own = max(self._new.faces, key=lambda each: each.face.quality)
        person = persons.create(db, str(self._row["name"]), None)
        source = f"profile {profile_id}"
        image_id, (face,) = self._core.add_image(source, own.width, own.height, [own.face], connection=db)
        persons.assign(db, [face.face_id], person.person_id)
        values = {"image": image_id, "id": profile_id}
        db.exec_driver_sql("UPDATE profile SET image_id = :image WHERE profile_id = :id", values)
        return person.person_id

    def _claim(self, db: Connection, profile_id: int, person_id: int) -> None:
        both = {"profile_id": profile_id, "person_id": person_id}
        claiming.put(db, self._core, profile_id, person_id, ClaimState.HELD)
        db.exec_driver_sql("DELETE FROM naming WHERE person_id = :person_id", both)
        add_row(db, "naming", both)


def clean_name(name: str) -> str:
    """The name of a profile as it is kept.

    Raises:
        InvalidInput: it is empty, too long, or cannot be stored.
    """
    clean = persons.clean_name(name)
    if clean is None:
        raise InvalidInput("Everybody here has a name.")
    return clean


def clean_email(email: str | None) -> str | None:
    """An e-mail address as it is kept; None where there is none.

    Raises:
        InvalidInput: it is none.
    """
    clean = (email or "").strip()
    if not clean:
        return None
    before, _, after = clean.rpartition("@")
    if not before or not after or not clean.isprintable() or len(clean) > _MOST_EMAIL or len(clean.split()) > 1:
        raise InvalidInput("That is no e-mail address.")
    return clean


def require_free(db: Connection, name: str, but: int = 0) -> None:
    """Nobody is called so, apart from one.

    Raises:
        NameTaken: somebody is.
    """
    query = "SELECT 1 FROM profile WHERE name = :name AND profile_id <> :but"
    if db.exec_driver_sql(query, {"name": name, "but": but}).first():
        raise NameTaken(f"Somebody here is called {name} already.")
