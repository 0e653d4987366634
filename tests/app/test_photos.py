"""What a window asks of photos."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from app.errors import AppError, NotFound
from app.library import Library
from app.photos import timeline_of
from app.types import Month, Photo, PhotoState
from core.errors import CoreError, ImageUnavailable
from core.types import BoundingBox
from tests import samples
from tests.app.conftest import scan


def test_the_timeline_has_every_photo_newest_first_by_month(indexed: Library) -> None:
    timeline = indexed.session.photos.timeline()
    photos = [indexed.session.photos.get(photo_id) for photo_id in timeline.photo_ids]
    assert [photo.path.name for photo in photos] == [
        "coffee.jpg",
        "pair.jpg",
        "first.jpg",
        "astronaut-dark.jpg",
        "astronaut-mirrored.jpg",
        "astronaut.jpg",
        "group-dark.jpg",
        "group-mirrored.jpg",
        "group.jpg",
    ]
    assert timeline.months == (Month(2022, 2, 0, 1), Month(2022, 1, 1, 3), Month(2021, 6, 4, 3), Month(2021, 5, 7, 2))


def test_months_cover_the_timeline_without_a_gap() -> None:
    rows = [(9, "2024-01"), (8, "2024-01"), (7, "2023-12"), (6, "1901-02"), (5, "1901-02"), (4, "1826-01")]
    timeline = timeline_of(rows)
    assert list(timeline.photo_ids) == [9, 8, 7, 6, 5, 4]
    assert timeline.months == (Month(2024, 1, 0, 2), Month(2023, 12, 2, 1), Month(1901, 2, 3, 2), Month(1826, 1, 5, 1))
    assert timeline_of([]).months == ()


def test_photos_of_one_moment_have_a_lasting_order(indexed: Library) -> None:
    with indexed.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET taken_at = '2020-02-02T02:02:02'")
    photo_ids = list(indexed.session.photos.timeline().photo_ids)
    assert photo_ids == sorted(photo_ids, reverse=True)
    assert indexed.session.photos.timeline().months == (Month(2020, 2, 0, samples.ALBUM_PHOTOS),)


def named(library: Library, name: str) -> Photo:
    """The photo of that file name."""
    photos = (library.session.photos.get(photo_id) for photo_id in library.session.photos.timeline().photo_ids)
    return next(photo for photo in photos if photo.path.name == name)


def test_a_photo_tells_where_when_and_how_large(indexed: Library, album: Path) -> None:
    photo = named(indexed, "group.jpg")
    assert photo.path == album / "group.jpg"
    assert photo.available
    assert photo.taken_at == datetime(2021, 5, 1, 10)
    assert (photo.width, photo.height) == (660, 664)
    assert photo.size == photo.path.stat().st_size
    assert photo.state is PhotoState.INDEXED


def test_a_photo_that_waits_is_not_in_the_timeline_but_can_be_asked_for(indexed: Library, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(5), tmp_path / "new" / "IMG_20190704_153012.jpg")
    before = indexed.session.photos.timeline()
    scan(indexed, path)
    assert indexed.session.photos.timeline() == before
    photo = indexed.session.photos.get(max(indexed.session.photos.paths()))
    assert (photo.path, photo.state, photo.width) == (path, PhotoState.PENDING, 0)
    assert photo.taken_at == datetime(2019, 7, 4, 15, 30, 12)
    assert indexed.session.counts().pending == 1


def test_faces_are_told_from_left_to_right_with_their_people(indexed: Library) -> None:
    group = named(indexed, "group.jpg")
    faces = indexed.session.photos.faces(group.photo_id)
    assert len(faces) == 4
    for face, (left, top, width, height) in zip(faces, samples.FACES_IN_T1, strict=False):
        # The photo is at three quarters of the original.
        wanted = BoundingBox(left * 0.75, top * 0.75, width * 0.75, height * 0.75)
        assert face.box.overlap(wanted) > 0.8
        assert face.photo_id == group.photo_id
        assert face.confidence > 0.5
        assert indexed.session.photos.face(face.face_id) == face
    assert len({face.person_id for face in faces}) == 4
    assert None not in {face.person_id for face in faces}


def test_all_faces_are_those_of_all_photos(indexed: Library) -> None:
    one_by_one = [
        face for photo_id in indexed.session.photos.paths() for face in indexed.session.photos.faces(photo_id)
    ]
    assert sorted(one_by_one, key=lambda face: face.face_id) == indexed.session.photos.all_faces()
    assert len(one_by_one) == samples.ALBUM_FACES


def test_the_picture_is_upright_rgb(indexed: Library, tmp_path: Path) -> None:
    photo = named(indexed, "coffee.jpg")
    pixels = indexed.session.photos.image(photo.photo_id)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (photo.height, photo.width, 3)
    smaller = indexed.session.photos.image(photo.photo_id, max_side=100)
    assert smaller.shape[1] < photo.width


def test_a_picture_whose_file_is_gone_is_told(indexed: Library, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(5), tmp_path / "new.jpg")
    scan(indexed, path)
    photo_id = max(indexed.session.photos.paths())
    path.unlink()
    assert not indexed.session.photos.get(photo_id).available
    with pytest.raises(ImageUnavailable, match=r"new\.jpg is not where it was"):
        indexed.session.photos.image(photo_id)


def test_a_moved_photo_is_listed_where_it_is_now(indexed: Library, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(5), tmp_path / "new.jpg")
    scan(indexed, path)
    moved = path.rename(tmp_path / "moved.jpg")
    scan(indexed, moved)
    photo_id = max(indexed.session.photos.paths())
    assert indexed.session.photos.get(photo_id).path == moved
    assert indexed.session.photos.paths()[photo_id] == moved


def test_what_is_not_there_is_an_error_with_a_sentence(indexed: Library) -> None:
    for ask in (indexed.session.photos.get, indexed.session.photos.face, indexed.session.photos.image):
        with pytest.raises(NotFound, match=r"^There is no (photo|face) 999\.$") as error:
            ask(999)
        assert isinstance(error.value, AppError) and isinstance(error.value, CoreError)
    assert indexed.session.photos.faces(999) == []
