"""A notification: a dot while it is new, an icon, the sentence, and when it was."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.notifications import Notification, NotificationKind
from ui import theme
from ui.look import Look
from ui.models.notifications import NotificationsModel

_DOT = 8
_TEXT = theme.SPACE_3 + _DOT + theme.SPACE_2 + theme.ICON + theme.SPACE_3

_ICONS = {
    NotificationKind.FOUND: "scan-face",
    NotificationKind.INVITED: "images",
    NotificationKind.CLAIMED: "user",
    NotificationKind.DISPUTED: "scale",
    NotificationKind.UNREADABLE: "file-x-2",
}


class NotificationDelegate(QStyledItemDelegate):
    """Paints a row of `NotificationsModel`; a sentence takes the lines that it needs."""

    def __init__(self, look: Look, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._look = look
        self._list = parent

    def sizeHint(  # noqa: N802  (Qt's name)
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        width = self._list.viewport().width()
        return QSize(width, self._lines(index, width) + theme.TEXT_QUIET + theme.SPACE_2 + 2 * theme.SPACE_3)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        told: Notification = index.data(NotificationsModel.Told)
        look = self._look.theme
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.fillRect(cell, theme.colour(look.hover))
        top = cell.top() + theme.SPACE_3
        if not told.is_read:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(look.accent))
            painter.drawEllipse(cell.left() + theme.SPACE_3, top + (theme.ICON - _DOT) // 2, _DOT, _DOT)
        icon = self._look.pixmaps(_ICONS[told.kind], theme.ICON, look.quiet)
        painter.drawPixmap(cell.left() + theme.SPACE_3 + _DOT + theme.SPACE_2, top, theme.ICON, theme.ICON, icon)
        painter.setFont(theme.font(theme.TEXT_BODY, strong=not told.is_read))
        painter.setPen(theme.colour(look.text))
        height = self._lines(index, cell.width())
        text = QRect(cell.left() + _TEXT, top, cell.width() - _TEXT - theme.SPACE_3, height)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, index.data())
        painter.setFont(theme.font(theme.TEXT_QUIET))
        painter.setPen(theme.colour(look.quiet))
        when = text.translated(0, height + theme.SPACE_1)
        painter.drawText(when, Qt.AlignmentFlag.AlignLeft, index.data(NotificationsModel.When))

    def _lines(self, index: QModelIndex | QPersistentModelIndex, width: int) -> int:
        told: Notification = index.data(NotificationsModel.Told)
        metrics = QFontMetrics(theme.font(theme.TEXT_BODY, strong=not told.is_read))
        room = QRect(0, 0, width - _TEXT - theme.SPACE_3, 1000)
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, index.data()).height()
