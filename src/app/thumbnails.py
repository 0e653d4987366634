"""The cache of small pictures: one of each photo, one of each face. All of it can be deleted: it is made again.

Files are named after the photo's content, so they outlive the database and are never wrong.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image
from sqlalchemy import select

from app import schema
from app.errors import NotFound
from app.photos import Photos
from core.database import Database
from core.types import BoundingBox, Pixels

PHOTO_SIDE = 512
FACE_SIDE = 224

FACE_MARGIN = 0.45
"""Room around a face, as a share of its longer side, so that hair and chin are in the picture."""

_JPEG_QUALITY = 82


class ThumbnailFiles:
    """The files below one folder. Used by the library and, in the worker processes, by the Indexer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def photo(self, content_hash: str) -> Path:
        """Where the picture of a photo belongs."""
        return self.folder / "photos" / content_hash[:2] / f"{content_hash}.jpg"

    def face(self, content_hash: str, box: BoundingBox) -> Path:
        """Where the picture of a face belongs."""
        place = "-".join(str(round(value)) for value in (box.x, box.y, box.width, box.height))
        return self.folder / "faces" / content_hash[:2] / f"{content_hash}-{place}.jpg"

    def write_photo(self, content_hash: str, pixels: Pixels) -> bytes:
        """Makes and keeps the picture of a photo from its upright pixels."""
        small = Image.fromarray(pixels)
        small.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.BILINEAR)
        return _write(self.photo(content_hash), small)

    def write_face(self, content_hash: str, box: BoundingBox, pixels: Pixels, scale: float) -> bytes:
        """Makes and keeps the square picture of a face.

        Args:
            box: in pixels of the upright original.
            pixels: of the photo, upright.
            scale: pixels of the original for one of `pixels`.
        """
        image = Image.fromarray(pixels)
        square = image.crop(_square(box, scale, image.size))
        return _write(self.face(content_hash, box), square.resize((FACE_SIDE, FACE_SIDE), Image.Resampling.BILINEAR))


class Thumbnails:
    """The small pictures of one library, made again where they are missing."""

    def __init__(self, database: Database, photos: Photos, files: ThumbnailFiles) -> None:
        self._database = database
        self._photos = photos
        self._files = files

    def photo(self, photo_id: int) -> bytes:
        """JPEG of a photo, at most 512 px on the longer side.

        Raises:
            NotFound: there is no such photo.
            ImageError, ImageUnavailable: it is not in the cache and cannot be made.
        """
        content_hash = self._content_hash(photo_id)
        kept = _kept(self._files.photo(content_hash))
        return kept or self._files.write_photo(content_hash, self._photos.image(photo_id, PHOTO_SIDE))

    def face(self, face_id: int) -> bytes:
        """JPEG of a face, 224 px square.

        Raises:
            NotFound: there is no such face.
            ImageError, ImageUnavailable: it is not in the cache and cannot be made.
        """
        face = self._photos.face(face_id)
        content_hash = self._content_hash(face.photo_id)
        kept = _kept(self._files.face(content_hash, face.box))
        if kept:
            return kept
        pixels = self._photos.image(face.photo_id)
        scale = self._photos.get(face.photo_id).width / pixels.shape[1]
        return self._files.write_face(content_hash, face.box, pixels, scale)

    def _content_hash(self, photo_id: int) -> str:
        photo = schema.photo.c
        with self._database.read() as db:
            found = db.execute(select(photo.content_hash).where(photo.photo_id == photo_id)).scalar()
        if found is None:
            raise NotFound(f"There is no photo {photo_id}.")
        return str(found)


def _kept(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    # A file that a full disk or a crash left short is made again.
    return data if data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9") else None


def _square(box: BoundingBox, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A square around a face with a margin, inside the picture: left, top, right, bottom in its pixels."""
    side = min(max(box.width, box.height) * (1 + 2 * FACE_MARGIN) / scale, *size)
    left = min(max((box.x + box.width / 2) / scale - side / 2, 0), size[0] - side)
    top = min(max((box.y + box.height / 2) / scale - side / 2, 0), size[1] - side)
    return round(left), round(top), round(left) + max(1, round(side)), round(top) + max(1, round(side))


def _write(path: Path, image: Image.Image) -> bytes:
    data = _encoded(image)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        # A reader finds the old file, the new one, or none: never a half.
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return data


def _encoded(image: Image.Image) -> bytes:
    """The JPEG of an RGB picture."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(image), _JPEG_QUALITY, "RGB", "420")
    return data
