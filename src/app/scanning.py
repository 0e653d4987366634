"""The files below a folder, and what each is: a photo known by its sha256, or none for a reason. Only reads."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.formats import READABLE, VIDEOS, sniff
from core.images import MAX_FILE_BYTES

_BLOCK = 1_000_000
"""Bytes that are read between two questions whether to stop."""

_TOO_LARGE = "The file is larger than 1 GB, more than Sietch opens as a picture."

OTHER_VIDEO_SUFFIXES = frozenset({".mts", ".m2ts", ".wmv", ".mpg", ".mpeg", ".vob", ".flv"})
VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".avi", ".3gp", ".webm", ".qt", *OTHER_VIDEO_SUFFIXES})
RAW_SUFFIXES = frozenset({".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw"})
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".jp2", ".heic"}
    | {".heif", ".hif", ".jxl", ".j2k", ".jpx", *RAW_SUFFIXES}
)
"""Names that promise a picture or a video: what such a file holds instead is reported, other files are passed over."""

OTHER_PICTURE_SUFFIXES = frozenset(
    {".psd", ".psb", ".xcf", ".svg", ".eps", ".ico", ".icns", ".tga", ".pcx", ".sgi", ".dds", ".exr", ".hdr", ".fli"}
    | {".flc", ".blp", ".msp", ".spider", ".pnm", ".ppm", ".pgm", ".pbm", ".wmf", ".emf", ".jxr", ".wdp"}
)
"""Names of pictures that are drawings or of formats that no camera writes: they are named, and not opened."""

_TWO_LETTERS = (b"BM", b"\xff\x0a")
"""How BMP and the bare codestream of JPEG XL begin."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as the scan met it. Without a hash it is no photo, for `reason`; a `lasting` reason needs no new look."""

    path: bytes
    size: int
    modified_ns: int
    content_hash: str | None = None
    reason: str = ""
    lasting: bool = True


class Stop:
    """Asks whether to stop, and once the answer was yes, it stays yes for this scan."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self.said = False

    def __call__(self) -> bool:
        """Whether to stop."""
        self.said = self.said or self._stopped()
        return self.said


def walk(root: bytes, own: bytes) -> Iterator[tuple[bytes, bool]]:
    """Every file at or below `root`, in order; True for what was named itself and for folders that cannot be read.

    Links to folders are not followed: they can lead in circles. Hidden folders and the library's own are left out, but
    for the library's folder itself when it is what was asked for: photos may lie in it.
    """
    cache = os.path.join(own, b"cache")
    in_cache = os.path.join(os.path.realpath(root), b"").startswith(os.path.join(cache, b""))
    waiting = [] if in_cache else [root]
    while waiting:
        path = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError:
            # A file, or a folder that is closed to us: both are for `examine` to tell.
            yield path, True
            continue
        folders = []
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(b"._"):
                    yield entry.path, False
            elif not entry.name.startswith(b".") and os.path.realpath(entry.path) not in (own, cache):
                folders.append(entry.path)
        waiting.extend(reversed(folders))


def examine(path: bytes, explicit: bool, known: dict[bytes, tuple[int, int]], stop: Stop) -> Found | None:
    """What a file is; None where there is nothing to record, or when stopped."""
    try:
        status = os.stat(path)
        size, modified_ns = status.st_size, _within_64_bits(status.st_mtime_ns)
        if known.get(path) == (size, modified_ns):
            return None
        if not stat.S_ISREG(status.st_mode):
            reason = "The folder cannot be read." if stat.S_ISDIR(status.st_mode) else "This is not a file."
            return Found(path, 0, 0, reason=reason, lasting=False) if explicit else None
        with open(path, "rb") as file:
            reason_or_none = _refusal(path, file.read(32), size, explicit)
            if reason_or_none is None:
                file.seek(0)
                digest = _hash(file, stop)
                return Found(path, size, modified_ns, digest) if digest else None
    except OSError as error:
        return Found(path, 0, 0, reason=f"The file cannot be read: {error.strerror or error}.", lasting=False)
    return Found(path, size, modified_ns, reason=reason_or_none) if reason_or_none else None


def _within_64_bits(modified_ns: int) -> int:
    """A file's time as the database can hold it: a broken clock dates files beyond the year 2262."""
    return min(max(modified_ns, -(2**63)), 2**63 - 1)


def _hash(file: BinaryIO, stop: Stop) -> str | None:
    """The sha256 of a file, None when stopped: a large one on a slow drive takes minutes."""
    digest = hashlib.sha256()
    while not stop():
        block = file.read(_BLOCK)
        if not block:
            return digest.hexdigest()
        digest.update(block)
    return None


def _refusal(path: bytes, head: bytes, size: int, explicit: bool) -> str | None:
    """Why a file is no photo; "" for one that nobody would expect to be; None for a photo."""
    kind = sniff(head)
    suffix = os.path.splitext(os.fsdecode(path))[1].lower()
    if kind in VIDEOS:
        return None
    if kind in READABLE:
        # Two letters are too little to call a file without the right name a picture.
        if head.startswith(_TWO_LETTERS) and suffix not in (".bmp", ".jxl") and not explicit:
            return ""
        return _TOO_LARGE if size > MAX_FILE_BYTES else None
    promises = suffix in PICTURE_SUFFIXES | OTHER_PICTURE_SUFFIXES | VIDEO_SUFFIXES or explicit
    return _disappointment(head, suffix) if promises else ""


def _disappointment(head: bytes, suffix: str) -> str:
    """What to say of a file that is not what its name says."""
    if not head:
        return "The file is empty."
    if suffix in OTHER_VIDEO_SUFFIXES:
        return f"Videos of this kind ({suffix[1:].upper()}) cannot be opened by this version of Sietch."
    if suffix in OTHER_PICTURE_SUFFIXES:
        return f"Pictures of this kind ({suffix[1:].upper()}) cannot be opened by this version of Sietch."
    return "The file is not a video." if suffix in VIDEO_SUFFIXES else "The file is not a picture."
