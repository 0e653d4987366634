"""The name under a face's box, as a button: it can be clicked, reached with the keyboard and read aloud."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.types import PhotoFace
from ui import theme
from ui.text import hint, shown

_FOCUS_LINE = 2.0


class FaceTag(QAbstractButton):
    """A person's name, or "Add name". `pointed` tells that the pointer or the keyboard came or went."""

    pointed = Signal(bool)

    def __init__(self, face: PhotoFace, parent: QWidget) -> None:
        super().__init__(parent)
        self.face = face
        self.setFont(theme.font(theme.TEXT_BODY))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()
        name = shown(face.name) if face.name else ""
        metrics = QFontMetricsF(self.font())
        most = theme.TAG_WIDTH - 2 * theme.SPACE_2
        self.setText(metrics.elidedText(name or self.tr("Add name"), Qt.TextElideMode.ElideRight, most))
        self.wanted_size = QSizeF(metrics.horizontalAdvance(self.text()) + 2 * theme.SPACE_2 + 1, theme.TAG_HEIGHT)
        self.setAccessibleName(self.tr("Photos of {}").format(name) if name else self.tr("Add name"))
        self.setToolTip(hint(self.accessibleName()))

    def place(self, rect: QRectF | None) -> None:
        """Shows the tag there, or not at all."""
        if rect is None:
            self.hide()
            return
        self.setGeometry(rect.toAlignedRect())
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.hasFocus()
        painter.setBrush(theme.colour(theme.VIEWER_TEXT if self.underMouse() else theme.VIEWER_GROUND))
        painter.setPen(QPen(theme.colour(theme.DARK.accent), _FOCUS_LINE) if self.hasFocus() else Qt.PenStyle.NoPen)
        edge = _FOCUS_LINE / 2 if self.hasFocus() else 0.0
        ground = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter.drawRoundedRect(ground, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        bright = theme.VIEWER_TEXT if self.face.name or lit else theme.VIEWER_QUIET
        painter.setPen(theme.colour(theme.VIEWER_CANVAS if self.underMouse() else bright))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text())

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  (Qt's name)
        super().enterEvent(event)
        self.pointed.emit(True)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        super().leaveEvent(event)
        self.pointed.emit(False)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        super().focusInEvent(event)
        self.pointed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        super().focusOutEvent(event)
        self.pointed.emit(False)
