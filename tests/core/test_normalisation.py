"""Networks are fed what OpenCV's own function would feed them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.detection import SCRFD, YUNET
from core.embedding import ARCFACE, SFACE
from core.normalisation import Normalisation
from core.types import Pixels

PIXELS = np.random.default_rng(1).integers(0, 256, (64, 96, 3)).astype(np.uint8)


@pytest.mark.parametrize("normalisation", [SCRFD, YUNET, ARCFACE, SFACE])
@pytest.mark.parametrize("pixels", [PIXELS, PIXELS[:, ::-1], PIXELS[3:40, 5:60]], ids=["whole", "mirrored", "cut out"])
def test_planes_are_those_of_opencv(normalisation: Normalisation, pixels: Pixels) -> None:
    mean = (normalisation.mean,) * 3
    usual = cv2.dnn.blobFromImage(
        np.ascontiguousarray(pixels), normalisation.scale, mean=mean, swapRB=normalisation.bgr
    )
    made = normalisation.planes(pixels)
    assert made.dtype == np.float32
    assert made.shape == usual.shape
    np.testing.assert_allclose(made, usual, rtol=0, atol=1e-5)
