"""Faces made of nothing but a direction, where a test needs many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.types import AnalyzedFace, BoundingBox, Detection, Embedding, Vectors

DIMENSION = 512


def person(number: int) -> Vectors:
    """The direction of somebody; those of different people are nearly at right angles."""
    return unit(np.random.default_rng([7, number]).normal(size=DIMENSION))


def seen(direction: Vectors, jitter: float = 0.3, seed: int = 0) -> Vectors:
    """A direction as one photo shows it."""
    noise = np.random.default_rng([11, seed]).normal(size=len(direction)) / np.sqrt(len(direction))
    return unit(direction + jitter * noise)


def between(first: Vectors, second: Vectors, share: float = 0.5) -> Vectors:
    """The direction of somebody who resembles two others."""
    return unit(first * (1 - share) + second * share)


def unit(vector: NDArray[np.floating]) -> Vectors:
    scaled: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
    return scaled


def face(direction: Vectors, quality: float = 0.9, x: float = 10, model: str = "buffalo_s") -> AnalyzedFace:
    """A face of 100 px at `x`, seen as `direction`."""
    landmarks = np.array([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]], np.float32) + np.float32(x)
    detection = Detection(BoundingBox(x, 10, 100, 100), landmarks, 0.9)
    return AnalyzedFace(detection, Embedding(direction, model), quality)
