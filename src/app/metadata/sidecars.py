"""The files beside a photo that tell of it: `photo.jpg.xmp`, `photo.xmp` and Picasa's file of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.metadata import picasa

_XMP = (b".xmp", b".XMP")
_PICASA = (b".picasa.ini", b"Picasa.ini", b"picasa.ini")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A sidecar as it was when it was looked at."""

    path: bytes
    size: int
    modified_ns: int


def beside(photo: bytes) -> tuple[Stamp, ...]:
    """The sidecars of a photo that are there, the one that is believed most first."""
    found: dict[tuple[int, int], Stamp] = {}
    for path in candidates(photo):
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            continue
        # Where small and capital letters are the same, one file has several of the names.
        found.setdefault((status.st_dev, status.st_ino or hash(path)), Stamp(path, status.st_size, status.st_mtime_ns))
    return tuple(found.values())


def around(photo: bytes, copies: Iterable[bytes]) -> tuple[Stamp, ...]:
    """The sidecars of a photo that lies in several places: those of the place that was told of last come first."""
    groups = [beside(place) for place in dict.fromkeys((photo, *copies))]
    groups.sort(key=lambda group: max((stamp.modified_ns for stamp in group), default=0), reverse=True)
    return tuple(dict.fromkeys(stamp for group in groups for stamp in group))


def candidates(photo: bytes) -> list[bytes]:
    """Where a photo's sidecars would be."""
    folder, name = os.path.split(photo)
    stem, suffix = os.path.splitext(name)
    full = dict.fromkeys((name, stem + suffix.lower(), stem + suffix.upper()))
    names = [each + ending for each in (*full, stem) for ending in _XMP] + list(_PICASA)
    return [os.path.join(folder, each) for each in names]


def is_sidecar(name: bytes) -> bool:
    """Whether a file of that name tells of others."""
    return name.lower().endswith(b".xmp") or os.fsdecode(name).lower() in picasa.NAMES


def own(photo: Path) -> Path:
    """Where Sietch writes: the name that can be no other photo's."""
    return photo.with_name(photo.name + ".xmp")
