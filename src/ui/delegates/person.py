"""A person as a circle with a name, which can be typed in place, and a count beneath."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.types import PersonSummary
from ui import theme
from ui.look import Look
from ui.models.people import PeopleModel
from ui.thumbnails import Key, Kind, ThumbnailCache

CELL_WIDTH = theme.FACE_SIZE + 2 * theme.SPACE_5
_NAME_HEIGHT = 28
_COUNT_HEIGHT = 16
CELL_HEIGHT = theme.SPACE_3 + theme.FACE_SIZE + theme.SPACE_2 + _NAME_HEIGHT + _COUNT_HEIGHT + theme.SPACE_3


def name_rect(cell: QRect) -> QRect:
    """Where a cell shows the name, and where it is typed."""
    top = cell.top() + theme.SPACE_3 + theme.FACE_SIZE + theme.SPACE_2
    return QRect(cell.left() + theme.SPACE_1, top, cell.width() - 2 * theme.SPACE_1, _NAME_HEIGHT)


class PersonDelegate(QStyledItemDelegate):
    """Paints a row of `PeopleModel`. `named` carries the row and the name that was typed."""

    named = Signal(int, str)

    def __init__(self, look: Look, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._thumbnails = thumbnails

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        person: PersonSummary = index.data(PeopleModel.Summary)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._paint_ground(painter, cell, state)
        self._paint_face(painter, cell, person)
        self._paint_name(painter, cell, person, hovered)
        painter.setFont(theme.font(theme.TEXT_QUIET))
        painter.setPen(theme.colour(self._look.theme.quiet))
        count = QRect(cell.left(), name_rect(cell).bottom() + 1, cell.width(), _COUNT_HEIGHT)
        model = index.model()
        assert isinstance(model, PeopleModel)
        painter.drawText(count, Qt.AlignmentFlag.AlignCenter, model.photos(person))

    def createEditor(  # noqa: N802  (Qt's name)
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setPlaceholderText(self.tr("Name"))
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setMaxLength(200)
        return editor

    def updateEditorGeometry(  # noqa: N802  (Qt's name)
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: QRect = option.rect
        editor.setGeometry(name_rect(cell))

    def setModelData(  # noqa: N802  (Qt's name)
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QLineEdit)
        typed = editor.text().strip()
        if typed != (model.data(index) or ""):
            self.named.emit(index.row(), typed)

    def _paint_ground(self, painter: QPainter, cell: QRect, state: QStyle.StateFlag) -> None:
        look = self._look.theme
        inside = QRectF(cell).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(theme.colour(look.surface))
            painter.drawRoundedRect(inside, theme.RADIUS_CARD, theme.RADIUS_CARD)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour(look.accent), 2))
            painter.drawRoundedRect(inside, theme.RADIUS_CARD, theme.RADIUS_CARD)

    def _paint_face(self, painter: QPainter, cell: QRect, person: PersonSummary) -> None:
        side = theme.FACE_SIZE
        circle = QRect(cell.center().x() - side // 2, cell.top() + theme.SPACE_3, side, side)
        pixels = round(side * painter.device().devicePixelRatio())
        key = Key(Kind.ROUND_FACE, person.cover_face_id or 0, pixels)
        pixmap = self._thumbnails.get(key)
        if pixmap is not None:
            painter.drawPixmap(circle, pixmap)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._look.theme.line))
        painter.drawEllipse(circle)
        if self._thumbnails.failed(key):
            icon = self._look.pixmaps("user", theme.FACE_SIZE // 2, self._look.theme.quiet)
            painter.drawPixmap(circle.center() - QPointF(side / 4, side / 4).toPoint(), icon)

    def _paint_name(self, painter: QPainter, cell: QRect, person: PersonSummary, hovered: bool) -> None:
        font = theme.font(theme.TEXT_BODY, strong=person.name is not None)
        look = self._look.theme
        # The accent is read well on the raised ground alone, which a hovered name has.
        colour = look.text if person.name else look.accent if hovered else look.quiet
        text = person.name or self.tr("Add name")
        rect = name_rect(cell)
        if hovered:
            painter.setPen(QPen(theme.colour(self._look.theme.line), 1))
            painter.setBrush(theme.colour(self._look.theme.raised))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        short = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 2 * theme.SPACE_2)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, short)
