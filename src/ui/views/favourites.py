"""The photos that the user likes best, newest first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.types import LibraryChanged, Timeline
from ui.context import Context
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.photo_grid import PhotoGrid


class FavouritesView(QWidget):
    """A grid as on the first screen."""

    photo_opened = Signal(object, int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.grid = PhotoGrid(context, False, self)
        self._empty = EmptyState(
            context.look,
            "heart",
            self.tr("No favourites yet"),
            self.tr("Point at a photo and click its heart, or press F while you look at it. They are yours alone."),
            parent=self,
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.grid.photo_opened.connect(self.photo_opened)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, context.session.favourites.timeline, self._show)
        self._refresher.ask()

    def _changed(self, change: LibraryChanged) -> None:
        if change.photo_ids:
            self._refresher.ask()

    def _show(self, timeline: Timeline) -> None:
        self.grid.photos.show(timeline)
        self._stack.setCurrentWidget(self.grid if timeline.photo_ids else self._empty)
