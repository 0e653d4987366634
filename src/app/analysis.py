"""What a worker process does with one photo or video: read, decode once, find the faces, make the small pictures.

A worker shares nothing with the program but the files on disk: a decoder that crashes or hangs takes down one worker,
and the window never waits for its arithmetic.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.places import Places
from app.telling import Told, told, told_again
from app.thumbnail_files import ThumbnailFiles
from core import images, video
from core.errors import ImageTooLarge, ImageUnavailable
from core.formats import VIDEOS
from core.likeness import Fingerprint, of_file
from core.models import ModelPack
from core.motion import embedded_video
from core.sightings import poster_and_people
from core.types import AnalyzedFace

if TYPE_CHECKING:
    from core.engine import FaceEngine

_NICENESS = 10

_CHANGED = "The file has changed since it was added. Add its folder again."

MAX_WORKER_BYTES = 3_000_000_000
"""Several times what the largest picture takes that is opened: a decoder that is made to ask for more gets none."""

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
class Footage:
    """How long a video is, which of its seconds stands for it, and at which second each of its faces was seen."""

    seconds: float
    poster: float
    moments: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PhotoAnalysis:
    """What a model saw: the upright size in pixels, the format, the faces; and what the photo's files tell.

    `fingerprint` is what the photo's copies are found by, `footage` that of a video; `motion` says where in the file
    the video of a motion photo begins, and its length.
    """

    width: int
    height: int
    format: str
    told: Told
    faces: tuple[AnalyzedFace, ...]
    model: str
    fingerprint: Fingerprint | None = None
    footage: Footage | None = None
    motion: tuple[int, int] | None = None


def prepare_worker() -> None:
    """Lets the window and everything else on the computer go first."""
    # Here and not above: the program itself, which only hands out photos, does without onnxruntime.
    from core.engine import use_one_thread

    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # FFmpeg tells the terminal of every flaw that it gets over.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    with contextlib.suppress(ImportError, OSError, ValueError):
        # Where the system can do that (Linux); elsewhere the bounds of pixels are all there is.
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MAX_WORKER_BYTES, MAX_WORKER_BYTES))
    use_one_thread()


def analyze(job: Job) -> PhotoAnalysis:
    """Analyses a photo and keeps its small pictures in the cache.

    Raises:
        ImageError: the photo cannot be read, now or later.
        ImageUnavailable: it cannot be read now.
        MemoryError: there may be enough of it another time.
    """
    film = _film(job.paths)
    if film:
        return _analyze_video(job, film)
    path, data = _read(job.paths)
    if hashlib.sha256(data).hexdigest() != job.content_hash:
        raise ImageUnavailable(_CHANGED)
    image = _decoded(data)
    faces = _engine(job.pack).analyze(image)
    known_by = of_file(job.cache.write_photo(job.content_hash, image.pixels))
    for face in faces:
        box = face.detection.box
        small = max(box.width, box.height) < _SMALL_FACE * image.scale
        seen = image.finer() if image.finer and small else image
        job.cache.write_face(job.content_hash, box, seen.pixels, seen.scale)
    known = told(path, job.paths, _places(job.cache.folder), data)
    return PhotoAnalysis(
        image.width,
        image.height,
        image.format,
        known,
        tuple(faces),
        job.pack.name,
        fingerprint=known_by,
        motion=embedded_video(data) if image.format in ("JPEG", "HEIC") else None,
    )


def retell(job: Job) -> Told:
    """Reads what the files of a photo tell, without looking at its pixels.

    Raises:
        ImageUnavailable: they cannot be read now.
    """
    return told_again(job.paths, _places(job.cache.folder))


def _film(paths: tuple[bytes, ...]) -> Path | None:
    """The first of the places that can be read, if there is a video there."""
    for place in paths:
        try:
            with open(place, "rb") as file:
                return Path(os.fsdecode(place)) if images.sniff(file.read(32)) in VIDEOS else None
        except OSError:
            continue
    return None


def _analyze_video(job: Job, path: Path) -> PhotoAnalysis:
    """A video is the people who are seen in some frames of it, each once, and the frame that shows most of them."""
    _check_unchanged(path, job.content_hash)
    clip, engine = video.look_through(path), _engine(job.pack)
    poster, sightings = poster_and_people([engine.analyze(frame.image) for frame in clip.frames], job.pack.thresholds)
    if poster is None:
        # Nobody is in it: the liveliest frame.
        poster = max(range(len(clip.frames)), key=lambda number: float(clip.frames[number].image.pixels.std()))
    job.cache.write_photo(job.content_hash, clip.frames[poster].image.pixels)
    for sighting in sightings:
        image = clip.frames[sighting.frame].image
        job.cache.write_face(job.content_hash, sighting.face.detection.box, image.pixels, image.scale)
    faces = tuple(sighting.face for sighting in sightings)
    moments = tuple(clip.frames[sighting.frame].seconds for sighting in sightings)
    footage = Footage(clip.seconds, clip.frames[poster].seconds, moments)
    known = told(path, job.paths, _places(job.cache.folder))
    return PhotoAnalysis(clip.width, clip.height, clip.format, known, faces, job.pack.name, footage=footage)


def _check_unchanged(path: Path, content_hash: str) -> None:
    try:
        with path.open("rb") as file:
            # To read a longer one again takes longer than to look through it; the next scan notices by size and time.
            if path.stat().st_size > images.MAX_FILE_BYTES:
                return
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImageUnavailable(f"The file cannot be read: {error.strerror or error}.") from error
    if found != content_hash:
        raise ImageUnavailable(_CHANGED)


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
