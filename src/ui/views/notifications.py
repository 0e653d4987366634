"""The bell in the header, and the panel that it opens: what happened, each leading to its place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.notifications import Notification, NotificationKind
from app.types import LibraryChanged
from ui import theme
from ui.context import Context
from ui.delegates.notification import NotificationDelegate
from ui.models.notifications import NotificationsModel
from ui.refresh import Refresher
from ui.widgets import icon_button, label, named

_WIDTH, _HEIGHT = 380, 440
_MOST = 99


class Bell(QToolButton):
    """Shows how much is new. `opened` carries a notification whose place is to be shown."""

    opened = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._unread = 0
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.panel = NotificationPanel(context, self)
        self.panel.opened.connect(self.opened)
        self.panel.counted.connect(self._count)
        self.clicked.connect(self.open)
        context.look.changed.connect(self._tint)
        self._tint()
        self._count(0)

    def open(self) -> None:
        """Shows the panel under the bell."""
        corner = self.mapToGlobal(QPoint(self.width() - self.panel.width(), self.height() + theme.SPACE_1))
        self.panel.move(corner)
        self.panel.show()
        self.panel.list.setFocus()

    def _count(self, unread: int) -> None:
        self._unread = unread
        says = self.tr("News") if not unread else self.tr("News: {} not read").format(unread)
        self.setToolTip(says)
        self.setAccessibleName(says)
        self.update()

    def _tint(self) -> None:
        self.setIcon(self._context.look.icon("bell"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        if not self._unread:
            return
        look = self._context.look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(self._unread) if self._unread <= _MOST else f"{_MOST}+"
        painter.setFont(theme.font(theme.TEXT_QUIET, strong=True))
        width = max(theme.SPACE_4, painter.fontMetrics().horizontalAdvance(text) + theme.SPACE_2)
        badge = QRect(self.width() - width, 0, width, theme.SPACE_4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(look.accent))
        painter.drawRoundedRect(badge, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.setPen(theme.colour(look.on_accent))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


class NotificationPanel(QFrame):
    """A popup with the list; `counted` tells how much is new."""

    opened = Signal(object)
    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self._context = context
        self.setFixedSize(_WIDTH, _HEIGHT)
        self.told = NotificationsModel(self)
        self.list = named(QListView(self), "news")
        self.list.setModel(self.told)
        self.list.setItemDelegate(NotificationDelegate(context.look, self.list))
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("News"))
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self.nothing = label(self, "quiet", self.tr("Nothing new. You hear here when you are in new photos."), True)
        self.read_all = icon_button(self, self.tr("Mark all as read"))
        self.read_all.clicked.connect(self._read_all)
        self.more = icon_button(self, self.tr("What you hear of"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._make_menu())
        self._lay_out()
        context.look.changed.connect(self._tint)
        self._tint()
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, context.session.notifications.list, self._show)
        self._refresher.ask()
        self._switches = Refresher(self, context.tasks, context.session.notifications.muted, self._show_switches)
        self._switches.ask()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_2, theme.SPACE_1)
        head.addWidget(label(self, "strong", self.tr("News")))
        head.addStretch()
        head.addWidget(self.read_all)
        head.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        self.kinds: dict[NotificationKind, QAction] = {}
        for kind, text in (
            (NotificationKind.FOUND, self.tr("I am in new photos")),
            (NotificationKind.INVITED, self.tr("Invitations to albums")),
            (NotificationKind.CLAIMED, self.tr("Somebody said “this is me”")),
            (NotificationKind.DISPUTED, self.tr("Two say “this is me” of one person")),
            (NotificationKind.UNREADABLE, self.tr("Files that cannot be read")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(True)
            action.triggered.connect(lambda on, kind=kind: self._switch(kind, on))
            self.kinds[kind] = action
        menu.addSeparator()
        menu.addAction(self.tr("Remove all"), self._clear)
        return menu

    def _changed(self, change: LibraryChanged) -> None:
        if change != LibraryChanged(backups=change.backups):
            self._refresher.ask()

    def _show(self, told: list[Notification]) -> None:
        self.told.show(told)
        self.list.setVisible(bool(told))
        self.nothing.setVisible(not told)
        unread = sum(not each.is_read for each in told)
        self.read_all.setEnabled(unread > 0)
        self.counted.emit(unread)

    def _show_switches(self, muted: frozenset[NotificationKind]) -> None:
        for kind, action in self.kinds.items():
            action.setChecked(kind not in muted)

    def _open(self, index: QModelIndex) -> None:
        told: Notification = index.data(NotificationsModel.Told)
        heard = self._context.session.notifications
        self.hide()
        self._do(lambda: heard.read(told.notification_id))
        self.opened.emit(told)

    def _read_all(self) -> None:
        ids, heard = self.told.ids, self._context.session.notifications
        if ids:
            newest = max(ids)
            self._do(lambda: heard.read_all(until=newest))

    def _clear(self) -> None:
        self._do(self._context.session.notifications.clear)

    def _switch(self, kind: NotificationKind, on: bool) -> None:
        self._do(lambda: self._context.session.notifications.mute(kind, not on))

    def _do(self, work: object) -> None:
        assert callable(work)
        self._context.tasks.run(self, work, lambda _none: self._refresher.ask(), keep=True)

    def _tint(self) -> None:
        self.read_all.setIcon(self._context.look.icon("check"))
        self.more.setIcon(self._context.look.icon("ellipsis"))
