"""What humans said: each kind of decision, and what it does to faces and persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core import decisions
from core.errors import Conflict, InvalidInput, NotFound
from core.service import FaceCore
from core.types import Embedding, Face, Verdict
from tests.core.faces import between, face, person, seen


def photos(core: FaceCore, who: int, count: int, first: int = 0) -> list[Face]:
    """Images of one person each."""
    return [
        core.add_image(f"{who}/{number}", 1000, 1000, [face(seen(person(who), seed=number))])[1][0]
        for number in range(first, first + count)
    ]


def person_of(core: FaceCore, one: Face) -> int | None:
    return core.face(one.face_id).person_id


def grouped(core: FaceCore, *groups: list[Face]) -> list[int]:
    """Groups everything; the person of each group."""
    core.cluster()
    found = [person_of(core, group[0]) for group in groups]
    assert None not in found
    return [each for each in found if each is not None]


def test_a_confirmed_face_says_so_and_stays(core: FaceCore) -> None:
    ada, ben = photos(core, 1, 3), photos(core, 2, 3)
    a, b = grouped(core, ada, ben)
    assert core.assign([ben[0].face_id], a).person_id == a
    confirmed = core.face(ben[0].face_id)
    assert (confirmed.person_id, confirmed.confirmed) == (a, True)
    assert not core.face(ben[1].face_id).confirmed
    core.cluster()
    assert person_of(core, ben[0]) == a
    assert core.why(ben[0].face_id).verdict is Verdict.CONFIRMED
    core.assign([ben[0].face_id], b)
    assert person_of(core, ben[0]) == b


def test_a_rejected_face_leaves_and_does_not_come_back(core: FaceCore) -> None:
    ada = photos(core, 1, 4)
    (a,) = grouped(core, ada)
    core.reject([ada[0].face_id], a)
    assert person_of(core, ada[0]) is None
    for _ in range(2):
        core.cluster()
        core.cluster_dbscan(eps=1.0)
        assert person_of(core, ada[0]) != a
    assert a in core.why(ada[0].face_id).excluded
    assert {person_of(core, each) for each in ada[1:]} == {a}


def test_what_resembles_a_rejected_face_is_asked_about(core: FaceCore) -> None:
    ada = photos(core, 1, 3)
    (a,) = grouped(core, ada)
    twin = between(person(1), person(2), 0.4)
    wrong = core.add_image("wrong", 1000, 1000, [face(twin)])[1][0]
    assert wrong.person_id == a
    core.reject([wrong.face_id], a)
    again = core.add_image("again", 1000, 1000, [face(seen(twin, 0.1, 5))])[1][0]
    assert again.person_id is None
    assert core.why(again.face_id).verdict is Verdict.SUGGESTED
    assert [each.person_id for each in core.suggestions([again.face_id])] == [a]


@pytest.mark.parametrize("grouping", [FaceCore.cluster, lambda core: core.cluster_dbscan(eps=0.6, min_samples=2)])
def test_grouping_anew_does_not_give_it_to_that_person_either(
    core: FaceCore, grouping: Callable[[FaceCore], object]
) -> None:
    ada = photos(core, 1, 3)
    (a,) = grouped(core, ada)
    twin = between(person(1), person(2), 0.4)
    wrong = core.add_image("wrong", 1000, 1000, [face(twin)])[1][0]
    core.reject([wrong.face_id], a)
    again = core.add_image("again", 1000, 1000, [face(seen(twin, 0.1, 5))])[1][0]
    wary = FaceCore(core.database, replace(core.pack, thresholds=replace(core.pack.thresholds, accept=2.0)))
    own = wary.add_image("own", 1000, 1000, [face(seen(person(1), seed=9))])[1][0]
    assert own.person_id is None
    grouping(core)
    assert person_of(core, again) != a
    assert person_of(core, own) == a


def test_rejected_faces_that_resemble_one_another_become_their_own_person(core: FaceCore) -> None:
    ada = photos(core, 1, 6)
    (a,) = grouped(core, ada)
    core.update_person(a, "Ada")
    core.reject([each.face_id for each in ada[:3]], a)
    core.cluster()
    (twin,) = {person_of(core, each) for each in ada[:3]}
    assert twin not in (None, a)


def test_persons_that_are_not_the_same_are_never_joined(core: FaceCore) -> None:
    ada = photos(core, 1, 6)
    (a,) = grouped(core, ada)
    twin = core.split(a, [each.face_id for each in ada[:3]]).person_id
    core.cluster()
    core.cluster_dbscan(eps=1.0)
    assert {person_of(core, each) for each in ada[:3]} == {twin}
    assert {person_of(core, each) for each in ada[3:]} == {a}
    with core.database.read() as db:
        assert decisions.not_same(db) == [(a, twin)]


def test_a_named_person_keeps_its_faces(core: FaceCore) -> None:
    mixed = [*photos(core, 1, 2), *photos(core, 2, 2)]
    both = core.assign([mixed[0].face_id, mixed[2].face_id], None).person_id
    core.update_person(both, "The band")
    core.cluster()
    assert {person_of(core, each) for each in (mixed[0], mixed[2])} == {both}


def test_merging_moves_faces_decisions_and_names(core: FaceCore) -> None:
    ada, ben, cleo = photos(core, 1, 3), photos(core, 2, 3), photos(core, 3, 3)
    a, b, c = grouped(core, ada, ben, cleo)
    core.update_person(b, "Ben")
    core.not_same(b, c)
    core.reject([cleo[0].face_id], b)
    core.assign([ben[0].face_id], b)
    merged = core.merge([b], a)
    assert (merged.person_id, merged.face_count, merged.removed_ids) == (a, 3, (b,))
    assert core.person(a).name == "Ben"
    assert core.person(a).face_count == 6
    assert core.face(ben[0].face_id).confirmed
    with core.database.read() as db:
        assert decisions.not_same(db) == [(a, c)]
        assert decisions.rejected(db) == {cleo[0].face_id: {a}}
    with pytest.raises(NotFound):
        core.person(b)


def test_after_a_merge_a_face_that_was_rejected_from_one_of_them_leaves(core: FaceCore) -> None:
    ada, ben = photos(core, 1, 3), photos(core, 2, 3)
    a, b = grouped(core, ada, ben)
    core.reject([ada[0].face_id], b)
    core.merge([b], a)
    assert person_of(core, ada[0]) is None
    assert core.person(a).face_count == 5


def test_several_persons_are_merged_at_once_with_what_was_decided_of_them(core: FaceCore) -> None:
    ada, ben, cleo = photos(core, 1, 3), photos(core, 2, 3), photos(core, 3, 3)
    a, b, c = grouped(core, ada, ben, cleo)
    core.assign([ben[0].face_id], b)
    core.reject([ben[0].face_id], c)
    assert core.merge([b, c], a).removed_ids == (b, c)
    assert core.person(a).face_count == 9
    with core.database.read() as db:
        assert decisions.confirmed(db) == {ben[0].face_id: a}
        assert decisions.rejected(db) == {}, "what it is counts before what it is not"


@pytest.mark.parametrize(("keep", "expected"), [(True, "Ada"), (False, "Ben")])
def test_the_name_after_a_merge(core: FaceCore, keep: bool, expected: str) -> None:
    a, b = core.create_person("Ada").person_id, core.create_person("Ben").person_id
    core.merge([b], a, keep_name=keep)
    assert core.person(a).name == expected


def test_a_decision_waits_for_a_face_that_is_not_found_and_finds_it_again(core: FaceCore) -> None:
    ada = photos(core, 1, 3)
    (a,) = grouped(core, ada)
    image_id, (odd,) = core.add_image("odd", 1000, 800, [face(seen(person(9)))])
    core.assign([odd.face_id], a)
    assert core.add_image("odd", 1000, 800, []) == (image_id, [])
    with pytest.raises(NotFound):
        core.face(odd.face_id)
    # In a picture of half the size the place is half as far from the corner.
    half = face(seen(person(9), seed=4), x=5)
    half = type(half)(
        type(half.detection)(type(half.detection.box)(5, 5, 50, 50), half.detection.landmarks, 0.9),
        half.embedding,
        half.quality,
    )
    _, (found,) = core.add_image("odd", 500, 400, [half])
    assert (found.person_id, found.confirmed) == (a, True)


def test_a_face_that_moved_in_the_picture_is_known_by_its_likeness(core: FaceCore) -> None:
    _, (before,) = core.add_image("cut", 1000, 800, [face(seen(person(1), seed=1), x=600)])
    ada = core.assign([before.face_id], None)
    _, (after,) = core.add_image("cut", 500, 800, [face(seen(person(1), seed=2), x=100)])
    assert (after.face_id, after.person_id, after.confirmed) == (before.face_id, ada.person_id, True)


def test_another_model_sees_the_same_faces(core: FaceCore) -> None:
    image_id, (before,) = core.add_image("a", 1000, 800, [face(seen(person(1)))])
    core.assign([before.face_id], None)
    other = face(seen(person(5)), model="another", x=15)
    _, (after,) = core.add_image("a", 1000, 800, [other])
    assert after.face_id == before.face_id
    assert after.confirmed
    assert core.stats().vectors == {core.pack.name: 1, "another": 1}
    assert core.search(Embedding(person(1), core.pack.name))[0].face.face_id == before.face_id
    assert core.search(Embedding(person(5), "another"))[0].face.face_id == before.face_id
    # What only the first model sees stays when the other sees nothing.
    extra = face(seen(person(2)), x=400)
    core.add_image("b", 1000, 800, [extra])
    core.add_image("b", 1000, 800, [face(seen(person(6)), model="another", x=700)])
    assert len([each for each in core.faces() if each.source == "b"]) == 2
    assert core.database.problems() == []
    assert core.remove_image(image_id)


def test_deleting_faces(core: FaceCore) -> None:
    ada = photos(core, 1, 2)
    (a,) = grouped(core, ada)
    core.update_person(a, "Ada")
    core.delete_faces([ada[0].face_id])
    assert core.person(a).face_count == 1
    core.delete_faces([ada[1].face_id], keep_persons=True)
    assert core.person(a).face_count == 0
    (extra,) = photos(core, 1, 1, first=7)
    core.assign([extra.face_id], a)
    core.delete_faces([extra.face_id])
    assert core.persons() == []
    assert core.stats().vectors == {}
    # Who is to stay stays, also when nobody said anything of them.
    (alone,) = photos(core, 1, 1, first=9)
    somebody = core.assign([alone.face_id], None).person_id
    core.delete_faces([alone.face_id], keep_persons=True)
    assert [each.person_id for each in core.persons()] == [somebody]


def test_deleting_a_person_leaves_its_faces(core: FaceCore) -> None:
    ada = photos(core, 1, 2)
    (a,) = grouped(core, ada)
    core.assign([ada[0].face_id], a)
    core.delete_person(a)
    assert core.persons() == []
    assert [person_of(core, each) for each in ada] == [None, None]
    assert not core.face(ada[0].face_id).confirmed


def test_what_cannot_be_is_refused_and_changes_nothing(core: FaceCore) -> None:
    ada, ben = photos(core, 1, 2), photos(core, 2, 2)
    a, b = grouped(core, ada, ben)
    mine, theirs = [each.face_id for each in ada], [each.face_id for each in ben]
    before = (core.faces(), core.persons())
    for refused in (
        lambda: core.merge([], a),
        lambda: core.merge([a], a),
        lambda: core.merge([b, b], a),
        lambda: core.not_same(a, a),
        lambda: core.assign([], a),
        lambda: core.assign([mine[0], mine[0]], b),
        lambda: core.cluster_dbscan(eps=float("nan")),
        lambda: core.cluster_dbscan(eps=0),
        lambda: core.cluster_dbscan(min_samples=0),
        lambda: core.create_person("x" * 201),
        lambda: core.create_person("a", {"x": float("nan")}),
        lambda: core.create_person("\ud800"),
        lambda: core.update_person(a, metadata={"x": "y" * 100_000}),
    ):
        with pytest.raises(InvalidInput):
            refused()
    for refused in (lambda: core.split(a, mine), lambda: core.split(a, theirs)):
        with pytest.raises(Conflict):
            refused()
    for refused in (
        lambda: core.merge([999], a),
        lambda: core.merge([b], 999),
        lambda: core.assign([mine[0], 999], b),
        lambda: core.reject([mine[0]], 999),
        lambda: core.delete_faces([mine[0], 999]),
        lambda: core.delete_person(999),
        lambda: core.face(999),
        lambda: core.why(999),
        lambda: core.not_same(a, 999),
        lambda: core.cluster_dbscan([999]),
        lambda: core.search_face(999),
    ):
        with pytest.raises(NotFound):
            refused()
    assert (core.faces(), core.persons()) == before


def test_dbscan_keeps_who_is_one_person_and_makes_the_rest_new(core: FaceCore) -> None:
    ada, ben = photos(core, 1, 3), photos(core, 2, 3)
    first = core.cluster_dbscan(eps=0.4, min_samples=2)
    assert [group.is_new for group in first.groups] == [True, True]
    again = core.cluster_dbscan(eps=0.4, min_samples=2)
    assert [(group.person_id, group.face_ids) for group in again.groups] == [
        (group.person_id, group.face_ids) for group in first.groups
    ]
    assert again.moves == ()
    only = core.cluster_dbscan([each.face_id for each in ben[:2]], eps=0.4, dry_run=True)
    assert [group.face_ids for group in only.groups] == [tuple(each.face_id for each in ben[:2])]
    far = core.cluster_dbscan([ada[0].face_id, ben[0].face_id], eps=0.4, dry_run=True)
    assert far.noise == (ada[0].face_id, ben[0].face_id)


def test_notes_are_kept(core: FaceCore) -> None:
    made = core.create_person("Ada", {"born": 1815, "tags": ["x"]})
    assert core.person(made.person_id).metadata == {"born": 1815, "tags": ["x"]}
    changed = core.update_person(made.person_id, metadata={})
    assert (changed.name, changed.metadata) == ("Ada", {})
    (photo,) = photos(core, 1, 1)
    assert core.note_face(photo.face_id, {"by": "hand"}).metadata == {"by": "hand"}
    assert core.face(photo.face_id).metadata == {"by": "hand"}


def test_why_tells_the_nearest_faces_and_the_thresholds(core: FaceCore) -> None:
    ada = photos(core, 1, 3)
    (a,) = grouped(core, ada)
    told = core.why(ada[0].face_id)
    assert (told.verdict, told.person_id, told.excluded) == (Verdict.ACCEPTED, a, ())
    assert {each.face_id for each in told.nearest} == {each.face_id for each in ada[1:]}
    assert told.similarity == told.nearest[0].similarity > told.accept > told.suggest > 0
    (stranger,) = photos(core, 8, 1)
    assert core.why(stranger.face_id).verdict is Verdict.LEFT
    assert core.why(stranger.face_id).person_id is None
