""" "This is me": which persons of the library a profile is, and what that gives it the say over.

A person is held by one profile at most. Who says "this is me" of a person that somebody holds already makes a dispute,
which the library's owner decides; until then the first one holds it. Whoever holds a person alone names, merges and
hides it, and says whether an album follows it. What `forgetting` does cannot be undone; everything here can.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app import auto_albums, candidates, claiming, forgetting
from app.candidates import Candidate
from app.claiming import Claim, ClaimState
from app.errors import NotAllowed, NotFound
from app.events import Events
from app.forgetting import Forgotten
from app.journal import Action, Journal
from app.notifications import NotificationKind, notify
from app.people import People
from app.privacy import View
from app.thumbnail_files import ThumbnailFiles
from app.types import LibraryChanged
from core import decisions
from core.service import FaceCore
from core.types import Embedding

_FACES_SHOWN = 6

_FACES = f"""
    SELECT face_id FROM face JOIN photo USING (image_id)
    WHERE person_id = :person AND photo.state <> 'trashed' ORDER BY quality DESC, face_id LIMIT {_FACES_SHOWN:d}
"""

_PHOTOS = """
    SELECT photo_id FROM face JOIN photo USING (image_id) WHERE person_id IN (SELECT value FROM json_each(:ids))
    UNION SELECT photo_id FROM tag WHERE person_id IN (SELECT value FROM json_each(:ids))
"""

_NAMED_AFTER = """
    UPDATE person SET name = (SELECT name FROM profile WHERE profile_id = :me)
    WHERE person_id = :person AND name IS NULL AND EXISTS (SELECT 1 FROM profile WHERE profile_id = :me AND name <> '')
"""

_NAMING = """
    INSERT INTO naming (person_id, profile_id) VALUES (:person, :me)
    ON CONFLICT (person_id) DO UPDATE SET profile_id = excluded.profile_id
"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Several profiles said of one person that they are it: the first of `claims` holds it.

    `face_ids` are the best faces that the viewer may see, which may be none.
    """

    person_id: int
    person_name: str | None
    claims: tuple[Claim, ...]
    face_ids: tuple[int, ...]


class Claims:
    """What one viewer says of persons, and may decide."""

    def __init__(
        self, view: View, journal: Journal, core: FaceCore, people: People, events: Events, small: ThumbnailFiles
    ) -> None:
        self._view = view
        self._journal = journal
        self._core = core
        self._people = people
        self._events = events
        self._small = small

    def candidates(self, face: Embedding | None = None) -> list[Candidate]:
        """Whom to ask of: "Is this you?", best first. Takes a moment in a large library.

        Args:
            face: of the viewer, where it holds nobody yet; by default the faces of the persons that it holds.
        """
        with self._view.read() as db:
            if face is None:
                return candidates.of_held(db, self._core, self._me)
            return candidates.of_face(db, self._core, self._me, face)

    def mine(self) -> list[Claim]:
        """The persons of whom the viewer said "this is me", the first one first."""
        with self._view.read() as db:
            return claiming.rows(db, "profile_id = :me AND state <> 'refused'", me=self._me)

    def of(self, person_id: int) -> Claim | None:
        """What the viewer said of a person."""
        with self._view.read() as db:
            return claiming.of(db, self._me, person_id)

    def holders(self) -> dict[int, Claim]:
        """Person id -> the claim of who holds it, of the persons in sight."""
        with self._view.read() as db:
            return {each.person_id: each for each in claiming.rows(db, "state = 'held'")}

    def claim(self, person_id: int) -> Claim:
        """The viewer says "this is me"; a person without a name gets the profile's.

        Returns:
            The claim: `disputed` where somebody else holds the person, until the library's owner decides.

        Raises:
            NotFound: there is no such person.
            NotAllowed: the library's owner decided that it is not the viewer.
        """
        with self._journal.step(Action.CLAIM, person=person_id) as db:
            self._view.require_persons(db, [person_id])
            holder = claiming.holder(db, person_id)
            if holder != self._me:
                state = self._state(db, person_id)
                claiming.put(db, self._core, self._me, person_id, state)
                if holder is None:
                    self._name(db, person_id)
                self._tell_of(db, person_id, holder)
                auto_albums.settle(db, self._me)
            made = self._own(db, person_id)
        self._publish([person_id])
        return made

    def refuse(self, person_id: int) -> None:
        """The viewer says "this is not me", and is not asked again; what it said before is over.

        Raises:
            NotFound: there is no such person.
        """
        with self._journal.step(Action.REFUSE_CLAIM, person=person_id) as db:
            self._view.require_persons(db, [person_id])
            claiming.remove(db, self._core, self._me, person_id)
            claiming.put(db, self._core, self._me, person_id, ClaimState.REFUSED)
            for each in claiming.held(db, self._me):
                decisions.separate(db, person_id, each)
            self._settle(db, person_id)
        self._publish([person_id])

    def withdraw(self, person_id: int) -> None:
        """The viewer says neither of a person any more. If one other profile said "this is me", that one holds it now.

        Raises:
            NotFound: it said nothing of this person.
        """
        with self._journal.step(Action.WITHDRAW_CLAIM, person=person_id) as db:
            self._own(db, person_id)
            claiming.remove(db, self._core, self._me, person_id)
            self._settle(db, person_id)
        self._publish([person_id])

    def hide(self, person_id: int, hidden: bool = True) -> None:
        """Others are not shown a person that the viewer holds, or are again: neither name nor faces, nor in lists.

        Raises:
            NotFound: the viewer did not say "this is me".
        """
        self._set(Action.HIDE_PERSON, person_id, "is_hidden", hidden)

    def no_album(self, person_id: int, without: bool = True) -> None:
        """No album follows a person that the viewer holds, or one does again.

        Raises:
            NotFound: the viewer did not say "this is me".
        """
        self._set(Action.NO_ALBUM, person_id, "no_album", without)

    def unite(self, person_id: int, into: int) -> None:
        """Two persons that the viewer holds are one.

        Raises:
            NotFound: the viewer did not say "this is me" of both.
        """
        with self._view.read() as db:
            self._require_held(db, [person_id, into])
        self._people.merge(into, [person_id])

    def decides(self) -> bool:
        """Whether the viewer is the library's owner, who decides disputes."""
        with self._view.read() as db:
            return self._is_owner(db)

    def disputes(self) -> list[Dispute]:
        """What the viewer may decide, as the library's owner; others see those that they have a part in."""
        with self._view.database.read() as db:
            mine = "1" if self._is_owner(db) else "EXISTS (SELECT 1 FROM claim AS own WHERE own.profile_id = :me AND "
            mine += "" if mine == "1" else "own.person_id = claim.person_id AND own.state <> 'refused')"
            said = "person_id IN (SELECT person_id FROM claim WHERE state = 'disputed') AND state <> 'refused'"
            claims = claiming.rows(db, f"{said} AND {mine}", me=self._me)
        by_person: defaultdict[int, list[Claim]] = defaultdict(list)
        for each in claims:
            by_person[each.person_id].append(each)
        with self._view.read() as db:
            return [self._dispute(db, person_id, each) for person_id, each in by_person.items()]

    def decide(self, claim_id: int, for_profile: int | None) -> None:
        """The library's owner decides a dispute: the person is that profile, or none of those who said so.

        Args:
            claim_id: any of the claims of the dispute.
            for_profile: one of those who said "this is me"; the others are not asked again.

        Raises:
            NotFound: there is no such dispute, or the profile has no part in it.
            NotAllowed: the viewer is not the library's owner.
        """
        # No step: it is a word about others, and who owns the library may be somebody else by then.
        with self._view.write() as db:
            person_id = self._require_dispute(db, claim_id, for_profile)
            would = claiming.rows(db, "person_id = :person AND state <> 'refused'", person=person_id)
            for each in sorted(would, key=lambda each: each.profile_id == for_profile):
                state = ClaimState.HELD if each.profile_id == for_profile else ClaimState.REFUSED
                if each.state is not state:
                    claiming.put(db, self._core, each.profile_id, person_id, state)
                    auto_albums.settle(db, each.profile_id)
            said = "UPDATE claim SET is_decided = 1 WHERE claim_id IN (SELECT value FROM json_each(:ids))"
            db.exec_driver_sql(said, {"ids": json.dumps([each.claim_id for each in would])})
            for each in would:
                subject = {"person_id": person_id, "profile_id": for_profile, "decided": 1}
                notify(db, each.profile_id, NotificationKind.DISPUTED, **subject)
        self._publish([person_id])

    def do_not_recognise(self, person_id: int, guard: bool = True) -> Forgotten:
        """The viewer, who holds a person, is not to be recognised any more. This cannot be undone.

        Everything by which these faces are recognised goes at once and is not made again; the person goes with its
        name, tags and what was decided of it; steps that would bring any of it back are taken out of everybody's
        journal. The photos stay, and the faces in them are boxes that nobody is shown.

        Args:
            guard: keep one direction for each model, by which faces in new photos are recognised only to be dropped.
                Without it nothing is kept, and new photos may show somebody unknown.

        Raises:
            NotFound: the viewer did not say "this is me".
        """
        with self._view.write() as db:
            self._require_held(db, [person_id])
            done = forgetting.forget(db, self._core, self._me, person_id, guard)
            auto_albums.settle(db, self._me)
        self._core.scrub()
        forgetting.remove_pictures(self._small, done)
        self._events.publish(LibraryChanged(frozenset(done.photo_ids), frozenset({person_id})))
        return done

    @property
    def _me(self) -> int:
        return self._view.viewer.profile_id

    def _own(self, db: Connection, person_id: int) -> Claim:
        found = claiming.of(db, self._me, person_id)
        if found is None:
            raise NotFound(f"You said nothing of the person {person_id}.")
        return found

    def _require_held(self, db: Connection, person_ids: Collection[int]) -> None:
        held = claiming.held(db, self._me)
        for each in person_ids:
            if each not in held:
                raise NotFound(f"You did not say “this is me” of a person {each}.")

    def _set(self, action: Action, person_id: int, column: str, on: bool) -> None:
        with self._journal.step(action, person=person_id, on=on) as db:
            self._require_held(db, [person_id])
            values = {"on": int(on), "me": self._me, "person": person_id}
            query = f"UPDATE claim SET {column} = :on WHERE profile_id = :me AND person_id = :person"
            db.exec_driver_sql(query, values)
            if column == "is_hidden" and on:
                # An album of their photos that everybody sees would show them.
                closed = "UPDATE album SET is_private = 1 WHERE owner_id = :me AND kind = 'auto_faces'"
                db.exec_driver_sql(closed, values)
            auto_albums.settle(db, self._me)
        self._publish([person_id])

    def _state(self, db: Connection, person_id: int) -> ClaimState:
        """What saying "this is me" of a person makes: a dispute, where anybody else said so."""
        who = {"me": self._me, "person": person_id}
        decided = "profile_id = :me AND person_id = :person AND is_decided = 1 AND state = 'refused'"
        if claiming.rows(db, decided, **who):
            raise NotAllowed("Whoever owns the library decided that this is not you.")
        others = "profile_id <> :me AND person_id = :person AND state <> 'refused'"
        return ClaimState.DISPUTED if claiming.rows(db, others, **who) else ClaimState.HELD

    def _settle(self, db: Connection, person_id: int) -> None:
        """The viewer's album is no more about a person; that of who holds it now may be."""
        for each in {self._me, claiming.holder(db, person_id) or self._me}:
            auto_albums.settle(db, each)

    def _name(self, db: Connection, person_id: int) -> None:
        values = {"me": self._me, "person": person_id}
        if db.exec_driver_sql(_NAMED_AFTER, values).rowcount:
            db.exec_driver_sql(_NAMING, values)

    def _tell_of(self, db: Connection, person_id: int, holder: int | None) -> None:
        """Who holds the person hears of a dispute, and the library's owner of any claim."""
        kind = NotificationKind.CLAIMED if holder is None else NotificationKind.DISPUTED
        owners = db.exec_driver_sql("SELECT profile_id FROM profile WHERE is_owner = 1").scalars().all()
        concerned = {*owners, *([] if holder is None else [holder])} - {self._me}
        for each in sorted(concerned):
            notify(db, each, kind, person_id=person_id, profile_id=self._me)

    def _is_owner(self, db: Connection) -> bool:
        query = "SELECT is_owner FROM profile WHERE profile_id = :me"
        return bool(db.exec_driver_sql(query, {"me": self._me}).scalar())

    def _require_dispute(self, db: Connection, claim_id: int, for_profile: int | None) -> int:
        """The person of a dispute that the viewer may decide."""
        if not self._is_owner(db):
            raise NotAllowed("Only the library's owner decides that.")
        query = "SELECT person_id FROM claim WHERE claim_id = :id AND state <> 'refused'"
        person_id = db.exec_driver_sql(query, {"id": claim_id}).scalar()
        claims = claiming.rows(db, "person_id = :person AND state <> 'refused'", person=person_id)
        if len(claims) < 2:
            raise NotFound(f"Nothing is to be decided about the claim {claim_id}.")
        if for_profile is not None and for_profile not in {each.profile_id for each in claims}:
            raise NotFound(f"The profile {for_profile} did not say “this is me”.")
        return int(person_id or 0)

    def _dispute(self, db: Connection, person_id: int, claims: list[Claim]) -> Dispute:
        query = "SELECT name FROM person WHERE person_id = :person"
        name = db.exec_driver_sql(query, {"person": person_id}).scalar()
        faces = tuple(db.exec_driver_sql(_FACES, {"person": person_id}).scalars())
        # The claims were read whoever hides: a name is told to whom it is in sight.
        told = (replace(each, person_name=name) for each in claims)
        first = sorted(told, key=lambda each: (each.state is not ClaimState.HELD, each.claim_id))
        return Dispute(person_id, name, tuple(first), faces)

    def _publish(self, person_ids: Collection[int]) -> None:
        ids = {"ids": json.dumps(list(person_ids))}
        with self._view.database.read() as db:
            photo_ids = frozenset(db.exec_driver_sql(_PHOTOS, ids).scalars())
        self._events.publish(LibraryChanged(photo_ids, frozenset(person_ids), albums=True))
