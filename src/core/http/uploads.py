"""What clients send: read within bounds, and kept under a name of our own; the client's file name is only data."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from core import decisions
from core.errors import NotAnImage
from core.http.problems import Refused, no_room
from core.http.settings import Settings
from core.images import READABLE, DecodedImage, sniff
from core.service import FaceCore
from core.types import AnalyzedFace, Face

_log = logging.getLogger(__name__)


def read(file: BinaryIO, settings: Settings) -> bytes:
    """The bytes of an upload.

    Raises:
        Refused, NotAnImage: as `checked`.
    """
    return checked(file.read(settings.max_upload_mb * 1_000_000 + 1), settings)


def checked(data: bytes, settings: Settings) -> bytes:
    """The bytes, if they may be an image.

    Raises:
        Refused: larger than the settings allow (413).
        NotAnImage: empty, or of no format that Core reads (415).
    """
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise Refused(413, f"The file is larger than {settings.max_upload_mb} MB.")
    if sniff(data[:32]) not in READABLE:
        raise NotAnImage("The file is empty." if not data else "The file is not an image that can be read.")
    return data


class Uploads:
    """The images that are saved: a file in the upload folder and rows in the database, both or neither.

    A file is named by its content, and the same content is kept once. It goes with its image: when somebody removes the
    image, or the last of its faces.
    """

    def __init__(self, core: FaceCore, folder: Path) -> None:
        self._core = core
        self._folder = folder
        # Nobody saves an image while another one's removal of the same content is between its rows and its file.
        self._changing = threading.Lock()
        self._size: int | None = None

    def size(self) -> int:
        """Bytes of all files: counted once, and kept up to date with what is saved and removed here."""
        with self._changing:
            if self._size is None:
                self._size = sum(each.stat().st_size for each in self._folder.glob("??/*"))
            return self._size

    def save(self, data: bytes, image: DecodedImage, seen: Sequence[AnalyzedFace]) -> tuple[str, list[Face]]:
        """Keeps an image and its faces.

        Returns:
            Its path and the stored faces, in the order given.

        Raises:
            Refused: the folder cannot be written (503), or its disk is full (507).
        """
        path = self._path(data)
        with self._changing, self._written(path, data), self._core.database.write() as db:
            _, faces = self._core.add_image(str(path), image.width, image.height, seen, db)
        return str(path), faces

    def remove_face(self, face_id: int, keep_person: bool) -> None:
        """A face goes with its vector, and its image with the last, unless a decision waits for a face there."""
        with self._changing:
            with self._core.database.write() as db:
                face = self._core.face(face_id, db)
                self._core.delete_faces([face_id], keep_person, db)
                empty = self._core.image(face.image_id, db).face_count == 0
                is_last = empty and not decisions.waiting(db, face.image_id)
                if is_last:
                    self._core.remove_image(face.image_id, db, keep_person)
            if is_last:
                self._discard(face.source)

    def remove_image(self, image_id: int, keep_persons: bool) -> None:
        """An image goes with its file, faces and vectors."""
        with self._changing:
            with self._core.database.write() as db:
                source = self._core.image(image_id, db).source
                self._core.remove_image(image_id, db, keep_persons)
            self._discard(source)

    def _path(self, data: bytes) -> Path:
        digest = hashlib.sha256(data).hexdigest()
        return self._folder / digest[:2] / f"{digest}.{(sniff(data[:32]) or 'image').lower()}"

    @contextlib.contextmanager
    def _written(self, path: Path, data: bytes) -> Iterator[None]:
        """The file is there within, and stays only if all goes well; one that was there before stays in any case."""
        try:
            is_new = not path.exists()
            if is_new:
                _write(path, data)
                self._grow(len(data))
        except OSError as error:
            raise no_room(error) from error
        try:
            yield
        except BaseException:
            if is_new:
                self._remove(path)
            raise

    def _discard(self, source: str) -> None:
        """Removes a file of ours; what a database names elsewhere is another program's."""
        path = Path(source)
        if path.is_relative_to(self._folder):
            self._remove(path)

    def _remove(self, path: Path) -> None:
        try:
            size = path.stat().st_size
            path.unlink()
            self._grow(-size)
        except FileNotFoundError:
            pass
        except OSError as error:
            _log.error("%s cannot be removed: %s", path, error.strerror)

    def _grow(self, size: int) -> None:
        if self._size is not None:
            self._size += size


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Spool:
    """The files of a job that waits: one file on the disk, without a name, gone with the process."""

    def __init__(self, folder: Path) -> None:
        """Makes the file.

        Raises:
            Refused: it cannot be made (503).
        """
        self._places: list[tuple[int, int]] = []
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `close`)
        except OSError as error:
            raise no_room(error) from error

    def add(self, upload: BinaryIO, bound: int) -> int:
        """Appends a file, of which no more than `bound` bytes are of interest; its number.

        Raises:
            Refused: the disk is full (507).
        """
        start = end = self._file.tell()
        try:
            while piece := upload.read(min(1 << 20, bound - (end - start))):
                self._file.write(piece)
                end += len(piece)
            self._file.flush()
        except OSError as error:
            raise no_room(error) from error
        self._places.append((start, end - start))
        return len(self._places) - 1

    def read(self, number: int) -> bytes:
        """The bytes of a file."""
        start, length = self._places[number]
        self._file.seek(start)
        return self._file.read(length)

    def close(self) -> None:
        """The files go, and what a full disk had no room for with them."""
        with contextlib.suppress(OSError):
            self._file.close()
