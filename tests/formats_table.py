"""`python -m tests.formats_table`: makes `docs/formats.md` from what becomes of a file of every format.

Each format is written in all the orientations that it can tell, put into a library by the real Indexer, and looked at
there: whether it was opened, lies upright, kept its time, and shows its faces.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from app.library import Library
from core.images import decode
from core.types import BoundingBox
from tests import media, samples
from tests.core.test_images import STORED_AS, encoded

DOCUMENT = Path(__file__).parents[1] / "docs" / "formats.md"

Write = Callable[[Path, Image.Image, int], object]


@dataclass(frozen=True, slots=True)
class Format:
    """One row: a format, how a file of it is written, and in which orientations that can be."""

    name: str
    suffix: str
    decoder: str
    write: Write
    orientations: Sequence[int] = range(1, 9)
    has_time: bool = True
    of: str = "files"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a format's files: how many of how many were as they should be."""

    opened: str
    oriented: str
    metadata: str
    faces: str
    thumbnail: str


def _by_pillow(kind: str, **options: object) -> Write:
    def write(path: Path, stored: Image.Image, orientation: int) -> None:
        path.write_bytes(encoded(stored, kind, exif=media.exif(orientation), **options))

    return write


def _plain(kind: str, **options: object) -> Write:
    def write(path: Path, stored: Image.Image, _orientation: int) -> None:
        path.write_bytes(encoded(stored, kind, **options))

    return write


def _by(make: Callable[[Image.Image, int], bytes]) -> Write:
    return lambda path, stored, orientation: path.write_bytes(make(stored, orientation))


def _raw(kind: str) -> Write:
    def make(stored: Image.Image, orientation: int) -> bytes:
        return media.dng(Image.new("RGB", stored.size), orientation, preview=stored, kind=kind)

    return _by(make)


def _film(path: Path, stored: Image.Image, orientation: int) -> None:
    media.film(path, [stored] * 8, rotation={1: 0, 6: 90, 3: 180, 8: 270}[orientation])


TURNED, LYING = (1, 3, 6, 8), (1,)

FORMATS = (
    Format("JPEG", "jpg", "libjpeg-turbo, else Pillow", _by_pillow("JPEG", quality=92)),
    Format("PNG", "png", "Pillow", _by_pillow("PNG")),
    Format("WebP", "webp", "OpenCV, animations Pillow", _by_pillow("WEBP", quality=92)),
    Format("TIFF", "tif", "Pillow", _by_pillow("TIFF")),
    Format("GIF", "gif", "Pillow, the first frame", _plain("GIF"), LYING, has_time=False),
    Format("BMP", "bmp", "Pillow", _plain("BMP"), LYING, has_time=False),
    Format("JPEG 2000", "jp2", "Pillow (OpenJPEG)", _plain("JPEG2000"), LYING, has_time=False),
    Format("HEIC, HEIF", "heic", "libheif (pillow-heif)", _by(media.heic)),
    Format("AVIF", "avif", "Pillow (libavif)", _by_pillow("AVIF", quality=85)),
    Format("JPEG XL", "jxl", "libjxl (pylibjxl)", _by(media.jxl)),
    Format("RAW: DNG, its preview", "dng", "LibRaw (rawpy)", _raw("dng")),
    Format("RAW: DNG, developed", "dng", "LibRaw (rawpy)", _by(media.dng)),
    Format("RAW: CR2", "cr2", "LibRaw (rawpy)", _raw("cr2"), of="imitations"),
    Format("RAW: NEF", "nef", "LibRaw (rawpy)", _raw("nef"), of="imitations"),
    Format("RAW: ARW", "arw", "LibRaw (rawpy)", _raw("arw"), of="imitations"),
    Format("RAW: ORF", "orf", "LibRaw (rawpy)", _raw("orf"), of="imitations"),
    Format("RAW: RW2", "rw2", "LibRaw (rawpy)", _raw("rw2"), of="imitations"),
    Format("MP4", "mp4", "FFmpeg (OpenCV)", _film, TURNED, has_time=False),
    Format("MOV", "mov", "FFmpeg (OpenCV)", _film, TURNED, has_time=False),
    Format("MKV, WebM", "mkv", "FFmpeg (OpenCV)", _film, LYING, has_time=False),
    Format("AVI", "avi", "FFmpeg (OpenCV)", _film, LYING, has_time=False),
)


@functools.cache
def upright() -> Image.Image:
    """Three people, 600 x 400."""
    return samples.t1().crop((40, 240, 640, 640))


FACES = tuple(
    BoundingBox(left - 40, top - 240, width, height) for left, top, width, height in samples.FACES_IN_T1[0:3:2]
)
"""Two of them are in it as a whole."""


def rows(folder: Path) -> dict[str, Row]:
    """Writes every file below a folder, puts them into a library beside it, and looks at what is there."""
    for number, each in enumerate(FORMATS):
        for orientation in each.orientations:
            path = folder / "photos" / f"{number:02}" / f"{orientation}.{each.suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            each.write(path, STORED_AS[orientation](upright()), orientation)
    with Library.open(folder / "library") as library:
        library.indexer.add([folder / "photos"])
        assert library.indexer.wait(240) and library.indexer.progress.error is None
        ids = {path: photo_id for photo_id, path in library.session.photos.paths().items()}
        return {each.name: _row(library, each, ids, folder / "photos" / f"{n:02}") for n, each in enumerate(FORMATS)}


def _row(library: Library, each: Format, ids: dict[Path, int], folder: Path) -> Row:
    there = [library.session.photos.get(ids[path]) for path in sorted(folder.iterdir())]
    # LibRaw leaves out the outermost pixels of some cameras.
    near = [abs(photo.width - upright().width) + abs(photo.height - upright().height) <= 8 for photo in there]
    good = [photo for photo, is_near in zip(there, near, strict=True) if is_near]
    thumbnails = [decode(library.session.thumbnails.photo(photo.photo_id)).pixels for photo in good]
    turned = sum(_like(pixels) for pixels in thumbnails)
    timed = sum(photo.taken_at.isoformat() == "2021-05-06T07:08:09" for photo in good)
    seen = sum(_has_faces(library, photo.photo_id) for photo in good)
    cut = sum(_has_crops(library, photo.photo_id) for photo in good)
    count = len(there)
    return Row(
        _all(sum(photo.width > 0 for photo in there), count),
        f"{turned} of {count}" if count > 1 else "tells none" if turned else "no",
        _all(timed, count) if each.has_time else "—",
        _all(seen, count),
        _all(min(turned, cut), count),
    )


def _all(good: int, count: int) -> str:
    return "yes" if good == count else "no" if not good else f"{good} of {count}"


def _like(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    expected = upright().resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.BOX)
    return bool(np.abs(pixels.astype(float) - np.asarray(expected)).mean() < 15)


def _has_faces(library: Library, photo_id: int) -> bool:
    boxes = [face.box for face in library.session.photos.faces(photo_id)]
    return all(max((box.overlap(face) for box in boxes), default=0) > 0.6 for face in FACES)


def _has_crops(library: Library, photo_id: int) -> bool:
    crops = [
        decode(library.session.thumbnails.face(face.face_id)).pixels for face in library.session.photos.faces(photo_id)
    ]
    return bool(crops) and all(crop.shape == (224, 224, 3) for crop in crops)


def document() -> str:
    """The whole text of `docs/formats.md`."""
    with tempfile.TemporaryDirectory(prefix="sietch-formats-") as temporary:
        found = rows(Path(temporary))
    lines = [
        "| format | decoded by | opened | oriented | metadata | faces | thumbnail | tried with |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in FORMATS:
        row = found[each.name]
        lines.append(
            f"| {each.name} | {each.decoder} | {row.opened} | {row.oriented} | {row.metadata} | {row.faces} "
            f"| {row.thumbnail} | {each.of} |"
        )
    text = (Path(__file__).parent / "formats.md").read_text(encoding="utf-8")
    return text.replace("{table}", "\n".join(lines))


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
