"""What a card holds, shot by shot: the files of one shot share their name and stay together.

A RAW file and its JPEG, a live photo and its film are one shot, and so are the sidecars that lie beside them.
"""

from __future__ import annotations

import itertools
import os
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import AppError
from app.metadata import read, taken_at
from app.scanning import PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_SUFFIXES, walk

PATTERN = "{year}/{year}-{month}-{day}"
"""Where a photo goes if the user wishes nothing else."""

SIDECARS = frozenset({".xmp", ".aae", ".thm"})
"""What other programs and cameras keep beside a photo: Adobe's metadata, Apple's edits, a small picture of a film."""

_MEDIA = PICTURE_SUFFIXES | VIDEO_SUFFIXES


@dataclass(frozen=True, slots=True)
class Shot:
    """The files of one shot, as paths of bytes; `sizes` are those of the media, in bytes."""

    stem: bytes
    media: tuple[bytes, ...]
    sizes: tuple[int, ...]
    sidecars: tuple[bytes, ...]


def shots(root: bytes, without: bytes) -> Iterator[Shot]:
    """Everything below a folder, or one file, in the order of the names.

    Args:
        without: a folder that is left out, with the hidden ones.
    """
    files = (path for path, _ in walk(root, os.path.realpath(without)))
    for _, together in itertools.groupby(files, os.path.dirname):
        named: dict[str, list[bytes]] = {}
        for path in together:
            named.setdefault(_stem(os.path.basename(path)).lower(), []).append(path)
        for paths in named.values():
            media = [path for path in paths if _suffix(path) in _MEDIA]
            if media:
                stem = os.path.splitext(os.path.basename(media[0]))[0]
                sidecars = [path for path in paths if _suffix(path) in SIDECARS]
                yield Shot(stem, tuple(media), tuple(map(_size, media)), tuple(sidecars))


def date_of(shot: Shot) -> datetime:
    """When it was taken: as the camera's JPEG tells, before the RAW file, before the film.

    Raises:
        OSError: it cannot be read.
    """
    first = min(shot.media, key=lambda path: (_suffix(path) in VIDEO_SUFFIXES, _suffix(path) in RAW_SUFFIXES, path))
    path, modified = Path(os.fsdecode(first)), os.stat(first).st_mtime
    taken = read(path, (), path.name).taken
    return taken.local if taken else taken_at(path.name, modified)


def folder_for(pattern: str, taken: datetime) -> str:
    """The folder below the photo folder.

    Raises:
        AppError: the pattern cannot be used.
    """
    parts = {"year": f"{taken.year:04}", "month": f"{taken.month:02}", "day": f"{taken.day:02}"}
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
        unknown = sorted(fields - set(parts))
        if unknown:
            raise AppError(f"The pattern may hold {{year}}, {{month}} and {{day}}, not {{{unknown[0]}}}.")
        made = pattern.format(**parts)
    except (ValueError, KeyError, IndexError) as error:
        raise AppError(f"The pattern {pattern} cannot be used: {error}.") from error
    if os.path.isabs(made) or ".." in made.replace("\\", "/").split("/") or "\0" in made:
        raise AppError("The pattern has to lead to a folder below the photo folder.")
    return os.path.normpath(made) if made else ""


def name_for(path: bytes, shot: Shot, stem: bytes) -> bytes:
    """What a file of a shot is called when the shot is called `stem`."""
    name = os.path.basename(path)
    return stem + name[len(shot.stem) :]


def _stem(name: bytes) -> str:
    """What the files of a shot have in common: IMG_1 of IMG_1.JPG, IMG_1.xmp and IMG_1.JPG.xmp."""
    stem, suffix = os.path.splitext(os.fsdecode(name))
    inner, own = os.path.splitext(stem)
    return inner if suffix.lower() in SIDECARS and own.lower() in _MEDIA else stem


def _suffix(path: bytes) -> str:
    return os.path.splitext(os.fsdecode(path))[1].lower()


def _size(path: bytes) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
