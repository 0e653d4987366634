"""A profile as a circle: its face, or the first letters of its name."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui import theme
from ui.look import Look

_RING, _GAP = 3, 3
_LETTERS = 0.38
"""Height of the letters for one of the circle."""


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


class Avatar(QAbstractButton):
    """A circle that can be pressed; with `captioned` the name stands beneath. Checked, it wears a ring."""

    def __init__(self, look: Look, side: int, parent: QWidget | None = None, captioned: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        self._side = side
        self._captioned = captioned
        self._face: QImage | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        look.changed.connect(self.update)

    def show_profile(self, name: str, face: QImage | None = None) -> None:
        """Whom it stands for."""
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip("" if self._captioned else name)
        self._face = face
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        edge = 2 * (_RING + _GAP)
        if not self._captioned:
            return QSize(self._side + edge, self._side + edge)
        return QSize(self._side + edge + 2 * theme.SPACE_3, self._side + edge + theme.SPACE_2 + self._caption_height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        look, edge = self._look.theme, _RING + _GAP
        circle = QRectF((self.width() - self._side) / 2, edge, self._side, self._side)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self.isChecked() or self.hasFocus() or self.underMouse():
            marked = self.isChecked() or self.hasFocus()
            painter.setPen(QPen(theme.colour(look.accent if marked else look.quiet), _RING))
            wide = _GAP + _RING / 2
            painter.drawEllipse(circle.adjusted(-wide, -wide, wide, wide))
        if self._face is not None:
            self._paint_face(painter, circle, self._face)
        else:
            self._paint_letters(painter, circle)
        if self._captioned:
            self._paint_caption(painter, circle)

    def _paint_face(self, painter: QPainter, circle: QRectF, face: QImage) -> None:
        outline = QPainterPath()
        outline.addEllipse(circle)
        painter.save()
        painter.setClipPath(outline)
        painter.drawImage(circle, face)
        painter.restore()

    def _paint_letters(self, painter: QPainter, circle: QRectF) -> None:
        letters = initials(self.text())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            theme.colour(_ground(self.text(), self._look.theme.dark) if letters else self._look.theme.hover)
        )
        painter.drawEllipse(circle)
        if not letters:
            side = round(self._side * 0.55)
            icon = self._look.pixmaps("user", side, self._look.theme.quiet)
            painter.drawPixmap(circle.center() - QPointF(side / 2, side / 2), icon)
            return
        painter.setPen(theme.colour(theme.ON_AVATAR))
        painter.setFont(theme.font(max(theme.TEXT_QUIET, round(self._side * _LETTERS)), strong=True))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, letters)

    def _paint_caption(self, painter: QPainter, circle: QRectF) -> None:
        painter.setFont(theme.font(theme.TEXT_STRONG, strong=self.isChecked()))
        painter.setPen(theme.colour(self._look.theme.text))
        place = QRectF(0, circle.bottom() + _RING + _GAP + theme.SPACE_2, self.width(), self._caption_height())
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)

    @staticmethod
    def _caption_height() -> int:
        return QFontMetrics(theme.font(theme.TEXT_STRONG, strong=True)).height()


def _ground(name: str, dark: bool) -> str:
    """One colour for one name, always the same."""
    number = hashlib.sha256(name.casefold().encode()).digest()[0]
    grounds = theme.AVATAR_DARK if dark else theme.AVATAR_LIGHT
    return grounds[number % len(grounds)]
