"""One face as a small picture that a layout can hold."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.context import Context
from ui.thumbnails import Key, Kind


class FacePicture(QWidget):
    """A square, or a circle, with a face; a placeholder while it is loaded, and where it cannot be had."""

    def __init__(self, context: Context, side: int, parent: QWidget | None = None, is_round: bool = True) -> None:
        super().__init__(parent)
        self._context = context
        self._kind = Kind.ROUND_FACE if is_round else Kind.FACE
        self._face_id: int | None = None
        self.setFixedSize(side, side)
        context.thumbnails.loaded.connect(self.update)

    def show_face(self, face_id: int | None) -> None:
        """Shows a face; None shows that there is none to show."""
        self._face_id = face_id
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        key = Key(self._kind, self._face_id or 0, round(self.width() * self.devicePixelRatio()))
        pixmap = self._context.thumbnails.get(key) if self._face_id is not None else None
        if pixmap is not None:
            painter.drawPixmap(self.rect(), pixmap)
            return
        look = self._context.look
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(look.theme.line))
        if self._kind is Kind.ROUND_FACE:
            painter.drawEllipse(self.rect())
        else:
            painter.drawRoundedRect(self.rect(), theme.RADIUS_CARD, theme.RADIUS_CARD)
        if self._face_id is None or self._context.thumbnails.failed(key):
            side = self.width() // 2
            icon = look.pixmaps("user", side, look.theme.quiet)
            painter.drawPixmap(QPointF(self.width() / 2 - side / 2, self.height() / 2 - side / 2), icon)
