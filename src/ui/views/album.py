"""One album: what it is called, and its photos, which are put in order by dragging them where it has an order."""

from __future__ import annotations

from array import array

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.album_types import AlbumKind, AlbumRole, AlbumSummary
from app.errors import NotFound
from app.types import LibraryChanged, Timeline
from ui import theme
from ui.albuming import Albuming
from ui.context import Context
from ui.drop_target import DropTarget
from ui.models.albums import AlbumsModel
from ui.refresh import Refresher
from ui.views.empty import EmptyState
from ui.views.photo_grid import REMOVE, PhotoGrid
from ui.widgets import label


class AlbumView(QWidget):
    """`show_album` fills it. `gone` tells that the album is no more, for this viewer at least."""

    photo_opened = Signal(object, int)
    gone = Signal()

    def __init__(self, context: Context, albuming: Albuming, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._albuming = albuming
        self._album: AlbumSummary | None = None
        self._album_id = 0
        self._stale = False
        self._words = AlbumsModel(self).words
        self._name = label(self, "title")
        self._description = label(self)
        self._description.setWordWrap(True)
        self._summary = label(self, "quiet")
        self.more = QPushButton(self.tr("Album"), self)
        self.more.setMenu(QMenu(self.more))
        self.grid = PhotoGrid(context, False, self)
        self._empty = EmptyState(context.look, "album", self.tr("Nothing in it yet"), "", parent=self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.grid)
        self.drop = DropTarget(self)
        self._connect(context)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show, self._failed)

    @property
    def album(self) -> AlbumSummary | None:
        """What is shown, once it is there."""
        return self._album

    def show_album(self, album_id: int) -> None:
        """Fills the page with an album."""
        if album_id != self._album_id:
            self._album_id, self._album = album_id, None
            for text in (self._name, self._description, self._summary):
                text.clear()
            self.grid.photos.show(Timeline(array("q"), ()))
            self.grid.verticalScrollBar().setValue(0)
            self.drop.take(None)
        self._refresher.ask()

    def _connect(self, context: Context) -> None:
        self.grid.photo_opened.connect(self.photo_opened)
        self.grid.menu_opened.connect(self._extend_menu)
        self.grid.removed.connect(self._take_out)
        self.grid.ordered.connect(lambda ids, before: self._albuming.order(self._album_id, ids, before))
        self.drop.dropped.connect(self._import)
        context.bridge.changed.connect(self._changed)

    def _head(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(theme.SPACE_1)
        for text in (self._name, self._description, self._summary):
            texts.addWidget(text)
        row = QHBoxLayout()
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_3)
        row.setSpacing(theme.SPACE_3)
        row.addLayout(texts, 1)
        row.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignTop)
        return row

    def _ask(self) -> tuple[AlbumSummary, Timeline]:
        album_id, albums = self._album_id, self._context.session.albums
        return albums.get(album_id), albums.timeline(album_id)

    def _show(self, found: tuple[AlbumSummary, Timeline]) -> None:
        album, timeline = found
        if album.album_id != self._album_id:
            return
        self._album = album
        self._name.setText(album.name)
        self._description.setText(album.description)
        self._description.setVisible(bool(album.description))
        self._summary.setText(self._words(album))
        menu = self.more.menu()
        menu.clear()
        self._albuming.fill_menu(menu, album)
        self.more.setVisible(not menu.isEmpty())
        self.grid.set_orderable(album.ordered and album.role is AlbumRole.OWNER)
        self.drop.take(self.tr("Add to “{}”").format(album.name) if album.may_add else None)
        self._empty.set_lead(self._lead(album))
        self.grid.photos.show(timeline)
        self._stack.setCurrentWidget(self.grid if timeline.photo_ids else self._empty)

    def _lead(self, album: AlbumSummary) -> str:
        if album.kind is AlbumKind.SMART:
            return self.tr("It shows what a search finds: {}").format(album.query)
        if album.may_add:
            return self.tr("Drag photos onto it, drop files here, or choose “Add to album…” where you see a photo.")
        return self.tr("Photos that others put into it appear here.")

    def _extend_menu(self, menu: QMenu) -> None:
        """What can be done with photos here besides what can be done with them everywhere."""
        album = self._album
        if album is None:
            return
        chosen = self.grid.selected()
        if album.may_add:
            menu.addAction(self.tr("Remove from this album"), REMOVE, lambda: self._take_out(chosen))
        if album.role is AlbumRole.OWNER and len(chosen) == 1:
            cover = self.tr("Make it the cover of this album")
            menu.addAction(cover, lambda: self._albuming.set_cover(album.album_id, chosen[0]))

    def _take_out(self, photo_ids: list[int]) -> None:
        if self._album is not None and self._album.may_add and photo_ids:
            self._albuming.take_out(self._album.album_id, photo_ids)

    def _import(self, paths: list[object]) -> None:
        if self._album is not None and self._album.may_add:
            self._albuming.import_into(self._album, paths)  # type: ignore[arg-type]

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, NotFound):
            self._context.tasks.failed.emit(error)
        elif self.isVisible():
            self.gone.emit()
        else:
            self._stale = True

    def _changed(self, change: LibraryChanged) -> None:
        if self._album_id and (change.albums or change.photo_ids):
            self._stale = True
            self._refresh_in_sight()

    def _refresh_in_sight(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self._refresher.ask()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self._refresh_in_sight()
