"""The values that the app layer hands to a window or a command."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.types import BoundingBox


class PhotoState(StrEnum):
    """Where a photo stands on its way through the Indexer."""

    PENDING = "pending"
    INDEXED = "indexed"
    UNREADABLE = "unreadable"


class Absence(StrEnum):
    """Why no file of a photo is there."""

    OFFLINE = "offline"
    """It is on a drive that is not connected."""
    MISSING = "missing"
    """It is not where it was, though its drive is there."""


@dataclass(frozen=True, slots=True)
class Month:
    """A run of rows in a `Timeline`: `count` photos from row `first` on, taken in one month."""

    year: int
    month: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Photos, newest first, as compact as 100,000 of them ask for: `photo_ids` is an array of 64-bit integers.

    `absent` names those whose file is not there, as far as the library knows.
    """

    photo_ids: array[int]
    months: tuple[Month, ...]
    absent: Mapping[int, Absence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo. `path` is its first place that is there now (or its first one at all, then `available` is False).

    `width` and `height` are those of the upright picture, 0 while it was not read. `taken_at` has no zone: it is the
    time that the camera showed, or the file's own time where the camera told none. `absence` tells why it is not
    available, and `drive` on which drive it is where that one is not connected.
    """

    photo_id: int
    path: Path
    available: bool
    taken_at: datetime
    width: int
    height: int
    size: int
    state: PhotoState
    absence: Absence | None = None
    drive: str = ""


@dataclass(frozen=True, slots=True)
class PhotoFace:
    """A face in a photo and, if known, whose it is; the box is in pixels of the upright original."""

    face_id: int
    photo_id: int
    person_id: int | None
    name: str | None
    box: BoundingBox
    confidence: float
    quality: float


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """A person as lists show them. `first_taken` and `last_taken` span their photos."""

    person_id: int
    name: str | None
    face_count: int
    photo_count: int
    cover_face_id: int | None
    first_taken: datetime | None
    last_taken: datetime | None


@dataclass(frozen=True, slots=True)
class SimilarFaces:
    """A face in some picture, and the faces of the library most like it with their cosine similarity."""

    box: BoundingBox
    confidence: float
    matches: tuple[tuple[PhotoFace, float], ...]


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was asked for and could not become a photo, and why, in words for the user."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """What the window's status bar tells."""

    photos: int
    people: int
    faces: int
    pending: int
    skipped: int


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A face model as lists show it.

    Attributes:
        name: what it is chosen by.
        description: for whom it is, in a sentence.
        licence: what the user must know of its licence, in sentences.
        files: the names of its two files.
        unseen: photos of the library at which it has not looked yet.
    """

    name: str
    title: str
    description: str
    licence: str
    non_commercial: bool
    files: tuple[str, str]
    installed: bool
    in_use: bool
    unseen: int


class FolderState(StrEnum):
    """How a folder is looked after."""

    WATCHED = "watched"
    """Changes are heard of as they happen."""
    POLLED = "polled"
    """It sends no events, and is looked through now and then."""
    OFFLINE = "offline"
    """Its drive is not connected."""
    GONE = "gone"
    """It is not where it was, though its drive is there."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder that was added.

    Attributes:
        photos: that have a place in it.
        missing: photos whose file was in it and is nowhere now.
        vanished: photos whose files went all at once; nothing was changed, and the user is to be asked.
        drive: the name of the volume on which it is.
    """

    folder_id: int
    path: Path
    state: FolderState
    photos: int
    missing: int
    vanished: int
    drive: str


@dataclass(frozen=True, slots=True)
class AwaitedDrive:
    """A drive that is not connected, and how many photos on it wait to be looked at."""

    name: str
    photos: int


class IndexPhase(StrEnum):
    """What the Indexer is doing."""

    IDLE = "idle"
    SCANNING = "scanning"
    INDEXING = "indexing"
    GROUPING = "grouping"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far the Indexer is with the work it has now.

    Attributes:
        done: photos finished since this work began, the unreadable ones among them.
        total: photos that this work holds so far; it grows while folders are still read.
        skipped: files that could not be read since this work began.
        seconds_left: None while it cannot be told.
        error: why the Indexer stopped by itself (a full disk, say), in words for the user.
    """

    phase: IndexPhase
    done: int = 0
    total: int = 0
    skipped: int = 0
    seconds_left: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """What a commit changed, by ids; a screen refreshes only what it shows of them."""

    photo_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()
    skipped: bool = False
    folders: bool = False


Event = LibraryChanged | IndexProgress
