"""What a worker process does with one photo: read, decode once, find the faces, make the small pictures.

A worker shares nothing with the program but the files on disk: a decoder that crashes or hangs takes down one worker,
and the window never waits for its arithmetic.
"""

from __future__ import annotations

import functools
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.places import Places
from app.telling import Told, told, told_again
from app.thumbnail_files import ThumbnailFiles
from core import images
from core.errors import ImageTooLarge, ImageUnavailable
from core.likeness import Fingerprint, of_file
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
    cache: Path
    pack: ModelPack


@dataclass(frozen=True, slots=True)
class PhotoAnalysis:
    """What a model saw: the upright size in pixels, the format, the faces; and what the photo's files tell.

    `fingerprint` is what the photo's copies are found by.
    """

    width: int
    height: int
    format: str
    told: Told
    faces: tuple[AnalyzedFace, ...]
    model: str
    fingerprint: Fingerprint | None = None


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
    thumbnails = ThumbnailFiles(job.cache)
    known_by = of_file(thumbnails.write_photo(job.content_hash, image.pixels))
    for face in faces:
        box = face.detection.box
        small = max(box.width, box.height) < _SMALL_FACE * image.scale
        seen = image.finer() if image.finer and small else image
        thumbnails.write_face(job.content_hash, box, seen.pixels, seen.scale)
    known = told(path, _places(job.cache), data)
    return PhotoAnalysis(image.width, image.height, image.format, known, tuple(faces), job.pack.name, known_by)


def retell(job: Job) -> Told:
    """Reads what the files of a photo tell, without looking at its pixels.

    Raises:
        ImageUnavailable: they cannot be read now.
    """
    return told_again(job.paths, _places(job.cache))


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


@functools.cache
def _places(cache: Path) -> Places:
    """One table for the life of a worker process, read when the first photo needs it."""
    return Places(cache)


@functools.cache
def _engine(pack: ModelPack) -> FaceEngine:
    """One engine for the life of a worker process."""
    from core.engine import FaceEngine

    return FaceEngine(pack)
