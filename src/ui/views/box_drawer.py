"""Drawing a box over a picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.types import BoundingBox
from ui import theme
from ui.views.canvas import Canvas

_LEAST = 8
"""Pixels of the widget: a shorter drag was a click, which takes the box away."""

_DIM = 0.6
"""How much of the ground lies over what is outside of the box: faces there are still to be seen."""


class BoxDrawer(QWidget):
    """Lies over the canvas while it is shown. `drawn` tells that there is another box, or none."""

    drawn = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._start: QPointF | None = None
        self._box: QRectF | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.installEventFilter(self)
        canvas.viewed.connect(self.update)
        self.hide()

    @property
    def box(self) -> BoundingBox | None:
        """In pixels of the picture."""
        if self._box is None:
            return None
        return BoundingBox(self._box.x(), self._box.y(), self._box.width(), self._box.height())

    @property
    def place(self) -> QRectF | None:
        """The box in pixels of the widget."""
        return None if self._box is None else self._canvas.view.to_widget(self._box)

    def start(self) -> None:
        """Lets the user draw."""
        self._start = self._box = None
        self.setGeometry(self._canvas.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if self._start is not None:
            self._span(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._span(event.position())
        self._start = None
        place = self.place
        if place is None or min(place.width(), place.height()) < _LEAST:
            self._box = None
            self.update()
        self.drawn.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        place = self.place
        if place is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        around = QPainterPath()
        around.addRect(QRectF(self.rect()))
        around.addRoundedRect(place, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        painter.setOpacity(_DIM)
        painter.fillPath(around, theme.colour(theme.VIEWER_OUTLINE))
        painter.setOpacity(1.0)
        painter.setPen(QPen(theme.colour(theme.VIEWER_TEXT), theme.BOX_LINE_STRONG))
        painter.drawRoundedRect(place, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)

    def _span(self, end: QPointF) -> None:
        """The box between where the button went down and a point, within the picture."""
        view = self._canvas.view
        first, last = view.to_picture(self._start or end), view.to_picture(end)
        whole = QRectF(0, 0, view.width, view.height)
        self._box = QRectF(first, last).normalized().intersected(whole)
        self.update()
