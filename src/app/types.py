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
    STACKED = "stacked"
    TRASHED = "trashed"


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

    Photos in an order of their own, as in an album, have no `months`.

    `videos` are those among them that are videos, and how many seconds long they are; `raw` have a raw file beside
    them, `live` the seconds around them.
    `absent` names those whose file is not there, as far as the library knows; `favourites` are the viewer's.
    """

    photo_ids: array[int]
    months: tuple[Month, ...]
    absent: Mapping[int, Absence] = field(default_factory=dict)
    videos: Mapping[int, float] = field(default_factory=dict)
    raw: frozenset[int] = frozenset()
    live: frozenset[int] = frozenset()
    favourites: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Video:
    """How many seconds long it is (0 where it does not tell), and the second that stands for it."""

    seconds: float
    poster: float


class Role(StrEnum):
    """What a file is to the photo that it stands behind: what the sensor saw, or the seconds around it."""

    RAW = "raw"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Companion:
    """A file of the same shot."""

    role: Role
    path: bytes


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo or video.

    `path` is its first place that is there now (or its first one at all, then `available` is False).
    `width` and `height` are those of the upright picture, 0 while it was not read. `taken_at` has no zone: it is the
    time that the camera showed, or the file's own time where the camera told none. `video` is that of a video,
    `beside` are the files of the same shot, and `moves` says whether there is a video to be played. `absence` tells
    why it is not available, and `drive` on which drive it is where that one is not connected.
    """

    photo_id: int
    path: Path
    available: bool
    taken_at: datetime
    width: int
    height: int
    size: int
    state: PhotoState
    video: Video | None = None
    beside: tuple[Companion, ...] = ()
    moves: bool = False
    absence: Absence | None = None
    drive: str = ""


@dataclass(frozen=True, slots=True)
class PhotoFace:
    """A face in a photo and, if known, whose it is; the box is in pixels of the upright original.

    `moment` is the second of a video in which the face was seen.
    """

    face_id: int
    photo_id: int
    person_id: int | None
    name: str | None
    box: BoundingBox
    confidence: float
    quality: float
    moment: float | None = None


@dataclass(frozen=True, slots=True)
class MarkedFace:
    """A face that was marked in another program and not found by Sietch; the box is as in `PhotoFace`."""

    name: str
    box: BoundingBox


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    """What is known of a photo besides its picture; None or empty where it is not.

    Attributes:
        zone_minutes: by which the camera's clock was ahead of UTC.
        camera: maker and model.
        exposure_seconds: how long the shutter was open.
        aperture: the f-number.
        iso: the film's speed.
        focal_length: in millimetres.
        flash: whether it fired.
        position: latitude and longitude in degrees, north and east positive.
        place: city, province, country.
        rating: 1 to 5.
        marked: faces that wait to be found.
    """

    photo_id: int
    zone_minutes: int | None = None
    camera: str = ""
    lens: str = ""
    exposure_seconds: float | None = None
    aperture: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    flash: bool | None = None
    position: tuple[float, float] | None = None
    place: str = ""
    rating: int | None = None
    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    marked: tuple[MarkedFace, ...] = ()


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
class TrashedPhoto:
    """A photo in the trash: where its files are, when it came there, and why it could not be removed, if it could not.

    `available`: all of its files are there now. `size` is that of one of them, in bytes.
    """

    photo_id: int
    paths: tuple[Path, ...]
    available: bool
    size: int
    trashed_at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that had to stay in the trash, one of its files, and why. `missing`: because that is not there."""

    photo_id: int
    path: Path
    reason: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What came of removing photos for ever: who went, the files that the system's trash has now, and what stays."""

    photo_ids: tuple[int, ...] = ()
    files: tuple[Path, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicatePhoto:
    """One of several photos that show the same; `size` in bytes, `sharpness` as in `core.likeness.Fingerprint`.

    `missing`: its file is not where it was, though its drive is there. `raw`: the camera's raw file is beside it.
    """

    photo_id: int
    path: Path
    width: int
    height: int
    size: int
    format: str
    taken_at: datetime
    sharpness: float
    trashed: bool = False
    missing: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Photos that show the same, the best one first."""

    photos: tuple[DuplicatePhoto, ...]


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """What the window's status bar tells."""

    photos: int
    people: int
    faces: int
    pending: int
    skipped: int
    trashed: int = 0


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


@dataclass(frozen=True, slots=True)
class SidecarReport:
    """What came of writing sidecars.

    Attributes:
        written: photos whose sidecars tell everything now.
        left: photos whose place is not there, or whose sidecar another program changed: it is to be read first.
        problems: why others could not be written, in words for the user.
    """

    written: int
    left: int
    problems: tuple[str, ...]


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
        visibility: of the photos that are found in it, as in `app.ownership`; None: as whoever added it likes it.
    """

    folder_id: int
    path: Path
    state: FolderState
    photos: int
    missing: int
    vanished: int
    drive: str
    visibility: str | None = None


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
    """What a commit changed, by ids; a screen refreshes only what it shows of them.

    `backups`: the daily backup fails, or does so no more. `albums`: one of them, or what is in it, is another.
    """

    photo_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()
    skipped: bool = False
    duplicates: bool = False
    folders: bool = False
    backups: bool = False
    albums: bool = False


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """Photos that are to be copied: from a card or folder, into the photo folder, by a pattern of the date.

    `asked_by` is the profile whose the copies are.
    """

    source: Path
    to: Path
    pattern: str
    asked_by: int | None = None


class CopyResult(StrEnum):
    """What became of a file on the card."""

    COPIED = "copied"
    SKIPPED = "skipped"
    FAILED = "failed"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """One file: where it is now, if it is in the photo folder, and why it was skipped or failed."""

    source: Path
    target: Path | None
    result: CopyResult
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What came of an import; `stopped` says why it ended before its end, in words for the user."""

    request: CopyRequest
    files: tuple[CopiedFile, ...]
    stopped: str | None = None
    dry_run: bool = False

    def of(self, result: CopyResult) -> tuple[CopiedFile, ...]:
        """The files with that result."""
        return tuple(each for each in self.files if each.result is result)


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """How far an import is; `seconds_left` is None while it cannot be told."""

    busy: bool
    done: int
    total: int
    seconds_left: float | None = None


Event = LibraryChanged | IndexProgress | CopyProgress | CopyReport
