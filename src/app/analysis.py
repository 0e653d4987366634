"""What a worker process does with one photo: read, decode once, find the faces, make the small pictures.

A worker shares nothing with the program but the files on disk: a decoder that crashes or hangs takes down one worker,
and the window never waits for its arithmetic.
"""

from __future__ import annotations

import functools
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.metadata import taken_at
from app.thumbnail_files import ThumbnailFiles
from core import images
from core.errors import ImageTooLarge, ImageUnavailable
from core.models import ModelPack
from core.types import AnalyzedFace

if TYPE_CHECKING:
    from core.engine import FaceEngine

_NICENESS = 10

_SMALL_FACE = 90
"""Pixels; the picture of a smaller face would be blurred, and the engine has decoded the photo finer for it anyway."""


@dataclass(frozen=True, slots=True)
class Job:
    """One photo to analyse: where its file may be, its sha256 when it was imported, where small pictures go."""

    paths: tuple[bytes, ...]
    content_hash: str
    cache: ThumbnailFiles
    pack: ModelPack


@dataclass(frozen=True, slots=True)
class PhotoAnalysis:
    """What a model saw: the upright size in pixels, the format, the time on the camera's clock, the faces."""

    width: int
    height: int
    format: str
    taken_at: datetime
    faces: tuple[AnalyzedFace, ...]
    model: str


def prepare_worker() -> None:
    """Lets the window and everything else on the computer go first."""
    # Here and not above: the program itself, which only hands out photos, does without onnxruntime.
    from core.engine import use_one_thread

    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    use_one_thread()


def analyze(job: Job) -> PhotoAnalysis:
    """Analyses a photo and keeps its small pictures in the cache.

    Raises:
        ImageError: the photo cannot be read, now or later.
        ImageUnavailable: it cannot be read now.
        MemoryError: there may be enough of it another time.
    """
    path, data = _read(job.paths)
    if hashlib.sha256(data).hexdigest() != job.content_hash:
        raise ImageUnavailable("The file has changed since it was added. Add its folder again.")
    image = _decoded(data)
    faces = _engine(job.pack).analyze(image)
    job.cache.write_photo(job.content_hash, image.pixels)
    for face in faces:
        box = face.detection.box
        small = max(box.width, box.height) < _SMALL_FACE * image.scale
        seen = image.finer() if image.finer and small else image
        job.cache.write_face(job.content_hash, box, seen.pixels, seen.scale)
    taken = taken_at(images.exif_of(data), path.name, _modified(path))
    return PhotoAnalysis(image.width, image.height, image.format, taken, tuple(faces), job.pack.name)


def _read(paths: tuple[bytes, ...]) -> tuple[Path, bytes]:
    """The first of a photo's places that can be read, and its bytes."""
    problem = ImageUnavailable("The file is nowhere to be found.")
    for place in paths:
        path = Path(os.fsdecode(place))
        try:
            return path, images.read_file(path)
        except ImageUnavailable as error:
            problem = error
    raise problem


def _decoded(data: bytes) -> images.DecodedImage:
    try:
        return images.decode(data)
    except ImageTooLarge as error:
        if isinstance(error.__cause__, MemoryError):
            raise error.__cause__ from error
        raise


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise ImageUnavailable(f"The file cannot be read: {error.strerror}.") from error


@functools.cache
def _engine(pack: ModelPack) -> FaceEngine:
    """One engine for the life of a worker process."""
    from core.engine import FaceEngine

    return FaceEngine(pack)
