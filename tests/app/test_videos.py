"""Videos in a library: in the timeline with their length, with the people who are seen in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.library import Library
from app.types import PhotoFace, PhotoState
from core.engine import FaceEngine
from core.images import decode
from tests import media, samples
from tests.app.conftest import Opener, index, scan
from tests.core.test_video import panning, scenes


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a video of six people, one of nobody, and a photo of the six."""
    folder = tmp_path_factory.mktemp("footage")
    media.film(folder / "VID_20210506_070809.mp4", panning())
    media.film(folder / "nobody.avi", scenes())
    samples.save(samples.t1(), folder / "group.jpg")
    return folder


@pytest.fixture(scope="module")
def filmed_folder(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> Path:
    folder = tmp_path_factory.mktemp("filmed") / "library"
    with Library.open(folder) as library:
        index(library, footage)
    return folder


@pytest.fixture
def filmed(open_library: Opener, filmed_folder: Path, tmp_path: Path) -> Library:
    """A library of that folder of its own for each test, without the Indexer's threads."""
    shutil.copytree(filmed_folder, tmp_path / "filmed")
    return open_library(tmp_path / "filmed", resume=False)


def named(library: Library, name: str) -> int:
    """The id of the photo or video of that file's name."""
    return next(
        number
        for number in library.session.photos.timeline().photo_ids
        if library.session.photos.get(number).path.name == name
    )


def test_a_video_is_in_the_timeline_with_its_length(filmed: Library) -> None:
    pan, nobody = named(filmed, "VID_20210506_070809.mp4"), named(filmed, "nobody.avi")

    assert dict(filmed.session.photos.timeline().videos) == {
        pan: pytest.approx(3.0, abs=0.2),
        nobody: pytest.approx(4.0, abs=0.2),
    }
    video = filmed.session.photos.get(pan)
    assert video.video is not None and video.state is PhotoState.INDEXED
    assert (video.width, video.height) == (640, 640)
    assert video.taken_at.isoformat() == "2021-05-06T07:08:09"
    assert filmed.session.photos.get(named(filmed, "group.jpg")).video is None


def test_everybody_in_a_video_is_there_once_and_is_who_they_are_in_photos(filmed: Library) -> None:
    in_video = filmed.session.photos.faces(named(filmed, "VID_20210506_070809.mp4"))
    in_photo = filmed.session.photos.faces(named(filmed, "group.jpg"))

    people = [face.person_id for face in in_video if face.person_id is not None]
    assert len(people) == len(set(people)), "two faces in one image are two people"
    assert len(set(people) & {face.person_id for face in in_photo}) >= 4
    assert all(face.moment is not None for face in in_video)
    assert all(face.moment is None for face in in_photo)


def test_the_poster_shows_most_of_the_faces(filmed: Library) -> None:
    video = filmed.session.photos.get(named(filmed, "VID_20210506_070809.mp4"))
    faces = filmed.session.photos.faces(video.photo_id)

    assert video.video is not None
    assert sum(face.moment == video.video.poster for face in faces) >= 3


def test_small_pictures_of_a_video_are_made_again_as_they_were(filmed: Library) -> None:
    video = named(filmed, "VID_20210506_070809.mp4")
    faces = filmed.session.photos.faces(video)
    assert {face.moment for face in faces} != {filmed.session.photos.get(video).video}

    def pictures() -> list[np.ndarray]:
        made = [
            filmed.session.thumbnails.photo(video),
            *(filmed.session.thumbnails.face(face.face_id) for face in faces),
        ]
        return [decode(data).pixels.astype(float) for data in made]

    before = pictures()
    shutil.rmtree(filmed.folder / "cache")
    after = pictures()

    for first, second in zip(before, after, strict=True):
        assert np.abs(first - second).mean() < 3


def test_a_face_of_a_video_is_cut_out_of_the_frame_in_which_it_was_seen(filmed: Library, engine: FaceEngine) -> None:
    def is_in_its_middle(face: PhotoFace) -> bool:
        """Or beside it, where it is at the edge of the frame."""
        found = engine.analyze(decode(filmed.session.thumbnails.face(face.face_id)), min_confidence=0.3)
        boxes = [each.detection.box for each in found]
        return any(abs(box.x + box.width / 2 - 112) < 60 and abs(box.y + box.height / 2 - 112) < 60 for box in boxes)

    faces = filmed.session.photos.faces(named(filmed, "VID_20210506_070809.mp4"))

    # One of the six looks so far to the side that nothing is found in the cut out face a second time.
    assert sum(is_in_its_middle(face) for face in faces) >= len(faces) - 1 >= 4


def test_the_viewers_picture_of_a_video_is_its_poster(filmed: Library) -> None:
    video = named(filmed, "VID_20210506_070809.mp4")

    thumbnail = decode(filmed.session.thumbnails.photo(video)).pixels
    small = np.asarray(Image.fromarray(filmed.session.photos.image(video)).resize((512, 512)))

    assert np.abs(thumbnail.astype(float) - small).mean() < 4


def test_another_model_looks_at_videos_as_well(filmed: Library) -> None:
    video = named(filmed, "VID_20210506_070809.mp4")
    faces = filmed.session.photos.faces(video)
    filmed.indexer.start()
    filmed.models.use("yunet_sface")
    assert filmed.indexer.wait(60)

    again = filmed.session.photos.faces(video)
    assert filmed.session.photos.get(video).video is not None
    assert len({face.face_id for face in faces} & {face.face_id for face in again}) >= 3
    assert all(face.moment is not None for face in again)


def test_a_video_that_became_a_photo_is_none_any_more(library: Library, tmp_path: Path) -> None:
    path = media.film(tmp_path / "photos" / "one.mp4", scenes())
    index(library, path.parent)
    (video,) = library.session.photos.timeline().photo_ids
    samples.save(samples.astronaut(), path)
    index(library, path.parent)

    (photo,) = library.session.photos.timeline().photo_ids
    assert photo == video and library.session.photos.get(photo).video is None
    assert dict(library.session.photos.timeline().videos) == {}
    assert [face.moment for face in library.session.photos.faces(photo)] == [None]


def test_a_video_that_cannot_be_read_has_its_reason(library: Library, tmp_path: Path) -> None:
    path = media.film(tmp_path / "photos" / "cut.mp4", scenes())
    path.write_bytes(path.read_bytes()[:300])
    index(library, path.parent)

    assert [each.reason for each in library.session.photos.skipped()] == [
        "The video is damaged (its header cannot be read)."
    ]


def test_a_video_of_more_than_a_gigabyte_is_taken(library: Library, tmp_path: Path) -> None:
    path = media.film(tmp_path / "photos" / "long.mp4", scenes())
    with path.open("r+b") as file:
        file.truncate(1_100_000_000)
    assert scan(library, path.parent) == 1

    index(library, path.parent)

    assert len(library.session.photos.timeline().videos) == 1
