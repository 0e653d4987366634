"""A picture that can be zoomed and moved with wheel, pinch, drag and double click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSizeF, Qt, QVariantAnimation, Signal
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
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from ui import motion, theme
from ui.views.viewport import Viewport

WHEEL_STEP = 1.25
"""For one notch of the wheel, and for one press of a key."""

_NOTCH = 120
_CRISP_FROM = 3.0
"""From this zoom on the picture's own pixels are shown as squares: whoever goes so near wants to see them."""


class Canvas(QWidget):
    """Shows nothing until `open_picture` and `set_images`.

    `viewed` tells that something was moved or zoomed, `pointed` where the pointer is.
    """

    viewed = Signal()
    pointed = Signal(QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QPixmap] = []
        self._view = Viewport()
        self._drag: QPointF | None = None
        self._clicked = False
        self._goal: float | None = None
        self._anchor: QPointF | None = None
        self._motion = QVariantAnimation(self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(lambda zoom: self._set_view(self._view.zoomed(zoom, self._anchor)))
        self._motion.finished.connect(self._arrived)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)

    @property
    def view(self) -> Viewport:
        """Where the picture is now."""
        return self._view

    @property
    def empty(self) -> bool:
        """Whether nothing is shown."""
        return not self._images

    def open_picture(self, width: int, height: int) -> None:
        """Makes room for another picture of so many pixels and shows nothing of it yet."""
        self._stop()
        self._images = []
        self._set_view(self._view.with_picture(width, height))

    def set_images(self, images: Sequence[QImage]) -> None:
        """The picture at one or several resolutions, the coarsest first; how it is looked at stays."""
        self._images = [QPixmap.fromImage(image) for image in images]
        self.update()

    def clear(self) -> None:
        """Shows nothing."""
        self.open_picture(1, 1)

    def fit(self) -> None:
        """Shows the whole picture."""
        self.zoom_to(self._view.fit_zoom)

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zooms, in pixels of the screen for one of the picture; what is under `anchor` stays there."""
        self._goal = min(max(zoom, self._view.least_zoom), self._view.largest_zoom)
        self._anchor = anchor
        self._motion.stop()
        duration = motion.milliseconds()
        if duration == 0 or not self.isVisible():
            self._set_view(self._view.zoomed(self._goal, anchor))
            self._arrived()
            return
        self._motion.setDuration(duration)
        self._motion.setStartValue(self._view.zoom)
        self._motion.setEndValue(self._goal)
        self._motion.start()

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zooms by a factor from where the last zoom is to end."""
        current = self._view.zoom if self._goal is None else self._goal
        fit, wanted = self._view.fit_zoom, current * factor
        # On the way out a small picture comes to rest where it fills the window, before it becomes smaller.
        rests = wanted < fit < current * (1 - 1e-9)
        self.zoom_to(fit if rests else wanted, anchor)

    def move_by(self, delta: QPointF) -> None:
        """Pushes the picture by pixels of the widget, never out of sight."""
        self._stop()
        self._set_view(self._view.moved(delta))

    def toggle(self, anchor: QPointF | None = None) -> None:
        """Between the whole picture and 100%."""
        if self._view.fitted:
            self.zoom_to(1.0, anchor)
        else:
            self.fit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.VIEWER_CANVAS))
        if self._images:
            self._paint_picture(painter)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self._clicked = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        self._stop()
        self._set_view(self._view.with_room(self.width(), self.height(), self.devicePixelRatio()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._set_view(self._view.with_room(self.width(), self.height(), self.devicePixelRatio()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        by_touch = event.phase() != Qt.ScrollPhase.NoScrollPhase
        if by_touch and self._view.overflows and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.move_by(QPointF(event.pixelDelta()))
        else:
            self.zoom_by(WHEEL_STEP ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._pinch(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint())))
                return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        # The second click of two belongs to the screen that the first was on: it may have opened this one.
        if event.button() == Qt.MouseButton.LeftButton and self._clicked:
            self._drag = None
            self.toggle(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag, self._clicked = event.position(), True
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if self._drag is not None and self._view.overflows:
            delta, self._drag = event.position() - self._drag, event.position()
            self.move_by(delta)
        self.pointed.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
        self.pointed.emit(event.position())

    @property
    def dragging(self) -> bool:
        """Whether the picture is being pushed."""
        return self._drag is not None and self._view.overflows

    def _pinch(self, factor: float, anchor: QPointF) -> None:
        """Follows the fingers at once: they are the motion."""
        self._stop()
        self._set_view(self._view.zoomed(self._view.zoom * factor, anchor))

    def _stop(self) -> None:
        self._motion.stop()
        self._goal = None

    def _arrived(self) -> None:
        if self._goal is not None and abs(self._goal - self._view.fit_zoom) < 1e-9 * self._goal:
            self._set_view(self._view.fit())
        self._goal = None

    def _set_view(self, view: Viewport) -> None:
        if view != self._view:
            self._view = view
            self.viewed.emit()
        self.update()

    def _paint_picture(self, painter: QPainter) -> None:
        target, ratio = self._view.target, self.devicePixelRatio()
        wide, high = target.width() * ratio, target.height() * ratio
        exact = next((each for each in self._images if _is_size(each, wide, high)), None)
        if exact is not None:
            # One pixel for one: placed on whole pixels of the screen, nothing is blurred.
            corner = QPointF(round(target.x() * ratio) / ratio, round(target.y() * ratio) / ratio)
            painter.drawPixmap(QRectF(corner, QSizeF(exact.size()) / ratio), exact, QRectF(exact.rect()))
            return
        image = next((each for each in self._images if each.width() >= wide), self._images[-1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._view.zoom < _CRISP_FROM)
        painter.drawPixmap(target, image, QRectF(image.rect()))


def _is_size(image: QPixmap, width: float, height: float) -> bool:
    return abs(image.width() - width) < 1 and abs(image.height() - height) < 1
