"""Pixels of the app -> images that Qt paints without any more work. Runs on the threads of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QImage

from app.photos import Photos
from app.types import Photo
from core.images import resized
from core.types import Pixels
from ui.views.viewport import fit_zoom

SMALL_PIXELS = 6_000_000
"""Of a picture with no more than this, every resolution is kept from the start."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a picture may fill, in pixels of the screen, `ratio` of which make one of a widget."""

    width: int
    height: int
    ratio: float


def whole(photos: Photos, photo: Photo, room: Room) -> tuple[tuple[QImage, ...], bool]:
    """The whole picture as it fills a room, and whether the images go up to the original's resolution.

    Raises:
        CoreError: the picture cannot be read.
    """
    pixels = photos.image(photo.photo_id, max(room.width, room.height))
    # Where the original was never read, what comes now tells its shape.
    width, height = photo.width or pixels.shape[1], photo.height or pixels.shape[0]
    complete = pixels.shape[1] >= width and pixels.shape[0] * pixels.shape[1] <= SMALL_PIXELS
    zoom = fit_zoom((width, height), (room.width, room.height), room.ratio)
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    fitted = to_image(resized(pixels, *size) if size[0] < pixels.shape[1] else pixels)
    if not complete:
        return (fitted,), fitted.width() >= width
    return tuple(pyramid(pixels, (fitted,))), True


def pyramid(pixels: Pixels, coarser: Sequence[QImage]) -> list[QImage]:
    """A picture at full size, half, a quarter ... down to what is there already; the coarsest comes first."""
    images: list[QImage] = []
    least = coarser[-1].width() if coarser else 0
    while pixels.shape[1] > least and min(pixels.shape[:2]) > 1:
        images.append(to_image(pixels))
        pixels = resized(pixels, pixels.shape[1] // 2, pixels.shape[0] // 2)
    return [*coarser, *reversed(images)]


def to_image(pixels: Pixels) -> QImage:
    """In the format of the screen, so that it becomes a pixmap on the GUI thread without being converted there."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
