"""The strip of years at the right edge of a long grid: shows where one is, and takes one there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QScrollBar, QWidget

from ui import theme
from ui.look import Look
from ui.widgets import label

WIDTH = 56
_LABEL_HEIGHT = 20
_HANDLE_HEIGHT = 36
_HANDLE_WIDTH = 6
_LABEL_PLACE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Scrubber(QWidget):
    """Follows and moves a scroll bar. While it is dragged, a bubble tells where that leads."""

    def __init__(self, look: Look, bar: QScrollBar, where: Callable[[], str], parent: QWidget) -> None:
        """Makes the strip.

        Args:
            look: its colours.
            bar: what it moves.
            where: what the bubble says of the place that the bar is at.
            parent: the view; the bubble lies over it.
        """
        super().__init__(parent)
        self._look = look
        self._bar = bar
        self._where = where
        self._marks: Sequence[tuple[str, float]] = ()
        self._hovered = False
        self._bubble: QLabel = label(parent, "bubble")
        self._bubble.hide()
        self.setFixedWidth(WIDTH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Years"))
        for signal in (bar.valueChanged, bar.rangeChanged, look.changed):
            signal.connect(self.update)

    def set_marks(self, marks: Sequence[tuple[str, float]]) -> None:
        """Replaces the labels: each with its place, 0 at the top to 1 at the bottom."""
        self._marks = marks
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        if self._bar.maximum() <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.TEXT_QUIET))
        painter.setPen(theme.colour(self._look.theme.text if self._hovered else self._look.theme.quiet))
        room = self.height() - _LABEL_HEIGHT - theme.SPACE_2
        free = 0.0
        for text, place in self._marks:
            y = theme.SPACE_1 + place * room
            if y >= free:
                painter.drawText(QRectF(0, y, self.width() - theme.SPACE_4, _LABEL_HEIGHT), _LABEL_PLACE, text)
                free = y + _LABEL_HEIGHT
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._look.theme.accent if self._hovered else self._look.theme.quiet))
        left = self.width() - _HANDLE_WIDTH - theme.SPACE_1
        painter.drawRoundedRect(QRectF(left, self._handle_top(), _HANDLE_WIDTH, _HANDLE_HEIGHT), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._go(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().y())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._bubble.hide()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  (Qt's name)
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def _handle_top(self) -> float:
        return self._bar.value() / max(1, self._bar.maximum()) * (self.height() - _HANDLE_HEIGHT)

    def _go(self, y: float) -> None:
        share = (y - _HANDLE_HEIGHT / 2) / max(1, self.height() - _HANDLE_HEIGHT)
        self._bar.setValue(round(min(max(share, 0.0), 1.0) * self._bar.maximum()))
        self._bubble.setText(self._where())
        self._bubble.adjustSize()
        top = round(self._handle_top() + (_HANDLE_HEIGHT - self._bubble.height()) / 2)
        self._bubble.move(self.x() - self._bubble.width() - theme.SPACE_2, max(0, top))
        self._bubble.raise_()
        self._bubble.show()
