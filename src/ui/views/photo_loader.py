"""Fetches what the viewer shows: at once what is small, then the picture, then its neighbours, at last all its detail.

Three things are fetched of a photo, each off the GUI thread. A glance: what is known of it, its faces, its thumbnail.
The picture as a whole, reduced to exactly the pixels that it takes on the screen: this is kept for the neighbours too,
and is what makes turning to them quick. And, only for the photo in sight once the eye rests on it or goes nearer, every
resolution up to the original's. What to fetch next is decided when there is room for it, by what is in sight then:
nothing is begun for a photo that was passed by, and memory is bounded by the screen's size and one full picture.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.session import Session
from app.tags import Tag
from app.types import Photo, PhotoDetails, PhotoFace
from app.visibility import PhotoVisibility
from core.errors import CoreError
from core.types import BoundingBox
from ui.tasks import Task, Tasks
from ui.thumbnails import decoded
from ui.views.picture import SMALL_PIXELS, Room, pyramid, whole

T = TypeVar("T")

_GLANCES_KEPT = 32
_GLANCES_AHEAD = 6
_GLANCES_AT_ONCE = 2
_LARGE_BYTES = 4 * SMALL_PIXELS
_HURRY_MS = 150
"""Photos that follow one another faster than this are only glanced at."""
_REST_MS = 400


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known of a photo at once; without a thumbnail where none can be made.

    `visibility` is told where several people use the library.
    """

    photo: Photo
    faces: tuple[PhotoFace, ...]
    details: PhotoDetails
    thumbnail: QImage | None
    tags: tuple[Tag, ...] = ()
    favourite: bool = False
    visibility: PhotoVisibility | None = None

    @property
    def known(self) -> tuple[object, ...]:
        """All but the picture."""
        return self.photo, self.faces, self.details, self.tags, self.favourite, self.visibility

    @property
    def in_sight(self) -> tuple[PhotoFace, ...]:
        """The faces in the picture that is shown, and who is tagged there.

        Of a video that is one moment, and others are seen at others.
        """
        video = self.photo.video
        seen = [face for face in self.faces if video is None or face.moment == video.poster]
        return (*seen, *(_as_face(tag, tag.box) for tag in self.tags if tag.box))


def _as_face(tag: Tag, box: BoundingBox) -> PhotoFace:
    """A tag as its box is shown; its number is below zero, that of a face is above."""
    return PhotoFace(-tag.tag_id, tag.photo_id, tag.person_id, tag.name, box, confidence=1.0, quality=0.0)


@dataclass(frozen=True, slots=True)
class _Whole:
    """The whole picture as it fills a room; `images` go up to the original's resolution if `complete`."""

    room: Room
    images: tuple[QImage, ...]
    complete: bool


class PhotoLoader(QObject):
    """Follows `show` through a sequence of photos.

    `glanced` tells of a `Glance`, `loaded` of the picture's images from coarse to fine, `failed` why there is none;
    all of them only of the photo in sight.
    """

    glanced = Signal(Glance)
    loaded = Signal(list)
    failed = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self._room = Room(1, 1, 1.0)
        self._glances: OrderedDict[int, Glance] = OrderedDict()
        self._wholes: dict[int, _Whole] = {}
        self._errors: dict[int, str] = {}
        self._running: dict[tuple[str, int], Task] = {}
        self._photo_ids: Sequence[int] = ()
        self._index = 0
        self._forwards = True
        self._near = False
        self._since_step = QElapsedTimer()
        self._hurry = QTimer(self, singleShot=True, interval=_HURRY_MS)
        self._hurry.timeout.connect(self._pump)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.come_near)

    def show(self, photo_ids: Sequence[int], index: int) -> None:
        """Turns to a photo; what is there of it is told at once."""
        if photo_ids is not self._photo_ids:
            self.clear()
            self._photo_ids = photo_ids
        self._forwards = index >= self._index
        self._index = index
        self._near = False
        self._errors.pop(self.current, None)
        if self._since_step.isValid() and self._since_step.elapsed() < _HURRY_MS:
            self._hurry.start()
        self._since_step.start()
        self._rest.start()
        self._forget_the_far()
        if self.current in self._glances:
            self.glanced.emit(self._glances[self.current])
        if self.current in self._wholes:
            self.loaded.emit(list(self._wholes[self.current].images))
        self._pump()

    @property
    def current(self) -> int:
        """Id of the photo in sight."""
        return self._photo_ids[self._index]

    def set_room(self, room: Room) -> None:
        """The pixels of the screen that a picture may fill; pictures for another room are made again."""
        if room != self._room:
            self._room = room
            self._pump()

    def come_near(self) -> None:
        """Fetches the finest detail of the photo in sight, as soon as the whole of it is there."""
        if self._photo_ids and not self._near:
            self._near = True
            self._pump()

    def refresh(self, photo_ids: frozenset[int]) -> None:
        """What was known of these photos may have changed; their pictures have not."""
        for photo_id in photo_ids:
            self._glances.pop(photo_id, None)
            self._errors.pop(photo_id, None)
            # An answer that is under way may be older than the change.
            self._drop(("glance", photo_id))
        self._pump()

    def clear(self) -> None:
        """Forgets everything, and whatever is under way."""
        for key in list(self._running):
            self._drop(key)
        self._hurry.stop()
        self._rest.stop()
        self._glances.clear()
        self._wholes.clear()
        self._errors.clear()
        self._photo_ids, self._index = (), 0

    def _drop(self, key: tuple[str, int]) -> None:
        task = self._running.pop(key, None)
        if task:
            task.cancel()

    def _nearby(self, reach: int) -> list[int]:
        """The photo in sight, then those around it, the ones that lie ahead first."""
        order = [0]
        for step in range(1, reach + 1):
            order += (step, -step) if self._forwards else (-step, step)
        places = (self._index + offset for offset in order)
        return [self._photo_ids[place] for place in places if 0 <= place < len(self._photo_ids)]

    def _forget_the_far(self) -> None:
        near = set(self._nearby(1))
        for photo_id in set(self._wholes) - near:
            del self._wholes[photo_id]
        for photo_id, kept in self._wholes.items():
            if photo_id != self.current and kept.images[-1].sizeInBytes() > _LARGE_BYTES:
                self._wholes[photo_id] = _Whole(kept.room, kept.images[:1], complete=len(kept.images) == 1)
        while len(self._glances) > _GLANCES_KEPT:
            self._glances.popitem(last=False)

    def _pump(self) -> None:
        if not self._photo_ids:
            return
        for photo_id in self._nearby(_GLANCES_AHEAD):
            if sum(kind == "glance" for kind, _ in self._running) >= _GLANCES_AT_ONCE:
                break
            if photo_id not in self._glances and photo_id not in self._errors:
                self._fetch("glance", photo_id, partial(self._glance, photo_id), self._keep_glance)
        if not self._hurry.isActive() and not any(kind == "picture" for kind, _ in self._running):
            self._fetch_picture()

    def _fetch_picture(self) -> None:
        """One at a time: decoding takes the time of a whole processor."""
        for photo_id in self._nearby(1):
            kept = self._wholes.get(photo_id)
            if photo_id not in self._glances or photo_id in self._errors:
                continue
            if kept is None or kept.room != self._room:
                self._fetch("picture", photo_id, partial(self._whole, photo_id, self._room), self._keep_whole)
                return
            if photo_id == self.current and self._near and not kept.complete:
                self._fetch("picture", photo_id, partial(self._in_detail, photo_id, kept), self._keep_whole)
                return

    def _whole(self, photo_id: int, room: Room) -> _Whole:
        images, complete = whole(self._session.photos, self._session.photos.get(photo_id), room)
        return _Whole(room, images, complete)

    def _in_detail(self, photo_id: int, kept: _Whole) -> _Whole:
        images = pyramid(self._session.photos.image(photo_id), kept.images[:1])
        return _Whole(kept.room, tuple(images), complete=True)

    def _glance(self, photo_id: int) -> Glance:
        photos = self._session.photos
        photo, faces = photos.get(photo_id), tuple(photos.faces(photo_id))
        details = self._session.details.of(photo_id)
        tags = tuple(self._session.tags.of(photo_id))
        favourite = bool(self._session.favourites.of([photo_id]))
        visibility = self._session.sharing.of(photo_id) if self._session.is_shared() else None
        return Glance(photo, faces, details, self._thumbnail(photo_id), tags, favourite, visibility)

    def _thumbnail(self, photo_id: int) -> QImage | None:
        try:
            thumbnail = decoded(self._session.thumbnails.photo(photo_id))
        except CoreError:
            # The picture itself tells why, should it be out of reach too.
            return None
        return None if thumbnail.isNull() else thumbnail

    def _fetch(self, kind: str, photo_id: int, work: Callable[[], T], keep: Callable[[int, T], None]) -> None:
        key = (kind, photo_id)
        if key in self._running:
            return

        def done(result: T) -> None:
            self._running.pop(key, None)
            keep(photo_id, result)
            self._pump()

        def failed(error: Exception) -> None:
            self._running.pop(key, None)
            self._fail(photo_id, error)
            self._pump()

        self._running[key] = self._tasks.run(self, work, done, failed)

    def _keep_glance(self, photo_id: int, glance: Glance) -> None:
        self._glances[photo_id] = glance
        if photo_id == self.current:
            self.glanced.emit(glance)

    def _keep_whole(self, photo_id: int, whole: _Whole) -> None:
        self._wholes[photo_id] = whole
        self._forget_the_far()
        if photo_id == self.current:
            self.loaded.emit(list(whole.images))

    def _fail(self, photo_id: int, error: Exception) -> None:
        known = isinstance(error, CoreError)
        self._errors[photo_id] = str(error) if known else self.tr("This photo cannot be shown.")
        if not known:
            self._tasks.failed.emit(error)
        if photo_id == self.current:
            self.failed.emit(self._errors[photo_id])
