"""Where a picture stands in a widget: arithmetic only.

Three kinds of pixels meet here: those of the picture (of the upright original), those of the widget (in which Qt places
things), and those of the screen, `ratio` of which make one of the widget. `zoom` is in pixels of the screen for one of
the picture, so that 1.0 is "100%" on every screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

LARGEST_ZOOM = 8.0

LARGEST_FIT = 2.0
"""A small picture is fitted at no more than this many pixels of the widget for one of its own."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A picture of `width` x `height` in a widget of `room_width` x `room_height`; every change makes a new one.

    Attributes:
        ratio: pixels of the screen for one of the widget.
        zoom: pixels of the screen for one of the picture.
        x: of the picture's point in the middle of the widget.
        y: likewise.
    """

    room_width: float = 1.0
    room_height: float = 1.0
    ratio: float = 1.0
    width: float = 1.0
    height: float = 1.0
    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def fit_zoom(self) -> float:
        """At which the whole picture is in sight."""
        room = (self.room_width * self.ratio, self.room_height * self.ratio)
        return fit_zoom((self.width, self.height), room, self.ratio)

    @property
    def least_zoom(self) -> float:
        """The whole picture, or 100% where that is smaller."""
        return min(self.fit_zoom, 1.0)

    @property
    def largest_zoom(self) -> float:
        """As near as one can go."""
        return max(LARGEST_ZOOM, self.fit_zoom)

    @property
    def fitted(self) -> bool:
        """Whether exactly the whole picture is in sight."""
        return abs(self.zoom - self.fit_zoom) <= 1e-9 * self.zoom

    @property
    def overflows(self) -> bool:
        """Whether some of the picture is out of sight."""
        return self.width * self.scale > self.room_width + 1e-6 or self.height * self.scale > self.room_height + 1e-6

    @property
    def scale(self) -> float:
        """Pixels of the widget for one of the picture."""
        return self.zoom / self.ratio

    @property
    def target(self) -> QRectF:
        """The whole picture in the widget's pixels."""
        return self.to_widget(QRectF(QPointF(0, 0), QSizeF(self.width, self.height)))

    def with_picture(self, width: float, height: float) -> Viewport:
        """Another picture, seen as a whole."""
        return replace(self, width=max(width, 1.0), height=max(height, 1.0)).fit()

    def with_room(self, width: float, height: float, ratio: float) -> Viewport:
        """In a widget of another size or on another screen; what was fitted stays so."""
        moved = replace(self, room_width=max(width, 1.0), room_height=max(height, 1.0), ratio=ratio)
        return moved.fit() if self.fitted else moved.zoomed(self.zoom)

    def fit(self) -> Viewport:
        """The whole picture."""
        return replace(self, zoom=self.fit_zoom, x=self.width / 2, y=self.height / 2)

    def zoomed(self, zoom: float, anchor: QPointF | None = None) -> Viewport:
        """Nearer or farther, within bounds; what is under `anchor` (by default the middle) stays there if it can."""
        middle = QPointF(self.room_width / 2, self.room_height / 2)
        point = middle if anchor is None else anchor
        fixed = self.to_picture(point)
        kept = min(max(zoom, self.least_zoom), self.largest_zoom)
        centre = fixed + (middle - point) * self.ratio / kept
        return self._at(centre.x(), centre.y(), kept)

    def moved(self, by: QPointF) -> Viewport:
        """With the picture pushed by pixels of the widget, never so far that its edge leaves the widget's."""
        return self._at(self.x - by.x() / self.scale, self.y - by.y() / self.scale, self.zoom)

    def to_picture(self, point: QPointF) -> QPointF:
        """From the widget's pixels to the picture's."""
        middle = QPointF(self.room_width / 2, self.room_height / 2)
        return QPointF(self.x, self.y) + (point - middle) / self.scale

    def to_widget(self, rect: QRectF) -> QRectF:
        """From the picture's pixels to the widget's."""
        left = self.room_width / 2 + (rect.x() - self.x) * self.scale
        top = self.room_height / 2 + (rect.y() - self.y) * self.scale
        return QRectF(QPointF(left, top), rect.size() * self.scale)

    def _at(self, x: float, y: float, zoom: float) -> Viewport:
        wide, high = self.room_width * self.ratio / zoom, self.room_height * self.ratio / zoom
        return replace(self, zoom=zoom, x=_kept(x, self.width, wide), y=_kept(y, self.height, high))


def fit_zoom(size: tuple[float, float], room: tuple[float, float], ratio: float) -> float:
    """The zoom at which the whole of a picture fills a room; `room` is in pixels of the screen."""
    return min(room[0] / size[0], room[1] / size[1], LARGEST_FIT * ratio)


def _kept(centre: float, size: float, sight: float) -> float:
    """Keeps the picture's edges at or beyond the widget's, or the whole picture in the middle where it is smaller."""
    return size / 2 if sight >= size else min(max(centre, sight / 2), size - sight / 2)
