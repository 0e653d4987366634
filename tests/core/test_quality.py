"""Quality falls with blur, with smallness and with turning away, and stays between 0 and 1."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.alignment import aligned
from core.engine import FaceEngine
from core.images import DecodedImage
from core.quality import frontality, quality
from core.types import AnalyzedFace, BoundingBox, Detection, Pixels
from tests import samples

FRONTAL = np.array([[30, 50], [80, 50], [55, 75], [38, 95], [72, 95]], np.float32)


@pytest.fixture(scope="module")
def face(engine: FaceEngine) -> AnalyzedFace:
    return engine.analyze(DecodedImage(np.asarray(samples.astronaut()), 512, 512, "PNG"))[0]


@pytest.fixture(scope="module")
def crop(face: AnalyzedFace) -> Pixels:
    return aligned(np.asarray(samples.astronaut()), face.detection.landmarks)


def detection(side: float = 200, landmarks: np.ndarray = FRONTAL) -> Detection:
    return Detection(BoundingBox(0, 0, side, side), landmarks, 0.9)


def test_the_engine_gives_each_face_its_quality(face: AnalyzedFace, crop: Pixels) -> None:
    assert face.quality == pytest.approx(quality(face.detection, crop))
    assert face.quality > 0.7


def test_blur_lowers_it_step_by_step(crop: Pixels) -> None:
    blurred = [np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma), np.uint8) for sigma in (1.0, 2.0, 4.0, 8.0)]
    values = [quality(detection(), each) for each in (crop, *blurred)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] / 3


def test_a_profile_lowers_it_step_by_step(crop: Pixels) -> None:
    values = []
    for shift in (0, 5, 10, 20, 25):
        landmarks = FRONTAL.copy()
        landmarks[2, 0] += shift
        values.append(quality(detection(landmarks=landmarks), crop))
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)
    assert values[-1] == 0.0


def test_a_real_face_that_looks_aside_is_worse_than_the_frontal_ones(engine: FaceEngine) -> None:
    faces = engine.analyze(DecodedImage(np.asarray(samples.t1()), 1280, 886, "JPEG"))
    from_left = sorted(faces, key=lambda each: each.detection.box.x)
    assert min(faces, key=lambda each: each.quality) is from_left[4]


def test_a_small_face_is_worse_and_beyond_the_models_input_size_counts_no_more(crop: Pixels) -> None:
    values = [quality(detection(side), crop) for side in (10, 20, 40, 80, 112)]
    assert values == sorted(values)
    assert len(set(values)) == len(values)
    assert quality(detection(1000), crop) == values[-1]


@settings(max_examples=40)
@given(
    side=st.floats(1, 5000),
    landmarks=arrays(np.float32, (5, 2), elements=st.floats(-5000, 5000, width=32)),
    gray=st.integers(0, 255),
)
def test_it_stays_between_zero_and_one(side: float, landmarks: np.ndarray, gray: int) -> None:
    noise = np.random.default_rng(gray).integers(0, gray + 1, (112, 112, 3)).astype(np.uint8)
    assert 0.0 <= quality(detection(side, landmarks), noise) <= 1.0


@given(
    nose=st.tuples(st.floats(0, 110), st.floats(50, 100)),
    scale=st.floats(0.1, 50),
    angle=st.floats(-np.pi, np.pi),
    shift=st.floats(-3000, 3000),
)
def test_frontality_does_not_depend_on_where_and_how_the_face_lies(
    nose: tuple[float, float], scale: float, angle: float, shift: float
) -> None:
    landmarks = FRONTAL.copy()
    landmarks[2] = nose
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (landmarks @ turn.T + shift).astype(np.float32)
    assert frontality(moved) == pytest.approx(frontality(landmarks), abs=0.01)


def test_a_mirrored_face_is_as_frontal() -> None:
    landmarks = FRONTAL.copy()
    landmarks[2, 0] = 65
    mirrored = (landmarks * [-1, 1])[[1, 0, 2, 4, 3]].astype(np.float32)
    assert frontality(mirrored) == pytest.approx(frontality(landmarks))
    assert frontality(np.zeros((5, 2), np.float32)) == 0.0
