"""Videos -> a few upright frames spread over them, through OpenCV's own FFmpeg.

Only frames are decoded, no sound, and only as many as faces are looked for in. FFmpeg turns them upright by the track's
matrix. It is given an open file, never a name: a name could be an address or a pattern to it.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from core.bounds import check_size
from core.decoders import resized
from core.errors import DamagedImage, ImageUnavailable, NotAnImage
from core.formats import VIDEOS, sniff
from core.images import DecodedImage
from core.types import Pixels

MAX_FRAME_PIXELS = 40_000_000
"""More than 8K (33 megapixels)."""

FRAME_SIDE = 1920
"""Frames of more pixels on the longer side come reduced to it: all of a video's are held together."""

MOST_FRAMES = 8
"""Frames of a video in which faces are looked for."""

_LOOKS = 16
"""Frames that are decoded to choose from; 100 MB of them are held."""

_SECONDS_TO_LOOK = 30.0
"""After this time no more frames are decoded: those that were found are what is known of the video."""

_LONGEST = 7 * 24 * 3600.0
"""Seconds; a longer video is one whose clock is broken."""

_STEP = 45
"""Frames from one look to the next in a video that does not tell how long it is."""

_SHORT_STEP = 60
"""Frames; a leap costs as much as decoding so many, for it begins at a frame that is whole."""

_NOTHING_MOVED = 1.0
"""Mean difference of two tiny gray frames, of 255, below which the second shows nothing that the first does not."""

_TINY = 24


@dataclass(frozen=True, slots=True)
class Frame:
    """What is seen at some second of a video."""

    seconds: float
    image: DecodedImage


@dataclass(frozen=True, slots=True)
class Clip:
    """A video that was looked through.

    Attributes:
        width: of the upright frames, in pixels.
        height: likewise.
        format: MP4, MOV, MKV or AVI.
        seconds: how long it is; 0 where it does not tell.
        frames: at least one, at most `MOST_FRAMES`, in their order; no two of the same scene.
    """

    width: int
    height: int
    format: str
    seconds: float
    frames: tuple[Frame, ...]


def look_through(path: Path, deadline: float = _SECONDS_TO_LOOK) -> Clip:
    """Looks at frames all over a video.

    Args:
        path: of the file.
        deadline: seconds after which no more frames are decoded.

    Raises:
        ImageUnavailable: the file cannot be read now.
        NotAnImage: it is no video that can be opened.
        ImageTooLarge: its frames have too many pixels.
        DamagedImage: no frame can be decoded.
    """
    with _opened(path) as (capture, kind):
        seconds = _told(capture)
        until = time.monotonic() + deadline
        looks = _spread(capture, seconds, until) if seconds else iter(())
        frames = _different(looks, kind)
    if not frames:
        # Seeking needs an index and sound times; from the beginning on every video can be read.
        with _opened(path) as (capture, kind):
            frames = _different(_in_order(capture, until, _STEP), kind)
    if not frames:
        raise DamagedImage("The video is damaged (no picture in it can be decoded).")
    first = frames[0].image
    return Clip(first.width, first.height, kind, seconds, tuple(frames))


def frame_at(path: Path, seconds: float, max_side: int = FRAME_SIDE) -> DecodedImage:
    """The frame at some second of a video, or the first where there is none.

    Args:
        path: of the file.
        seconds: as `Frame` tells them.
        max_side: frames of more pixels on the longer side come reduced to it.

    Raises:
        As `look_through`.
    """
    with _opened(path) as (capture, kind):
        _told(capture)
        pixels = _seek(capture, seconds)
        if pixels is None:
            pixels = _next(capture)
    if pixels is None:
        raise DamagedImage("The video is damaged (no picture in it can be decoded).")
    return _image(pixels, kind, max_side)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[cv2.VideoCapture, str]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise ImageUnavailable(f"The file cannot be read: {error.strerror or error}.") from error
    with file:
        kind = sniff(file.read(32))
        if kind not in VIDEOS:
            raise NotAnImage("The file is not a video.")
        file.seek(0)
        capture = _capture(file)
        try:
            if capture is None or not capture.isOpened():
                raise DamagedImage("The video is damaged (its header cannot be read).")
            yield capture, kind
        finally:
            if capture is not None:
                capture.release()


def _capture(file: BinaryIO) -> cv2.VideoCapture | None:
    try:
        # One thread: a video is one of several files that are looked at side by side.
        return cv2.VideoCapture(cast(Any, file), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    except cv2.error:
        return None


def _told(capture: cv2.VideoCapture) -> float:
    """How many seconds long the video says that it is, 0 where that is nonsense; checks the size of its frames."""
    width, height = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    check_size(width, height, MAX_FRAME_PIXELS)
    rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    seconds = count / rate if math.isfinite(rate) and math.isfinite(count) and rate > 0 else 0.0
    return seconds if 0 < seconds <= _LONGEST else 0.0


def _spread(capture: cv2.VideoCapture, seconds: float, until: float) -> Iterator[tuple[float, Pixels]]:
    """Frames at equal distances: of a short video on the way through it, of a long one by leaps, its middle first."""
    step = max(1, math.ceil(capture.get(cv2.CAP_PROP_FRAME_COUNT) / _LOOKS))
    if step <= _SHORT_STEP:
        yield from _in_order(capture, until, step)
        return
    for look in sorted(range(_LOOKS), key=lambda look: (look != _LOOKS // 2, look % 2, look)):
        at = seconds * (look + 0.5) / _LOOKS
        pixels = _seek(capture, at)
        if pixels is not None:
            yield at, pixels
        if time.monotonic() > until:
            return


def _in_order(capture: cv2.VideoCapture, until: float, step: int) -> Iterator[tuple[float, Pixels]]:
    """Every so many frames one, from the first on; the second is what the video says of it, if that is sensible."""
    for _ in range(_LOOKS):
        pixels = _next(capture)
        if pixels is None:
            return
        at = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        yield at if math.isfinite(at) and 0 <= at <= _LONGEST else 0.0, pixels
        for _ in range(step - 1):
            if not capture.grab() or time.monotonic() > until:
                return


def _seek(capture: cv2.VideoCapture, seconds: float) -> Pixels | None:
    capture.set(cv2.CAP_PROP_POS_MSEC, seconds * 1000)
    return _next(capture)


def _next(capture: cv2.VideoCapture) -> Pixels | None:
    try:
        there, pixels = capture.read()
    except cv2.error:
        return None
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False) if there and pixels.size else None


def _different(looks: Iterator[tuple[float, Pixels]], kind: str) -> list[Frame]:
    """The frames that differ most from one another, in the order of time: every scene before any a second time."""
    frames = [Frame(seconds, _image(pixels, kind)) for seconds, pixels in looks]
    if not frames:
        return []
    tiny = np.stack([_tiny(frame.image.pixels) for frame in frames])
    chosen = [len(frames) // 2]
    apart = np.abs(tiny - tiny[chosen[0]]).mean(axis=1)
    while len(chosen) < MOST_FRAMES and apart.max() > _NOTHING_MOVED:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, np.abs(tiny - tiny[chosen[-1]]).mean(axis=1))
    return sorted((frames[number] for number in chosen), key=lambda frame: frame.seconds)


def _tiny(pixels: Pixels) -> NDArray[np.float32]:
    return cv2.cvtColor(resized(pixels, _TINY, _TINY), cv2.COLOR_RGB2GRAY).astype(np.float32).ravel()


def _image(pixels: Pixels, kind: str, max_side: int = FRAME_SIDE) -> DecodedImage:
    height, width = pixels.shape[:2]
    scale = min(1.0, max_side / max(width, height))
    small = resized(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
    return DecodedImage(small, width, height, kind)
