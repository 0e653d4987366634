"""Every album as a card, and on top of them the invitations into others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.album_types import AlbumRole, AlbumSummary
from app.types import LibraryChanged
from ui import theme
from ui.albuming import Albuming
from ui.context import Context
from ui.delegates.album import CELL_HEIGHT, CELL_WIDTH, AlbumDelegate
from ui.dragging import files_in, photos_in
from ui.models.albums import AlbumsModel
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.grid import Grid
from ui.views.layout import Metrics
from ui.widgets import label, named

_METRICS = Metrics(CELL_WIDTH, CELL_HEIGHT, theme.SPACE_2, theme.SPACE_4, 44, stretch=False)

_ALBUM = "application/x-sietch-album"


class AlbumsGrid(Grid):
    """Cards. Photos and files that are dropped on one go into it; one's own are put in order by dragging them."""

    menu_wanted = Signal(int, QPoint)
    photos_dropped = Signal(int, object)
    files_dropped = Signal(object, object)
    moved = Signal(int, object)

    def __init__(self, context: Context, model: AlbumsModel, parent: QWidget | None = None) -> None:
        super().__init__(context.look, _METRICS, parent)
        self._albums = model
        self._from: QPoint | None = None
        self.delegate = AlbumDelegate(context.look, context.thumbnails, self)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        self.setSelectionMode(Grid.SelectionMode.NoSelection)
        self.setAccessibleName(self.tr("Albums"))
        self.setAcceptDrops(True)
        context.thumbnails.loaded.connect(self.viewport().update)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(index.row(), event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._from = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        super().mouseMoveEvent(event)
        if not event.buttons() & Qt.MouseButton.LeftButton or self._from is None:
            return
        index, far = self.indexAt(self._from), event.position().toPoint() - self._from
        if index.isValid() and far.manhattanLength() >= QApplication.startDragDistance():
            self._from = None
            self._drag(index)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        data = event.mimeData()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(self._is_own(data) or bool(photos_in(data) or files_in(data)))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802  (Qt's name)
        row = self._row_for(event.mimeData(), event.position().toPoint())
        self._show_target(row)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(row is not None or bool(files_in(event.mimeData())))

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802  (Qt's name)
        self._show_target(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        data = event.mimeData()
        row = self._row_for(data, event.position().toPoint())
        self._show_target(None)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(row is not None or bool(files_in(data)))
        if row is None:
            # Beside the cards it is as everywhere in the window.
            self.files_dropped.emit(None, files_in(data))
            return
        album_id = self._albums.ids[row]
        if self._is_own(data):
            self.moved.emit(int(bytes(data.data(_ALBUM).data())), album_id)
        elif photos_in(data):
            self.photos_dropped.emit(album_id, photos_in(data))
        else:
            self.files_dropped.emit(album_id, files_in(data))

    def _drag(self, index: QModelIndex) -> None:
        if self._albums.album(index.row()).role is AlbumRole.OWNER:
            data = QMimeData()
            data.setData(_ALBUM, str(self._albums.ids[index.row()]).encode())
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    @staticmethod
    def _is_own(data: QMimeData) -> bool:
        return data.hasFormat(_ALBUM)

    def _row_for(self, data: QMimeData, point: QPoint) -> int | None:
        """The album that would take what is dragged."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        album = self._albums.album(index.row())
        takes = album.role is AlbumRole.OWNER if self._is_own(data) else album.may_add
        return index.row() if takes and (self._is_own(data) or photos_in(data) or files_in(data)) else None

    def _show_target(self, row: int | None) -> None:
        if row != self.delegate.drop_row:
            self.delegate.drop_row = row
            self.viewport().update()


class AlbumsView(QWidget):
    """The page. `dropped` carries files that are for the library, and for no album."""

    album_opened = Signal(int)
    dropped = Signal(object)

    def __init__(self, context: Context, albuming: Albuming, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._session = context.session
        self._albuming = albuming
        self.albums = AlbumsModel(self)
        self.grid = AlbumsGrid(context, self.albums, self)
        self._empty = EmptyState(
            context.look,
            "album",
            self.tr("No albums yet"),
            self.tr("An album holds photos in the order that you give them. They stay where they are."),
            self.tr("New album…"),
            self,
        )
        self.invitations = QVBoxLayout()
        self.invitations.setSpacing(0)
        self._invited: list[QWidget] = []
        self.new = QPushButton(self.tr("New album…"), self)
        self.new_smart = QPushButton(self.tr("New smart album…"), self)
        self.new_smart.setVisible(context.session.albums.can_search)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.invitations)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.grid)
        self._connect(context)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show)
        self._refresher.ask()

    def _connect(self, context: Context) -> None:
        albuming = self._albuming
        self._empty.pressed.connect(albuming.new)
        self.new.clicked.connect(lambda _on: albuming.new())
        self.new_smart.clicked.connect(lambda _on: albuming.new_smart())
        self.grid.opened.connect(lambda row: self.album_opened.emit(self.albums.ids[row]))
        self.grid.menu_wanted.connect(self._menu)
        self.grid.photos_dropped.connect(albuming.add)
        self.grid.files_dropped.connect(self._import)
        self.grid.moved.connect(albuming.move)
        context.bridge.changed.connect(self._changed)

    def _page(self) -> QWidget:
        row = QHBoxLayout()
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_3, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_2)
        row.addStretch(1)
        row.addWidget(self.new_smart)
        row.addWidget(self.new)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        return page

    def _ask(self) -> tuple[list[AlbumSummary], list[AlbumSummary], bool]:
        albums = self._session.albums
        return albums.list(), albums.invitations(), not albums.members.anybody_else()

    def _show(self, found: tuple[list[AlbumSummary], list[AlbumSummary], bool]) -> None:
        albums, invitations, self._albuming.alone = found
        self.albums.show(albums)
        self._stack.setCurrentIndex(1 if albums else 0)
        for strip in self._invited:
            strip.deleteLater()
        self._invited = [self._invitation(each) for each in invitations]
        for strip in self._invited:
            self.invitations.addWidget(strip)

    def _invitation(self, album: AlbumSummary) -> QWidget:
        strip = named(QFrame(self), "notice")
        who = album.owner_name or self.tr("The library's owner")
        text = label(strip, "", self.tr("{} invites you into the album “{}”").format(who, album.name))
        accept = named(QPushButton(self.tr("Accept"), strip), "accent")
        decline = QPushButton(self.tr("Decline"), strip)
        accept.clicked.connect(lambda _on: self._albuming.answer(album.album_id, accept=True))
        decline.clicked.connect(lambda _on: self._albuming.answer(album.album_id, accept=False))
        row = QHBoxLayout(strip)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_2, theme.SPACE_4, theme.SPACE_2)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(text, 1)
        row.addWidget(decline)
        row.addWidget(accept)
        return strip

    def _menu(self, row: int, place: QPoint) -> None:
        album = self.albums.album(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), lambda: self.album_opened.emit(album.album_id))
        self._albuming.fill_menu(menu, album)
        menu.popup(place)

    def _import(self, album_id: int | None, paths: Sequence[Path]) -> None:
        row = None if album_id is None else self.albums.row_of(album_id)
        if row is not None:
            self._albuming.import_into(self.albums.album(row), paths)
        elif paths:
            self.dropped.emit(paths)

    def _changed(self, change: LibraryChanged) -> None:
        if change.albums or change.photo_ids:
            self._refresher.ask()
