"""The first screen: every photo, newest first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.types import LibraryChanged, Timeline
from ui.context import Context
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.photo_grid import PhotoGrid


class TimelineView(QWidget):
    """`add_requested` asks for photos, `models_requested` for the face models, both from the empty state."""

    photo_opened = Signal(object, int)
    add_requested = Signal()
    models_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.grid = PhotoGrid(context, False, self)
        self._empty = EmptyState(
            context.look,
            "images",
            self.tr("Your photos, by the people in them"),
            self.tr(
                "Drop a folder of photos anywhere on this window. They stay where they are, "
                "and nothing ever leaves this computer."
            ),
            self.tr("Add a folder…"),
            self,
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.grid.photo_opened.connect(self.photo_opened)
        self._empty.pressed.connect(self.add_requested)
        self._empty.followed.connect(self.models_requested)
        self._library = context.library
        self.tell_licence()
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, context.session.photos.timeline, self._show)
        self._refresher.ask()

    def tell_licence(self) -> None:
        """Says in the empty state when the face model in use may not be used for everything."""
        model = self._library.models.current
        told = self.tr("The face model, {}, is for non-commercial use only. Choose another…").format(model.title)
        self._empty.set_note(told if model.non_commercial else "")

    def _changed(self, change: LibraryChanged) -> None:
        if change.photo_ids:
            self._refresher.ask()

    def _show(self, timeline: Timeline) -> None:
        self.grid.photos.show(timeline)
        self._stack.setCurrentWidget(self.grid if timeline.photo_ids else self._empty)
