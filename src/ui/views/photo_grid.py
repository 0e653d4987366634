"""A grid of photos, by month as in the timeline or by year as on a person's page."""

from __future__ import annotations

import sys

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.types import Photo
from ui import theme
from ui.context import Context
from ui.delegates.cells import CellDelegate, tick_rect
from ui.models.photos import PhotosModel
from ui.models.rows import Index
from ui.thumbnails import Kind
from ui.views.grid import Grid
from ui.views.layout import Metrics
from ui.views.scrubber import WIDTH as SCRUBBER_WIDTH
from ui.views.scrubber import Scrubber

DEFAULT_CELL, LEAST_CELL, LARGEST_CELL = 180, 96, 360

# What is called so on the keyboards of Apple.
_DELETE = Qt.Key.Key_Backspace if sys.platform == "darwin" else Qt.Key.Key_Delete

_METRICS = Metrics(DEFAULT_CELL, None, theme.GRID_GAP, 0, 44, stretch=True)


class PhotoGrid(Grid):
    """`photo_opened` carries all photo ids of the grid and the row to show; `delete_requested` the chosen ids.

    `menu_opened` carries the menu of the chosen photos, to which others may add.
    """

    photo_opened = Signal(object, int)
    delete_requested = Signal(object)
    menu_opened = Signal(QMenu)

    def __init__(self, context: Context, by_year: bool, parent: QWidget | None = None) -> None:
        super().__init__(context.look, _METRICS, parent)
        self._context = context
        self.photos = PhotosModel(by_year, self)
        self.setModel(self.photos)
        self.setItemDelegate(CellDelegate(context.look, context.thumbnails, Kind.PHOTO, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(0, 0, SCRUBBER_WIDTH, 0)
        self._scrubber = Scrubber(context.look, self.verticalScrollBar(), self.title_in_sight, self)
        self.setAccessibleName(self.tr("Photos"))
        self.opened.connect(lambda row: self.photo_opened.emit(self.photos.ids[:], row))
        self.photos.sections_changed.connect(self._mark_years)
        context.thumbnails.loaded.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        self._scrubber.setGeometry(self.width() - SCRUBBER_WIDTH, 0, SCRUBBER_WIDTH, self.height())
        self._mark_years()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        flags, chosen = QItemSelectionModel.SelectionFlag, self.selectionModel().isSelected(index)
        self.selectionModel().setCurrentIndex(index, flags.NoUpdate if chosen else flags.ClearAndSelect)
        self._menu(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.Delete) or event.key() == _DELETE:
            self._delete()
        else:
            super().keyPressEvent(event)

    def selected(self) -> list[int]:
        """The photos that are chosen, in their order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.photos.ids[row] for row in rows]

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  (Qt's name)
        """Photos have no names to be found by, and to look through 100,000 of them for one takes a while."""

    def clicked_at(self, index: QModelIndex, point: QPoint) -> None:
        if tick_rect(QRectF(self.visualRect(index))).contains(QPointF(point)):
            self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Toggle)
        else:
            super().clicked_at(index, point)

    def selectionCommand(  # noqa: N802  (Qt's name)
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """A plain click opens a photo; its mark, or a key held down, selects it."""
        plain = isinstance(event, QMouseEvent) and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and index.isValid():
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), self._open)
        menu.addAction(self.tr("Copy"), self._copy)
        menu.addAction(self.tr("Show in folder"), self._reveal)
        self.menu_opened.emit(menu)
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), self._delete)
        menu.popup(place)

    def _open(self) -> None:
        # Photos come and go while a menu is open.
        if self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())

    def _copy(self) -> None:
        """The selected files, as a file manager copies them."""
        chosen = self.selected()
        photos = self._context.session.photos
        if not chosen:
            return

        def to_clipboard(found: list[Photo]) -> None:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(photo.path)) for photo in found])
            QGuiApplication.clipboard().setMimeData(data)

        self._context.tasks.run(self, lambda: [photos.get(number) for number in chosen], to_clipboard)

    def _delete(self) -> None:
        chosen = self.selected()
        if chosen:
            self.delete_requested.emit(chosen)

    def _reveal(self) -> None:
        if not self.currentIndex().isValid():
            return
        number, photos = self.photos.ids[self.currentIndex().row()], self._context.session.photos

        def open_folder(photo: Photo) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(photo.path.parent)))

        self._context.tasks.run(self, lambda: photos.get(number), open_folder)

    def _mark_years(self) -> None:
        layout = self.grid_layout
        marks: dict[str, float] = {}
        for section, top in zip(layout.sections, layout.tops, strict=True):
            marks.setdefault(section.title[-4:], top / max(1, layout.height))
        self._scrubber.set_marks(list(marks.items()))
