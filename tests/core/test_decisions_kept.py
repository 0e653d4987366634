"""No sequence of decisions, groupings, merges, new detections and model changes loses a decision or contradicts one."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core import decisions, schema
from core.database import Database
from core.models import find_pack
from core.service import FaceCore
from core.types import AnalyzedFace, Face
from tests.core.faces import face, person, seen

Place = tuple[str, int]
"""What a decision is about: an image and which of its three places, whatever face is found there."""

PICK = st.integers(0, 10_000)
SHOWN = st.lists(st.none() | st.integers(0, 3), min_size=3, max_size=3)
"""Who is at each place of an image, if a face is found there."""


class Decided(RuleBasedStateMachine):
    """Core beside the plainest statement of what it has to keep."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(Path(self.folder.name) / "core.sqlite", schema.metadata, 1)
        pack = find_pack()
        self.cores = [FaceCore(self.database, pack), FaceCore(self.database, replace(pack, name="another"))]
        self.core = self.cores[0]
        self.shown: dict[str, list[int | None]] = {}
        self.confirmed: dict[Place, int] = {}
        self.rejected: set[tuple[Place, int]] = set()
        self.apart: set[frozenset[int]] = set()
        self.looks = 0

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def look(self, source: str) -> None:
        self.looks += 1
        model = self.core.pack.name
        faces: list[AnalyzedFace] = [
            face(seen(person(who), 0.5, 3 * self.looks + place), x=10.0 + 300 * place, model=model)
            for place, who in enumerate(self.shown[source])
            if who is not None
        ]
        self.core.add_image(source, 1000, 1000, faces)

    def place(self, one: Face) -> Place:
        return one.source, int(one.box.x) // 300

    def faces(self) -> list[Face]:
        return self.core.faces()

    def some(self, pick: int) -> Face:
        every = self.faces()
        return every[pick % len(every)]

    def somebody(self, pick: int) -> int:
        every = self.core.persons()
        return every[pick % len(every)].person_id

    def has_faces(self) -> bool:
        return bool(self.shown) and bool(self.faces())

    def has_persons(self) -> bool:
        return bool(self.shown) and len(self.core.persons()) > 1

    @rule(shown=SHOWN)
    def add(self, shown: list[int | None]) -> None:
        source = str(len(self.shown))
        self.shown[source] = shown
        self.look(source)

    @precondition(lambda self: self.shown)
    @rule(pick=PICK, blind=st.booleans())
    def look_again(self, pick: int, blind: bool) -> None:
        """The same faces, or none of them this time and all of them the next."""
        source = sorted(self.shown)[pick % len(self.shown)]
        if blind:
            self.core.add_image(source, 1000, 1000, [])
        self.look(source)

    @rule()
    def change_model(self) -> None:
        self.core = self.cores[1 - self.cores.index(self.core)]

    @precondition(has_faces)
    @rule(pick=PICK, whose=PICK, new=st.booleans())
    def assign(self, pick: int, whose: int, new: bool) -> None:
        one = self.some(pick)
        person_id = None if new or not self.core.persons() else self.somebody(whose)
        given = self.core.assign([one.face_id], person_id).person_id
        self.confirmed[self.place(one)] = given
        self.rejected.discard((self.place(one), given))
        self.forget_the_gone()

    @precondition(lambda self: self.has_faces() and self.has_persons())
    @rule(pick=PICK, whose=PICK)
    def reject(self, pick: int, whose: int) -> None:
        one, person_id = self.some(pick), self.somebody(whose)
        self.core.reject([one.face_id], person_id)
        self.rejected.add((self.place(one), person_id))
        if self.confirmed.get(self.place(one)) == person_id:
            del self.confirmed[self.place(one)]

    @precondition(has_persons)
    @rule(one=PICK, other=PICK)
    def not_same(self, one: int, other: int) -> None:
        pair = frozenset((self.somebody(one), self.somebody(other)))
        if len(pair) == 2:
            self.core.not_same(*pair)
            self.apart.add(pair)

    @precondition(has_persons)
    @rule(one=PICK, other=PICK)
    def merge(self, one: int, other: int) -> None:
        source, target = self.somebody(one), self.somebody(other)
        if source == target:
            return
        self.core.merge([source], target)
        self.confirmed = {place: target if who == source else who for place, who in self.confirmed.items()}
        moved = {(place, target if who == source else who) for place, who in self.rejected}
        self.rejected = {(place, who) for place, who in moved if self.confirmed.get(place) != who}
        pairs = (frozenset(target if who == source else who for who in pair) for pair in self.apart)
        self.apart = {pair for pair in pairs if len(pair) == 2}

    @precondition(has_persons)
    @rule(whose=PICK, pick=PICK)
    def split(self, whose: int, pick: int) -> None:
        person_id = self.somebody(whose)
        faces = self.core.faces(person_id)
        if len(faces) > 1:
            one = faces[pick % len(faces)]
            new = self.core.split(person_id, [one.face_id]).person_id
            self.confirmed[self.place(one)] = new
            self.apart.add(frozenset((person_id, new)))

    @precondition(has_persons)
    @rule(whose=PICK)
    def name(self, whose: int) -> None:
        self.core.update_person(self.somebody(whose), "somebody")

    @precondition(has_persons)
    @rule(whose=PICK)
    def delete_person(self, whose: int) -> None:
        self.core.delete_person(self.somebody(whose))
        self.forget_the_gone()

    @rule()
    def cluster(self) -> None:
        self.core.cluster()

    @rule(after=st.integers(0, 20))
    def cluster_new(self, after: int) -> None:
        self.core.cluster(after=after)

    @rule(eps=st.sampled_from([0.1, 0.5, 0.9, 1.2]), min_samples=st.integers(1, 3))
    def cluster_dbscan(self, eps: float, min_samples: int) -> None:
        self.core.cluster_dbscan(eps=eps, min_samples=min_samples)

    def forget_the_gone(self) -> None:
        """A person whom a human deleted, or left without any face or word, takes what was said of it along."""
        there = {each.person_id for each in self.core.persons()}
        self.confirmed = {place: who for place, who in self.confirmed.items() if who in there}
        self.rejected = {(place, who) for place, who in self.rejected if who in there}
        self.apart = {pair for pair in self.apart if pair <= there}

    @invariant()
    def every_decision_is_kept_and_obeyed(self) -> None:
        if not hasattr(self, "database"):
            return
        faces = {each.face_id: each for each in self.faces()}
        with self.database.read() as db:
            confirmed = {self.place(faces[face_id]): who for face_id, who in decisions.confirmed(db).items()}
            rejected = {(self.place(faces[f]), who) for f, persons in decisions.rejected(db).items() for who in persons}
            apart = {frozenset(pair) for pair in decisions.not_same(db)}
        assert confirmed == self.confirmed
        assert rejected == self.rejected
        assert apart == self.apart
        for each in faces.values():
            place = self.place(each)
            assert each.confirmed == (place in self.confirmed)
            assert self.confirmed.get(place, each.person_id) == each.person_id
            assert (place, each.person_id) not in self.rejected
        assert {who for pair in self.apart for who in pair} <= {each.person_id for each in self.core.persons()}


TestDecided = Decided.TestCase
TestDecided.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
