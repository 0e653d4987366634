"""Everybody: round faces, who has a name first. Names are typed in place, one after the other."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QStackedLayout, QVBoxLayout, QWidget

from app.types import LibraryChanged, PersonSummary
from ui import theme
from ui.context import Context
from ui.delegates.person import CELL_HEIGHT, CELL_WIDTH, PersonDelegate, name_rect
from ui.models.people import PeopleModel
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.grid import Grid
from ui.views.is_this_you import IsThisYouStrip
from ui.views.layout import Metrics

_METRICS = Metrics(CELL_WIDTH, CELL_HEIGHT, theme.SPACE_2, theme.SPACE_4, 44, stretch=False)


class PeopleGrid(Grid):
    """A click on a face opens the person, one on the name edits it; so do Return and F2."""

    naming_ended = Signal()

    def __init__(self, context: Context, model: PeopleModel, parent: QWidget | None = None) -> None:
        super().__init__(context.look, _METRICS, parent)
        self._people = model
        self.delegate = PersonDelegate(context.look, context.thumbnails, self)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        self.setSelectionMode(Grid.SelectionMode.NoSelection)
        self.setAccessibleName(self.tr("People"))
        self.heading_clicked.connect(lambda _number: model.fold(not model.sections[-1].folded))
        context.thumbnails.loaded.connect(self.viewport().update)

    def clicked_at(self, index: QModelIndex, point: QPoint) -> None:
        if name_rect(self.visualRect(index)).contains(point):
            self.edit(index)
        else:
            super().clicked_at(index, point)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        idle = self.state() != Grid.State.EditingState
        if event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid() and idle:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802  (Qt's name)
        """After Return (and Tab) the next person without a name is next."""
        row = self.currentIndex().row()
        hints = QAbstractItemDelegate.EndEditHint
        go_on = hint in (hints.SubmitModelCache, hints.EditNextItem)
        super().closeEditor(editor, hints.NoHint)
        following = self._people.next_unnamed(row) if go_on else None
        if following is not None and not self.grid_layout.rect(following).isEmpty():
            # Later: the editor that is closing still has to leave.
            QTimer.singleShot(0, self, lambda: self._edit_row(following))
        else:
            QTimer.singleShot(0, self, self.naming_ended.emit)

    def _edit_row(self, row: int) -> None:
        self.setCurrentIndex(self._people.index(row))
        self.edit(self.currentIndex())


class PeopleView(QWidget):
    """The page."""

    person_opened = Signal(int)
    add_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self.people = PeopleModel(self)
        self.grid = PeopleGrid(context, self.people, self)
        self._empty = EmptyState(
            context.look,
            "users",
            self.tr("Nobody here yet"),
            self.tr("Add photos, and everybody who is in two of them or more appears here, to be given a name."),
            self.tr("Add a folder…"),
            self,
        )
        self.strip = IsThisYouStrip(context, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self._empty.pressed.connect(self.add_requested)
        self.grid.opened.connect(lambda row: self.person_opened.emit(self.people.ids[row]))
        self.grid.delegate.named.connect(self._name)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show)
        self.grid.naming_ended.connect(self._refresher.ask)
        self._refresher.ask()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self.strip.ask()

    def _changed(self, change: LibraryChanged) -> None:
        if change.person_ids:
            self._refresher.ask()

    def _ask(self) -> tuple[list[PersonSummary], dict[int, bool]]:
        """Off the GUI thread."""
        session = self._context.session
        me = session.viewer.profile_id
        claimed = {person_id: each.profile_id == me for person_id, each in session.claims.holders().items()}
        return session.people.list(), claimed

    def _show(self, found: tuple[list[PersonSummary], dict[int, bool]]) -> None:
        people, claimed = found
        if self.grid.state() == Grid.State.EditingState:
            # The list stays as it is under somebody who is typing a name; it is asked again afterwards.
            return
        self.people.show(people, claimed)
        self._stack.setCurrentWidget(self.grid if people else self._empty)

    def _name(self, row: int, name: str) -> None:
        person_id = self.people.ids[row]
        # Seen at once, and in its place, while the next name is typed.
        self.people.set_name(row, name)
        self._context.tasks.run(self, lambda: self._context.session.people.rename(person_id, name), keep=True)
