"""Five landmarks -> the upright 112 px crop that ArcFace models are trained on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Pixels

SIDE = 112

_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""Where the landmarks belong in the crop: the template of ArcFace (Deng et al., 2019) as InsightFace publishes it."""


def similarity_transform(landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    """The rotation, uniform scale and shift that bring `landmarks` nearest to the template, in the least squares sense.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns" (1991), written as a
    complex ratio: in two dimensions it has a closed form and needs no singular value decomposition.

    Args:
        landmarks: [5, 2], x and y.

    Returns:
        float64 [2, 3], as `cv2.warpAffine` takes it.
    """
    source = landmarks.astype(np.float64) @ np.array([1, 1j])
    target = _TEMPLATE @ np.array([1, 1j])
    centred = source - source.mean()
    spread = float((np.abs(centred) ** 2).sum())
    turn = (np.conj(centred) * (target - target.mean())).sum() / max(spread, 1e-12)
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def enlargement(landmarks: NDArray[np.float32]) -> float:
    """How many pixels of the crop one pixel of the picture becomes: above 1 the crop shows less than it could."""
    return float(np.hypot(*similarity_transform(landmarks)[:, 0]))


def aligned(pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
    """The face of `landmarks` (in pixels of `pixels`), upright, RGB uint8 [112, 112, 3]."""
    crop = cv2.warpAffine(pixels, similarity_transform(landmarks), (SIDE, SIDE), borderValue=0)
    return crop.astype(np.uint8, copy=False)
