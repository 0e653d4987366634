"""The folders that were added: how each is followed, what is missing in it, and how to be rid of it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.ownership import Visibility
from app.types import FolderState, LibraryChanged, WatchedFolder
from ui import theme
from ui.context import Context
from ui.look import Look
from ui.refresh import Refresher
from ui.text import shown
from ui.views.empty import EmptyState
from ui.widgets import Choices, icon_button, label, message_box, named

_ICONS = {
    FolderState.WATCHED: "folder-open",
    FolderState.POLLED: "folder-open",
    FolderState.OFFLINE: "unplug",
    FolderState.GONE: "triangle-alert",
}


class FolderCard(QFrame):
    """One folder. `remove` is pressed to be rid of it; `visibility` says who sees what is found in it."""

    def __init__(
        self, folder: WatchedFolder, look: Look, parent: QWidget | None = None, is_shared: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        icon = QLabel(self)
        bad = folder.state is FolderState.GONE
        tint = look.theme.warn if bad else look.theme.quiet
        icon.setPixmap(look.pixmaps(_ICONS[folder.state], theme.ICON, tint))
        self.name = label(self, "strong", shown(folder.path.name or str(folder.path)))
        self.path = label(self, "quiet", shown(str(folder.path)))
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = label(self, "warning" if bad or folder.vanished else "quiet", self._told(folder))
        for text in (self.path, self.state):
            text.setWordWrap(True)
        self.remove = icon_button(self, self.tr("Remove this folder…"), "small")
        self.remove.setIcon(look.icon("x", theme.ICON_SMALL))
        self.visibility = self._choices(folder)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_1)
        for widget in (self.name, self.path, self.state):
            column.addWidget(widget)
        if is_shared:
            column.addSpacing(theme.SPACE_1)
            column.addWidget(self.visibility, alignment=Qt.AlignmentFlag.AlignLeft)
        self.visibility.setVisible(is_shared)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        row.setSpacing(theme.SPACE_4)
        row.addWidget(icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self.remove, alignment=Qt.AlignmentFlag.AlignTop)

    def _choices(self, folder: WatchedFolder) -> Choices:
        made = Choices(self)
        made.setAccessibleName(self.tr("Who sees new photos"))
        made.addItem(self.tr("New photos: as you like it elsewhere"), None)
        made.addItem(self.tr("New photos: only you"), Visibility.PRIVATE)
        made.addItem(self.tr("New photos: everybody in the house"), Visibility.HOUSEHOLD)
        made.setCurrentIndex(made.findData(folder.visibility) if folder.visibility else 0)
        return made

    def _told(self, folder: WatchedFolder) -> str:
        number = QLocale().toString
        photos = self.tr("1 photo") if folder.photos == 1 else self.tr("{} photos").format(number(folder.photos))
        parts = [photos, self._state(folder)]
        if folder.missing:
            parts.append(self.tr("missing: {}").format(number(folder.missing)))
        if folder.vanished:
            parts.append(self.tr("gone all at once, and nothing changed for it: {}").format(number(folder.vanished)))
        return " · ".join(parts)

    def _state(self, folder: WatchedFolder) -> str:
        if folder.state is FolderState.OFFLINE:
            return self.tr("on a drive that is not connected: {}").format(shown(folder.drive))
        return {
            FolderState.WATCHED: self.tr("followed as it changes"),
            FolderState.POLLED: self.tr("looked through now and then"),
            FolderState.GONE: self.tr("not there any more; its photos stay as they are"),
        }[folder.state]


class FoldersView(QWidget):
    """A card for each folder. `add_requested` asks for another one."""

    add_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._listed: list[WatchedFolder] = []
        self.cards: list[FolderCard] = []
        self._empty = EmptyState(
            context.look,
            "folder-open",
            self.tr("Folders that are followed"),
            self.tr("What you add, change, move or delete in a folder that you added shows here by itself."),
            self.tr("Add a folder…"),
            self,
        )
        self._empty.pressed.connect(self.add_requested)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._list())
        context.look.changed.connect(self._tint)
        context.bridge.changed.connect(self._changed)
        self._is_shared = False
        self._refresher = Refresher(self, context.tasks, self._ask, self._listed_now)
        self._refresher.ask()

    def _list(self) -> QWidget:
        page = named(QWidget(self), "page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(theme.SPACE_5, theme.SPACE_4, theme.SPACE_5, theme.SPACE_5)
        self._column.setSpacing(theme.SPACE_3)
        self.add = QPushButton(self.tr("Add a folder…"), page)
        self.add.clicked.connect(self.add_requested)
        self.look_through = QPushButton(self.tr("Look through all now"), page)
        self.look_through.clicked.connect(self._look_through)
        bar = QHBoxLayout()
        lead = self.tr("What changes in these folders shows in Sietch by itself. Sietch never changes a photo in them.")
        told = label(page, "quiet", lead)
        told.setWordWrap(True)
        bar.addWidget(told, 1)
        bar.addWidget(self.look_through)
        bar.addWidget(self.add)
        self._column.addLayout(bar)
        self._column.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self.setFocusProxy(self.add)
        return area

    def _changed(self, change: LibraryChanged) -> None:
        if change.folders or change.photo_ids:
            self._refresher.ask()

    def _ask(self) -> tuple[list[WatchedFolder], bool]:
        return self._context.session.folders.list(), self._context.session.is_shared()

    def _listed_now(self, told: tuple[list[WatchedFolder], bool]) -> None:
        listed, is_shared = told
        anew, self._is_shared = is_shared != self._is_shared, is_shared
        self._show(listed, anew)

    def _show(self, listed: list[WatchedFolder], anew: bool = False) -> None:
        if listed == self._listed and not anew and self.cards:
            return
        self._listed = listed
        for card in self.cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self.cards = [FolderCard(folder, self._context.look, self, self._is_shared) for folder in listed]
        for row, (card, folder) in enumerate(zip(self.cards, listed, strict=True), 1):
            card.remove.clicked.connect(lambda _on=False, folder=folder: self.ask_to_remove(folder))
            card.visibility.activated.connect(lambda _row, card=card, folder=folder: self._set_default(card, folder))
            self._column.insertWidget(row, card)
        self._stack.setCurrentIndex(1 if listed else 0)

    def _tint(self) -> None:
        self._show(self._listed, anew=True)

    def _set_default(self, card: FolderCard, folder: WatchedFolder) -> None:
        sharing, chosen = self._context.session.sharing, card.visibility.currentData()
        self._context.tasks.run(self, lambda: sharing.set_folder_default(folder.folder_id, chosen), keep=True)

    def _look_through(self) -> None:
        self.look_through.setEnabled(False)

        def done(_none: object) -> None:
            self.look_through.setEnabled(True)
            self._refresher.ask()

        def failed(error: Exception) -> None:
            done(None)
            self._context.tasks.failed.emit(error)

        self._context.tasks.run(self, self._context.library.watcher.look, done, failed)

    def ask_to_remove(self, folder: WatchedFolder) -> None:
        """Asks whether a folder's photos are to be kept or forgotten, and removes it."""
        box = message_box(self, self.tr("Do not follow “{}” any more?").format(shown(folder.path.name)))
        box.setWindowTitle(self.tr("Remove a folder"))
        box.setInformativeText(
            self.tr(
                "Its photos can stay in Sietch, or be forgotten with the faces in them and all that you said of these. "
                "No file is touched either way."
            )
        )
        roles = QMessageBox.ButtonRole
        keep = box.addButton(self.tr("Keep the photos"), roles.AcceptRole)
        forget = box.addButton(self.tr("Forget the photos"), roles.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(keep)
        keep.clicked.connect(lambda: self._remove(folder, forget_photos=False))
        forget.clicked.connect(lambda: self._remove(folder, forget_photos=True))
        box.open()

    def _remove(self, folder: WatchedFolder, forget_photos: bool) -> None:
        folders = self._context.session.folders
        self._context.tasks.run(
            self,
            lambda: folders.remove(folder.folder_id, forget_photos),
            lambda _count: self._refresher.ask(),
            keep=True,
        )
