"""How well a face can be recognised: the chance that it resembles the other photos of its person enough."""

from __future__ import annotations

import cv2
import numpy as np

from core.thresholds import QualityWeights
from core.types import Detection, Pixels

SHARP, BLURRED = 300.0, 3.0
"""Variance of the Laplacian of an aligned crop (Pech-Pacheco et al., 2000): beyond these it tells nothing more."""


def quality(detection: Detection, crop: Pixels, weights: QualityWeights) -> float:
    """0 (useless) to 1 (sharp and unmistakably a face): a chance, as measured on other people than it was fitted on.

    Args:
        detection: its confidence counts.
        crop: the aligned face, RGB uint8 [112, 112, 3].
        weights: of the pack: a logistic regression over photos as they are, small, blurred, dark, turned and covered.
            Is the mean similarity to the person's other plain photos enough to attach the face to them? The size of
            the box, offered along, got no weight: a small face makes a blurred crop.
    """
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    sharpness = float(np.clip(cv2.Laplacian(gray, cv2.CV_32F).var(), BLURRED, SHARP))
    doubt = detection.confidence - weights.usual_confidence
    evidence = weights.constant + weights.sharpness * np.log(sharpness / SHARP) + weights.confidence * doubt
    return float(1 / (1 + np.exp(-evidence)))
