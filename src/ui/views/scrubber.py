"""The strip of years at the right edge of a long grid: shows where one is, and takes one there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from ui import theme
from ui.look import Look

WIDTH = 56
_LABEL_HEIGHT = 20
_HANDLE_HEIGHT = 4


class Scrubber(QWidget):
    """Follows and moves a scroll bar. Marks are labels with their place, 0 at the top to 1 at the bottom."""

    def __init__(self, look: Look, bar: QScrollBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._bar = bar
        self._marks: Sequence[tuple[str, float]] = ()
        self._hovered = False
        self.setFixedWidth(WIDTH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Years"))
        for signal in (bar.valueChanged, bar.rangeChanged, look.changed):
            signal.connect(self.update)

    def set_marks(self, marks: Sequence[tuple[str, float]]) -> None:
        """Replaces the labels."""
        self._marks = marks
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        if self._bar.maximum() <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.TEXT_QUIET))
        painter.setPen(theme.colour(self._look.theme.text if self._hovered else self._look.theme.quiet))
        free = 0.0
        for label, place in self._marks:
            y = place * (self.height() - _LABEL_HEIGHT)
            if y >= free:
                painter.drawText(
                    QRectF(0, y, self.width() - theme.SPACE_3, _LABEL_HEIGHT), Qt.AlignmentFlag.AlignRight, label
                )
                free = y + _LABEL_HEIGHT
        y = self._bar.value() / self._bar.maximum() * (self.height() - _HANDLE_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._look.theme.accent))
        left = theme.SPACE_3 if self._hovered else WIDTH - theme.SPACE_5
        painter.drawRoundedRect(QRectF(left, y, self.width() - left - theme.SPACE_1, _HANDLE_HEIGHT), 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._go(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().y())

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  (Qt's name)
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:  # noqa: N802  (Qt's name)
        self._hovered = False
        self.update()

    def _go(self, y: float) -> None:
        self._bar.setValue(round(min(max(y / max(1, self.height()), 0.0), 1.0) * self._bar.maximum()))
