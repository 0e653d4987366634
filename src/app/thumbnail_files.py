"""The cache of small pictures: one of each photo, one of each face. All of it can be deleted: it is made again.

Files are named after the photo's content, so they outlive the database and are never wrong. Those of an encrypted
library are encrypted as well (`sealing`); their names are not.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app import sealing
from app.keys import LibraryKey
from core.images import encode_jpeg, resized
from core.types import BoundingBox, Pixels

_log = logging.getLogger(__name__)

PHOTO_SIDE = 512
FACE_SIDE = 224

FACE_MARGIN = 0.45
"""Room around a face, as a share of its longer side, so that hair and chin are in the picture."""

_WRITING_SECONDS = 600.0
"""No small picture takes as long to be written."""

_UNFINISHED = "unfinished"
"""The folder of those that are being written."""


def is_abandoned(path: Path) -> bool:
    """Whether nobody is writing an unfinished picture any more; by whatever clock, one of just now is being written."""
    try:
        return abs(time.time() - path.stat().st_mtime) > _WRITING_SECONDS
    except FileNotFoundError:
        return False


class ThumbnailFiles:
    """The files below one `folder`. Used by the library and, in the worker processes, by the Indexer.

    Args:
        key: of an encrypted library.
    """

    def __init__(self, folder: Path, key: LibraryKey | None = None) -> None:
        self.folder = folder
        self._key = key.pictures if key else None

    def photo(self, content_hash: str) -> Path:
        """Where the picture of a photo belongs."""
        return self.folder / "photos" / content_hash[:2] / f"{content_hash}.jpg"

    def face(self, content_hash: str, box: BoundingBox) -> Path:
        """Where the picture of a face belongs."""
        place = "-".join(str(round(value)) for value in (box.x, box.y, box.width, box.height))
        return self.folder / "faces" / content_hash[:2] / f"{content_hash}-{place}.jpg"

    def write_photo(self, content_hash: str, pixels: Pixels) -> bytes:
        """Makes the picture of a photo from its upright pixels, and keeps it if the disk lets it."""
        scale = min(1.0, PHOTO_SIDE / max(pixels.shape[:2]))
        width, height = (max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
        return self._kept(self.photo(content_hash), encode_jpeg(resized(pixels, width, height)))

    def write_face(self, content_hash: str, box: BoundingBox, pixels: Pixels, scale: float) -> bytes:
        """Makes the square picture of a face, and keeps it if the disk lets it.

        Args:
            box: in pixels of the upright original.
            pixels: of the photo, upright.
            scale: pixels of the original for one of `pixels`.
        """
        left, top, side = _square(box, scale, pixels.shape[1], pixels.shape[0])
        crop = pixels[top : top + side, left : left + side]
        return self._kept(self.face(content_hash, box), encode_jpeg(resized(crop, FACE_SIDE, FACE_SIDE)))

    def remove(self, content_hash: str) -> None:
        """Removes the pictures of a photo and of its faces: nothing of a photo stays that was removed for ever."""
        picture = self.photo(content_hash)
        faces = (self.folder / "faces" / content_hash[:2]).glob(f"{content_hash}-*.jpg")
        for path in (picture, *faces):
            with contextlib.suppress(OSError):
                path.unlink()

    def remove_face(self, content_hash: str, box: BoundingBox) -> None:
        """Removes the picture of one face."""
        with contextlib.suppress(OSError):
            self.face(content_hash, box).unlink(missing_ok=True)

    def every(self) -> Iterator[Path]:
        """Every file, also what was left of those that were never finished."""
        for kind in ("photos", "faces", _UNFINISHED):
            yield from sorted(path for path in (self.folder / kind).rglob("*") if path.is_file())

    def read(self, path: Path) -> bytes | None:
        """A kept picture; None where there is none, a full disk or a crash left it short, or its key is another."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        shown = sealing.opened(data, self._key, path.name) if self._key else data
        return shown if shown and shown.startswith(b"\xff\xd8") and shown.endswith(b"\xff\xd9") else None

    def keep(self, path: Path, data: bytes) -> None:
        """Writes a picture to where it belongs.

        Raises:
            OSError: the disk does not let it.
        """
        self._write(path, sealing.sealed(data, self._key, path.name) if self._key else data)

    def clear(self) -> None:
        """Removes what a program that was killed did not finish."""
        for path in (self.folder / _UNFINISHED).glob("*"):
            if is_abandoned(path):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / _UNFINISHED
        unfinished.mkdir(exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=unfinished, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            # A reader finds the old file, the new one, or none: never a half.
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def _kept(self, path: Path, data: bytes) -> bytes:
        try:
            self.keep(path, data)
        except OSError as error:
            # A full disk, a cache that may not be written: it costs time at the next look, and no more.
            _log.warning("the small picture %s cannot be kept: %s", path, error)
        return data


def _square(box: BoundingBox, scale: float, width: int, height: int) -> tuple[int, int, int]:
    """A square around a face with a margin, inside the picture: left, top and side in its pixels."""
    wanted = max(box.width, box.height) * (1 + 2 * FACE_MARGIN) / scale
    side = max(1, min(round(wanted), width, height))
    left = round((box.x + box.width / 2) / scale - side / 2)
    top = round((box.y + box.height / 2) / scale - side / 2)
    return min(max(left, 0), width - side), min(max(top, 0), height - side), side
