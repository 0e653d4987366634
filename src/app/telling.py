"""What the files of a photo tell of it, as a worker reads them: everything but pixels."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.metadata import Metadata, Place, picasa, read, taken_at
from app.metadata.sidecars import Stamp, around
from app.places import Places
from core.errors import ImageUnavailable


@dataclass(frozen=True, slots=True)
class Told:
    """What a photo's files tell.

    Attributes:
        taken_at: the time on the camera's clock, or the likeliest other.
        metadata: everything else.
        sidecars: those of all of its places, as they were when they were read.
    """

    taken_at: datetime
    metadata: Metadata = field(default_factory=Metadata)
    sidecars: tuple[Stamp, ...] = ()


def told(path: Path, copies: Iterable[bytes], places: Places, data: bytes | None = None) -> Told:
    """Reads a photo's metadata and its sidecars; where nobody wrote the place, it is named by the position.

    Args:
        path: of the photo.
        copies: all of its places, beside any of which somebody may have told of it.
        places: names them.
        data: its bytes, if they are known; otherwise no more is read than is needed.

    Raises:
        ImageUnavailable: it cannot be read now.
    """
    try:
        modified = path.stat().st_mtime
    except OSError as error:
        raise ImageUnavailable(f"The file cannot be read: {error.strerror}.") from error
    # Looked at before they are read: what changes in between is met by the next scan.
    sidecars = around(os.fsencode(path), copies)
    read_with = [Path(os.fsdecode(each.path)) for each in sidecars]
    # Picasa's file tells of the photos of its own folder, by their names there.
    read_with = [each for each in read_with if each.parent == path.parent or each.name.lower() not in picasa.NAMES]
    found = read(path if data is None else data, read_with, path.name)
    if found.place == Place() and found.latitude is not None and found.longitude is not None:
        found = replace(found, place=places.at(found.latitude, found.longitude))
    taken = found.taken.local if found.taken else taken_at(path.name, modified)
    return Told(taken, found, sidecars)


def told_again(paths: tuple[bytes, ...], places: Places) -> Told:
    """The same of the first of a photo's places that can be read.

    Raises:
        ImageUnavailable: none of them can be read now.
    """
    problem = ImageUnavailable("The file is nowhere to be found.")
    for place in paths:
        try:
            return told(Path(os.fsdecode(place)), paths, places)
        except ImageUnavailable as error:
            problem = error
    raise problem
