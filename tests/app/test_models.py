"""A library changes its face model: everything stays in sight, and nothing that a human said is lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from app import models, worklist
from app.analysis import Job, analyze
from app.errors import ModelMissing
from app.library import Library
from app.queueing import Queue
from app.thumbnail_files import ThumbnailFiles
from core.errors import ModelError
from core.models import find_pack
from tests import samples
from tests.app.conftest import TIMEOUT, Opener, Witness, index, scan

OTHER = "yunet_sface"


def finished(library: Library) -> None:
    """Waits for the end of the work, which has to be without error."""
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None


def unseen(library: Library) -> int:
    return worklist.unseen_count(library.database, library.core.pack.name)


@pytest.fixture
def own(open_library: Opener, indexed_folder: Path, tmp_path: Path) -> Library:
    """A library of the album of its own for each test, its Indexer at rest but there."""
    folder = tmp_path / "indexed"
    shutil.copytree(indexed_folder, folder)
    library = open_library(folder)
    finished(library)
    return library


def test_a_library_uses_the_default_model_and_lists_the_others(library: Library) -> None:
    listed = {each.name: each for each in library.models.list()}
    assert [name for name, each in listed.items() if each.in_use] == [library.models.current.name] == ["buffalo_s"]
    assert {name: each.installed for name, each in listed.items()} == {
        "buffalo_s": True,
        "buffalo_l": False,
        "yunet_sface": True,
    }
    assert not listed[OTHER].non_commercial and listed["buffalo_s"].non_commercial
    assert listed["buffalo_l"].files == ("det_10g.onnx", "w600k_r50.onnx")


def test_another_model_looks_at_everything_and_nothing_is_lost(own: Library) -> None:
    person = own.session.people.list()[0]
    own.session.people.rename(person.person_id, "Ada")
    own.core.assign([own.session.people.faces(person.person_id)[0].face_id], person.person_id)
    timeline, faces = own.session.photos.timeline(), {face.face_id: face for face in own.session.photos.all_faces()}
    mine = {face.face_id for face in own.session.people.faces(person.person_id)}
    witness = Witness(own)
    seen_meanwhile: list[tuple[int, str | None]] = []
    own.events.subscribe(
        lambda _event: seen_meanwhile.append((own.session.counts().photos, own.session.people.list()[0].name))
    )

    used = own.models.use(OTHER)
    assert (used.in_use, used.unseen) == (True, samples.ALBUM_PHOTOS)
    finished(own)

    assert own.models.current.name == OTHER
    assert unseen(own) == 0
    assert own.session.photos.timeline() == timeline
    assert set(seen_meanwhile) == {(samples.ALBUM_PHOTOS, "Ada")}, "photos and names were in sight all along"
    assert max(progress.total for progress in witness.progress) == samples.ALBUM_PHOTOS
    now = {face.face_id: face for face in own.session.photos.all_faces()}
    assert set(faces) <= set(now)
    assert {face.face_id for face in own.session.people.faces(person.person_id)} >= mine
    vectors = own.core.stats().vectors
    assert vectors["buffalo_s"] == samples.ALBUM_FACES
    assert vectors[OTHER] == samples.ALBUM_FACES, "both see the faces of the album"
    assert own.database.problems() == []
    assert len(own.session.people.list()) == samples.ALBUM_PEOPLE
    assert own.session.photos.skipped() == []


def test_the_way_back_costs_nothing(own: Library) -> None:
    people = [(each.person_id, each.photo_count) for each in own.session.people.list()]
    own.models.use(OTHER)
    finished(own)
    with own.database.read() as db:
        looked = db.execute(text("SELECT max(indexed_at), max(detected_at) FROM photo, face")).one()
    witness = Witness(own)
    own.models.use("buffalo_s")
    finished(own)
    assert own.models.current.name == "buffalo_s"
    assert max(progress.total for progress in witness.progress) == 0
    with own.database.read() as db:
        assert db.execute(text("SELECT max(indexed_at), max(detected_at) FROM photo, face")).one() == looked
    assert [(each.person_id, each.photo_count) for each in own.session.people.list()] == people
    # And search compares what one model saw only with what it saw itself.
    query = next(face.face_id for face in own.session.photos.all_faces())
    assert own.core.search_face(query, limit=1)[0].similarity > 0.4


def test_the_choice_is_remembered_and_the_work_goes_on_after_a_crash(open_library: Opener, own: Library) -> None:
    models.choose(own.database, OTHER)
    own.close()
    again = open_library(own.folder, resume=False)
    assert again.models.current.name == OTHER
    assert again.session.counts().photos == samples.ALBUM_PHOTOS
    assert unseen(again) == samples.ALBUM_PHOTOS
    again.close()
    third = open_library(own.folder)
    finished(third)
    assert unseen(third) == 0
    assert third.core.stats().vectors[OTHER] == samples.ALBUM_FACES


def test_a_change_of_mind_in_the_middle(own: Library) -> None:
    own.models.use(OTHER)
    own.models.use("buffalo_s")
    own.models.use(OTHER)
    finished(own)
    assert unseen(own) == 0
    assert own.core.stats().vectors == {"buffalo_s": samples.ALBUM_FACES, OTHER: samples.ALBUM_FACES}
    assert len(own.session.people.list()) == samples.ALBUM_PEOPLE


def test_the_model_in_use_can_be_chosen_again(own: Library) -> None:
    witness = Witness(own)
    assert own.models.use("buffalo_s").in_use
    assert witness.events == []


def test_a_model_that_is_not_there_changes_nothing(own: Library) -> None:
    for name, reason in (("buffalo_l", r"not installed\. Add a folder or zip"), ("nobody", "no face model called")):
        with pytest.raises(ModelError, match=reason):
            own.models.use(name)
    assert own.models.current.name == models.remembered(own.database) == "buffalo_s"


def test_a_library_whose_model_is_missing_says_what_to_do(open_library: Opener, own: Library) -> None:
    with own.database.write() as db:
        db.execute(text("UPDATE setting SET value = 'buffalo_l' WHERE key = 'model'"))
    own.close()
    with pytest.raises(ModelMissing, match=r"uses the face model buffalo_l.*models add PATH.*models use NAME"):
        Library.open(own.folder)
    rescued = open_library(own.folder, model="buffalo_s")
    finished(rescued)
    assert rescued.session.counts().photos == samples.ALBUM_PHOTOS
    assert unseen(rescued) == 0


def test_a_library_from_before_the_choice_is_not_looked_at_again(open_library: Opener, own: Library) -> None:
    with own.database.write() as db:
        db.execute(text("DELETE FROM look"))
        db.execute(text("DELETE FROM setting WHERE key = 'model'"))
    own.close()
    again = open_library(own.folder)
    finished(again)
    assert unseen(again) == 0
    assert again.session.counts().photos == samples.ALBUM_PHOTOS


def test_a_photo_that_is_not_at_hand_stays_and_is_looked_at_when_it_is(open_library: Opener, tmp_path: Path) -> None:
    photos = samples.write_portraits(tmp_path / "photos", 3)
    library = open_library()
    index(library, photos)
    away = photos.rename(tmp_path / "another drive")
    library.models.use(OTHER)
    finished(library)
    assert (library.session.counts().photos, unseen(library)) == (3, 3)
    assert library.session.photos.skipped() == []
    library.close()
    away.rename(photos)
    again = open_library()
    finished(again)
    assert unseen(again) == 0


def test_an_edited_photo_is_looked_at_by_each_model_anew(open_library: Opener, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(0), tmp_path / "photos" / "one.jpg")
    library = open_library()
    index(library, path)
    library.models.use(OTHER)
    finished(library)
    with Image.open(path) as image:
        samples.save(samples.mirrored(image.convert("RGB")), path, quality=90)
    index(library, path)
    assert library.core.stats().vectors == {OTHER: 1}, "what the other model saw is not there any more"
    library.models.use("buffalo_s")
    finished(library)
    assert library.core.stats().vectors == {OTHER: 1, "buffalo_s": 1}
    assert library.session.counts().photos == 1


def test_new_photos_go_before_those_that_are_looked_at_again(own: Library, tmp_path: Path) -> None:
    own.close()
    with Library.open(own.folder, resume=False, model=OTHER) as library:
        scan(library, samples.write_portraits(tmp_path / "photos", 2))
        queue = Queue(library.database, OTHER)
        first = queue.next(5)
        assert [photo.again for photo in first] == [None] * 2
        rest = [photo for _ in range(3) for photo in queue.next(4)]
        assert [photo.again for photo in rest] == [OTHER] * samples.ALBUM_PHOTOS
        assert queue.next(5) == []
        queue.rewind()
        assert queue.next(5) == first


def test_a_photo_that_cannot_be_looked_at_again_keeps_what_it_has(own: Library) -> None:
    own.close()
    with Library.open(own.folder, resume=False, model=OTHER) as library:
        database, core = library.database, library.core
        one, two, three, *_ = worklist.waiting_again(database, OTHER, 0, 100)
        faces = library.session.photos.all_faces()
        assert not worklist.refuse(database, core, one, "no picture").skipped
        worklist.postpone(database, two, "not now")
        for _ in range(worklist.MAX_ATTEMPTS):
            assert not worklist.count_attempt(database, core, three, "it hangs").skipped
        left = worklist.waiting_again(database, OTHER, 0, 100)
        assert one not in left and two in left and three not in left
        assert library.session.photos.all_faces() == faces
        assert library.session.counts().photos == samples.ALBUM_PHOTOS
        assert library.session.photos.skipped() == []


def test_a_photo_that_one_model_cannot_look_at_waits_for_the_next_one(own: Library) -> None:
    own.close()
    with Library.open(own.folder, resume=False, model=OTHER) as library:
        database, core = library.database, library.core
        (photo,) = worklist.waiting_again(database, OTHER, 0, 1)
        with database.write() as db:
            db.execute(text("DELETE FROM look WHERE photo_id = :id"), {"id": photo.photo_id})
        # Another one came into use before the first had said what is wrong.
        core.use(find_pack("buffalo_s"))
        worklist.refuse(database, core, photo, "no picture")
        assert photo not in worklist.waiting_again(database, OTHER, 0, 100)
        assert [each.photo_id for each in worklist.waiting_again(database, "buffalo_s", 0, 100)] == [photo.photo_id]


def test_what_the_model_before_saw_of_a_photo_is_not_stored(own: Library, tmp_path: Path) -> None:
    own.close()
    with Library.open(own.folder, resume=False, model=OTHER) as library:
        scan(library, samples.write_portraits(tmp_path / "photos", 1))
        (new,) = worklist.waiting(library.database, 0, 10)
        seen = analyze(Job(new.paths, new.content_hash, ThumbnailFiles(tmp_path / "cache"), library.core.pack))
        assert seen.model == OTHER
        late = replace(seen, model="buffalo_s")
        assert worklist.store(library.database, library.core, new, late).photo_ids == frozenset()
        assert worklist.store(library.database, library.core, new, seen).photo_ids == {new.photo_id}


def test_cancelling_leaves_the_rest_for_the_next_time(open_library: Opener, own: Library) -> None:
    people = {each.person_id: each.photo_count for each in own.session.people.list()}
    own.models.use(OTHER)
    own.indexer.cancel()
    finished(own)
    assert own.session.counts().photos == samples.ALBUM_PHOTOS
    assert {each.person_id: each.photo_count for each in own.session.people.list()} == people
    own.close()
    again = open_library(own.folder)
    finished(again)
    assert unseen(again) == 0
