"""What was deleted: to be looked at, brought back, or removed for ever."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.types import LibraryChanged, Timeline, TrashedPhoto
from ui import theme
from ui.context import Context
from ui.deleting import Deleting
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.photo_grid import PhotoGrid
from ui.widgets import label


class TrashView(QWidget):
    """The photos by the month in which they were deleted; what is selected is what the buttons are about."""

    photo_opened = Signal(object, int)

    def __init__(self, context: Context, deleting: Deleting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._deleting = deleting
        self._trash = context.session.trash
        self.grid = PhotoGrid(context, False, self, likes=False)
        self.restore = self._button(self.tr("Restore"), lambda: deleting.restore(self.grid.selected()))
        self.remove = self._button(self.tr("Remove for ever…"), lambda: deleting.remove(self.grid.selected()))
        self.empty = self._button(self.tr("Empty the trash…"), deleting.remove)
        self._lead = label(self, "quiet")
        self._lead.setWordWrap(True)
        self._nothing = EmptyState(
            context.look,
            "trash-2",
            self.tr("The trash is empty"),
            self.tr("Photos that you delete wait here, and come back as they were. Their files stay where they are."),
            parent=self,
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._page())
        self.setFocusProxy(self.grid)
        self.grid.photo_opened.connect(self.photo_opened)
        self.grid.delete_requested.connect(deleting.remove)
        self.grid.selectionModel().selectionChanged.connect(self._enable)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show)
        self._refresher.ask()
        self._enable()

    def _page(self) -> QWidget:
        row = QHBoxLayout()
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_3, theme.SPACE_4, theme.SPACE_3)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self._lead, 1)
        for button in (self.restore, self.remove, self.empty):
            row.addWidget(button)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        return page

    def _button(self, text: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        # What the button is now, on or off, is not for the action.
        button.clicked.connect(lambda _on: action())
        return button

    def _ask(self) -> tuple[Timeline, list[TrashedPhoto]]:
        return self._trash.timeline(), self._trash.list()

    def _show(self, found: tuple[Timeline, list[TrashedPhoto]]) -> None:
        timeline, listed = found
        self.grid.photos.show(timeline)
        self._stack.setCurrentIndex(1 if timeline.photo_ids else 0)
        stuck = [each for each in listed if each.reason]
        told = self.tr("Their files stay where they are until you remove the photos for ever.")
        if stuck:
            number = QLocale().toString(len(stuck))
            told = self.tr("Could not be removed: {}. {}").format(number, stuck[0].reason)
        self._lead.setText(told)
        self._enable()

    def _enable(self, *_change: object) -> None:
        chosen = bool(self.grid.selectedIndexes())
        self.restore.setEnabled(chosen)
        self.remove.setEnabled(chosen)

    def _changed(self, change: LibraryChanged) -> None:
        if change.photo_ids:
            self._refresher.ask()
