"""The closed form of the alignment is the least squares fit that scikit-image computes."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.transform import SimilarityTransform

from core.alignment import SIDE, aligned, similarity_transform
from core.engine import FaceEngine
from core.images import DecodedImage
from core.types import Pixels
from tests import samples

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""As InsightFace publishes it."""


@given(arrays(np.float32, (5, 2), elements=st.floats(-4000, 4000, width=32)))
def test_the_transform_is_the_one_of_scikit_image(landmarks: np.ndarray) -> None:
    spread = float(np.linalg.norm(landmarks - landmarks.mean(axis=0)))
    assume(spread > 1.0)
    matrix = similarity_transform(landmarks)
    # Landmarks that resemble the template in no turning have no best turning.
    assume(np.hypot(matrix[0, 0], matrix[1, 0]) * spread > 1.0)

    expected = SimilarityTransform.from_estimate(landmarks.astype(np.float64), TEMPLATE).params[:2]

    np.testing.assert_allclose(matrix, expected, rtol=1e-6, atol=1e-6 * max(1.0, float(np.abs(expected).max())))


@given(
    scale=st.floats(0.05, 40),
    angle=st.floats(-np.pi, np.pi),
    shift=st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)),
)
def test_a_turned_scaled_and_shifted_template_comes_back(
    scale: float, angle: float, shift: tuple[float, float]
) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = (TEMPLATE @ turn.T + shift).astype(np.float32)
    matrix = similarity_transform(landmarks)
    back = landmarks @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(back, TEMPLATE, atol=0.05)


def test_five_equal_landmarks_still_make_a_crop() -> None:
    landmarks = np.full((5, 2), 30.0, np.float32)
    assert np.isfinite(similarity_transform(landmarks)).all()
    assert aligned(np.full((60, 60, 3), 7, np.uint8), landmarks).shape == (SIDE, SIDE, 3)


def test_outside_of_the_picture_is_black() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    crop = aligned(white, TEMPLATE.astype(np.float32) + np.float32(5000))
    assert crop.max() == 0


def test_a_turned_face_gives_the_same_crop(engine: FaceEngine) -> None:
    upright = np.asarray(samples.astronaut())
    turned: Pixels = np.ascontiguousarray(np.rot90(upright))
    face = engine.analyze(DecodedImage(upright, 512, 512, "PNG"))[0]
    x, y = face.detection.landmarks.T
    landmarks = np.stack([y, 511 - x], axis=1)

    difference = aligned(turned, landmarks).astype(int) - aligned(upright, face.detection.landmarks)

    assert np.abs(difference).mean() < 2
