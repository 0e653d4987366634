"""A picture from a camera that is connected to the computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2

from core.errors import ImageUnavailable
from core.images import DecodedImage
from core.types import Pixels

_FIRST = 0

_SETTLING = 12
"""Frames after which the exposure of common cameras is right: less than half a second."""


def exists() -> bool:
    """Whether there is a camera. Takes a moment where the system does not list them, and may light its lamp."""
    if sys.platform == "linux":
        return any(os.access(device, os.R_OK | os.W_OK) for device in Path("/dev").glob("video*"))
    camera = cv2.VideoCapture(_FIRST)
    try:
        return camera.isOpened()
    finally:
        camera.release()


def take(source: int | str = _FIRST) -> DecodedImage:
    """Takes a picture.

    Args:
        source: the number of a camera, or the path of a film in place of one.

    Raises:
        ImageUnavailable: there is no camera, or another program uses it.
    """
    camera = cv2.VideoCapture(source)
    try:
        frame = None
        for _ in range(_SETTLING):
            taken, seen = camera.read()
            frame = seen if taken else frame
    finally:
        camera.release()
    if frame is None:
        raise ImageUnavailable("The camera gives no picture. Is another program using it?")
    pixels: Pixels = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype("uint8")
    height, width = pixels.shape[:2]
    return DecodedImage(pixels, width, height, "CAMERA")
