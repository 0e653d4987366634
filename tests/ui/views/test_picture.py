"""Pixels become images of the sizes that are painted, and no larger than the screen needs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from app.library import Library
from core.types import Pixels
from ui.views.picture import Room, pyramid, to_image, whole


def pixels(width: int, height: int) -> Pixels:
    """Red grows to the right, green downwards."""
    made = np.zeros((height, width, 3), dtype=np.uint8)
    made[:, :, 0] = np.linspace(0, 255, width, dtype=np.uint8)
    made[:, :, 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    return made


def test_an_image_has_the_colours_of_its_pixels() -> None:
    image = to_image(pixels(5, 3))
    assert (image.width(), image.height()) == (5, 3)
    assert image.format() == QImage.Format.Format_RGB32
    assert image.pixelColor(4, 2).getRgb()[:3] == (255, 255, 0)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


def test_an_image_outlives_its_pixels() -> None:
    made = pixels(300, 200)
    image = to_image(made)
    made[:] = 7
    assert image.pixelColor(299, 0).red() == 255


@given(width=st.integers(1, 700), height=st.integers(1, 700))
def test_every_resolution_has_half_the_side_of_the_next(width: int, height: int) -> None:
    images = pyramid(pixels(width, height), ())
    sizes = [(each.width(), each.height()) for each in images]
    assert sizes == sorted(sizes)
    if min(width, height) > 1:
        assert sizes[-1] == (width, height)
    for small, large in pairwise(sizes):
        assert small == (large[0] // 2, large[1] // 2)


def test_what_is_there_already_is_not_made_again() -> None:
    coarse = to_image(pixels(300, 200))
    images = pyramid(pixels(1000, 667), (coarse,))
    assert [each.width() for each in images] == [300, 500, 1000]
    assert images[0] is coarse


def test_a_whole_picture_fills_the_room_and_goes_up_to_the_original(album_library: Library) -> None:
    photos = album_library.session.photos
    for photo_id in photos.timeline().photo_ids:
        photo = photos.get(photo_id)
        images, complete = whole(photos, photo, Room(400, 300, 1.0))
        assert complete, "a small picture has all its detail from the start"
        assert (images[-1].width(), images[-1].height()) == (photo.width, photo.height)
        fitted = images[0]
        assert fitted.width() <= 400
        assert fitted.height() <= 300
        assert fitted.width() / fitted.height() == pytest.approx(photo.width / photo.height, rel=0.02)


def test_a_photo_that_was_never_read_tells_its_shape_by_itself(album_library: Library) -> None:
    photos = album_library.session.photos
    photo = photos.get(photos.timeline().photo_ids[0])
    images, _ = whole(photos, replace(photo, width=0, height=0), Room(400, 300, 1.0))
    assert images[-1].width() == photo.width
