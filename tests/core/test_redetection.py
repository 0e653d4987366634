"""An image that is detected anew: faces are found again by likeness and by place, and no word goes to another."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from core import schema
from core.database import Database
from core.service import FaceCore
from core.types import Face
from tests import samples
from tests.core.faces import face, person, seen

WIDE, TALL = 1000, 1000


def show(core: FaceCore, *people: tuple[int, float], width: int = WIDE, model: str = "buffalo_s") -> list[Face]:
    """Looks at the image again: who is at which x now."""
    faces = [face(seen(person(who), 0.2, who), x=x, model=model) for who, x in people]
    return core.add_image("image", width, TALL, faces)[1]


def somebody(core: FaceCore, one: Face) -> int:
    """A human says that a face is a new person."""
    return core.assign([one.face_id], None).person_id


def pixels(image: Image.Image) -> bytes:
    """A picture as a file without loss."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def whose(*faces: Face) -> list[tuple[int | None, bool]]:
    return [(each.person_id, each.confirmed) for each in faces]


def rows(core: FaceCore) -> list[tuple[str, int | None, int]]:
    """What was decided: the kind, the face, the person."""
    query = text("SELECT kind, face_id, person_id FROM decision ORDER BY face_id, person_id")
    with core.database.read() as db:
        return [tuple(row) for row in db.execute(query)]


def test_who_stands_in_a_cut_picture_where_another_stood_is_not_the_other(core: FaceCore) -> None:
    ann, bob = show(core, (1, 10), (2, 310))
    a, b = somebody(core, ann), somebody(core, bob)
    (left,) = show(core, (2, 10), width=700)
    assert whose(left) == [(b, True)]
    # The other's word waits, also when the cut picture is looked at again.
    (left,) = show(core, (2, 10), width=700)
    assert whose(left) == [(b, True)]
    assert rows(core) == [("confirmed", None, a), ("confirmed", left.face_id, b)]
    assert whose(*show(core, (1, 10), (2, 310))) == [(a, True), (b, True)]


def test_a_real_picture_that_was_cut_gives_no_name_to_another(core: FaceCore) -> None:
    picture = samples.t1()
    before = core.save("t1", pixels(picture)).faces
    named = {each.face_id: somebody(core, each) for each in before}
    # The third of the six now stands where the first stood.
    shift = samples.FACES_IN_T1[2][0] - samples.FACES_IN_T1[0][0]
    after = core.save("t1", pixels(picture.crop((shift, 0, shift + picture.width, picture.height)))).faces
    left = sorted((each.box.x, each.face_id) for each in before)[2:]
    assert [face_id for _, face_id in sorted((each.box.x, each.face_id) for each in after)] == [
        face_id for _, face_id in left
    ]
    assert {each.face_id: each.person_id for each in after} == {face_id: named[face_id] for _, face_id in left}


def test_a_mirrored_picture_swaps_no_names(core: FaceCore) -> None:
    ann, bob = show(core, (1, 10), (2, 310))
    a, b = somebody(core, ann), somebody(core, bob)
    assert whose(*show(core, (2, 10), (1, 310))) == [(b, True), (a, True)]


def test_a_stranger_at_the_place_of_somebody_is_not_them(core: FaceCore) -> None:
    (ann,) = show(core, (1, 10))
    a = somebody(core, ann)
    for _ in range(2):
        assert whose(*show(core, (3, 10))) == [(None, False)]
    assert rows(core) == [("confirmed", None, a)]
    assert [each.person_id for each in core.persons()] == [a]
    assert whose(*show(core, (1, 10), (3, 310))) == [(a, True), (None, False)]


def test_somebody_who_is_in_the_picture_twice_keeps_the_places(core: FaceCore) -> None:
    first, second = show(core, (1, 10), (1, 310))
    assert [each.face_id for each in show(core, (1, 310), (1, 10))] == [second.face_id, first.face_id]


def test_a_face_that_has_changed_is_known_by_its_place_and_some_likeness(core: FaceCore) -> None:
    (before,) = show(core, (1, 10))
    thresholds = core.pack.thresholds
    changed = seen(person(1), 2.5, 3)
    assert thresholds.suggest <= float(changed @ seen(person(1), 0.2, 1)) < thresholds.accept
    (after,) = core.add_image("image", WIDE, TALL, [face(changed)])[1]
    assert after.face_id == before.face_id


def test_what_waits_does_not_go_to_a_face_that_has_a_word_of_its_own(core: FaceCore) -> None:
    first, second = show(core, (1, 10), (2, 65))
    b, a = somebody(core, second), somebody(core, first)
    (left,) = show(core, (2, 45))
    assert whose(left) == [(b, True)]
    assert rows(core) == [("confirmed", None, a), ("confirmed", left.face_id, b)]


def test_of_two_words_that_wait_for_one_face_the_nearer_gets_it(core: FaceCore) -> None:
    first, second = show(core, (1, 10), (2, 65))
    b, a = somebody(core, second), somebody(core, first)
    show(core)
    (back,) = show(core, (2, 45))
    assert whose(back) == [(b, True)]
    assert rows(core) == [("confirmed", None, a), ("confirmed", back.face_id, b)]


def test_persons_who_are_merged_while_their_face_is_not_found(core: FaceCore) -> None:
    (one,) = show(core, (1, 10))
    bob = core.create_person("Bob").person_id
    a = somebody(core, one)
    core.reject([one.face_id], bob)
    # Somebody else to whom the face would go if nobody had said whose it is.
    third = core.create_person("third").person_id
    for seed in range(3):
        (other,) = core.add_image(f"third {seed}", WIDE, TALL, [face(seen(person(1), 0.2, 9 + seed))])[1]
        core.assign([other.face_id], third)
    show(core)
    core.merge([a], bob)
    (back,) = show(core, (1, 10))
    assert whose(back) == [(bob, True)]
    assert [row for row in rows(core) if row[2] == bob] == [("confirmed", back.face_id, bob)]


def test_what_two_merged_persons_were_both_not_is_said_once(core: FaceCore) -> None:
    (one,) = show(core, (1, 10))
    a, b = (core.create_person(name).person_id for name in ("Ann", "Bob"))
    core.reject([one.face_id], a)
    core.reject([one.face_id], b)
    show(core)
    core.merge([a], b)
    assert rows(core) == [("rejected", None, b)]


@pytest.mark.parametrize("is_rejected", [False, True])
def test_who_only_waits_in_an_image_goes_with_it(core: FaceCore, is_rejected: bool) -> None:
    (one,) = show(core, (1, 10))
    made = somebody(core, one)
    if is_rejected:
        core.reject([one.face_id], made)
    named = core.create_person("Ann").person_id
    core.reject([one.face_id], named)
    show(core)
    core.remove_image(one.image_id)
    assert [each.person_id for each in core.persons()] == [named]


def test_who_was_only_rejected_goes_with_the_face(core: FaceCore) -> None:
    (one,) = show(core, (1, 10))
    core.reject([one.face_id], somebody(core, one))
    core.delete_faces([one.face_id])
    assert core.persons() == []


def test_an_older_database_in_which_a_face_is_two_persons_is_mended(database: Database, core: FaceCore) -> None:
    (one,) = show(core, (1, 10))
    a, b = somebody(core, one), core.create_person("Bob").person_id
    with database.write() as db:
        db.execute(text("DROP INDEX decision_confirms_one"))
        for table in ("aside", "aside_vector", "guard", "excluded", "exclusion"):
            db.execute(text(f"DROP TABLE {table}"))
        db.execute(text("UPDATE alembic_version SET version_num = 'core_0001'"))
        db.execute(
            text(
                "INSERT INTO decision (kind, image_id, face_id, person_id, x, y, width, height, decided_at) "
                "SELECT kind, image_id, face_id, :b, x, y, width, height, decided_at FROM decision"
            ),
            {"b": b},
        )
    opened = Database(database.path, schema.metadata, 1)
    assert rows(FaceCore(opened, core.pack)) == [("confirmed", None, b), ("confirmed", one.face_id, a)]
    with opened.read() as db:
        made = db.execute(text("SELECT sql FROM sqlite_master WHERE name = 'decision_confirms_one'")).scalar_one()
    assert made.startswith("CREATE UNIQUE INDEX")
    opened.close()
