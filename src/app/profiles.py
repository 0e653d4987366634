"""The people of the house: who there is, who signs in, and what each may change of himself and of others.

Somebody new walks: photos -> `own_face` (one face, or the question which) -> `sign_up` (one transaction: profile,
person, claim, album) -> a session. Somebody known: a password -> `tries` (counted, slowed down) -> a session; or, who
stays signed in, a token of the system's keyring -> `sign_ins` -> a session.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app import own_profiles, passwords, profile_removal
from app.errors import NotAllowed, NotFound
from app.own_face import OwnFace, Resembling, found, resembling
from app.passwords import WrongPassword
from app.privacy import Viewer, rule
from app.profile_types import Profile
from app.sign_ins import SignIns
from app.sign_up import Made, NewProfile, SignUp, clean_name
from app.tries import Clock, Tries, system_clock
from app.types import LibraryChanged
from core.database import Database
from core.service import Picture
from core.types import BoundingBox

if TYPE_CHECKING:
    from app.library import Library
    from app.session import Session

_NOBODY = Viewer(0)
"""Who looks at the list of profiles before anybody has signed in: sees what the whole household sees."""

_LIST = f"""
    SELECT profile.profile_id, profile.name, profile.is_owner, profile.password IS NOT NULL AS has_password,
           (SELECT face.face_id FROM main.face AS face JOIN main.claim AS held USING (person_id)
            WHERE held.profile_id = profile.profile_id AND held.state = 'held' AND ({rule("face", _NOBODY)})
            ORDER BY face.quality DESC, face.face_id LIMIT 1) AS face_id
    FROM main.profile AS profile ORDER BY profile.is_owner DESC, profile.name, profile.profile_id
"""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """Somebody new, signed in; the recovery code is to be shown this once."""

    session: Session
    recovery_code: str | None
    made: Made


class Profiles:
    """The profiles of one library. What takes a password takes a good part of a second; keyrings may take longer.

    Args:
        library: whose they are.
        face: JPEG of one of its faces.
        writable: opens its database for writing where the library is only read: tries are counted all the same.

    Attributes:
        clock: tells the time.
        sign_ins: who stays signed in.
    """

    def __init__(self, library: Library, face: Callable[[int], bytes], writable: Callable[[], Database]) -> None:
        self.clock: Clock = system_clock
        self._library = library
        self._database = library.database
        self._face = face
        self._tries = Tries(library.database, writable, self.now)
        self.sign_ins = SignIns(library.database, self.now)

    def now(self) -> datetime:
        """What the clock says."""
        return self.clock()

    def list(self) -> list[Profile]:
        """Everybody, the owner first."""
        with self._database.read() as db:
            rows = db.execute(text(_LIST)).all()
        return [
            Profile(row.profile_id, row.name, bool(row.is_owner), bool(row.has_password), row.face_id) for row in rows
        ]

    def named(self, name: str) -> Profile:
        """The profile of a name, whichever its letters' case.

        Raises:
            NotFound: there is none.
        """
        wanted = name.strip().casefold()
        for each in self.list():
            if each.name.casefold() == wanted:
                return each
        raise NotFound(f"There is nobody called {name} here.")

    def face(self, profile_id: int) -> bytes | None:
        """JPEG of a face of a profile, as far as the whole household sees one.

        Raises:
            ImageError, ImageUnavailable: it cannot be made.
        """
        known = next((each for each in self.list() if each.profile_id == profile_id), None)
        return None if known is None or known.face_id is None else self._face(known.face_id)

    def look(self, pictures: Sequence[Picture], chosen: Mapping[int, BoundingBox] | None = None) -> tuple[OwnFace, ...]:
        """The face of one person, in each of some pictures; see `app.own_face.found`.

        Raises:
            FaceUnclear: which face is meant has to be asked.
            ImageError, ImageUnavailable: a picture cannot be read.
        """
        return found(self._library.core, pictures, chosen)

    def resembling(self, faces: Sequence[OwnFace]) -> builtins.list[Resembling]:
        """Whom these faces resemble, of those whom nobody claimed, the likeliest first: who of them is it?"""
        profiles = self.list()
        viewer = Viewer(profiles[0].profile_id) if len(profiles) == 1 and not profiles[0].name else _NOBODY
        with self._database.read() as db:
            return resembling(db, self._library.core, faces, viewer)

    def create(self, new: NewProfile, by: Session | None = None) -> SignedUp:
        """Somebody new, who signs in. The first one takes over the library and its photos.

        Raises:
            NotAllowed: only the owner of the library may add somebody, or the person is somebody else.
            NameTaken: somebody is called so already.
            InvalidInput, UnfitPassword: what was entered cannot be used.
        """
        sign_up = SignUp(self._library.core, new, by.viewer if by else None, self.now())
        with self._database.write() as db:
            made = sign_up.run(db)
        people = frozenset() if made.person_id is None else frozenset({made.person_id})
        self._library.events.publish(LibraryChanged(frozenset(made.photo_ids), people))
        return SignedUp(self._library.session_of(Viewer(made.profile_id)), made.recovery_code, made)

    def resume(self) -> Session | None:
        """The session of whoever needs not be asked: the only profile without a password, or who stays signed in."""
        profiles = self.list()
        if len(profiles) == 1 and not profiles[0].has_password:
            return self._session(profiles[0].profile_id)
        latest = self.sign_ins.latest()
        return None if latest is None else self._session(latest)

    def enter(self, profile_id: int) -> Session | None:
        """The session of a profile that has no password or stays signed in; None if the password is to be asked for.

        Raises:
            NotFound: there is no such profile.
        """
        free = not own_profiles.get(self._database, profile_id).has_password or self.sign_ins.is_here(profile_id)
        return self._session(profile_id) if free else None

    def sign_in(self, profile_id: int, password: str, stay: bool = False) -> Session:
        """The session of a profile by its password.

        Args:
            profile_id: whose.
            password: what was entered; a profile without one takes anything.
            stay: the password is not asked for on this computer any more.

        Raises:
            WrongPassword: it is.
            TooManyTries: it was not looked at, there were too many wrong ones.
            NotKept: there is no keyring to stay signed in by.
            NotFound: there is no such profile.
        """
        self.check(profile_id, password)
        if stay:
            self.sign_ins.stay(profile_id)
        return self._session(profile_id)

    def waiting(self, profile_id: int) -> int:
        """For how many seconds no password of a profile may be tried."""
        return self._tries.waiting(profile_id)

    def check(self, profile_id: int, password: str) -> None:
        """Lets the right password pass, and anything where there is none.

        Raises:
            WrongPassword, TooManyTries, NotFound: as `sign_in`.
        """
        if own_profiles.get(self._database, profile_id).has_password:
            self._tries.check(profile_id, password)

    def sign_out(self, session: Session) -> None:
        """Ends a session; next time the password is asked for."""
        self.sign_ins.forget(session.viewer.profile_id)
        session.close()

    def switch(self, session: Session) -> None:
        """Ends a session, but whoever stays signed in does."""
        session.close()

    def lock(self, session: Session) -> None:
        """Ends a session; next time the password is asked for, even of who stays signed in."""
        self.sign_ins.lock(session.viewer.profile_id)
        session.close()

    def recover(self, profile_id: int, code: str, new: str) -> tuple[Session, str]:
        """Another password by the recovery code, in whose place comes another one, to be shown this once.

        Raises:
            WrongPassword: that is not the recovery code.
            UnfitPassword: the new password cannot be used.
            NotFound: there is no such profile.
        """
        own_profiles.get(self._database, profile_id)
        with self._database.read() as db:
            query = "SELECT recovery FROM profile WHERE profile_id = :id"
            before = db.exec_driver_sql(query, {"id": profile_id}).scalar()
        if not passwords.matches_code(before, code):
            raise WrongPassword("That is not the recovery code of this profile; is a character wrong? Try again.")
        next_code = passwords.new_code()
        changes: dict[str, Any] = {"password": passwords.hashed(new), "recovery": passwords.hashed_code(next_code)}
        # A code is used once, even if two come with it at the same time.
        changes |= {"failures": 0, "failed_at": None}
        own_profiles.change(self._database, profile_id, changes, sign_out=True, if_recovery=before)
        return self._session(profile_id), next_code

    def rename(self, session: Session, profile_id: int, name: str) -> None:
        """Another name for oneself or, by the owner of the library, for anybody.

        Raises:
            NotAllowed: it is somebody else's.
            NameTaken, InvalidInput: it cannot be called so.
            NotFound: there is no such profile.
        """
        if profile_id != session.viewer.profile_id:
            self._require_owner(session)
        own_profiles.get(self._database, profile_id)
        own_profiles.change(self._database, profile_id, {"name": clean_name(name)})

    def remove(self, session: Session, profile_id: int, photos_to: int) -> None:
        """A profile goes with its albums; its photos pass to somebody else, its person stays, claimed by nobody.

        Raises:
            NotAllowed: only the owner of the library may, and not with itself.
            NotFound: one of the profiles does not exist.
        """
        self._require_owner(session)
        if profile_id in (session.viewer.profile_id, photos_to):
            raise NotAllowed("Whoever owns the library stays, and photos pass to somebody who stays, too.")
        own_profiles.get(self._database, photos_to)
        own_profiles.get(self._database, profile_id)
        self.sign_ins.forget(profile_id)
        with self._database.write() as db:
            photos, people = profile_removal.remove(db, self._library.core, profile_id, photos_to)
        self._library.end_sessions_of(profile_id)
        self._library.events.publish(LibraryChanged(photos, people, skipped=True, folders=True))

    def hand_over(self, session: Session, profile_id: int) -> None:
        """Somebody else owns the library from now on.

        Raises:
            NotAllowed: only its owner may say so.
            NotFound: there is no such profile.
        """
        self._require_owner(session)
        own_profiles.get(self._database, profile_id)
        with self._database.write() as db:
            db.exec_driver_sql("UPDATE profile SET is_owner = (profile_id = :id)", {"id": profile_id})

    def _require_owner(self, session: Session) -> None:
        if not session.me.get().is_owner:
            raise NotAllowed("Only whoever owns the library may do that.")

    def _session(self, profile_id: int) -> Session:
        self.sign_ins.use(profile_id)
        return self._library.session_of(Viewer(profile_id))
