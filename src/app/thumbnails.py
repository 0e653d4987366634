"""The small pictures that a window shows: from the cache, or made again where they are missing."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

from sqlalchemy import select

from app import schema, thumbnail_files
from app.errors import NotFound
from app.photos import Photos
from app.privacy import View
from core.errors import ImageUnavailable


class Thumbnails:
    """The small pictures of one library, made again where they are missing."""

    def __init__(self, view: View, photos: Photos, files: thumbnail_files.ThumbnailFiles) -> None:
        self._view = view
        self._photos = photos
        self._files = files
        self._films: tempfile.TemporaryDirectory[str] | None = None
        self._taking_out = threading.Lock()

    def photo(self, photo_id: int) -> bytes:
        """JPEG of a photo, at most 512 px on the longer side.

        Raises:
            NotFound: there is no such photo.
            ImageError, ImageUnavailable: it is not in the cache and cannot be made.
        """
        content_hash = self._content_hash(photo_id)
        kept = self._files.read(self._files.photo(content_hash))
        return kept or self._files.write_photo(content_hash, self._photos.image(photo_id, thumbnail_files.PHOTO_SIDE))

    def face(self, face_id: int) -> bytes:
        """JPEG of a face, 224 px square.

        Raises:
            NotFound: there is no such face.
            ImageError, ImageUnavailable: it is not in the cache and cannot be made.
        """
        face = self._photos.face(face_id)
        content_hash = self._content_hash(face.photo_id)
        kept = self._files.read(self._files.face(content_hash, face.box))
        if kept:
            return kept
        if face.moment is None:
            pixels = self._photos.image(face.photo_id)
        else:
            pixels = self._photos.frame(face.photo_id, face.moment)
        scale = self._photos.get(face.photo_id).width / pixels.shape[1]
        return self._files.write_face(content_hash, face.box, pixels, scale)

    def moving(self, photo_id: int) -> Path:
        """The file that a player shows of a video, a live or a motion photo; of the last one it is made.

        Raises:
            NotFound: there is no such photo, or nothing of it moves.
            ImageError, ImageUnavailable: it cannot be read.
        """
        found = self._photos.moving(photo_id)
        return found if isinstance(found, Path) else self._taken_out(self._content_hash(photo_id), found)

    def close(self) -> None:
        """Removes the videos that were taken out of photos."""
        with self._taking_out:
            if self._films is not None:
                self._films.cleanup()
                self._films = None

    def _taken_out(self, content_hash: str, data: bytes) -> Path:
        """The video of a motion photo as a file of its own, in a folder of this user's, until the library is closed.

        Not in the cache: what is there may be sealed, and no player opens that.
        """
        try:
            with self._taking_out:
                if self._films is None:
                    self._films = tempfile.TemporaryDirectory(prefix="sietch-", ignore_cleanup_errors=True)
                path = Path(self._films.name) / f"{content_hash}.mp4"
                if not path.exists():
                    part = path.with_suffix(".part")
                    part.write_bytes(data)
                    os.replace(part, path)
                return path
        except OSError as error:
            raise ImageUnavailable(f"The video in the photo cannot be taken out: {error.strerror or error}.") from error

    def _content_hash(self, photo_id: int) -> str:
        photo = schema.photo.c
        with self._view.read() as db:
            found = db.execute(select(photo.content_hash).where(photo.photo_id == photo_id)).scalar()
        if found is None:
            raise NotFound(f"There is no photo {photo_id}.")
        return str(found)
