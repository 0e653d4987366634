"""Photos and faces as square cells, and what all painters share: the empty ground, hover, the selection's frame."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.types import Absence
from ui import theme
from ui.look import Look
from ui.models.photos import Mark, PhotosModel
from ui.models.rows import RowsModel
from ui.thumbnails import Key, Kind, ThumbnailCache

_FRAME = 3
_TICK = 22
_MARK = 26
_BADGE = 22


class CellDelegate(QStyledItemDelegate):
    """Paints the small picture of a row's id over the whole cell; `likes`: with the mark of favourites."""

    def __init__(
        self, look: Look, thumbnails: ThumbnailCache, kind: Kind, parent: QWidget, likes: bool = False
    ) -> None:
        super().__init__(parent)
        self._likes = likes
        self._look = look
        self._thumbnails = thumbnails
        self._kind = kind

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        side = round(rect.width() * painter.device().devicePixelRatio())
        key = Key(self._kind, index.data(RowsModel.Id), side)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        painter.save()
        painter.setClipPath(outline)
        pixmap = self._thumbnails.get(key) or self._thumbnails.at_any_size(key)
        if pixmap is None:
            painter.fillRect(rect, theme.colour(self._look.theme.surface))
            if self._thumbnails.failed(key):
                paint_missing(painter, rect, self._look)
        else:
            painter.drawPixmap(rect, pixmap)
            mark = index.data(PhotosModel.Badge) if self._kind is Kind.PHOTO else None
            if mark:
                paint_badge(painter, rect, mark, self._look)
        painter.restore()
        if absence := index.data(PhotosModel.Absence) if self._kind is Kind.PHOTO else None:
            # Qt hands text over as plain text.
            paint_absence(painter, QRectF(rect), Absence(absence), self._look)
        paint_states(painter, QRectF(rect), state, self._look, self._kind is Kind.PHOTO)
        if self._likes:
            hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            paint_heart(painter, QRectF(rect), bool(index.data(PhotosModel.Favourite)), hovered, self._look)

    def sizeHint(  # noqa: N802  (Qt's name)
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        rect: QRect = option.rect
        return rect.size()


def tick_rect(cell: QRectF) -> QRectF:
    """Where a cell's mark of selection is, and where it is clicked."""
    return QRectF(cell.left() + theme.SPACE_2, cell.top() + theme.SPACE_2, _TICK, _TICK)


def heart_rect(cell: QRectF) -> QRectF:
    """Where the mark of a favourite is, and where it is clicked."""
    return QRectF(cell.right() - theme.SPACE_2 - _MARK, cell.top() + theme.SPACE_2 - 2, _MARK, _MARK)


def paint_heart(painter: QPainter, cell: QRectF, liked: bool, hovered: bool, look: Look) -> None:
    """A favourite's mark, which others show as an outline under the pointer."""
    if not (liked or hovered):
        return
    circle = heart_rect(cell)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.VIEWER_GROUND))
    painter.drawEllipse(circle)
    icon = look.pixmaps("heart-filled" if liked else "heart", theme.ICON_SMALL, theme.VIEWER_TEXT)
    painter.drawPixmap(circle.center() - QPointF(theme.ICON_SMALL / 2, theme.ICON_SMALL / 2), icon)


def badge_rect(cell: QRectF, mark: Mark) -> QRectF:
    """Where a photo's mark is: in the lower right corner."""
    wide = QFontMetrics(theme.font(theme.TEXT_QUIET)).horizontalAdvance(mark.words)
    icon = theme.ICON_SMALL + (theme.SPACE_1 if mark.words else 0) if mark.moves else 0
    room = icon + wide + 2 * theme.SPACE_1
    return QRectF(cell.right() - theme.SPACE_2 - room, cell.bottom() - theme.SPACE_2 - _BADGE, room, _BADGE)


def paint_badge(painter: QPainter, rect: QRect, mark: Mark, look: Look) -> None:
    """Says that this moves, and how long, or that the raw file is there."""
    badge = badge_rect(QRectF(rect), mark)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.VIEWER_GROUND))
    painter.drawRoundedRect(badge, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
    if mark.moves:
        icon = look.pixmaps("play", theme.ICON_SMALL, theme.VIEWER_TEXT)
        painter.drawPixmap(QPointF(badge.left() + theme.SPACE_1, badge.center().y() - theme.ICON_SMALL / 2), icon)
    painter.setPen(theme.colour(theme.VIEWER_TEXT))
    painter.setFont(theme.font(theme.TEXT_QUIET))
    text = badge.adjusted(theme.SPACE_1, 0, -theme.SPACE_1, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, mark.words)


def paint_missing(painter: QPainter, rect: QRect, look: Look) -> None:
    """Stands for a picture that cannot be had."""
    icon = look.pixmaps("image-off", theme.ICON, look.theme.quiet)
    painter.drawPixmap(rect.center() - QPointF(theme.ICON / 2, theme.ICON / 2).toPoint(), icon)


def paint_absence(painter: QPainter, rect: QRectF, absence: Absence, look: Look) -> None:
    """A mark in the corner of a photo whose file is not there: the picture itself stays as it is."""
    circle = QRectF(rect.left() + theme.SPACE_2, rect.bottom() - theme.SPACE_2 - _MARK, _MARK, _MARK)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.VIEWER_GROUND))
    painter.drawEllipse(circle)
    name = "unplug" if absence is Absence.OFFLINE else "image-off"
    icon = look.pixmaps(name, theme.ICON_SMALL, theme.VIEWER_TEXT)
    painter.drawPixmap(circle.center() - QPointF(theme.ICON_SMALL / 2, theme.ICON_SMALL / 2), icon)


def paint_states(painter: QPainter, rect: QRectF, state: QStyle.StateFlag, look: Look, markable: bool) -> None:
    """Hover, focus and selection of a cell: frames around the picture, never a tint over it."""
    flags = QStyle.StateFlag
    selected = bool(state & flags.State_Selected) and bool(state & flags.State_Enabled)
    half = _FRAME / 2
    inside = rect.adjusted(half, half, -half, -half)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if selected or state & flags.State_HasFocus:
        painter.setPen(QPen(theme.colour(look.theme.accent), _FRAME))
        painter.drawRoundedRect(inside, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
    elif state & flags.State_MouseOver:
        painter.setPen(QPen(theme.colour(look.theme.quiet), 2))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
    if markable and not selected and state & flags.State_MouseOver:
        painter.setPen(QPen(theme.colour(theme.VIEWER_TEXT), 2))
        painter.setBrush(theme.colour(theme.VIEWER_OUTLINE))
        painter.drawEllipse(tick_rect(rect).adjusted(1, 1, -1, -1))
    if selected:
        circle = tick_rect(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(look.theme.accent))
        painter.drawEllipse(circle)
        tick = look.pixmaps("check", theme.ICON_SMALL, look.theme.on_accent)
        painter.drawPixmap(circle.center() - QPointF(theme.ICON_SMALL / 2, theme.ICON_SMALL / 2), tick)
