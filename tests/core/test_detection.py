"""The detectors find what InsightFace's and OpenCV's own find, and the small and the huge faces besides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from insightface.model_zoo import get_model
from PIL import Image

from core.detection import MOST_FACES, FaceDetector, Scrfd, Yunet
from core.errors import InvalidInput
from core.models import ModelPack
from core.sessions import open_session
from core.types import BoundingBox, Detection, Pixels
from tests import samples


@pytest.fixture(scope="module")
def scrfd(pack: ModelPack) -> FaceDetector:
    return FaceDetector(Scrfd(open_session(pack.detector.path, threads=2)))


@pytest.fixture(scope="module")
def yunet(other_pack: ModelPack) -> FaceDetector:
    return FaceDetector(Yunet(open_session(other_pack.detector.path, threads=2)))


@pytest.fixture(scope="module", params=["scrfd", "yunet"])
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    """Each of the detectors: what a picture shows does not depend on who looks."""
    found: FaceDetector = request.getfixturevalue(request.param)
    return found


def pixels_of(image: Image.Image) -> Pixels:
    return np.asarray(image, np.uint8)


def on_canvas(image: Image.Image, width: int, height: int) -> Image.Image:
    """The picture in the middle of a gray one."""
    canvas = Image.new("RGB", (width, height), (128, 128, 128))
    canvas.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return canvas


def found_by_insightface(pack: ModelPack, pixels: Pixels) -> list[tuple[BoundingBox, np.ndarray]]:
    model = get_model(str(pack.detector.path), providers=["CPUExecutionProvider"])
    model.prepare(ctx_id=-1, input_size=(640, 640))
    boxes, landmarks = model.detect(pixels[:, :, ::-1])
    return [
        (BoundingBox(left, top, right - left, bottom - top), points)
        for (left, top, right, bottom, _), points in zip(boxes.tolist(), landmarks, strict=True)
    ]


# The finer and coarser passes, which InsightFace has not, may draw the box of a large face a little differently.
@pytest.mark.parametrize(
    ("picture", "overlap"), [(samples.t1(), 0.9), (samples.astronaut(), 0.8), (samples.portrait(2), 0.8)]
)
def test_the_faces_are_those_of_insightface(
    scrfd: FaceDetector, pack: ModelPack, picture: Image.Image, overlap: float
) -> None:
    pixels = pixels_of(picture)
    found = scrfd.detect(pixels)
    expected = found_by_insightface(pack, pixels)
    assert len(found) == len(expected) >= 1
    for box, landmarks in expected:
        same = max(found, key=lambda each: each.box.overlap(box))
        assert same.box.overlap(box) > overlap
        assert np.abs(same.landmarks - landmarks).max() < 0.1 * box.width


@pytest.mark.parametrize("picture", [samples.t1(), samples.astronaut(), samples.portrait(2)])
def test_one_run_of_yunet_sees_what_opencv_sees(other_pack: ModelPack, picture: Image.Image) -> None:
    pixels = pixels_of(picture)
    height, width = pixels.shape[:2]
    opencv = cv2.FaceDetectorYN.create(str(other_pack.detector.path), "", (width, height), 0.3, 1.0)
    _, expected = opencv.detect(pixels[:, :, ::-1])
    canvas = np.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), np.uint8)
    canvas[:height, :width] = pixels
    found = Yunet(open_session(other_pack.detector.path)).candidates(canvas, 0.3)
    corners = np.concatenate([expected[:, :2], expected[:, :2] + expected[:, 2:4]], axis=1)
    # Without suppression both tell every candidate; OpenCV the surest first.
    order = np.argsort(-found.scores, kind="stable")
    assert len(expected) == len(order) >= 1
    np.testing.assert_allclose(found.scores[order], expected[:, 14], atol=1e-3)
    every = np.concatenate([found.boxes, found.landmarks.reshape(-1, 10)], axis=1)
    for row in np.concatenate([corners, expected[:, 4:14]], axis=1):
        assert np.abs(every - row).max(axis=1).min() < 0.1


def test_six_people_are_six_faces_where_they_are(detector: FaceDetector) -> None:
    found = sorted(detector.detect(pixels_of(samples.t1())), key=lambda each: each.box.x)
    assert len(found) == 6
    for detection, expected in zip(found, samples.FACES_IN_T1, strict=True):
        assert detection.box.overlap(BoundingBox(*expected)) > 0.8


def test_faces_are_well_formed(detector: FaceDetector) -> None:
    for picture in (samples.t1(), samples.astronaut(), samples.portrait(4)):
        found = detector.detect(pixels_of(picture))
        assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
        for each in found:
            check(each, picture)


def check(detection: Detection, picture: Image.Image) -> None:
    """The box lies in the picture; eyes stand above the mouth, left before right."""
    box, landmarks = detection.box, detection.landmarks
    assert 0 <= box.x < box.x + box.width <= picture.width + 1e-3
    assert 0 <= box.y < box.y + box.height <= picture.height + 1e-3
    assert 0.5 <= detection.confidence <= 1
    assert landmarks.shape == (5, 2)
    assert landmarks.dtype == np.float32
    assert landmarks[:2, 1].max() < landmarks[3:, 1].min()
    assert landmarks[0, 0] < landmarks[1, 0]
    assert landmarks[3, 0] < landmarks[4, 0]


@pytest.mark.parametrize("scale", [0.25, 0.5, 3.0])
def test_a_scaled_picture_has_scaled_faces(detector: FaceDetector, scale: float) -> None:
    original = samples.astronaut()
    side = round(512 * scale)
    (face,) = detector.detect(pixels_of(original))
    (scaled,) = detector.detect(pixels_of(original.resize((side, side), Image.Resampling.LANCZOS)))
    box = face.box
    expected = BoundingBox(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
    assert scaled.box.overlap(expected) > 0.75


def test_small_faces_in_a_large_picture_are_found(detector: FaceDetector) -> None:
    small = samples.t1().resize((320, 222), Image.Resampling.LANCZOS)
    found = detector.detect(pixels_of(on_canvas(small, 2000, 1500)))
    # The one who looks aside is beyond any detector at 25 px.
    assert len(found) >= 5


def test_a_face_that_fills_the_picture_is_found(detector: FaceDetector) -> None:
    tight = samples.astronaut().crop((170, 60, 285, 190)).resize((2300, 2600), Image.Resampling.BICUBIC)
    (face,) = detector.detect(pixels_of(tight))
    assert face.box.area > 0.4 * 2300 * 2600


def test_a_face_cut_by_the_edge_has_a_box_within(detector: FaceDetector) -> None:
    half = samples.astronaut().crop((215, 0, 512, 512))
    for each in detector.detect(pixels_of(half), 0.3):
        assert each.box.x >= 0


def test_a_picture_of_nobody_has_no_face(detector: FaceDetector) -> None:
    assert detector.detect(pixels_of(samples.scenery())) == []
    for shape in ((1, 1, 3), (1, 5000, 3), (5000, 1, 3), (300, 300, 3)):
        assert detector.detect(np.zeros(shape, np.uint8)) == []


def test_a_lower_confidence_finds_no_fewer(detector: FaceDetector) -> None:
    pixels = pixels_of(samples.t1())
    counts = [len(detector.detect(pixels, confidence)) for confidence in (0.9, 0.5, 0.2)]
    assert counts == sorted(counts)
    assert counts[0] < 6


def test_whatever_is_asked_for_a_picture_gives_no_more_faces_than_people_fit_in_one(detector: FaceDetector) -> None:
    pixels = pixels_of(samples.t1())
    usual, every = detector.detect(pixels), detector.detect(pixels, 0.0)
    assert len(usual) < len(every) <= MOST_FACES
    # They are the surest, those that are found anyway among them.
    assert {each.confidence for each in usual} <= {each.confidence for each in every}
    assert every[0].confidence == usual[0].confidence


def test_what_is_no_hint_calls_for_no_further_pass(detector: FaceDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    one_pass = detector._pass

    def counted(pixels: Pixels, side: int, min_score: float) -> object:
        passes.append(side)
        return one_pass(pixels, side, min_score)

    monkeypatch.setattr(detector, "_pass", counted)
    for picture in (samples.portrait(2), samples.scenery(), on_canvas(samples.astronaut(), 1000, 700)):
        passes.clear()
        detector.detect(pixels_of(picture), 0.3)
        usual = passes.copy()
        passes.clear()
        detector.detect(pixels_of(picture), 0.0)
        assert passes == usual


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_has_its_range(detector: FaceDetector, confidence: float) -> None:
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        detector.detect(pixels_of(samples.astronaut()), confidence)


def test_threads_share_a_detector(detector: FaceDetector) -> None:
    pictures = [pixels_of(samples.t1()), pixels_of(samples.astronaut())] * 3
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(detector.detect, pictures))
    assert together == [detector.detect(each) for each in pictures[:2]] * 3


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (BoundingBox(0, 0, 10, 10), 1.0),
        (BoundingBox(5, 0, 10, 10), 50 / 150),
        (BoundingBox(10, 0, 10, 10), 0.0),
        (BoundingBox(2, 2, 5, 5), 0.25),
        (BoundingBox(0, 0, 0, 0), 0.0),
    ],
)
def test_overlap_is_intersection_over_union(other: BoundingBox, expected: float) -> None:
    box = BoundingBox(0, 0, 10, 10)
    assert box.overlap(other) == pytest.approx(expected)
    assert other.overlap(box) == pytest.approx(expected)
