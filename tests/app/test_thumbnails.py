"""The small pictures: from the cache, and made again where it lost them."""

from __future__ import annotations

import io
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.errors import NotFound
from app.library import Library
from app.thumbnail_files import FACE_SIDE, PHOTO_SIDE, ThumbnailFiles
from core.errors import CoreError, ImageUnavailable
from core.types import BoundingBox
from tests import samples
from tests.app.conftest import Opener, scan


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    assert image.format == "JPEG"
    return image


def cached(library: Library) -> list[Path]:
    return sorted(path for path in (library.folder / "cache").rglob("*") if path.is_file())


def test_indexing_leaves_a_picture_of_each_photo_and_face(indexed: Library) -> None:
    files = cached(indexed)
    assert len([path for path in files if "photos" in path.parts]) == samples.ALBUM_PHOTOS
    assert len([path for path in files if "faces" in path.parts]) == samples.ALBUM_FACES
    assert {path.suffix for path in files} == {".jpg"}, "nothing half written is left"


def test_asking_for_what_is_cached_writes_nothing(indexed: Library) -> None:
    before = {path: path.stat().st_mtime_ns for path in cached(indexed)}
    for photo_id in indexed.session.photos.timeline().photo_ids:
        indexed.session.thumbnails.photo(photo_id)
    for face in indexed.session.photos.all_faces():
        indexed.session.thumbnails.face(face.face_id)
    assert {path: path.stat().st_mtime_ns for path in cached(indexed)} == before


def test_a_photos_picture_has_its_shape_and_never_grows(indexed: Library) -> None:
    for photo_id in indexed.session.photos.timeline().photo_ids:
        photo, image = indexed.session.photos.get(photo_id), opened(indexed.session.thumbnails.photo(photo_id))
        assert max(image.size) == min(PHOTO_SIDE, max(photo.width, photo.height))
        assert image.width / image.height == pytest.approx(photo.width / photo.height, rel=0.01)


def test_a_faces_picture_is_square_and_shows_the_face(indexed: Library) -> None:
    for face in indexed.session.photos.all_faces():
        image = opened(indexed.session.thumbnails.face(face.face_id))
        assert image.size == (FACE_SIDE, FACE_SIDE)
        whole = Image.fromarray(indexed.session.photos.image(face.photo_id))
        box = face.box
        centre = whole.crop((int(box.x), int(box.y), int(box.x + box.width), int(box.y + box.height)))
        inner = image.crop((FACE_SIDE // 4, FACE_SIDE // 4, FACE_SIDE * 3 // 4, FACE_SIDE * 3 // 4))
        difference = np.asarray(centre.resize((8, 8))).mean((0, 1)) - np.asarray(inner.resize((8, 8))).mean((0, 1))
        assert np.abs(difference).max() < 40


def test_a_deleted_cache_is_made_again_the_same(indexed: Library) -> None:
    photo_ids, faces = indexed.session.photos.timeline().photo_ids, indexed.session.photos.all_faces()
    before = [np.asarray(opened(indexed.session.thumbnails.photo(photo_id)), float) for photo_id in photo_ids]
    files = [path.relative_to(indexed.folder) for path in cached(indexed)]
    shutil.rmtree(indexed.folder / "cache")
    after = [np.asarray(opened(indexed.session.thumbnails.photo(photo_id)), float) for photo_id in photo_ids]
    for face in faces:
        assert opened(indexed.session.thumbnails.face(face.face_id)).size == (FACE_SIDE, FACE_SIDE)
    assert [path.relative_to(indexed.folder) for path in cached(indexed)] == files
    assert all(np.abs(one - other).mean() < 2 for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("rest", [0, 1, 100, -1])
def test_a_truncated_picture_is_made_again(indexed: Library, rest: int) -> None:
    photo_id, face = indexed.session.photos.timeline().photo_ids[0], indexed.session.photos.all_faces()[0]
    before = [indexed.session.thumbnails.photo(photo_id), indexed.session.thumbnails.face(face.face_id)]
    for path in cached(indexed):
        path.write_bytes(path.read_bytes()[:rest])
    after = [indexed.session.thumbnails.photo(photo_id), indexed.session.thumbnails.face(face.face_id)]
    assert [opened(jpeg).size for jpeg in after] == [opened(jpeg).size for jpeg in before]
    assert [indexed.session.thumbnails.photo(photo_id), indexed.session.thumbnails.face(face.face_id)] == after


def test_a_photo_that_waits_has_a_picture_already(indexed: Library, tmp_path: Path) -> None:
    scan(indexed, samples.save(samples.portrait(5), tmp_path / "new.jpg"))
    photo_id = max(indexed.session.photos.paths())
    assert opened(indexed.session.thumbnails.photo(photo_id)).size == samples.portrait(5).size


def test_a_photo_whose_file_is_gone_shows_what_is_cached(indexed: Library, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(5), tmp_path / "new.jpg")
    scan(indexed, path)
    photo_id = max(indexed.session.photos.paths())
    kept = indexed.session.thumbnails.photo(photo_id)
    path.unlink()
    assert indexed.session.thumbnails.photo(photo_id) == kept
    shutil.rmtree(indexed.folder / "cache")
    with pytest.raises(ImageUnavailable):
        indexed.session.thumbnails.photo(photo_id)


def test_what_is_not_there_is_an_error_with_a_sentence(indexed: Library) -> None:
    with pytest.raises(NotFound, match=r"^There is no photo 999\.$"):
        indexed.session.thumbnails.photo(999)
    with pytest.raises(NotFound, match=r"^There is no face 999\.$"):
        indexed.session.thumbnails.face(999)


def test_an_unreadable_photo_is_an_error_with_a_sentence(indexed: Library, tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(samples.save(samples.portrait(5), tmp_path / "whole.jpg").read_bytes()[:200])
    scan(indexed, path)
    with pytest.raises(CoreError, match="damaged"):
        indexed.session.thumbnails.photo(max(indexed.session.photos.paths()))


def test_a_cache_that_cannot_be_written_costs_time_but_no_picture(indexed: Library) -> None:
    shutil.rmtree(indexed.folder / "cache")
    (indexed.folder / "cache").write_text("a file where the folder should be")
    face = indexed.session.photos.all_faces()[0]
    assert opened(indexed.session.thumbnails.photo(face.photo_id))
    assert opened(indexed.session.thumbnails.face(face.face_id))


def test_many_threads_asking_for_the_same_picture_get_a_whole_one(indexed: Library) -> None:
    shutil.rmtree(indexed.folder / "cache")
    photo_id = indexed.session.photos.timeline().photo_ids[-1]
    seen: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: seen.append(indexed.session.thumbnails.photo(photo_id))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert {opened(jpeg).size for jpeg in seen} == {opened(seen[0]).size}
    assert {path.suffix for path in cached(indexed)} == {".jpg"}


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ((100, 100), BoundingBox(0, 0, 100, 100)),
        ((10, 2000), BoundingBox(900, 0, 10, 10)),
        ((2000, 10), BoundingBox(0, 1990, 10, 10)),
        ((1, 1), BoundingBox(0, 0, 1, 1)),
        ((500, 400), BoundingBox(-20, -30, 100, 100)),
        ((500, 400), BoundingBox(390, 490, 100, 100)),
    ],
)
def test_odd_photos_and_boxes_have_pictures_too(tmp_path: Path, shape: tuple[int, int], box: BoundingBox) -> None:
    files = ThumbnailFiles(tmp_path)
    pixels = np.full((*shape, 3), 128, np.uint8)
    assert opened(files.write_face("ab" * 32, box, pixels, 1.0)).size == (FACE_SIDE, FACE_SIDE)
    small = opened(files.write_photo("ab" * 32, pixels))
    assert max(small.size) == min(PHOTO_SIDE, max(shape))
    assert files.read(files.photo("ab" * 32)) is not None


def test_what_a_kill_left_unfinished_goes_at_a_later_opening(
    open_library: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "library"
    files = ThumbnailFiles(folder / "cache")

    def killed(temporary: str, _path: Path) -> None:
        shutil.copy(temporary, f"{temporary}.part")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            files.write_photo("ab" * 32, np.zeros((20, 30, 3), np.uint8))
    (part,) = files.every()
    open_library(folder, resume=False).close()
    assert part.exists(), "somebody may be writing it"
    os.utime(part, (0, 0))
    open_library(folder, resume=False).close()
    assert not part.exists()


def test_a_picture_that_may_not_be_replaced_is_still_answered(tmp_path: Path) -> None:
    files = ThumbnailFiles(tmp_path)
    os.makedirs(files.photo("ab" * 32))
    assert files.read(files.photo("ab" * 32)) is None
    assert opened(files.write_photo("ab" * 32, np.zeros((20, 30, 3), np.uint8))).size == (30, 20)
