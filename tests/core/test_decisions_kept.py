"""No sequence of decisions, groupings, merges, new detections and model changes loses a decision or contradicts one.

People wait while their image shows nobody, and are named, merged and grouped meanwhile; pictures are cut, mixed up and
shown with strangers. What cannot be known is left out: a decision that waits has its place alone, so that an image in
which one waits shows nobody new at that place.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from core import decisions, schema
from core.database import Database
from core.models import find_pack
from core.service import FaceCore
from core.types import Clustering, Face
from tests.core.faces import face, person, seen

Subject = tuple[str, int]
"""What a decision is about: somebody in an image."""

PICK = st.integers(0, 10_000)
SHOWN = st.permutations([None, 0, 1, 2, 3]).map(lambda people: people[:3])
"""Who is at each place of an image, one place at most is empty."""


class Decided(RuleBasedStateMachine):
    """Core beside the plainest statement of what it has to keep."""

    @initialize(images=st.lists(SHOWN, min_size=2, max_size=3), picks=st.lists(PICK, min_size=1, max_size=3))
    def open(self, images: list[list[int | None]], picks: list[int]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(Path(self.folder.name) / "core.sqlite", schema.metadata, 1)
        pack = find_pack()
        self.cores = [FaceCore(self.database, pack), FaceCore(self.database, replace(pack, name="another"))]
        self.core = self.cores[0]
        self.shown: dict[str, list[int | None]] = {}
        self.before: dict[str, list[int | None]] = {}
        """Images of which something is hidden now: what they showed before."""
        self.seen: dict[Subject, frozenset[str]] = {}
        """The faces that there are, and the models that saw each."""
        self.confirmed: dict[Subject, int] = {}
        self.rejected: set[tuple[Subject, int]] = set()
        self.apart: set[frozenset[int]] = set()
        self.once_apart: set[int] = set()
        self.looks = 0
        for shown in images:
            self.add(shown)
        for pick in picks:
            self.assign(pick, pick, new=True)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def look(self, source: str, shift: int = 0, blind: bool = False) -> None:
        self.looks += 1
        model = self.core.pack.name
        visible = {} if blind else {place: who for place, who in enumerate(self.shown[source]) if who is not None}
        faces = [
            face(
                seen(person(who), 0.5, 3 * self.looks + place),
                0.01 if (self.looks + who) % 5 == 0 else 0.9,
                10.0 + 300 * place + shift,
                model,
            )
            for place, who in visible.items()
        ]
        self.core.add_image(source, 100 + 300 * len(self.shown[source]), 1000, faces)
        for subject in [each for each in self.seen if each[0] == source and model in self.seen[each]]:
            if subject[1] not in visible.values():
                del self.seen[subject]
        for who in visible.values():
            self.seen[source, who] = self.seen.get((source, who), frozenset()) | {model}

    def subject(self, one: Face) -> Subject:
        who = self.shown[one.source][int(one.box.x) // 300]
        assert who is not None
        return one.source, who

    def words(self, source: str) -> set[Subject]:
        """Who in an image is waited for."""
        every = {*self.confirmed, *(subject for subject, _ in self.rejected)}
        return {subject for subject in every - set(self.seen) if subject[0] == source}

    def image(self, pick: int) -> str:
        return sorted(self.shown)[pick % len(self.shown)]

    def is_clear(self, source: str) -> bool:
        """Whether all who are shown were found by this model, and nobody else is there or waited for."""
        there = {subject for subject in self.seen if subject[0] == source}
        shown = {(source, who) for who in self.shown[source] if who is not None}
        known = all(self.core.pack.name in self.seen[subject] for subject in there)
        return there == shown and known and source not in self.before

    def some(self, pick: int) -> Face:
        every = self.core.faces()
        return every[pick % len(every)]

    def somebody(self, pick: int) -> int:
        every = self.core.persons()
        return every[pick % len(every)].person_id

    def has_images(self) -> bool:
        return bool(self.shown)

    def has_faces(self) -> bool:
        return bool(self.seen)

    def has_persons(self) -> bool:
        return bool(self.shown) and len(self.core.persons()) > 1

    @rule(shown=SHOWN)
    def add(self, shown: list[int | None]) -> None:
        source = f"{self.looks:03}"
        self.shown[source] = shown
        self.look(source)

    @precondition(has_images)
    @rule(pick=PICK, shift=st.integers(0, 20))
    def look_again(self, pick: int, shift: int) -> None:
        self.look(self.image(pick), shift)

    @precondition(has_images)
    @rule(pick=PICK)
    def find_nobody(self, pick: int) -> None:
        source = self.image(pick)
        if source not in self.before and {who for _, who in self.words(source)} <= set(self.shown[source]):
            self.look(source, blind=True)

    @precondition(has_images)
    @rule(pick=PICK, order=st.permutations(range(3)))
    def mix_up(self, pick: int, order: list[int]) -> None:
        source = self.image(pick)
        if self.is_clear(source):
            self.shown[source] = [self.shown[source][place] for place in order]
            self.look(source)

    @precondition(has_images)
    @rule(pick=PICK, cut=st.booleans(), place=st.integers(0, 2))
    def hide_somebody(self, pick: int, cut: bool, place: int) -> None:
        """The picture is cut at the left, or a stranger stands where somebody stood."""
        source = self.image(pick)
        if self.is_clear(source) and not self.words(source):
            self.before[source] = shown = self.shown[source]
            stranger = [*shown[:place], 100 + self.looks, *shown[place + 1 :]]
            self.shown[source] = shown[1:] if cut else stranger
            self.look(source)

    @precondition(lambda self: self.has_images() and self.before)
    @rule(pick=PICK)
    def show_all(self, pick: int) -> None:
        source = sorted(self.before)[pick % len(self.before)]
        before = self.before.pop(source)
        if self.is_clear(source):
            self.shown[source] = before
            self.look(source)
        else:
            self.before[source] = before

    @precondition(has_images)
    @rule(pick=PICK, keep=st.booleans())
    def remove_image(self, pick: int, keep: bool) -> None:
        source = self.image(pick)
        (image_id,) = (each.image_id for each in self.core.images() if each.source == source)
        self.core.remove_image(image_id, keep_persons=keep)
        del self.shown[source]
        self.before.pop(source, None)
        self.forget(lambda subject: subject[0] == source)

    @precondition(has_faces)
    @rule(pick=PICK)
    def delete_face(self, pick: int) -> None:
        one = self.some(pick)
        subject = self.subject(one)
        if not self.words(one.source):
            self.core.delete_faces([one.face_id])
            self.forget(lambda each: each == subject)

    @rule()
    def change_model(self) -> None:
        self.core = self.cores[1 - self.cores.index(self.core)]

    @precondition(has_faces)
    @rule(pick=PICK, whose=PICK, new=st.booleans())
    def assign(self, pick: int, whose: int, new: bool) -> None:
        one = self.some(pick)
        person_id = None if new or not self.core.persons() else self.somebody(whose)
        given = self.core.assign([one.face_id], person_id).person_id
        self.confirmed[self.subject(one)] = given
        self.rejected.discard((self.subject(one), given))
        self.forget_the_gone()

    @precondition(lambda self: self.has_faces() and self.has_persons())
    @rule(pick=PICK, whose=PICK)
    def reject(self, pick: int, whose: int) -> None:
        one, person_id = self.some(pick), self.somebody(whose)
        self.core.reject([one.face_id], person_id)
        self.rejected.add((self.subject(one), person_id))
        if self.confirmed.get(self.subject(one)) == person_id:
            del self.confirmed[self.subject(one)]

    @precondition(has_persons)
    @rule(one=PICK, other=PICK)
    def not_same(self, one: int, other: int) -> None:
        pair = frozenset((self.somebody(one), self.somebody(other)))
        if len(pair) == 2:
            self.core.not_same(*pair)
            self.hold_apart(pair)

    @precondition(has_persons)
    @rule(one=PICK, other=PICK)
    def merge(self, one: int, other: int) -> None:
        source, target = self.somebody(one), self.somebody(other)
        if source == target:
            return
        self.core.merge([source], target)
        self.confirmed = {subject: target if who == source else who for subject, who in self.confirmed.items()}
        moved = {(subject, target if who == source else who) for subject, who in self.rejected}
        self.rejected = {(subject, who) for subject, who in moved if self.confirmed.get(subject) != who}
        pairs = (frozenset(target if who == source else who for who in pair) for pair in self.apart)
        self.apart = {pair for pair in pairs if len(pair) == 2}
        self.once_apart.add(target)

    @precondition(has_persons)
    @rule(whose=PICK, pick=PICK)
    def split(self, whose: int, pick: int) -> None:
        person_id = self.somebody(whose)
        faces = self.core.faces(person_id)
        if len(faces) > 1:
            one = faces[pick % len(faces)]
            new = self.core.split(person_id, [one.face_id]).person_id
            self.confirmed[self.subject(one)] = new
            self.hold_apart(frozenset((person_id, new)))

    @precondition(has_persons)
    @rule(whose=PICK)
    def name(self, whose: int) -> None:
        self.core.update_person(self.somebody(whose), "somebody")

    @precondition(has_persons)
    @rule(whose=PICK)
    def delete_person(self, whose: int) -> None:
        self.core.delete_person(self.somebody(whose))
        self.forget_the_gone()

    @precondition(has_faces)
    @rule()
    def cluster(self) -> None:
        self.as_foretold(self.core.cluster(dry_run=True), self.core.cluster())

    @precondition(has_faces)
    @rule(after=st.integers(0, 20))
    def cluster_new(self, after: int) -> None:
        self.as_foretold(self.core.cluster(dry_run=True, after=after), self.core.cluster(after=after))

    @precondition(has_faces)
    @rule(eps=st.sampled_from([0.1, 0.5, 0.9, 1.2]), min_samples=st.integers(1, 3))
    def cluster_dbscan(self, eps: float, min_samples: int) -> None:
        dry = self.core.cluster_dbscan(eps=eps, min_samples=min_samples, dry_run=True)
        self.as_foretold(dry, self.core.cluster_dbscan(eps=eps, min_samples=min_samples))

    def as_foretold(self, dry: Clustering, done: Clustering) -> None:
        """What was done is what a dry run told, but for the ids of new persons."""
        assert (dry.moves, dry.dissolved, dry.noise) == (done.moves, done.dissolved, done.noise)
        new = [replace(group, person_id=None) if group.is_new else group for group in done.groups]
        assert list(dry.groups) == new

    def hold_apart(self, pair: frozenset[int]) -> None:
        self.apart.add(pair)
        self.once_apart |= pair

    def forget(self, gone: Callable[[Subject], bool]) -> None:
        """What a human removes takes what was said of it along."""
        self.seen = {subject: models for subject, models in self.seen.items() if not gone(subject)}
        self.confirmed = {subject: who for subject, who in self.confirmed.items() if not gone(subject)}
        self.rejected = {(subject, who) for subject, who in self.rejected if not gone(subject)}
        self.forget_the_gone()

    def forget_the_gone(self) -> None:
        """So does a person whom a human deleted, or left without any face or word."""
        there = {each.person_id for each in self.core.persons()}
        self.confirmed = {subject: who for subject, who in self.confirmed.items() if who in there}
        self.rejected = {(subject, who) for subject, who in self.rejected if who in there}
        self.apart = {pair for pair in self.apart if pair <= there}

    @invariant()
    def every_decision_is_kept_and_obeyed(self) -> None:
        if not hasattr(self, "database"):
            return
        faces = {each.face_id: each for each in self.core.faces()}
        subjects = {face_id: self.subject(each) for face_id, each in faces.items()}
        assert sorted(subjects.values()) == sorted(self.seen)
        said = [("confirmed", *each) for each in self.confirmed.items()]
        said += [("rejected", *each) for each in self.rejected]
        with self.database.read() as db:
            rows = db.execute(text("SELECT * FROM decision JOIN image USING (image_id)")).all()
            assert {frozenset(pair) for pair in decisions.not_same(db)} == self.apart
        found = sorted((row.kind, subjects[row.face_id], row.person_id) for row in rows if row.face_id is not None)
        assert found == sorted(each for each in said if each[1] in self.seen)
        waiting = Counter((row.kind, row.source, row.person_id) for row in rows if row.face_id is None)
        assert waiting == Counter((kind, of[0], who) for kind, of, who in said if of not in self.seen)
        for face_id, each in faces.items():
            assert each.confirmed == (subjects[face_id] in self.confirmed)
            assert self.confirmed.get(subjects[face_id], each.person_id) == each.person_id
            assert (subjects[face_id], each.person_id) not in self.rejected

    @invariant()
    def everybody_has_a_reason_to_be_there(self) -> None:
        if hasattr(self, "database"):
            said = {*self.confirmed.values(), *(who for _, who in self.rejected), *self.once_apart}
            assert all(each.face_count or each.name or each.person_id in said for each in self.core.persons())
            assert {who for pair in self.apart for who in pair} <= {each.person_id for each in self.core.persons()}


TestDecided = Decided.TestCase
TestDecided.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
