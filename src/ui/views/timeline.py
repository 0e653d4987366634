"""The first screen: every photo, newest first, or those that are looked for."""

from __future__ import annotations

from PySide6.QtCore import QMetaMethod, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.search import QueryError
from app.types import LibraryChanged, Timeline
from ui.context import Context
from ui.refresh import Refresher
from ui.tasks import Task
from ui.views.empty import EmptyState
from ui.views.photo_grid import PhotoGrid
from ui.views.search_strip import SearchStrip

Answer = tuple[str, Timeline]
"""A query and what it found."""


class TimelineView(QWidget):
    """`add_requested` asks for photos, `models_requested` for the face models, both from the empty state.

    `look_for` searches: `understood` tells whether that could be understood, with the `QueryError` or None;
    `save_requested` carries the query that is to be kept, `clear_requested` asks to end it.
    """

    photo_opened = Signal(object, int)
    add_requested = Signal()
    models_requested = Signal()
    understood = Signal(object)
    save_requested = Signal(str)
    clear_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._query = ""
        self._asked: Task | None = None
        self.grid = PhotoGrid(context, False, self)
        self.strip = SearchStrip(self)
        self._make_empty_states()
        self._stack = QStackedWidget(self)
        for page in (self._empty, self.grid, self._nothing):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.grid)
        self.grid.photo_opened.connect(self.photo_opened)
        self.strip.saved.connect(lambda: self.save_requested.emit(self._query))
        self.tell_licence()
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, lambda: self._ask(self._query), self._show, self._failed)
        self._refresher.ask()

    def look_for(self, query: str) -> None:
        """Shows what a query finds; without one everything. An answer to an earlier one is not shown any more."""
        query = query.strip()
        if query == self._query:
            return
        self._query = query
        if self._asked is not None:
            self._asked.cancel()
        self._asked = self._context.tasks.run(self, lambda: self._ask(query), self._show, self._failed)

    def tell_licence(self) -> None:
        """Says in the empty state when the face model in use may not be used for everything."""
        model = self._context.library.models.current
        told = self.tr("The face model, {}, is for non-commercial use only. Choose another…").format(model.title)
        self._empty.set_note(told if model.non_commercial else "")

    def _make_empty_states(self) -> None:
        look = self._context.look
        self._empty = EmptyState(
            look,
            "images",
            self.tr("Your photos, by the people in them"),
            self.tr(
                "Drop a folder of photos anywhere on this window. They stay where they are, "
                "and nothing ever leaves this computer."
            ),
            self.tr("Add a folder…"),
            self,
        )
        self._nothing = EmptyState(
            look,
            "search",
            self.tr("Nothing found"),
            self.tr("No photo has all of that. Fewer words find more."),
            self.tr("Clear the search"),
            self,
        )
        self._empty.pressed.connect(self.add_requested)
        self._empty.followed.connect(self.models_requested)
        self._nothing.pressed.connect(self.clear_requested)

    def _changed(self, change: LibraryChanged) -> None:
        # People and albums that change can change what a search finds, not what there is.
        if change.photo_ids or (self._query and change.person_ids):
            self._refresher.ask()

    def _ask(self, query: str) -> Answer:
        session = self._context.session
        return query, session.search.photos(query) if query else session.photos.timeline()

    def _show(self, answer: Answer) -> None:
        query, timeline = answer
        if query != self._query:
            return
        count = len(timeline.photo_ids)
        if query:
            self.strip.show_count(count, self.isSignalConnected(QMetaMethod.fromSignal(self.save_requested)))
        else:
            self.strip.hide()
        self.understood.emit(None)
        self.grid.photos.show(timeline)
        self._stack.setCurrentWidget(self.grid if count else self._nothing if query else self._empty)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, QueryError):
            self._context.tasks.failed.emit(error)
            return
        self.strip.show_error(self._query, error)
        self.understood.emit(error)
