"""How well a face can be recognised: one figure from its sharpness, its size and its pose."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Detection, Pixels

GOOD_SIDE = 112.0
"""A face as large as the embedder's input loses nothing by scaling."""

GOOD_SHARPNESS = 150.0
"""Variance of the Laplacian of an aligned crop (Pech-Pacheco et al., 2000) above which sharpness costs nothing: about
the median over the photos of `faces-lfw-dev`."""


def quality(detection: Detection, crop: Pixels) -> float:
    """0 (useless) to 1 (sharp, large, frontal): the geometric mean of the three parts.

    Args:
        detection: in pixels of the original.
        crop: the aligned face, RGB uint8 [112, 112, 3].
    """
    size = min(1.0, min(detection.box.width, detection.box.height) / GOOD_SIDE)
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    sharpness = min(1.0, float(cv2.Laplacian(gray, cv2.CV_32F).var()) / GOOD_SHARPNESS)
    return float((size * sharpness * frontality(detection.landmarks)) ** (1 / 3))


def frontality(landmarks: NDArray[np.float32]) -> float:
    """1 when the nose lies midway between the eyes, 0 when it reaches one of them (a full profile).

    Args:
        landmarks: [5, 2]: eye, eye, nose, mouth corner, mouth corner.
    """
    left, right, nose = landmarks[:3].astype(np.float64)
    axis = right - left
    length = float(axis @ axis)
    if length < 1e-9:
        return 0.0
    along = float((nose - left) @ axis) / length
    return float(np.clip(1.0 - abs(2.0 * along - 1.0), 0.0, 1.0))
