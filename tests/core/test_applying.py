"""A dry run says exactly what is done, whatever humans said, models saw and DBSCAN holds for noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.service import FaceCore
from core.types import Clustering, Face
from tests.core.faces import face, person, seen, unit


def photos(core: FaceCore, who: int, count: int) -> list[Face]:
    """Images of one person each."""
    return [
        core.add_image(f"{who}/{number}", 1000, 1000, [face(seen(person(who), seed=number))])[1][0]
        for number in range(count)
    ]


def told(plan: Clustering) -> object:
    """A plan without the ids that persons get when they are made."""
    groups = [replace(group, person_id=None) if group.is_new else group for group in plan.groups]
    return groups, plan.moves, plan.dissolved, plan.noise


def free_face(core: FaceCore, source: str, who: int, x: float = 400) -> Face:
    """A good face of somebody that is nobody's yet, beside the faces that the image has."""
    wary = FaceCore(core.database, replace(core.pack, thresholds=replace(core.pack.thresholds, accept=2.0)))
    old = [
        face(core.embeddings_of([each.face_id])[each.face_id].vector, each.quality, each.box.x)
        for each in core.faces()
        if each.source == source
    ]
    return wary.add_image(source, 1000, 1000, [*old, face(seen(person(who), seed=99), x=x)])[1][-1]


@pytest.mark.parametrize("model", ["buffalo_s", "another"])
def test_a_person_with_a_face_that_was_not_looked_at_gets_no_second_one_of_the_image(
    core: FaceCore, model: str
) -> None:
    (a,) = {core.assign([each.face_id], None).person_id for each in photos(core, 1, 1)}
    quality = 0.01 if model == "buffalo_s" else 0.9
    faces = [face(person(7), quality, model=model)]
    (unseen,) = core.add_image("x", 1000, 1000, faces)[1]
    core.assign([unseen.face_id], a)
    if model == "another":
        core.add_image("x", 1000, 1000, [face(seen(person(1), seed=99), x=400)])
        later = core.faces()[-1]
        with core.database.write() as db:
            db.exec_driver_sql("UPDATE face SET person_id = NULL WHERE face_id = ?", (later.face_id,))
    else:
        later = free_face(core, "x", 1)
    assert core.face(later.face_id).person_id is None
    dry = core.cluster(dry_run=True)
    assert dry.moves == ()
    assert told(core.cluster()) == told(dry)


def test_who_may_not_join_a_person_may_find_others(core: FaceCore) -> None:
    (known,) = photos(core, 1, 1)
    a = core.assign([known.face_id], None).person_id
    for source in ("x", "y"):
        (poor,) = core.add_image(source, 1000, 1000, [face(person(7), 0.01)])[1]
        core.assign([poor.face_id], a)
    both = [free_face(core, source, 1).face_id for source in ("x", "y")]
    dry = core.cluster(dry_run=True)
    assert [(move.face_id, dry.groups[move.after or 0].is_new) for move in dry.moves] == [(each, True) for each in both]
    assert told(core.cluster()) == told(dry)


def test_dbscan_gives_nobody_a_second_face_of_an_image_unless_both_are_in_the_group(core: FaceCore) -> None:
    known = photos(core, 1, 2)
    a = core.assign([each.face_id for each in known], None).person_id
    (noise,) = core.add_image("x", 1000, 1000, [face(person(7))])[1]
    core.assign([noise.face_id], a)
    later = free_face(core, "x", 1)
    dry = core.cluster_dbscan(eps=0.4, dry_run=True)
    assert dry.moves == ()
    assert dry.groups[0].face_ids == (*(each.face_id for each in known), later.face_id)
    assert told(core.cluster_dbscan(eps=0.4)) == told(dry)
    twin = free_face(core, "1/0", 1)
    assert core.cluster_dbscan(eps=0.4).moves[0].face_id == twin.face_id


def test_one_free_face_between_two_known_persons_is_nobody_new(core: FaceCore) -> None:
    faces = photos(core, 1, 3)
    for each in faces[:2]:
        core.assign([each.face_id], None)
    core.update_person(core.faces()[0].person_id or 0, "Ann")
    with core.database.write() as db:
        db.exec_driver_sql("UPDATE face SET person_id = NULL WHERE face_id = ?", (faces[2].face_id,))
    dry = core.cluster_dbscan(eps=0.4, dry_run=True)
    assert dry.moves == ()
    assert [group.is_new for group in dry.groups] == [False]
    assert told(core.cluster_dbscan(eps=0.4)) == told(dry)


def test_the_twin_of_a_confirmed_face_that_was_rejected_is_not_planned_to_join(core: FaceCore) -> None:
    rng = np.random.default_rng(3)
    for round_ in range(20):
        direction = unit(rng.normal(size=512))
        twin = face(seen(direction, 0.3, 50 + round_))
        a = core.create_person(f"{round_}").person_id
        for number in range(3):
            (one,) = core.add_image(f"{round_}/{number}", 1000, 1000, [face(seen(direction, 0.3, number))])[1]
            core.assign([one.face_id], a)
        first, second = (core.add_image(f"{round_}/{name}", 1000, 1000, [twin])[1][0] for name in ("d", "e"))
        core.assign([first.face_id], a)
        core.reject([second.face_id], a)
    dry = core.cluster(dry_run=True)
    assert dry.moves == ()
    assert told(core.cluster()) == told(dry)


def test_what_was_said_since_the_plan_is_not_contradicted(core: FaceCore) -> None:
    (known,) = photos(core, 1, 1)
    a = core.assign([known.face_id], None).person_id
    later = free_face(core, "x", 1)
    plan = core.cluster(dry_run=True)
    assert [move.face_id for move in plan.moves] == [later.face_id]
    core.reject([later.face_id], a)
    assert core.apply(plan).moves == ()
    assert core.face(later.face_id).person_id is None
