"""An album as a card: the photo that stands for it, its name, and what it is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.album_types import AlbumSummary
from ui import theme
from ui.look import Look
from ui.models.albums import AlbumsModel
from ui.thumbnails import Key, Kind, ThumbnailCache

COVER = 184
CELL_WIDTH = COVER + 2 * theme.SPACE_2
_NAME_HEIGHT, _WORDS_HEIGHT = 20, 16
CELL_HEIGHT = theme.SPACE_2 + COVER + theme.SPACE_2 + _NAME_HEIGHT + _WORDS_HEIGHT + theme.SPACE_2


class AlbumDelegate(QStyledItemDelegate):
    """Paints a row of `AlbumsModel`. What is dragged over `drop_row` would go into that album."""

    def __init__(self, look: Look, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._thumbnails = thumbnails
        self.drop_row: int | None = None

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: QRect = option.rect
        album: AlbumSummary = index.data(AlbumsModel.Summary)
        self._paint_ground(painter, cell, option.state, index.row() == self.drop_row)
        cover = QRect(cell.left() + theme.SPACE_2, cell.top() + theme.SPACE_2, COVER, COVER)
        self._paint_cover(painter, cover, album)
        model = index.model()
        assert isinstance(model, AlbumsModel)
        name = QRect(cover.left(), cover.bottom() + 1 + theme.SPACE_2, COVER, _NAME_HEIGHT)
        words = QRect(cover.left(), name.bottom() + 1, COVER, _WORDS_HEIGHT)
        look = self._look.theme
        self._write(painter, name, album.name, theme.TEXT_BODY, look.text, strong=True)
        self._write(painter, words, model.words(album), theme.TEXT_QUIET, look.quiet)

    def _write(self, painter: QPainter, rect: QRect, text: str, size: int, colour: str, strong: bool = False) -> None:
        font = theme.font(size, strong)
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        short = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)

    def _paint_ground(self, painter: QPainter, cell: QRect, state: QStyle.StateFlag, taking: bool) -> None:
        look = self._look.theme
        inside = QRectF(cell).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if taking or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(theme.colour(look.surface))
            painter.drawRoundedRect(inside, theme.RADIUS_CARD, theme.RADIUS_CARD)
        if taking or state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour(look.accent), 2))
            painter.drawRoundedRect(inside, theme.RADIUS_CARD, theme.RADIUS_CARD)

    def _paint_cover(self, painter: QPainter, cover: QRect, album: AlbumSummary) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(cover), theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.save()
        painter.setClipPath(outline)
        key = Key(Kind.PHOTO, album.cover_id or 0, round(COVER * painter.device().devicePixelRatio()))
        pixmap = self._thumbnails.get(key) if album.cover_id is not None else None
        if pixmap is not None:
            painter.drawPixmap(cover, pixmap)
        else:
            painter.fillRect(cover, theme.colour(self._look.theme.line))
            if album.cover_id is None or self._thumbnails.failed(key):
                icon = self._look.pixmaps("album", theme.SPACE_6, self._look.theme.quiet)
                half = theme.SPACE_6 / 2
                painter.drawPixmap(QPointF(cover.center()) - QPointF(half, half), icon)
        painter.restore()
