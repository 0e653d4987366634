"""Photos that are dragged out of a grid, and within one that has an order of its own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QDrag, QDropEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.dragging import photos_data, photos_in
from ui.models.rows import RowsModel
from ui.theme import Theme
from ui.thumbnails import Key, Kind, ThumbnailCache
from ui.views.grid import Grid

_PICTURE = 72
_LINE = 3


class PhotoDragging:
    """What a grid of photos does while the mouse is held on it."""

    def __init__(self, grid: Grid, thumbnails: ThumbnailCache) -> None:
        self._grid = grid
        self._thumbnails = thumbnails
        self._from: QPoint | None = None
        self._before: int | None = None
        """The row before which what is held would go."""

    def press(self, event: QMouseEvent) -> None:
        """The button went down."""
        self._from = event.position().toPoint()

    def move(self, event: QMouseEvent) -> None:
        """Begins to drag what is selected, or the photo under the mouse, once that went far enough."""
        if not event.buttons() & Qt.MouseButton.LeftButton or self._from is None:
            return
        if (event.position().toPoint() - self._from).manhattanLength() >= QApplication.startDragDistance():
            photo_ids, self._from = self.held(self._from), None
            if photo_ids:
                self._start(photo_ids)

    def held(self, point: QPoint) -> list[int]:
        """What is dragged from a place, in the order of the grid."""
        index = self._grid.indexAt(point)
        if not index.isValid():
            return []
        chosen = self._grid.selectionModel()
        rows = sorted(each.row() for each in chosen.selectedIndexes()) if chosen.isSelected(index) else [index.row()]
        return [self._grid.model().index(row, 0).data(RowsModel.Id) for row in rows]

    def hold(self, event: QDropEvent) -> None:
        """Photos are over the grid: shows between which they would go."""
        if not photos_in(event.mimeData()):
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._mark(self._row_at(event.position().toPoint()))

    def leave(self) -> None:
        """They went elsewhere."""
        self._mark(None)

    def drop(self, event: QDropEvent) -> tuple[list[int], int | None] | None:
        """They were dropped: which, and before which photo, or at the end."""
        row = self._row_at(event.position().toPoint())
        self._mark(None)
        photo_ids = photos_in(event.mimeData())
        if not photo_ids:
            return None
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        count = self._grid.model().rowCount()
        # Before the next one that does not move itself.
        following = (self._grid.model().index(each, 0).data(RowsModel.Id) for each in range(row, count))
        return photo_ids, next((each for each in following if each not in photo_ids), None)

    def paint(self, look: Theme) -> None:
        """The line between two photos."""
        if self._before is None:
            return
        count = self._grid.model().rowCount()
        last = self._before >= count
        cell = self._grid.visualRect(self._grid.model().index(min(self._before, count - 1), 0))
        x = cell.right() + 1 if last else cell.left() - _LINE
        painter = QPainter(self._grid.viewport())
        painter.fillRect(QRect(max(0, x), cell.top(), _LINE, cell.height()), theme.colour(look.accent))
        painter.end()

    def _start(self, photo_ids: list[int]) -> None:
        drag = QDrag(self._grid)
        drag.setMimeData(photos_data(photo_ids))
        picture = self._thumbnails.at_any_size(Key(Kind.PHOTO, photo_ids[0], _PICTURE))
        if picture is not None:
            drag.setPixmap(picture.scaledToWidth(_PICTURE, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.CopyAction)

    def _row_at(self, point: QPoint) -> int:
        index = self._grid.indexAt(point)
        if not index.isValid():
            return self._grid.model().rowCount()
        return index.row() + (point.x() > self._grid.visualRect(index).center().x())

    def _mark(self, row: int | None) -> None:
        if row != self._before:
            self._before = row
            self._grid.viewport().update()
