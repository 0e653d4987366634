"""A line under the search field: somebody's face and name, or a word and what it is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.search import Completion
from ui import theme
from ui.look import Look
from ui.models.completions import CompletionsModel
from ui.thumbnails import Key, Kind, ThumbnailCache

LINE = 36
_FACE = 28


class CompletionDelegate(QStyledItemDelegate):
    """Paints a row of `CompletionsModel`; `details` are the words for what a thing is."""

    def __init__(self, look: Look, thumbnails: ThumbnailCache, details: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._thumbnails = thumbnails
        self._details = details

    def sizeHint(  # noqa: N802  (Qt's name)
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        rect: QRect = option.rect
        return QSize(rect.width(), LINE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: QRect = option.rect
        state: QStyle.StateFlag = option.state
        offer: Completion = index.data(CompletionsModel.Offer)
        look = self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(look.hover))
            painter.drawRoundedRect(QRectF(line), theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        left = line.left() + theme.SPACE_2
        if not offer.detail:
            self._paint_face(painter, QPoint(left, line.center().y() - _FACE // 2 + 1), offer.face_id)
        detail = self._details.get(offer.detail, "")
        painter.setFont(theme.font(theme.TEXT_QUIET))
        painter.setPen(theme.colour(look.quiet))
        right = line.adjusted(0, 0, -theme.SPACE_3, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        taken = QFontMetrics(painter.font()).horizontalAdvance(detail) + theme.SPACE_3
        text = line.adjusted(theme.SPACE_3 + _FACE + theme.SPACE_1, 0, -theme.SPACE_3 - taken, 0)
        font = theme.font(theme.TEXT_BODY, strong=not offer.detail)
        painter.setFont(font)
        painter.setPen(theme.colour(look.text))
        short = QFontMetrics(font).elidedText(index.data(), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, short)
        painter.restore()

    def _paint_face(self, painter: QPainter, place: QPoint, face_id: int | None) -> None:
        pixels = round(_FACE * painter.device().devicePixelRatio())
        pixmap = self._thumbnails.get(Key(Kind.ROUND_FACE, face_id, pixels)) if face_id is not None else None
        if pixmap is not None:
            painter.drawPixmap(QRect(place, QSize(_FACE, _FACE)), pixmap)
            return
        icon = self._look.pixmaps("user", theme.ICON, self._look.theme.quiet)
        inset = (_FACE - theme.ICON) // 2
        painter.drawPixmap(place + QPoint(inset, inset), icon)
