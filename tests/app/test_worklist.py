"""What the Indexer writes down between two photos, and when people are made."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from app import worklist
from app.analysis import PhotoAnalysis
from app.library import Library
from app.telling import Told
from app.types import LibraryChanged, PhotoState
from core.types import AnalyzedFace, BoundingBox, Detection, Embedding
from tests import samples
from tests.app.conftest import Opener, scan


@pytest.fixture
def library(open_library: Opener) -> Library:
    """An empty library whose Indexer rests."""
    return open_library(resume=False)


def seen(library: Library, faces: int, seed: int) -> PhotoAnalysis:
    """A photo with faces of people who are nobody else: far apart from each other, as random directions are."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(faces):
        vector = rng.standard_normal(library.core.pack.dimension).astype(np.float32)
        vector /= np.linalg.norm(vector)
        box = BoundingBox(100.0 * number, 0, 80, 80)
        landmarks = np.zeros((5, 2), np.float32)
        found.append(AnalyzedFace(Detection(box, landmarks, 0.9), Embedding(vector, library.core.pack.name), 0.9))
    return PhotoAnalysis(4000, 3000, "JPEG", Told(datetime(2020, 1, 1)), tuple(found), library.core.pack.name)


def waiting(library: Library, folder: Path, count: int) -> list[worklist.Waiting]:
    scan(library, samples.write_portraits(folder, count))
    return worklist.waiting(library.database, 0, 1000)


def test_requests_are_kept_until_they_are_finished(library: Library) -> None:
    database = library.database
    assert worklist.next_request(database) is None
    worklist.request(database, ["/a", os.fsdecode(b"/b\xff")])
    first = worklist.next_request(database)
    assert first is not None and first[1] == b"/a"
    assert worklist.next_request(database) == first
    worklist.finish_request(database, first[0])
    second = worklist.next_request(database)
    assert second is not None and second[1] == b"/b\xff"
    worklist.finish_request(database, second[0])
    assert worklist.next_request(database) is None


def test_photos_wait_in_the_order_of_their_ids(library: Library, tmp_path: Path) -> None:
    photos = waiting(library, tmp_path / "photos", 7)
    assert [photo.photo_id for photo in photos] == sorted(photo.photo_id for photo in photos)
    assert len(photos) == worklist.pending_count(library.database) == 7
    assert worklist.waiting(library.database, photos[2].photo_id, 2) == photos[3:5]


def test_a_stored_photo_waits_no_more(library: Library, tmp_path: Path) -> None:
    photo, *rest = waiting(library, tmp_path / "photos", 3)
    change = worklist.store(library.database, library.core, photo, seen(library, 2, seed=1))
    assert change == LibraryChanged(frozenset({photo.photo_id}))
    assert worklist.waiting(library.database, 0, 10) == rest
    stored = library.session.photos.get(photo.photo_id)
    assert (stored.state, stored.width, stored.height) == (PhotoState.INDEXED, 4000, 3000)
    assert stored.taken_at == datetime(2020, 1, 1)
    assert len(library.session.photos.faces(photo.photo_id)) == 2


def test_a_photo_is_stored_once(library: Library, tmp_path: Path) -> None:
    photo, _ = waiting(library, tmp_path / "photos", 2)
    worklist.store(library.database, library.core, photo, seen(library, 2, seed=1))
    assert worklist.store(library.database, library.core, photo, seen(library, 2, seed=1)) == LibraryChanged()
    worklist.refuse(library.database, library.core, photo, "too late")
    assert library.session.counts().faces == 2
    assert library.session.photos.get(photo.photo_id).state is PhotoState.INDEXED


def test_what_was_seen_in_an_older_content_is_not_stored(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    path = library.session.photos.get(photo.photo_id).path
    samples.save(samples.portrait(5), path)
    scan(library, path)
    assert worklist.store(library.database, library.core, photo, seen(library, 1, seed=1)) == LibraryChanged()
    worklist.refuse(library.database, library.core, photo, "the old content was damaged")
    (now,) = worklist.waiting(library.database, 0, 10)
    assert now.photo_id == photo.photo_id
    assert now.content_hash != photo.content_hash
    assert library.session.photos.skipped() == []


def test_a_store_that_fails_leaves_nothing_behind(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    whole = seen(library, 3, seed=1)
    broken = AnalyzedFace(whole.faces[2].detection, Embedding(np.zeros(512, np.float32), library.core.pack.name), 0.9)
    half = PhotoAnalysis(10, 10, "JPEG", Told(datetime(2020, 1, 1)), (*whole.faces[:2], broken), whole.model)
    with pytest.raises(ValueError, match="not a direction"):
        worklist.store(library.database, library.core, photo, half)
    stats = library.core.stats()
    assert (stats.images, stats.faces, stats.vectors) == (0, 0, {})
    assert library.session.counts().pending == 1
    worklist.store(library.database, library.core, photo, whole)
    assert library.session.counts().faces == 3


def test_a_postponed_photo_waits_with_its_reason(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    worklist.postpone(library.database, photo, "The drive is gone.")
    assert worklist.waiting(library.database, 0, 10) == [photo]
    assert [skipped.reason for skipped in library.session.photos.skipped()] == ["The drive is gone."]
    worklist.store(library.database, library.core, photo, seen(library, 1, seed=1))
    assert library.session.photos.skipped() == []


def test_forgetting_what_waits_keeps_what_was_in_the_library(library: Library, tmp_path: Path) -> None:
    indexed, edited, _ = waiting(library, tmp_path / "photos", 3)
    for number, photo in enumerate((indexed, edited)):
        worklist.store(library.database, library.core, photo, seen(library, 1, seed=number))
    path = library.session.photos.get(edited.photo_id).path
    path.write_bytes(path.read_bytes() + b"tags")
    scan(library, path)
    worklist.request(library.database, ["/a"])
    worklist.forget_waiting(library.database)
    assert set(library.session.photos.paths()) == {indexed.photo_id, edited.photo_id}
    assert worklist.next_request(library.database) is None
    with library.database.read() as db:
        assert db.execute(text("SELECT count(*) FROM place")).scalar_one() == 2


def test_people_are_made_after_the_first_faces_and_then_more_and_more_seldom(library: Library, tmp_path: Path) -> None:
    grouped: list[int] = []
    for number, photo in enumerate(waiting(library, tmp_path / "photos", 7)):
        worklist.store(library.database, library.core, photo, seen(library, 50, seed=number))
        if worklist.grouping_due(library.database, library.core.pack.name, at_end=False):
            worklist.group(library.database, library.core)
            grouped.append(library.session.counts().faces)
    assert grouped == [150, 300]
    assert worklist.grouping_due(library.database, library.core.pack.name, at_end=True)


def test_people_are_made_at_the_end_of_any_work_that_brought_faces(library: Library, tmp_path: Path) -> None:
    assert not worklist.grouping_due(library.database, library.core.pack.name, at_end=True)
    (photo,) = waiting(library, tmp_path / "photos", 1)
    worklist.store(library.database, library.core, photo, seen(library, 1, seed=1))
    assert not worklist.grouping_due(library.database, library.core.pack.name, at_end=False)
    assert worklist.grouping_due(library.database, library.core.pack.name, at_end=True)
    worklist.group(library.database, library.core)
    assert not worklist.grouping_due(library.database, library.core.pack.name, at_end=True)


def test_a_photo_that_came_to_no_end_twice_is_refused(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    change = worklist.count_attempt(library.database, library.core, photo, "It crashed.")
    assert change == LibraryChanged(skipped=True)
    assert worklist.waiting(library.database, 0, 10) == [photo]
    assert [skipped.reason for skipped in library.session.photos.skipped()] == ["It crashed."]
    worklist.count_attempt(library.database, library.core, photo, "It crashed again.")
    assert library.session.photos.get(photo.photo_id).state is PhotoState.UNREADABLE
    assert [skipped.reason for skipped in library.session.photos.skipped()] == ["It crashed again."]


def test_a_photo_that_was_read_between_is_tried_twice_again(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    worklist.count_attempt(library.database, library.core, photo, "It crashed.")
    path = library.session.photos.get(photo.photo_id).path
    path.write_bytes(path.read_bytes() + b"tags")
    scan(library, path)
    (edited,) = worklist.waiting(library.database, 0, 10)
    worklist.count_attempt(library.database, library.core, edited, "It crashed.")
    assert library.session.photos.get(photo.photo_id).state is PhotoState.PENDING
    worklist.store(library.database, library.core, edited, seen(library, 1, seed=1))
    assert library.session.photos.skipped() == []
    with library.database.read() as db:
        assert db.execute(text("SELECT attempts FROM photo")).scalar_one() == 0


def edited(library: Library, photo: worklist.Waiting) -> worklist.Waiting:
    """The photo as it waits after its file was changed."""
    path = library.session.photos.get(photo.photo_id).path
    path.write_bytes(path.read_bytes() + b"tags")
    scan(library, path)
    (now,) = worklist.waiting(library.database, 0, 10)
    return now


def test_a_refused_photo_shows_no_faces_and_keeps_what_humans_decided(library: Library, tmp_path: Path) -> None:
    photos = waiting(library, tmp_path / "photos", 2)
    for photo in photos:
        worklist.store(library.database, library.core, photo, seen(library, 2, seed=1))
    worklist.group(library.database, library.core)
    people = library.session.people.list()
    assert [person.face_count for person in people] == [2, 2]
    ada, other = (person.person_id for person in people)
    library.session.people.rename(ada, "Ada")
    confirmed, rejected = sorted(
        library.session.photos.faces(photos[0].photo_id), key=lambda face: face.person_id != ada
    )
    library.core.assign([confirmed.face_id], ada)
    library.core.reject([rejected.face_id], other)
    persons = frozenset({ada, other})
    for photo, lost in zip(photos, ({ada}, persons), strict=True):
        change = worklist.refuse(library.database, library.core, edited(library, photo), "It is damaged.")
        assert change == LibraryChanged(frozenset({photo.photo_id}), frozenset(lost), skipped=True)
        refused = library.session.photos.get(photo.photo_id)
        assert (refused.state, refused.width, library.session.photos.faces(photo.photo_id)) == (
            PhotoState.UNREADABLE,
            0,
            [],
        )
    assert library.session.counts().faces == 0
    # Nobody gave the other one a name: it waits with what was decided, and there is nothing of it to see.
    assert {person.person_id: person.face_count for person in library.session.people.list()} == {ada: 0}
    assert library.core.person(other).face_count == 0

    # Half as large, and no face resembles an old one: the places tell.
    half = seen(library, 2, seed=9)
    smaller = tuple(
        replace(face, detection=replace(face.detection, box=BoundingBox(50.0 * number, 0, 40, 40)))
        for number, face in enumerate(half.faces)
    )
    back = edited(library, photos[0])
    worklist.store(library.database, library.core, back, replace(half, width=2000, height=1500, faces=smaller))
    now = library.session.photos.faces(back.photo_id)
    assert [face.person_id for face in now if face.box.x * 2 == confirmed.box.x] == [ada]
    (free,) = (face for face in now if face.box.x * 2 == rejected.box.x)
    assert free.person_id is None
    assert library.core.why(free.face_id).excluded == tuple(sorted(persons))
    assert library.database.problems() == []


def test_a_named_person_outlives_the_last_photo_and_goes_with_the_name(library: Library, tmp_path: Path) -> None:
    (photo,) = waiting(library, tmp_path / "photos", 1)
    worklist.store(library.database, library.core, photo, seen(library, 1, seed=1))
    worklist.group(library.database, library.core, everything=True)
    person = library.core.assign([face.face_id for face in library.session.photos.faces(photo.photo_id)], None)
    with library.database.write() as db:
        db.execute(text("DELETE FROM decision"))
    library.session.people.rename(person.person_id, "Ada")
    worklist.refuse(library.database, library.core, edited(library, photo), "It is damaged.")
    (ada,) = library.session.people.list()
    assert (ada.name, ada.face_count, ada.photo_count, ada.cover_face_id, ada.first_taken) == ("Ada", 0, 0, None, None)
    assert library.session.people.get(ada.person_id) == ada
    library.session.people.rename(ada.person_id, "Ada L.")
    assert library.session.people.list()[0].name == "Ada L."
    library.session.people.rename(ada.person_id, "")
    assert (library.session.people.list(), library.session.counts().people) == ([], 0)
