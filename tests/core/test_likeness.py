"""Copies are known, other photos are not taken for copies, and the search for near fingerprints misses none."""

from __future__ import annotations

import io

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core import images, likeness
from core.types import Pixels
from tests import samples


def small(image: Image.Image) -> Pixels:
    pixels = np.asarray(image.convert("RGB"))
    scale = min(1.0, 512 / max(pixels.shape[:2]))
    return images.resized(pixels, round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data)


def bits_between(one: Pixels, other: Pixels) -> int:
    first, second = (likeness.packed([likeness.fingerprint(each).bits or b""]) for each in (one, other))
    return int(np.bitwise_count(first ^ second).sum())


PHOTOS = (samples.t1(), samples.astronaut(), samples.scenery())


@pytest.mark.parametrize("image", PHOTOS)
def test_copies_are_near_and_the_same(image: Image.Image) -> None:
    for copy in (recompressed(image, 50), image.resize((image.width // 2, image.height // 2)), image.convert("L")):
        assert bits_between(small(image), small(copy)) <= likeness.NEAR
        assert likeness.difference(small(image), small(copy)) <= likeness.SAME
        assert likeness.difference(small(copy), small(image)) <= likeness.SAME


@pytest.mark.parametrize("image", PHOTOS)
def test_who_moved_is_not_the_same(image: Image.Image) -> None:
    moved = image.copy()
    width, height = image.width // 4, image.height // 4
    moved.paste(image.crop((width, height, 2 * width, 2 * height)), (width + image.width // 25, height))
    assert likeness.difference(small(image), small(moved)) > likeness.SAME


def test_others_are_far_apart() -> None:
    for image in PHOTOS:
        for other in (*(each for each in PHOTOS if each is not image), samples.mirrored(image)):
            assert bits_between(small(image), small(other)) > 3 * likeness.NEAR
    cut = PHOTOS[0].crop((40, 0, 1280, 886))
    assert likeness.difference(small(PHOTOS[0]), small(cut)) == float("inf")


def test_the_bits_are_those_of_the_usual_perceptual_hash() -> None:
    for image in (*PHOTOS, *(recompressed(each, 30).convert("L").convert("RGB").resize((500, 90)) for each in PHOTOS)):
        usual = np.packbits(imagehash.phash(Image.fromarray(small(image)), hash_size=16).hash).tobytes()
        assert likeness.fingerprint(small(image)).bits == usual


def test_a_picture_that_shows_nothing_has_no_fingerprint() -> None:
    for level in (0, 128, 255):
        assert likeness.fingerprint(np.full((300, 400, 3), level, np.uint8)).bits is None
    noise = np.random.default_rng(1).integers(126, 130, (300, 400, 3)).astype(np.uint8)
    assert likeness.fingerprint(noise).bits is None
    assert likeness.fingerprint(np.zeros((1, 1, 3), np.uint8)).bits is None


def test_out_of_focus_is_less_sharp() -> None:
    image = PHOTOS[1]
    sharp, soft = (likeness.fingerprint(small(each)) for each in (image, image.resize((64, 64)).resize((512, 512))))
    assert soft.sharpness < sharp.sharpness / 4


def test_a_file_and_its_pixels_have_one_fingerprint() -> None:
    data = images.encode_jpeg(small(PHOTOS[0]))
    assert likeness.of_file(data) == likeness.fingerprint(images.decode(data).pixels)
    assert len(likeness.of_file(data).bits or b"") == 32


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 2**32), st.sampled_from([0, 1, 6, likeness.NEAR]))
def test_the_search_finds_exactly_the_near_ones(count: int, seed: int, most: int) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.integers(0, 2, (count, likeness.BITS)).astype(np.uint8)
    for row in range(1, count, 2):
        # Neighbours that differ in about as many bits as are allowed.
        rows[row] = rows[row - 1]
        rows[row, chance.choice(likeness.BITS, chance.integers(0, most + 3), replace=False)] ^= 1
    bits = np.packbits(rows, axis=1).view(np.uint64).reshape(count, 4)
    found = [tuple(pair) for pair in likeness.near_pairs(bits, most).tolist()]
    expected = [
        (one, other)
        for one in range(count)
        for other in range(one + 1, count)
        if (rows[one] != rows[other]).sum() <= most
    ]
    assert found == expected
