"""The files below a folder, and what each is: a photo known by its sha256, or none for a reason. Only reads."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.copied_files import PART
from app.picture_data import picture_hash
from app.volumes import is_below
from core.formats import READABLE, VIDEOS, sniff
from core.images import MAX_FILE_BYTES

_BLOCK = 1_000_000
"""Bytes that are read between two questions whether to stop."""

_WHOLE = 64_000_000
"""Bytes of a file that is read in one go."""

_CHANGING = "The file was being written while it was read. It is read with the next look at its folder."

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
    """A file as the scan met it. Without a hash it is no photo, for `reason`; a `lasting` reason needs no new look.

    `picture_hash` is that of the picture in the file without what is told of it, where that is quickly had.
    """

    path: bytes
    size: int
    modified_ns: int
    content_hash: str | None = None
    picture_hash: str | None = None
    reason: str = ""
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """A file or folder to be looked at.

    Attributes:
        named: the user named it: what it is is told in any case, also that it is not there.
        deep: with all folders below.
        asked_by: the profile that named it; whoever added the folder, where nobody did now.
    """

    path: bytes
    named: bool = True
    deep: bool = True
    asked_by: int | None = None


class Stop:
    """Asks whether to stop, and once the answer was yes, it stays yes for this scan."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self.said = False

    def __call__(self) -> bool:
        """Whether to stop."""
        self.said = self.said or self._stopped()
        return self.said


Seen = tuple[bytes, int, int]
"""What the library knows of a file: its path, size and time."""


@dataclass(frozen=True, slots=True)
class Met:
    """A file, or a folder that cannot be read, of which something is to be found out.

    Attributes:
        explicit: it was named itself, or is such a folder: what it is is told in any case.
        before: what the library knows of it.
    """

    path: bytes
    explicit: bool
    before: Seen | None


class Walk:
    """Every file at or below a folder that is not as it is known, in the order of the names.

    It costs one `stat` for each file, as the listing of the folder gives it, and opens none. The times of folders are
    not relied upon: an edited file leaves them as they were, and not every file system keeps them.

    Links to folders are not followed: they can lead in circles. Hidden folders and the library's own are left out, but
    for the library's folder itself when it is what was asked for: photos may lie in it.

    Attributes:
        known: what is known below the folder, by path. What is met is taken out; at the end the rest is gone.
        closed: folders that could not be read; what is known below them may still be there.
    """

    def __init__(self, root: bytes, own: bytes, known: dict[bytes, Seen], stop: Stop, deep: bool = True) -> None:
        """Prepares the walk.

        Args:
            root: a folder or a file.
            own: the library's folder.
            known: as above.
            stop: asked before every folder.
            deep: look into the folders below as well.
        """
        self.known = known
        self.closed: list[bytes] = []
        self._root = root
        self._stop = stop
        self._deep = deep
        self._cache = os.path.join(own, b"cache")
        self._left_out = (own, self._cache)

    def __iter__(self) -> Iterator[Met]:
        in_cache = is_below(os.path.realpath(self._root), self._cache)
        waiting = [] if in_cache else [self._root]
        while waiting and not self._stop():
            path = waiting.pop()
            try:
                with os.scandir(path) as entries:
                    folders, met = self._look(entries)
            except OSError:
                # A file, or a folder that is closed to us: both are for `examine` to tell.
                yield from self._unlisted(path)
                continue
            for name in sorted(met):
                yield Met(name, False, met[name])
            if self._deep:
                waiting.extend(sorted(folders, reverse=True))

    def _look(self, entries: Iterable[os.DirEntry[bytes]]) -> tuple[list[bytes], dict[bytes, Seen | None]]:
        """The folders in a folder, and the files that are not as they are known."""
        folders: list[bytes] = []
        met: dict[bytes, Seen | None] = {}
        known = self.known
        for entry in entries:
            path = entry.path
            before = known.pop(path, None)
            if before is not None:
                try:
                    status = entry.stat()
                    if status.st_mtime_ns == before[2] and status.st_size == before[1]:
                        continue
                except OSError:  # for `examine` to tell
                    pass
            if entry.is_dir(follow_symlinks=False):
                if before is not None:  # the file is gone, though something has its name
                    known[path] = before
                if not entry.name.startswith(b".") and os.path.realpath(path) not in self._left_out:
                    folders.append(path)
            elif before is not None or not (entry.name.startswith(b"._") or entry.name.endswith(PART)):
                met[path] = before
        return folders, met

    def _unlisted(self, path: bytes) -> Iterator[Met]:
        if path != self._root and not os.path.lexists(path):
            # It was there a moment ago.
            return
        if os.path.isdir(path):
            self.closed.append(path)
        yield Met(path, True, self.known.pop(path, None))


def walk(root: bytes, own: bytes) -> Iterator[tuple[bytes, bool]]:
    """Every file at or below a folder, as `Walk`; True for what was named itself or cannot be read."""
    for met in Walk(root, own, {}, Stop(lambda: False)):
        yield met.path, met.explicit


def examine(met: Met, stop: Stop) -> Found | None:
    """What a file is; None where it is as it was, or when stopped. What nobody would look for in it has no reason."""
    path = met.path
    try:
        status = os.stat(path)
        size, modified_ns = status.st_size, _within_64_bits(status.st_mtime_ns)
        if met.before is not None and (met.before[1], met.before[2]) == (size, modified_ns):
            return None
        if not stat.S_ISREG(status.st_mode):
            reason = "The folder cannot be read." if stat.S_ISDIR(status.st_mode) else "This is not a file."
            return Found(path, 0, 0, reason=reason, lasting=False) if met.explicit else None
        with open(path, "rb") as file:
            before = os.fstat(file.fileno())
            found = _opened(file, met, size, modified_ns, stop)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return Found(path, 0, 0, reason=_CHANGING, lasting=False)
    except OSError as error:
        return Found(path, 0, 0, reason=f"The file cannot be read: {error.strerror or error}.", lasting=False)
    return found


def _opened(file: BinaryIO, met: Met, size: int, modified_ns: int, stop: Stop) -> Found | None:
    head = file.read(32)
    reason = _refusal(met.path, head, size, met.explicit)
    if reason is not None:
        return Found(met.path, size, modified_ns, reason=reason)
    file.seek(0)
    if size <= _WHOLE:
        data = file.read()
        picture = picture_hash(data)
        return Found(met.path, size, modified_ns, hashlib.sha256(data).hexdigest(), picture)
    digest = _hash(file, stop)
    return Found(met.path, size, modified_ns, digest) if digest else None


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
