"""Persons are described, named, counted and removed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import InvalidInput, NotFound
from core.persons import MAX_NAME
from core.service import FaceCore
from core.types import Embedding
from tests.core.faces import face, person


@pytest.fixture
def somebody(core: FaceCore) -> int:
    """A person with two faces of different quality."""
    for number, quality in enumerate((0.6, 0.8)):
        core.add_image(f"{number}", 1, 1, [face(person(1), quality)])
    (group,) = core.cluster().groups
    assert group.person_id is not None
    assert group.is_new
    return group.person_id


def test_a_person_is_described(core: FaceCore, somebody: int) -> None:
    described = core.person(somebody)
    assert core.persons() == [described]
    assert (described.name, described.face_count, described.image_count) == (None, 2, 2)
    best = max(core.faces(somebody), key=lambda each: each.quality)
    assert described.cover_face_id == best.face_id
    assert described.created_at <= described.updated_at


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada \t  King\n", "Ada King"),
        ("Zoë 写真 📷", "Zoë 写真 📷"),
        ("'; DROP TABLE person; --", "'; DROP TABLE person; --"),
        ("x" * MAX_NAME, "x" * MAX_NAME),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_a_name_is_kept_without_stray_blanks(
    core: FaceCore, somebody: int, given: str | None, kept: str | None
) -> None:
    core.update_person(somebody, "before")
    core.update_person(somebody, given)
    assert core.person(somebody).name == kept
    assert core.stats().named_persons == (kept is not None)


def test_a_name_has_a_greatest_length(core: FaceCore, somebody: int) -> None:
    core.update_person(somebody, "before")
    with pytest.raises(InvalidInput, match="200 characters"):
        core.update_person(somebody, "x" * (MAX_NAME + 1))
    assert core.person(somebody).name == "before"


def test_who_is_not_there_is_not_found(core: FaceCore, somebody: int) -> None:
    for call in (core.person, core.faces, lambda person_id: core.update_person(person_id, "x")):
        with pytest.raises(NotFound, match=f"no person {somebody + 1}"):
            call(somebody + 1)


def test_statistics_count_everything(core: FaceCore, somebody: int) -> None:
    core.update_person(somebody, "Ada")
    core.add_image("nobody", 1, 1, [])
    core.add_image("somebody else", 1, 1, [face(person(2)), face(person(3), x=200)])
    stats = core.stats()
    assert (stats.images, stats.faces, stats.persons, stats.named_persons, stats.unassigned_faces) == (4, 4, 1, 1, 2)
    assert stats.vectors == {"buffalo_s": 4}


def test_removing_an_image_takes_its_faces_vectors_and_nameless_people(core: FaceCore, somebody: int) -> None:
    first, second = core.faces(somebody)
    assert core.remove_image(first.image_id) == {somebody}
    assert core.person(somebody).face_count == 1
    core.update_person(somebody, "Ada")
    assert core.remove_image(second.image_id, keep_persons=True) == {somebody}
    kept = core.person(somebody)
    assert (kept.name, kept.face_count, kept.cover_face_id) == ("Ada", 0, None)
    with pytest.raises(NotFound, match="no image"):
        core.remove_image(second.image_id)
    assert core.search(Embedding(person(1), core.pack.name)) == []
    stats = core.stats()
    assert (stats.images, stats.faces, stats.persons, stats.vectors) == (0, 0, 1, {})
    assert core.database.problems() == []


def test_a_nameless_person_goes_with_the_last_image(core: FaceCore, somebody: int) -> None:
    for each in core.faces(somebody):
        core.remove_image(each.image_id)
    assert core.persons() == []


def test_a_named_person_goes_with_the_last_image_unless_told_otherwise(core: FaceCore, somebody: int) -> None:
    core.update_person(somebody, "Ada")
    for each in core.faces(somebody):
        core.remove_image(each.image_id)
    assert core.persons() == []


def test_who_has_neither_faces_nor_a_name_any_more_goes(core: FaceCore, somebody: int) -> None:
    core.update_person(somebody, "Ada")
    for each in core.faces(somebody):
        core.remove_image(each.image_id, keep_persons=True)
    core.update_person(somebody, "Ada L.")
    assert core.stats().persons == 1
    core.update_person(somebody, None)
    assert core.stats().persons == 0


def test_two_threads_add_images_at_once(core: FaceCore, somebody: int) -> None:
    def work(name: str) -> None:
        for number in range(20):
            core.add_image(f"{name} {number}", 1, 1, [face(person(1)), face(person(2), x=200)])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ("x", "y")))
    core.cluster()
    assert core.person(somebody).face_count == 42
    assert [each.face_count for each in core.persons()] == [42, 40]
    assert core.database.problems() == []
