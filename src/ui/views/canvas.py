"""A picture that can be zoomed and moved. Positions are pixels of the original; the widget maps them to its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui import theme

LARGEST_ZOOM = 8.0
"""Screen pixels for one pixel of the original."""

WHEEL_STEP = 1.2
"""For one notch of the wheel."""


class Canvas(QWidget):
    """Shows nothing until `show_picture`. `moved`: it was moved or zoomed; `pointed` where the pointer is."""

    moved = Signal()
    pointed = Signal(QPointF)
    pressed = Signal(QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: list[QPixmap] = []
        self._size = QSizeF(1, 1)
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)
        self._fitted = True
        self._drag: QPointF | None = None
        self._dragged = False
        self._clicked = False
        self.setMouseTracking(True)

    def show_picture(self, size: QSizeF, images: list[QImage]) -> None:
        """Shows a picture.

        Args:
            size: of the original, in pixels.
            images: the same picture at one or several resolutions, the coarsest first.
        """
        new = size != self._size
        self._levels = [QPixmap.fromImage(image) for image in images]
        self._size = size
        if new or self._fitted:
            self.fit()
        self.update()

    def clear(self) -> None:
        """Shows nothing."""
        self._levels = []
        self._size = QSizeF(1, 1)
        self._fitted = True
        self.update()

    @property
    def empty(self) -> bool:
        """Whether nothing is shown."""
        return not self._levels

    @property
    def zoom(self) -> float:
        """Screen pixels for one pixel of the original."""
        return self._zoom * self.devicePixelRatio()

    @property
    def fitted(self) -> bool:
        """Whether the whole picture is in sight and follows the size of the window."""
        return self._fitted

    def fit(self) -> None:
        """Shows the whole picture, not larger than it is."""
        self._zoom, self._fitted = self._fit_zoom(), True
        self._centre = QPointF(self._size.width() / 2, self._size.height() / 2)
        self._changed()

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zooms; what is under `anchor` (in the widget, by default its middle) stays there.

        Args:
            zoom: screen pixels for one pixel of the original; kept between the whole picture and `LARGEST_ZOOM`.
        """
        point = anchor if anchor is not None else QPointF(self.rect().center())
        fixed = self.to_picture(point)
        least = self._fit_zoom()
        self._zoom = min(max(zoom / self.devicePixelRatio(), least), max(LARGEST_ZOOM, least))
        self._fitted = self._zoom <= least
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._centre = fixed + (middle - point) / self._zoom
        self._changed()

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zooms by a factor."""
        self.zoom_to(self.zoom * factor, anchor)

    def move_by(self, delta: QPointF) -> None:
        """Moves the picture by pixels of the widget, never out of sight."""
        self._centre -= delta / self._zoom
        self._changed()

    def to_picture(self, point: QPointF) -> QPointF:
        """From the widget's pixels to the original's."""
        return self._centre + (point - QPointF(self.width() / 2, self.height() / 2)) / self._zoom

    def to_widget(self, rect: QRectF) -> QRectF:
        """From the original's pixels to the widget's."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        return QRectF(middle + (rect.topLeft() - self._centre) * self._zoom, rect.size() * self._zoom)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.VIEWER_CANVAS))
        if self._levels:
            target = self.to_widget(QRectF(QPointF(0, 0), self._size))
            level = self._level(target.width() * self.devicePixelRatio())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 3)
            painter.drawPixmap(target, level, QRectF(level.rect()))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self._clicked = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        else:
            self._changed()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        self.zoom_by(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        # The second click of two belongs to the screen that the first was on: it may have opened this one.
        if event.button() == Qt.MouseButton.LeftButton and self._clicked:
            self.toggle(event.position())

    def toggle(self, anchor: QPointF | None = None) -> None:
        """Between the whole picture and its full size."""
        if self._fitted:
            self.zoom_to(1.0, anchor)
        else:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._drag, self._dragged, self._clicked = event.position(), False, True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            delta = event.position() - self._drag
            if self._dragged or delta.manhattanLength() > 4:
                self._dragged, self._drag = True, event.position()
                self.move_by(delta)
        self.pointed.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if self._drag is not None and not self._dragged and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position())
        self._drag = None

    def _fit_zoom(self) -> float:
        room = min(self.width() / self._size.width(), self.height() / self._size.height())
        return max(min(room, 1.0 / self.devicePixelRatio()), 1e-6)

    def _level(self, width: float) -> QPixmap:
        """The coarsest picture that still has enough pixels."""
        return next((each for each in self._levels if each.width() >= width - 1), self._levels[-1])

    def _changed(self) -> None:
        self._centre = QPointF(
            _kept(self._centre.x(), self._size.width(), self.width() / self._zoom),
            _kept(self._centre.y(), self._size.height(), self.height() / self._zoom),
        )
        self.moved.emit()
        self.update()


def _kept(centre: float, size: float, sight: float) -> float:
    """Keeps the middle of the view where the picture fills it, or in the picture's middle where it cannot."""
    return size / 2 if sight >= size else min(max(centre, sight / 2), size - sight / 2)
