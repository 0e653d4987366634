"""Photographs for tests and benchmarks, made from two that come inside installed packages: insightface's `t1` with its
six people, and scikit-image's astronaut. Nothing here is random: the same call always makes the same files.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PIL import ExifTags, Image, ImageEnhance, ImageOps

FACES_IN_T1 = (
    (56, 261, 113, 137),
    (270, 145, 102, 125),
    (464, 266, 109, 149),
    (745, 342, 102, 138),
    (906, 59, 105, 147),
    (1130, 273, 97, 128),
)
"""Left, top, width and height of each face, from left to right; the fifth looks far to the side."""

ALBUM_PEOPLE = 5
ALBUM_FACES = 3 * 4 + 3 + 3
ALBUM_PHOTOS = 9
"""What `write_album` holds."""


def _packaged(package: str, relative: str) -> Image.Image:
    # Found, not imported: the packages take seconds to load, and only their pictures are wanted.
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations, f"{package} is not installed"
    with Image.open(Path(spec.submodule_search_locations[0]) / relative) as image:
        return image.convert("RGB")


def t1() -> Image.Image:
    """Six people, 1280 x 886."""
    return _packaged("insightface", "data/images/t1.jpg")


def astronaut() -> Image.Image:
    """One person, 512 x 512."""
    return _packaged("skimage", "data/astronaut.png")


def scenery() -> Image.Image:
    """Nobody: a cup of coffee."""
    return _packaged("skimage", "data/coffee.png")


def darker(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(0.55)


def smaller(image: Image.Image) -> Image.Image:
    return image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


def mirrored(image: Image.Image) -> Image.Image:
    return ImageOps.mirror(image)


def portrait(index: int) -> Image.Image:
    """One of the six people of `t1` alone, with room around the face."""
    left, top, width, height = FACES_IN_T1[index]
    box = (left - width * 2 // 5, top - height * 2 // 5, left + width * 7 // 5, top + height * 7 // 5)
    return t1().crop((max(0, box[0]), max(0, box[1]), min(1280, box[2]), min(886, box[3])))


def save(image: Image.Image, path: Path, taken: datetime | None = None, quality: int = 92) -> Path:
    """Writes a JPEG, with the time of the camera's clock in its EXIF block when one is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    image.save(path, "JPEG", quality=quality, exif=exif)
    return path


def write_album(folder: Path) -> Path:
    """Nine photos over five months: five people with three to five photos each, and one photo of nobody."""
    group, pilot = smaller(t1().crop((0, 0, 880, 886))), astronaut()
    photos: tuple[tuple[str, Image.Image, datetime], ...] = (
        ("group.jpg", group, datetime(2021, 5, 1, 10)),
        ("group-mirrored.jpg", mirrored(group), datetime(2021, 5, 2, 10)),
        ("group-dark.jpg", darker(group), datetime(2021, 6, 1, 10)),
        ("space/astronaut.jpg", pilot, datetime(2021, 6, 2, 10)),
        ("space/astronaut-mirrored.jpg", mirrored(pilot), datetime(2021, 6, 3, 10)),
        ("space/astronaut-dark.jpg", darker(pilot), datetime(2022, 1, 1, 10)),
        ("portraits/first.jpg", portrait(0), datetime(2022, 1, 2, 10)),
        ("portraits/pair.jpg", t1().crop((0, 80, 420, 500)), datetime(2022, 1, 3, 10)),
        ("coffee.jpg", scenery(), datetime(2022, 2, 1, 10)),
    )
    for name, image, taken in photos:
        save(image, folder / name, taken)
    return folder


def write_portraits(folder: Path, count: int) -> Path:
    """Any number of different photos of one person each: small, and so quick to analyse."""
    changes: tuple[Callable[[Image.Image], Image.Image], ...] = (lambda image: image, mirrored, darker)
    for number in range(count):
        image = changes[number // 6 % len(changes)](portrait(number % 6))
        # The quality makes files of otherwise equal pictures differ, so that each is a photo of its own.
        save(image, folder / f"{number // 10:02}" / f"photo-{number:04}.jpg", quality=95 - number // 18 % 25)
    return folder


def write_many(folder: Path, count: int) -> Path:
    """Any number of different photos, most with three to six of the seven people; small, and so quick to analyse."""
    group, pilot = t1().resize((640, 443), Image.Resampling.LANCZOS), smaller(astronaut())
    halves = [group.crop((0, 0, 320, 443)), group.crop((320, 0, 640, 443))]
    changes: tuple[Callable[[Image.Image], Image.Image], ...] = (lambda image: image, mirrored, darker)
    start = datetime(2020, 1, 1, 12)
    for number in range(count):
        image = (group, halves[0], halves[1], pilot)[number % 4]
        image = changes[number // 4 % len(changes)](image)
        # The quality makes files of otherwise equal pictures differ, so that each is a photo of its own.
        taken = start + timedelta(days=number)
        save(image, folder / f"{number // 10:02}" / f"photo-{number:04}.jpg", taken, 95 - number // 12 % 25)
    return folder
