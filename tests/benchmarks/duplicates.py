"""How well copies are told from other photos, and how fast they are found.

`python -m tests.benchmarks duplicates`

Copies are made of the photos at hand as people make them; bursts are the frames of a film, and photos in whose middle
something moved. All are compared as the library compares them: by their small pictures.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from core import images, likeness
from core.types import Pixels
from tests import samples
from tests.benchmarks.photos import DATA, LFW

FOLDERS = ("camera-jpegs", "library-kphotoalbum", "library-immich", "faces-compreface")
SIDE, LEAST = 512, 400
"""Pixels of a small picture; photos below the second are icons."""

LARGEST = 2000
"""Larger photos are made so large first, which saves minutes and changes no small picture."""


def _recompressed(image: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")


def _sized(image: Image.Image, scale: float) -> Image.Image:
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def _cropped(image: Image.Image, share: float) -> Image.Image:
    across, down = round(image.width * share), round(image.height * share)
    return image.crop((across, down, image.width - across, image.height - down))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 50": lambda image: _recompressed(image, 50),
    "JPEG of quality 20": lambda image: _recompressed(image, 20),
    "half the size": lambda image: _sized(image, 0.5),
    "640 px, quality 60, as a messenger sends it": lambda image: _recompressed(
        _sized(image, 640 / max(image.size)), 60
    ),
    "a quarter of the size, quality 70": lambda image: _recompressed(_sized(image, 0.25), 70),
    "in grey": lambda image: image.convert("L").convert("RGB"),
}
EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "a tenth brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "1 in 100 cut off at each side": lambda image: _cropped(image, 0.01),
    "3 in 100 cut off at each side": lambda image: _cropped(image, 0.03),
    "mirrored": ImageOps.mirror,
}


def _moved(image: Image.Image, part: float, by: float) -> Image.Image:
    """The middle of the photo moved aside, as somebody does between two photos of a burst."""
    width, height = round(image.width * part), round(image.height * part)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    made = image.copy()
    made.paste(image.crop((left, top, left + width, top + height)), (left + max(1, round(image.width * by)), top))
    return made


BURSTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    f"{part:.0%} of the width moved by {by:.0%}": lambda image, part=part, by=by: _moved(image, part, by)  # type: ignore[misc]
    for part, by in ((0.3, 0.02), (0.15, 0.02), (0.3, 0.05), (0.15, 0.05))
}


class Small:
    """A small picture, as the cache keeps it, and its fingerprint."""

    def __init__(self, image: Image.Image) -> None:
        pixels = np.asarray(image)
        scale = min(1.0, SIDE / max(pixels.shape[:2]))
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        data = images.encode_jpeg(images.resized(pixels, *size))
        self.pixels: Pixels = images.decode(data).pixels
        self.print = likeness.of_file(data)

    def bits_to(self, other: Small) -> int:
        """How far apart the fingerprints are; all bits where there is none."""
        if self.print.bits is None or other.print.bits is None:
            return likeness.BITS
        one, another = (likeness.packed([each.print.bits or b""]) for each in (self, other))
        return int(np.bitwise_count(one ^ another).sum())

    def is_copy_of(self, other: Small) -> bool:
        near = self.bits_to(other) <= likeness.NEAR
        return near and likeness.difference(self.pixels, other.pixels) <= likeness.SAME


def photos() -> list[Image.Image]:
    """Real photos of many cameras, where they are at hand, each only once."""
    paths = [path for name in FOLDERS for path in sorted((DATA / name).rglob("*")) if path.suffix in (".jpg", ".jpeg")]
    found = [image for image in map(_opened, paths) if image is not None and min(image.size) >= LEAST]
    found = found or [samples.t1(), samples.astronaut(), samples.scenery()]
    kept: list[Image.Image] = []
    known: list[Small] = []
    for image in found:
        small = Small(image)
        if not any(small.bits_to(each) <= 2 * likeness.NEAR for each in known):
            kept.append(image)
            known.append(small)
    return kept


def frames() -> list[Small]:
    """The frames of a film, where one is at hand."""
    found: list[Small] = []
    for path in sorted((DATA / "video").glob("*.m*")):
        film = cv2.VideoCapture(str(path))
        while len(found) < 300:
            more, frame = film.read()
            if not more:
                break
            found.append(Small(Image.fromarray(np.ascontiguousarray(frame[:, :, ::-1]))))
    return found


def _opened(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as image:
            turned = ImageOps.exif_transpose(image).convert("RGB")
    except OSError:
        return None
    scale = LARGEST / max(turned.size)
    return _sized(turned, scale) if scale < 1 else turned


def _changed(
    originals: Sequence[tuple[Image.Image, Small]], changes: dict[str, Callable[[Image.Image], Image.Image]]
) -> Iterator[tuple[str, list[tuple[Small, Small]]]]:
    for name, change in changes.items():
        yield name, [(small, Small(change(image))) for image, small in originals]


def _table(title: str, rows: Iterator[tuple[str, list[tuple[Small, Small]]]]) -> None:
    print(f"\n{title:48} called copies   bits: median, 98 in 100   difference: median, 9 in 10")
    for name, pairs in rows:
        bits = [one.bits_to(other) for one, other in pairs]
        apart = [likeness.difference(one.pixels, other.pixels) for one, other in pairs]
        called = np.mean([one.is_copy_of(other) for one, other in pairs])
        figures = f"{np.median(bits):11.0f} {np.percentile(bits, 98):12.0f}"
        print(f"  {name:46} {called:13.1%} {figures} {np.median(apart):21.3f} {np.percentile(apart, 90):10.3f}")


def _different(smalls: Sequence[Small]) -> None:
    bits = likeness.packed([each.print.bits for each in smalls if each.print.bits])
    nearest = [int(np.bitwise_count(bits[row + 1 :] ^ bits[row]).sum(axis=1).min()) for row in range(len(bits) - 1)]
    pairs = likeness.near_pairs(bits, 60)
    copies = sum(smalls[one].is_copy_of(smalls[other]) for one, other in likeness.near_pairs(bits).tolist())
    count = len(bits) * (len(bits) - 1) // 2
    told = f"{len(pairs)} nearer than 60 bits, the nearest {min(nearest)}; called copies: {copies}"
    print(f"  {len(bits):,} photos, {count:,} pairs: {told}")


def _suggested(originals: Sequence[tuple[Image.Image, Small]]) -> None:
    """How much compression changes the sharpness of a photo of the same size, and blur does."""
    for name, change in (
        ("JPEG of quality 50", lambda image: _recompressed(image, 50)),
        ("JPEG of quality 20", lambda image: _recompressed(image, 20)),
        ("slightly out of focus", lambda image: Image.fromarray(cv2.GaussianBlur(np.asarray(image), (0, 0), 3))),
    ):
        ratios = [Small(change(image)).print.sharpness / max(small.print.sharpness, 1e-6) for image, small in originals]
        low, middle, high = np.percentile(ratios, (2, 50, 98))
        print(f"  {name:46} sharpness {low:.2f} to {high:.2f} of the original's, median {middle:.2f}")


def _speed(count: int) -> None:
    chance = np.random.default_rng(1)
    # Photos resemble each other in kinds: the bits are not independent.
    values = chance.normal(size=(40, likeness.BITS))[chance.integers(0, 40, count)] * 0.8
    values += chance.normal(size=(count, likeness.BITS))
    bits = np.packbits(values > np.median(values, axis=1, keepdims=True), axis=1).view(np.uint64)
    started = time.perf_counter()
    pairs = likeness.near_pairs(bits)
    print(f"  {count:,} fingerprints: {time.perf_counter() - started:.2f} s, {len(pairs)} pairs")


def main(_arguments: Sequence[str]) -> None:
    """Prints everything."""
    originals = [(image, Small(image)) for image in photos()]
    print(f"{len(originals)} photos; copies: at most {likeness.NEAR} bits and a difference of {likeness.SAME}")
    _table("copies", _changed(originals, COPIES))
    _table("edits, which need not be found", _changed(originals, EDITS))
    _table("bursts, which are not to be called copies", _changed(originals, BURSTS))
    film = frames()
    gaps = (
        (f"frames of a film, {gap}/30 s apart", list(zip(film, film[gap:], strict=False))) for gap in (3, 5, 10, 15)
    )
    _table("a film", gaps) if film else None
    print("\ndifferent photos")
    _different([small for _, small in originals])
    if LFW.is_dir():
        _different([Small(image) for image in map(_opened, sorted(LFW.rglob("*.jpg"))) if image is not None])
    print("\nwhich one is suggested")
    _suggested(originals)
    print("\nsearch")
    for count in (10_000, 100_000):
        _speed(count)
