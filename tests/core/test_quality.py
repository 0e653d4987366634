"""Quality falls with blur and with the detector's doubt, and stays between 0 and 1."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import quality as core_quality
from core.alignment import aligned
from core.engine import FaceEngine
from core.images import DecodedImage
from core.models import find_pack
from core.types import AnalyzedFace, BoundingBox, Detection, Pixels
from tests import samples

LANDMARKS = np.array([[30, 50], [80, 50], [55, 75], [38, 95], [72, 95]], np.float32)


WEIGHTS = find_pack().quality


def quality(seen: Detection, crop: Pixels) -> float:
    return core_quality.quality(seen, crop, WEIGHTS)


@pytest.fixture(scope="module")
def face(engine: FaceEngine) -> AnalyzedFace:
    return engine.analyze(DecodedImage(np.asarray(samples.astronaut()), 512, 512, "PNG"))[0]


@pytest.fixture(scope="module")
def crop(face: AnalyzedFace) -> Pixels:
    return aligned(np.asarray(samples.astronaut()), face.detection.landmarks)


def detection(confidence: float = 0.8) -> Detection:
    return Detection(BoundingBox(0, 0, 200, 200), LANDMARKS, confidence)


def test_the_engine_gives_each_face_its_quality(face: AnalyzedFace, crop: Pixels) -> None:
    assert face.quality == pytest.approx(quality(face.detection, crop))
    assert face.quality > 0.85


def test_blur_lowers_it_step_by_step(crop: Pixels) -> None:
    blurred = [np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma), np.uint8) for sigma in (1.0, 2.0, 4.0)]
    values = [quality(detection(), each) for each in (crop, *blurred)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)


def test_doubt_lowers_it_step_by_step(crop: Pixels) -> None:
    values = [quality(detection(confidence), crop) for confidence in (0.9, 0.8, 0.7, 0.6, 0.5)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.95 and values[-1] < 0.7


def test_a_small_photo_of_the_same_face_is_worse(engine: FaceEngine, face: AnalyzedFace) -> None:
    pixels = cv2.resize(np.asarray(samples.astronaut()), (64, 64), interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert engine.analyze(DecodedImage(pixels, 64, 64, "PNG"))[0].quality < face.quality


def test_a_real_face_that_looks_aside_is_still_somebody(engine: FaceEngine) -> None:
    """Embeddings of profiles match: what tells poor faces is blur and doubt."""
    faces = engine.analyze(DecodedImage(np.asarray(samples.t1()), 1280, 886, "JPEG"))
    from_left = sorted(faces, key=lambda each: each.detection.box.x)
    assert max(faces, key=lambda each: each.quality).quality > from_left[4].quality > 0.4


@settings(max_examples=40)
@given(confidence=st.floats(0, 1), gray=st.integers(0, 255))
def test_it_stays_between_zero_and_one(confidence: float, gray: int) -> None:
    noise = np.random.default_rng(gray).integers(0, gray + 1, (112, 112, 3)).astype(np.uint8)
    assert 0.0 <= quality(detection(confidence), noise) <= 1.0
