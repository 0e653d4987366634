"""One person: who it is, and their photos or faces."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import NotFound
from app.types import LibraryChanged, PersonSummary, PhotoFace, Timeline
from ui import theme
from ui.context import Context
from ui.delegates.cells import CellDelegate
from ui.models.faces import FacesModel
from ui.refresh import Refresher
from ui.thumbnails import Key, Kind
from ui.views.grid import Grid
from ui.views.layout import Metrics
from ui.views.person_claim import PersonClaim
from ui.views.photo_grid import PhotoGrid
from ui.widgets import choice_button, label, named

_FACES = Metrics(theme.FACE_SIZE, None, theme.GRID_GAP, 0, theme.GRID_GAP, stretch=True)
_NAME_WIDTH = 420


class PersonView(QWidget):
    """`show_person` fills it. `gone` tells that the person is no more."""

    photo_opened = Signal(object, int)
    gone = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._person: PersonSummary | None = None
        self._person_id = 0
        self._stale = False
        self._picture = label(self)
        self._picture.setFixedSize(theme.FACE_SMALL, theme.FACE_SMALL)
        self._name = named(QLineEdit(self), "name")
        self._name.setPlaceholderText(self.tr("Add name"))
        self._name.setMaxLength(200)
        self._name.setFixedWidth(_NAME_WIDTH)
        self._name.setAccessibleName(self.tr("Name"))
        self._summary = label(self, "quiet")
        self._summary.setContentsMargins(9, 0, 0, 0)
        self.claim = PersonClaim(context, self)
        self.claim.forgotten.connect(self.gone)
        self.grid = PhotoGrid(context, True, self)
        self.faces = FacesModel(self)
        self._face_grid = self._make_face_grid()
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self._face_grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._tabs())
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.grid)
        self._pages.currentChanged.connect(lambda _number: self.setFocusProxy(self._pages.currentWidget()))
        self._name.returnPressed.connect(self.setFocus)
        self._name.editingFinished.connect(self._rename)
        self.grid.photo_opened.connect(self.photo_opened)
        context.thumbnails.loaded.connect(self._show_picture)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show, self._failed)

    def show_person(self, person_id: int) -> None:
        """Fills the page with somebody."""
        self._pages.currentWidget().setFocus()
        if person_id != self._person_id:
            self._person_id, self._person = person_id, None
            self._name.setText("")
            self._summary.clear()
            self._picture.clear()
            self.grid.photos.show(Timeline(array("q"), ()))
            self.faces.show([])
            self.grid.verticalScrollBar().setValue(0)
            self._face_grid.verticalScrollBar().setValue(0)
            self.claim.show_person(person_id)
        self._refresher.ask()

    def _ask(self) -> tuple[PersonSummary, Timeline, list[PhotoFace]]:
        person_id, people = self._person_id, self._context.session.people
        return people.get(person_id), people.timeline(person_id), people.faces(person_id)

    def _head(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self._name)
        texts.addWidget(self._summary)
        texts.addStretch()
        row = QHBoxLayout()
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_2)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self._picture)
        row.addLayout(texts)
        row.addStretch()
        row.addWidget(self.claim)
        return row

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.SPACE_4, 0, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_4)
        group = QButtonGroup(self)
        for number, text in enumerate((self.tr("Photos"), self.tr("Faces"))):
            tab = choice_button(self, text, "tab")
            tab.setChecked(number == 0)
            group.addButton(tab, number)
            row.addWidget(tab)
        group.idClicked.connect(self._pages.setCurrentIndex)
        row.addStretch()
        return row

    def _make_face_grid(self) -> Grid:
        grid = Grid(self._context.look, _FACES, self)
        grid.setModel(self.faces)
        grid.setItemDelegate(CellDelegate(self._context.look, self._context.thumbnails, Kind.FACE, grid))
        grid.setSelectionMode(Grid.SelectionMode.NoSelection)
        grid.setAccessibleName(self.tr("Faces"))
        grid.opened.connect(self._open_face)
        self._context.thumbnails.loaded.connect(grid.viewport().update)
        return grid

    def _open_face(self, row: int) -> None:
        photo_ids = list(
            dict.fromkeys(self.faces.index(each).data(FacesModel.Photo) for each in range(self.faces.rowCount()))
        )
        self.photo_opened.emit(photo_ids, photo_ids.index(self.faces.index(row).data(FacesModel.Photo)))

    def _show(self, found: tuple[PersonSummary, Timeline, list[PhotoFace]]) -> None:
        person, timeline, faces = found
        if person.person_id != self._person_id:
            return
        self._person = person
        if not self._name.isModified():
            self._name.setText(person.name or "")
        self._summary.setText(self._summarised(person))
        self.grid.photos.show(timeline)
        self.faces.show(faces)
        self._show_picture()
        self.claim.show_person(person.person_id)

    def _summarised(self, person: PersonSummary) -> str:
        """ "412 photos, 2009 to 2026"."""
        number = QLocale().toString(person.photo_count)
        photos = self.tr("1 photo") if person.photo_count == 1 else self.tr("{} photos").format(number)
        if person.first_taken is None or person.last_taken is None:
            return photos
        first, last = person.first_taken.year, person.last_taken.year
        return f"{photos}, {first}" if first == last else self.tr("{}, {} to {}").format(photos, first, last)

    def _show_picture(self) -> None:
        if self._person is None or self._person.cover_face_id is None:
            return
        ratio = self.devicePixelRatio()
        key = Key(Kind.ROUND_FACE, self._person.cover_face_id, round(theme.FACE_SMALL * ratio))
        pixmap = self._context.thumbnails.get(key)
        if pixmap is not None:
            shown = pixmap.copy()
            shown.setDevicePixelRatio(ratio)
            self._picture.setPixmap(shown)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, NotFound):
            self._context.tasks.failed.emit(error)
        elif self.isVisible():
            self.gone.emit()
        else:
            self._stale = True

    def _changed(self, change: LibraryChanged) -> None:
        if self._person_id in change.person_ids:
            self._stale = True
            self._refresh_in_sight()

    def _refresh_in_sight(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self._refresher.ask()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self._refresh_in_sight()

    def _rename(self) -> None:
        name, person = self._name.text().strip(), self._person
        edited = self._name.isModified()
        self._name.setModified(False)
        if edited and person is not None and name != (person.name or ""):
            person_id = person.person_id
            self._context.tasks.run(self, lambda: self._context.session.people.rename(person_id, name), keep=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        if event.key() == Qt.Key.Key_Escape and self._name.hasFocus():
            self._name.setText(self._person.name or "" if self._person else "")
            self.setFocus()
            return
        super().keyPressEvent(event)
