"""Small pictures for painting: decoded and cut to size off the GUI thread, kept in memory within a bound."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap

from app.thumbnails import Thumbnails
from ui.tasks import Tasks

MAX_BYTES = 192 * 1024 * 1024
MAX_WAITING = 400
"""Requests beyond this are the oldest, long scrolled away."""

AT_ONCE = 2

RETRY_SECONDS = 20.0
"""A picture that could not be had is asked for again later: its drive may be back."""


class Kind(Enum):
    """What a small picture shows, and its shape."""

    PHOTO = "photo"
    FACE = "face"
    ROUND_FACE = "round face"


@dataclass(frozen=True, slots=True)
class Key:
    """A picture at a size: the side of the square in device pixels."""

    kind: Kind
    number: int
    side: int


class ThumbnailCache(QObject):
    """`get` answers at once; what is not there yet is loaded, the newest request first, and told by `loaded`."""

    loaded = Signal()

    def __init__(self, thumbnails: Thumbnails, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._sources: dict[Kind, Callable[[int], bytes]] = {
            Kind.PHOTO: thumbnails.photo,
            Kind.FACE: thumbnails.face,
            Kind.ROUND_FACE: thumbnails.face,
        }
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()
        self._bytes = 0
        self._latest: dict[tuple[Kind, int], Key] = {}
        self._stale: set[Key] = set()
        self._waiting: OrderedDict[Key, None] = OrderedDict()
        self._running: set[Key] = set()
        self._failed: dict[Key, float] = {}

    def get(self, key: Key) -> QPixmap | None:
        """The picture, or None while it is loaded; ask again after `loaded`."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        if (kept is None or key in self._stale) and key not in self._running and not self.failed(key):
            self._waiting[key] = None
            self._waiting.move_to_end(key)
            while len(self._waiting) > MAX_WAITING:
                self._waiting.popitem(last=False)
            self._pump()
        return kept

    def at_any_size(self, key: Key) -> QPixmap | None:
        """The same picture at the size that was loaded last, to be painted while the right one is loaded."""
        latest = self._latest.get((key.kind, key.number))
        return self._kept.get(latest) if latest else None

    def refresh(self, photo_ids: Collection[int]) -> None:
        """These photos may look different now: each is loaded again at the next wish, and shown as it was till then."""
        self._stale |= {key for key in self._kept if key.kind is Kind.PHOTO and key.number in photo_ids}
        for key in [key for key in self._failed if key.number in photo_ids]:
            del self._failed[key]

    def failed(self, key: Key) -> bool:
        """Whether the picture cannot be had."""
        return time.monotonic() - self._failed.get(key, -math.inf) < RETRY_SECONDS

    def _pump(self) -> None:
        while self._waiting and len(self._running) < AT_ONCE:
            key, _ = self._waiting.popitem()
            self._running.add(key)
            self._tasks.run(
                self,
                lambda key=key: _cut(self._sources[key.kind](key.number), key),  # type: ignore[misc]
                lambda image, key=key: self._keep(key, image),  # type: ignore[misc]
                lambda _error, key=key: self._give_up(key),  # type: ignore[misc]
            )

    def _keep(self, key: Key, image: QImage) -> None:
        self._running.discard(key)
        if image.isNull():
            self._give_up(key)
            return
        self._drop(key)
        self._kept[key] = QPixmap.fromImage(image)
        self._latest[key.kind, key.number] = key
        self._bytes += image.sizeInBytes()
        while self._bytes > MAX_BYTES:
            self._drop(next(iter(self._kept)))
        self.loaded.emit()
        self._pump()

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= old.width() * old.height() * 4
            self._stale.discard(key)
            if self._latest.get((key.kind, key.number)) == key:
                del self._latest[key.kind, key.number]

    def _give_up(self, key: Key) -> None:
        self._running.discard(key)
        self._stale.discard(key)
        self._failed[key] = time.monotonic()
        self.loaded.emit()
        self._pump()


def decoded(data: bytes) -> QImage:
    """A small picture; null if it is damaged. For any thread.

    The format is told: to find it out Qt makes objects with signals, for which a thread that has Python's lock waits
    for the window's thread, while that may wait for Python's lock.
    """
    # PySide's own description of the parameter is wrong: it takes text.
    return QImage.fromData(data, "JPEG")  # type: ignore[arg-type]


def _cut(data: bytes, key: Key) -> QImage:
    """The middle square of a picture at the size that is painted; round for faces in circles."""
    image = decoded(data)
    if image.isNull():
        return image
    side = min(image.width(), image.height())
    square = image.copy(QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side))
    scaled = square.scaled(
        key.side, key.side, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    if key.kind is not Kind.ROUND_FACE:
        return scaled.convertToFormat(QImage.Format.Format_RGB32)
    circle = QImage(key.side, key.side, QImage.Format.Format_ARGB32_Premultiplied)
    circle.fill(Qt.GlobalColor.transparent)
    painter = QPainter(circle)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QBrush(scaled))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(0, 0, key.side, key.side)
    painter.end()
    return circle
