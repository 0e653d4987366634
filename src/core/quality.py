"""How well a face can be recognised: the chance that it resembles the other photos of its person enough."""

from __future__ import annotations

import cv2
import numpy as np

from core.types import Detection, Pixels

_CONSTANT, _SHARPNESS, _CONFIDENCE = 2.56, 0.63, 13.3
"""Logistic regression over half of the people of `faces-lfw-dev`, photos as they are, small, blurred, dark, turned
and covered: is the mean similarity to the person's other plain photos at least 0.36? (`python -m tests.benchmarks
quality`.) The size of the box, offered along got no weight: a small face makes
a blurred crop."""

SHARP, BLURRED = 300.0, 3.0
"""Variance of the Laplacian of an aligned crop (Pech-Pacheco et al., 2000): beyond these it tells nothing more."""

USUAL_CONFIDENCE = 0.8
"""What the detector says of most faces of `faces-lfw-dev`."""


def quality(detection: Detection, crop: Pixels) -> float:
    """0 (useless) to 1 (sharp and unmistakably a face): a chance, as measured on other people than it was fitted on.

    Args:
        detection: its confidence counts.
        crop: the aligned face, RGB uint8 [112, 112, 3].
    """
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    sharpness = float(np.clip(cv2.Laplacian(gray, cv2.CV_32F).var(), BLURRED, SHARP))
    evidence = _SHARPNESS * np.log(sharpness / SHARP) + _CONFIDENCE * (detection.confidence - USUAL_CONFIDENCE)
    return float(1 / (1 + np.exp(-_CONSTANT - evidence)))
