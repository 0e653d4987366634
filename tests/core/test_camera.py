"""A picture from a camera; a film stands for it, for there is none where tests run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core import camera
from core.errors import ImageUnavailable
from tests import samples


def test_the_picture_is_the_one_after_the_light_is_right(tmp_path: Path) -> None:
    film = tmp_path / "film.avi"
    frames = np.asarray(samples.astronaut())[:, :, ::-1]
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (512, 512))
    for number in range(12):
        writer.write(np.ascontiguousarray(frames // (1 if number == 11 else 4)))
    writer.release()
    taken = camera.take(str(film))
    assert (taken.width, taken.height, taken.pixels.shape) == (512, 512, (512, 512, 3))
    true = np.asarray(samples.astronaut()).astype(int)
    assert np.abs(taken.pixels.astype(int) - true).mean() < 6


def test_it_says_when_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(ImageUnavailable):
        camera.take(str(tmp_path / "nothing.avi"))
    assert isinstance(camera.exists(), bool)
