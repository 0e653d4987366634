"""Pixels -> what a network is fed: planes of numbers on the scale that it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Pixels

Planes = NDArray[np.float32]
"""float32 [1, 3, height, width]."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a network was trained to be fed: (value - mean) * scale, for values of 0 to 255.

    Attributes:
        bgr: blue comes first; otherwise red does, as in `Pixels`.
    """

    mean: float = 0.0
    scale: float = 1.0
    bgr: bool = False

    def planes(self, pixels: Pixels) -> Planes:
        """One picture for the network, as `cv2.dnn.blobFromImage` makes it, from a table and in a sixth of the time."""
        made = np.empty((1, 3, *pixels.shape[:2]), np.float32)
        channels = cv2.split(pixels)
        for place, channel in zip(made[0], reversed(channels) if self.bgr else channels, strict=True):
            cv2.LUT(channel, _table(self), dst=place)
        return made


@lru_cache
def _table(normalisation: Normalisation) -> NDArray[np.float32]:
    """The number for each value of a pixel, float32 [256]."""
    values = np.arange(256, dtype=np.float32)
    return (values - np.float32(normalisation.mean)) * np.float32(normalisation.scale)
