"""The steps together: whatever the file's size and turning, faces stand in pixels of the upright original."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from core import images
from core.alignment import aligned
from core.engine import MIRRORED_BELOW, FaceEngine, use_one_thread
from core.images import DecodedImage
from core.types import AnalyzedFace
from tests import samples


def jpeg(image: Image.Image, orientation: int = 1) -> bytes:
    """A file whose camera was held so."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def from_left(faces: list[AnalyzedFace]) -> list[AnalyzedFace]:
    return sorted(faces, key=lambda face: face.detection.box.x)


@pytest.fixture(scope="module")
def reference(any_engine: FaceEngine) -> list[AnalyzedFace]:
    """The six people of `t1`, from left to right."""
    return from_left(any_engine.analyze(images.decode(jpeg(samples.t1()))))


def test_the_most_confident_face_comes_first(any_engine: FaceEngine) -> None:
    faces = any_engine.analyze(images.decode(jpeg(samples.t1())))
    confidences = [face.detection.confidence for face in faces]
    assert confidences == sorted(confidences, reverse=True)
    assert all(face.embedding.model == any_engine.pack.name for face in faces)
    assert all(0 <= face.quality <= 1 for face in faces)


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_a_turned_camera_changes_nothing(
    any_engine: FaceEngine, reference: list[AnalyzedFace], orientation: int, stored: Image.Transpose
) -> None:
    decoded = images.decode(jpeg(samples.t1().transpose(stored), orientation))
    faces = from_left(any_engine.analyze(decoded))
    assert (decoded.width, decoded.height) == (1280, 886)
    assert len(faces) == 6
    for face, same in zip(faces, reference, strict=True):
        assert face.detection.box.overlap(same.detection.box) > 0.9
        assert float(face.embedding.vector @ same.embedding.vector) > 0.95


@pytest.mark.parametrize(("max_side", "divided_by"), [(640, 2), (4096, 1)])
def test_a_reduced_picture_has_its_faces_where_the_original_has_them(
    any_engine: FaceEngine, reference: list[AnalyzedFace], max_side: int, divided_by: int
) -> None:
    decoded = images.decode(jpeg(samples.t1()), max_side)
    assert decoded.pixels.shape[1] * divided_by == 1280
    faces = from_left(any_engine.analyze(decoded))
    assert len(faces) == 6
    for face, same in zip(faces, reference, strict=True):
        assert face.detection.box.overlap(same.detection.box) > 0.8
        assert np.abs(face.detection.landmarks - same.detection.landmarks).max() < 12
        assert float(face.embedding.vector @ same.embedding.vector) > 0.8


def test_a_large_photo_is_as_good_as_a_small_one(any_engine: FaceEngine, reference: list[AnalyzedFace]) -> None:
    decoded = images.decode(jpeg(samples.t1().resize((5120, 3544))))
    assert decoded.pixels.shape[:2] == (1772, 2560)
    for face, same in zip(from_left(any_engine.analyze(decoded)), reference, strict=True):
        assert face.detection.box.width == pytest.approx(4 * same.detection.box.width, rel=0.15)
        assert float(face.embedding.vector @ same.embedding.vector) > 0.8


def test_small_faces_of_a_large_photo_are_seen_as_large_as_they_are(any_engine: FaceEngine) -> None:
    photo = Image.new("RGB", (4000, 3000), (90, 110, 90))
    photo.paste(samples.t1(), (1300, 1000))
    decoded = images.decode(jpeg(photo))
    assert decoded.pixels.shape[:2] == (1500, 2000)
    whole = images.decode(jpeg(photo), images.WORKING_SIDE)
    assert whole.pixels.shape[:2] == (3000, 4000) and whole.finer is None
    # Without the way to more pixels the crops are enlarged from half of them.
    half = replace(decoded, finer=None)
    best, first, reduced = (from_left(any_engine.analyze(each)) for each in (whole, decoded, half))
    assert len(best) == len(first) == len(reduced) == 6
    near = [float(a.embedding.vector @ b.embedding.vector) for a, b in zip(best, first, strict=True)]
    far = [float(a.embedding.vector @ b.embedding.vector) for a, b in zip(best, reduced, strict=True)]
    assert min(near) > 0.9
    assert np.mean(near) > np.mean(far)


def test_a_doubtful_face_is_looked_at_in_the_mirror_too(any_engine: FaceEngine) -> None:
    sharp = np.asarray(samples.portrait(2))
    pixels = cv2.GaussianBlur(sharp, (0, 0), sharp.shape[0] / 60).astype(np.uint8)
    height, width = pixels.shape[:2]
    (clear,), (blurred,) = (any_engine.analyze(DecodedImage(each, width, height, "PNG")) for each in (sharp, pixels))
    assert blurred.quality < MIRRORED_BELOW
    crop = aligned(pixels, blurred.detection.landmarks)
    one, other = any_engine._embedder.embed([crop, np.ascontiguousarray(crop[:, ::-1])])
    both = (one + other) / np.linalg.norm(one + other)
    np.testing.assert_allclose(blurred.embedding.vector, both, atol=1e-5)
    if clear.quality >= MIRRORED_BELOW:
        (seen,) = any_engine._embedder.embed([aligned(sharp, clear.detection.landmarks)])
        np.testing.assert_allclose(clear.embedding.vector, seen, atol=1e-5)


def test_a_photo_that_cannot_be_decoded_finer_is_looked_at_as_it_is(
    any_engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Image.new("RGB", (4000, 3000), (90, 110, 90))
    photo.paste(samples.t1(), (1300, 1000))
    decoded = images.decode(jpeg(photo))

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(images, "pixels_of", full)
    assert decoded.finer is not None
    assert decoded.finer().pixels is decoded.pixels
    assert len(any_engine.analyze(decoded)) == 6


def test_a_picture_of_nobody_has_no_faces(any_engine: FaceEngine) -> None:
    assert any_engine.analyze(images.decode(jpeg(samples.scenery()))) == []
    for shape in ((1, 1), (1, 60000), (60000, 1)):
        pixels = np.zeros((*shape, 3), np.uint8)
        assert any_engine.analyze(DecodedImage(pixels, shape[1], shape[0], "PNG")) == []


def test_two_threads_see_the_same(any_engine: FaceEngine, reference: list[AnalyzedFace]) -> None:
    decoded = images.decode(jpeg(samples.t1()))
    with ThreadPoolExecutor(2) as pool:
        for faces in pool.map(lambda _: from_left(any_engine.analyze(decoded)), range(4)):
            assert [face.detection for face in faces] == [face.detection for face in reference]
            for face, same in zip(faces, reference, strict=True):
                np.testing.assert_allclose(face.embedding.vector, same.embedding.vector, atol=1e-5)


def test_a_worker_keeps_opencv_to_one_thread() -> None:
    before = cv2.getNumThreads()
    try:
        use_one_thread()
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)
