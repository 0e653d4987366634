"""Whatever is done, undone and redone, in whatever order and across restarts: every row is as it was."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import DependsOnLater
from app.journal import Action
from app.library import Library
from app.session import Session
from core.errors import CoreError
from tests import house
from tests.app import made_up

PICK = st.integers(0, 10_000)
PICKS = st.lists(PICK, min_size=1, max_size=3)
NAMES = st.sampled_from(["Anna", "Ben", ""])
STATES = st.sampled_from(["held", "refused"])


@functools.cache
def template() -> Path:
    """A closed library with a second profile; not to be changed."""
    folder = Path(tempfile.mkdtemp()) / "library"
    made_up.make(folder)
    with Library.open(folder, resume=False) as library:
        house.add_profile(library, "Anna")
    return folder


class Journaled(RuleBasedStateMachine):
    """A library beside what its database was before and after each step."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.place = Path(self.folder.name) / "library"
        shutil.copytree(template(), self.place)
        self.library = Library.open(self.place, resume=False)
        self.now = made_up.state(self.library)
        self.done: list[tuple[Any, Any]] = []
        self.undone: list[tuple[Any, Any]] = []
        self.turned = False

    def teardown(self) -> None:
        self.library.close()
        self.folder.cleanup()

    @property
    def session(self) -> Session:
        return house.first(self.library)

    def ids(self, table: str, where: str = "1") -> list[int]:
        with self.library.database.read() as db:
            query = f"SELECT {table}_id FROM {table} WHERE {where} ORDER BY 1"
            return list(db.exec_driver_sql(query).scalars())

    def some(self, table: str, picks: Collection[int], where: str = "1") -> list[int]:
        ids = self.ids(table, where)
        return sorted({ids[pick % len(ids)] for pick in picks}) if ids else []

    def acted(self) -> None:
        """What was just done is a step if it changed anything."""
        after = made_up.state(self.library)
        if after != self.now:
            self.done.append((self.now, after))
            self.undone.clear()
        self.now = after

    def write(self, action: Action, statement: str, **values: object) -> None:
        with self.session.journal.step(action) as db:
            db.exec_driver_sql(statement, values)
        self.acted()

    # What is done.

    @rule(picks=st.lists(PICK, min_size=2, max_size=3))
    def merge(self, picks: list[int]) -> None:
        first, *others = self.some("person", picks) or [0]
        if others:
            self.session.people.merge(first, others)
            self.acted()

    @rule(pick=PICK, picks=PICKS)
    def split(self, pick: int, picks: list[int]) -> None:
        for person_id in self.some("person", [pick]):
            faces = self.some("face", picks, f"person_id = {person_id}")
            try:
                self.session.people.split(person_id, faces)
            except CoreError:
                assert len(faces) in (0, len(self.ids("face", f"person_id = {person_id}")))
            self.acted()

    @rule(picks=PICKS, pick=PICK, new=st.booleans())
    def assign(self, picks: list[int], pick: int, new: bool) -> None:
        for person_id in self.some("person", [pick]):
            self.session.people.assign(self.some("face", picks), None if new else person_id)
            self.acted()

    @rule(picks=PICKS, pick=PICK)
    def reject(self, picks: list[int], pick: int) -> None:
        for person_id in self.some("person", [pick]):
            self.session.people.reject(self.some("face", picks), person_id)
            self.acted()

    @rule(picks=st.lists(PICK, min_size=2, max_size=2))
    def separate(self, picks: list[int]) -> None:
        pair = self.some("person", picks)
        if len(pair) > 1:
            self.session.people.separate(*pair)
            self.acted()

    @rule(pick=PICK, name=NAMES)
    def rename(self, pick: int, name: str) -> None:
        for person_id in self.some("person", [pick]):
            self.session.people.rename(person_id, name)
            self.acted()

    @rule(pick=PICK)
    def dissolve(self, pick: int) -> None:
        for person_id in self.some("person", [pick]):
            with self.session.journal.step(Action.RENAME_PERSON) as db:
                self.library.core.delete_person(person_id, db)
            self.acted()

    @rule(picks=PICKS)
    def put(self, picks: list[int]) -> None:
        self.session.trash.put(self.some("photo", picks))
        self.acted()

    @rule(picks=PICKS)
    def restore(self, picks: list[int]) -> None:
        self.session.trash.restore(self.some("photo", picks, "state = 'trashed'"))
        self.acted()

    @rule(picks=PICKS, rating=st.integers(0, 5))
    def rate(self, picks: list[int], rating: int) -> None:
        self.session.details.rate(self.some("photo", picks), rating)
        self.acted()

    @rule(pick=PICK, title=NAMES, words=st.lists(st.sampled_from(["sea", "snow", "a, b"]), max_size=2))
    def describe(self, pick: int, title: str, words: list[str]) -> None:
        self.session.details.describe(self.some("photo", [pick])[0], title=title, keywords=words)
        self.acted()

    @rule(picks=st.lists(PICK, min_size=2, max_size=3))
    def tell_apart(self, picks: list[int]) -> None:
        self.session.duplicates.set_apart(self.some("photo", picks))
        self.acted()

    @rule(photo=PICK, person=PICK)
    def tag(self, photo: int, person: int) -> None:
        for person_id in self.some("person", [person]):
            statement = "INSERT OR REPLACE INTO tag (photo_id, person_id, x, tagged_by, tagged_at) VALUES "
            values = {"photo": self.some("photo", [photo])[0], "person": person_id}
            self.write(Action.ASSIGN_FACES, statement + "(:photo, :person, 0.1, 1, 'now')", **values)

    @rule(pick=PICK)
    def untag(self, pick: int) -> None:
        for tag_id in self.some("tag", [pick]):
            self.write(Action.REJECT_FACES, "DELETE FROM tag WHERE tag_id = :id", id=tag_id)

    @rule(pick=PICK, private=st.booleans())
    def make_album(self, pick: int, private: bool) -> None:
        statement = (
            "INSERT INTO album (owner_id, kind, name, is_private, cover_id, position, created_at) "
            "VALUES (1, 'personal', 'Summer', :private, :cover, 1.5, 'now')"
        )
        self.write(Action.DESCRIBE, statement, private=private, cover=self.some("photo", [pick])[0])

    @rule(album=PICK, photo=PICK)
    def fill_album(self, album: int, photo: int) -> None:
        statement = (
            "INSERT INTO album_photo (album_id, photo_id, position, added_by, added_at) "
            "VALUES (:album, :photo, 1, 1, '') ON CONFLICT DO UPDATE SET position = position + 1"
        )
        for album_id in self.some("album", [album]):
            self.write(Action.DESCRIBE, statement, album=album_id, photo=self.some("photo", [photo])[0])

    @rule(album=PICK)
    def delete_album(self, album: int) -> None:
        for album_id in self.some("album", [album]):
            self.write(Action.DESCRIBE, "DELETE FROM album WHERE album_id = :id", id=album_id)

    @rule(profile=st.integers(1, 2), pick=PICK, held=STATES)
    def claim(self, profile: int, pick: int, held: str) -> None:
        for person_id in self.some("person", [pick], "person_id NOT IN (SELECT person_id FROM claim)"):
            # Held by the one who acts: what somebody else holds is nobody else's to merge or name.
            values = {"profile": profile, "person": person_id, "state": held if profile == house.FIRST else "refused"}
            into = "INSERT INTO claim (profile_id, person_id, state, made_at) "
            self.write(Action.RENAME_PERSON, into + "VALUES (:profile, :person, :state, '')", **values)

    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        for claim_id in self.some("claim", [pick]):
            self.write(Action.RENAME_PERSON, "DELETE FROM claim WHERE claim_id = :id", id=claim_id)

    # And taken back.

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        before, after = self.done.pop()
        done = [each.step_id for each in self.session.journal.list() if not each.undone]
        # What was taken back and done again in between is the latest that was done: the others are named.
        taken = self.session.journal.undo(max(done) if self.turned else None)
        assert taken.left_out == 0
        self.now = made_up.state(self.library)
        assert self.now == before
        self.undone.append((before, after))

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        before, after = self.undone.pop()
        undone = [each.step_id for each in self.session.journal.list() if each.undone]
        taken = self.session.journal.redo(min(undone) if self.turned else None)
        assert taken.left_out == 0
        self.now = made_up.state(self.library)
        assert self.now == after
        self.done.append((before, after))

    @precondition(lambda self: self.done and not self.undone)
    @rule(pick=PICK)
    def undo_any(self, pick: int) -> None:
        """Any step and what builds on it, and all of it again: as if nothing had happened."""
        journal = self.session.journal
        steps = [each.step_id for each in journal.list() if not each.undone]
        chosen = steps[pick % len(steps)]
        first: tuple[int, ...] = ()
        try:
            taken = journal.undo(chosen)
        except DependsOnLater as error:
            assert made_up.state(self.library) == self.now, "named before anything happens"
            first = error.step_ids
            taken = journal.undo(chosen, with_later=True)
        assert [each.step_id for each in taken.steps] == [*first, chosen]
        assert taken.left_out == 0
        if all(each.step_id >= chosen for each in taken.steps) and len(taken.steps) == steps.index(chosen) + 1:
            assert made_up.state(self.library) == self.done[-len(taken.steps)][0]
        self.turned = True
        for each in reversed(taken.steps):
            assert [again.step_id for again in journal.redo().steps] == [each.step_id]
        assert made_up.state(self.library) == self.now

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = Library.open(self.place, resume=False)

    @invariant()
    def whole(self) -> None:
        if hasattr(self, "library"):
            with self.library.database.read() as db:
                assert db.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            undo, redo = self.session.journal.next()
            assert (undo is not None, redo is not None) == (bool(self.done), bool(self.undone))


JournaledTest = Journaled.TestCase
JournaledTest.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
