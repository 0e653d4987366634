"""The frame: sidebar, header, the screens, the status bar; and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEventLoop, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import keyrings
from app.keys import LibraryKey
from app.notifications import Notification, NotificationKind
from app.session import Session
from app.types import IndexProgress, LibraryChanged, LibraryCounts
from core.errors import CoreError
from ui.albuming import Albuming
from ui.bridge import Bridge
from ui.context import Context
from ui.copying import Copying
from ui.deleting import Deleting
from ui.dialogs.encrypt import EncryptDialog, ask_to_decrypt
from ui.dialogs.history import HistoryDialog
from ui.dialogs.models import ModelsDialog
from ui.drop_target import DropTarget
from ui.header import Header
from ui.look import Look
from ui.menus import build_menus
from ui.notice import NoticeBar
from ui.profile_controls import ProfileControls
from ui.refresh import Refresher
from ui.searching import Searching
from ui.sharing import Sharing
from ui.sidebar import Sidebar
from ui.status_bar import StatusBar
from ui.tasks import Tasks
from ui.thumbnails import ThumbnailCache
from ui.undoing import Undoing
from ui.views.album import AlbumView
from ui.views.albums import AlbumsView
from ui.views.disputes import DisputesView
from ui.views.duplicates import DuplicatesView
from ui.views.favourites import FavouritesView
from ui.views.folders import FoldersView
from ui.views.notifications import Bell
from ui.views.people import PeopleView
from ui.views.person import PersonView
from ui.views.photo_grid import DEFAULT_CELL
from ui.views.skipped import SkippedView
from ui.views.timeline import TimelineView
from ui.views.trash import TrashView
from ui.views.viewer import Viewer
from ui.widgets import named

_LEAST = QSize(900, 600)
_FIRST = QSize(1280, 820)
_QUIET_ROUNDS = 3

_PLACES = (
    ("photos", "images"),
    ("favourites", "heart"),
    ("people", "users"),
    ("disputes", "scale"),
    ("albums", "album"),
    ("folders", "folder-open"),
    ("duplicates", "copy"),
    ("skipped", "file-x-2"),
    ("trash", "trash-2"),
)
"""The places of the sidebar and their icons, in their order."""


class MainWindow(QMainWindow):
    """One window on one library. It closes its own threads; the library is its opener's to close."""

    closed = Signal()
    encryption_agreed = Signal(object, object)
    """Of the library, with a key and a passphrase or None; its opener has to close it for that."""
    decryption_agreed = Signal()
    """Likewise."""

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("Sietch")
        self.setMinimumSize(_LEAST)
        self.tasks = Tasks(self)
        self._bridge = Bridge(session.library.events, self)
        thumbnails = ThumbnailCache(session.thumbnails, self.tasks, self)
        self.context = Context(session, look, self.tasks, self._bridge, thumbnails)
        self._whole = QStackedWidget(self)
        self.undoing = Undoing(self.context, self, self._whole)
        self.deleting = Deleting(self.context, self, self.undoing)
        self.albuming = Albuming(self.context, self, self.undoing.bar)
        self.sharing = Sharing(self.context, self)
        self._make_pages()
        self.sidebar = Sidebar(look, self)
        self.header = Header(look, self)
        self.bell = Bell(self.context, self.header)
        self.header.place(self.bell)
        self.status = StatusBar(look, self)
        self._lay_out()
        self.copying = Copying(self.context, self, self.status.copying, self.undoing.bar)
        self.searching = Searching(self.context, self.header.search, self.timeline, self)
        build_menus(self)
        self.profile = ProfileControls(self)
        self._counted = False
        self._counter = Refresher(self, self.tasks, lambda: (session.counts(), session.is_shared()), self._show_counts)
        self._connect()
        self._restore()
        self.go("photos")
        self._counter.ask()

    def go(self, name: str) -> None:
        """Shows one of the places of the sidebar."""
        self._show(self.pages[name], self.titles[name], back=False)
        self.sidebar.choose(name)

    def open_person(self, person_id: int) -> None:
        """Shows somebody's page."""
        self._leave_viewer()
        self.person.show_person(person_id)
        self._show(self.person, self.titles["people"], back=True)
        self.sidebar.choose("people")

    def open_album(self, album_id: int) -> None:
        """Shows an album."""
        self._leave_viewer()
        self.album.show_album(album_id)
        self._show(self.album, self.titles["albums"], back=True)
        self.sidebar.choose("albums")

    def open_photo(self, photo_ids: Sequence[int], index: int) -> None:
        """Shows a photo over everything."""
        self.menuBar().hide()
        self._whole.setCurrentWidget(self.viewer)
        self.viewer.show_photo(photo_ids, index)

    def open_news(self, told: Notification) -> None:
        """Shows what a notification leads to."""
        if told.kind is NotificationKind.FOUND:
            self.open_photo(told.photo_ids, 0)
        elif told.kind is NotificationKind.UNREADABLE:
            self.go("skipped")
        elif told.kind is NotificationKind.INVITED:
            self.go("albums")
        elif told.kind is NotificationKind.DISPUTED and self.disputes.cards:
            self.go("disputes")
        elif told.person_id is not None:
            self.open_person(told.person_id)

    def add(self, paths: Sequence[Path]) -> None:
        """Adds files and folders to the library."""
        if paths:
            self._leave_viewer()
            self.context.library.indexer.add(paths, self.context.session.viewer.profile_id)

    def ask_for_folder(self) -> None:
        """Lets the user choose a folder to add."""
        folder = QFileDialog.getExistingDirectory(self, self.tr("Add a folder of photos"))
        self.add([Path(folder)] if folder else [])

    def ask_for_files(self) -> None:
        """Lets the user choose files to add."""
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Add photos"))
        self.add([Path(file) for file in files])

    def search(self) -> None:
        """Lets the user type what to look for."""
        self.go("photos")
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    def show_models(self) -> None:
        """Shows the face models."""
        dialog = ModelsDialog(self.context.session.models, self.tasks, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.timeline.tell_licence)
        dialog.open()

    def show_history(self) -> None:
        """Shows what was done, each thing with its way back."""
        dialog = HistoryDialog(self.context, self.undoing, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def ask_to_encrypt(self) -> None:
        """Shows what encrypting the library means, and the recovery code."""
        dialog = EncryptDialog(LibraryKey.new(), keyrings.available(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.agreed.connect(self.encryption_agreed)
        dialog.open()

    def ask_to_decrypt(self) -> None:
        """Asks whether the library is to be readable again."""
        ask_to_decrypt(self, self.decryption_agreed.emit)

    def settle(self) -> None:
        """Waits until everything in sight has been loaded and painted; for pictures of the window."""
        quiet = 0
        while quiet < _QUIET_ROUNDS:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            self.grab()
            quiet = 0 if self.tasks.busy else quiet + 1

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/cell", self.header.cell_size.value())
        self._bridge.close()
        self.context.session.trash.stop()
        super().closeEvent(event)
        self.hide()
        self.closed.emit()

    def _make_pages(self) -> None:
        self.timeline = TimelineView(self.context, self)
        self.favourites = FavouritesView(self.context, self)
        self.people = PeopleView(self.context, self)
        self.disputes = DisputesView(self.context, self)
        self.person = PersonView(self.context, self)
        self.albums = AlbumsView(self.context, self.albuming, self)
        self.album = AlbumView(self.context, self.albuming, self)
        self.skipped = SkippedView(self.context, self)
        self.folders = FoldersView(self.context, self)
        self.trash = TrashView(self.context, self.deleting, self)
        self.duplicates = DuplicatesView(self.context, self.undoing, self)
        self.viewer = Viewer(self.context, self)
        self.pages: dict[str, QWidget] = {
            "photos": self.timeline,
            "favourites": self.favourites,
            "people": self.people,
            "disputes": self.disputes,
            "albums": self.albums,
            "folders": self.folders,
            "duplicates": self.duplicates,
            "skipped": self.skipped,
            "trash": self.trash,
        }
        self.titles = {
            "photos": self.tr("Photos"),
            "favourites": self.tr("Favourites"),
            "people": self.tr("People"),
            "disputes": self.tr("To decide"),
            "albums": self.tr("Albums"),
            "folders": self.tr("Folders"),
            "duplicates": self.tr("Duplicates"),
            "skipped": self.tr("Not readable"),
            "trash": self.tr("Trash"),
        }

    def _lay_out(self) -> None:
        for name, icon in _PLACES:
            self.sidebar.add(name, icon, self.titles[name])
        self.sidebar.set_count("skipped", 0)
        self.sidebar.set_count("disputes", 0)
        self._stack = QStackedWidget(self)
        self.sidebar.take_photos("albums")
        for page in (*self.pages.values(), self.person, self.album):
            self._stack.addWidget(page)
        right = QVBoxLayout()
        right.addWidget(self.header)
        self.notice = NoticeBar(self.context, self)
        right.addWidget(self.notice)
        right.addWidget(self._stack, 1)
        across = QHBoxLayout()
        across.addWidget(self.sidebar)
        across.addLayout(right, 1)
        frame = named(QWidget(self), "page")
        column = QVBoxLayout(frame)
        column.addLayout(across, 1)
        column.addWidget(self.status)
        for layout in (right, across, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._whole.addWidget(frame)
        self._whole.addWidget(self.viewer)
        self.setCentralWidget(self._whole)
        self._drop = DropTarget(self._whole)

    def _connect(self) -> None:
        indexer = self.context.library.indexer
        self.sidebar.chosen.connect(self.go)
        self.header.back.clicked.connect(lambda: self.go("albums" if self._at(self.album) else "people"))
        self.header.cell_size.valueChanged.connect(self._resize_cells)
        self._drop.dropped.connect(self.add)
        self.status.pause_wanted.connect(indexer.pause)
        self.status.resume_wanted.connect(indexer.resume)
        self.status.cancel_wanted.connect(indexer.cancel)
        for asking in (self.timeline, self.people, self.folders, self.notice):
            asking.add_requested.connect(self.ask_for_folder)
        self.timeline.models_requested.connect(self.show_models)
        self.timeline.save_requested.connect(self.albuming.new_smart)
        for page in (self.timeline, self.favourites, self.person, self.album, self.duplicates, self.trash):
            page.photo_opened.connect(self.open_photo)
        self.bell.opened.connect(self.open_news)
        self.disputes.counted.connect(lambda count: self.sidebar.set_count("disputes", count))
        for shown in (self.timeline.grid, self.favourites.grid, self.person.grid, self.album.grid, self.viewer):
            shown.delete_requested.connect(self.deleting.put)
            shown.album_requested.connect(self.albuming.put)
        self.trash.grid.for_albums = False
        self.sidebar.photos_dropped.connect(lambda _name, photo_ids: self.albuming.put(photo_ids))
        for made in (self.albums.album_opened, self.albuming.made):
            made.connect(self.open_album)
        self.albums.dropped.connect(self.add)
        self.album.gone.connect(lambda: self.go("albums"))
        for grid in (self.timeline.grid, self.favourites.grid, self.person.grid, self.album.grid):
            grid.menu_opened.connect(lambda menu, grid=grid: self.sharing.add_to(menu, grid.selected))
        self.viewer.menu_opened.connect(lambda menu: self.sharing.add_to(menu, self.viewer.chosen))
        self.sharing.hidden.connect(self.viewer.leave_out)
        self.duplicates.counted.connect(lambda count: self.sidebar.set_count("duplicates", count, always=True))
        self.deleting.moved.connect(self.viewer.leave_out)
        self.people.person_opened.connect(self.open_person)
        self.person.gone.connect(lambda: self.go("people"))
        self.viewer.closed.connect(self._leave_viewer)
        self.viewer.person_opened.connect(self.open_person)
        self.viewer.full_screen_wanted.connect(self.toggle_full_screen)
        self.searching.started.connect(self._show_found)
        self.searching.left.connect(self.timeline.setFocus)
        self._bridge.progressed.connect(self._show_progress)
        self._bridge.changed.connect(self._changed)
        self.tasks.failed.connect(self._failed)

    def _changed(self, change: LibraryChanged) -> None:
        self._counter.ask()
        self.context.thumbnails.refresh(change.photo_ids)

    def _show_found(self) -> None:
        if self._stack.currentWidget() is not self.timeline:
            self.go("photos")
            self.header.search.setFocus()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CoreError):
            # A bug: the exception hook keeps a report.
            raise error
        self.status.show_error(str(error))

    def toggle_full_screen(self) -> None:
        """Between the whole screen and a window."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _restore(self) -> None:
        settings = QSettings()
        self.resize(_FIRST)
        geometry = settings.value("window/geometry")
        # A file of settings can hold anything.
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        kept = str(settings.value("window/cell", DEFAULT_CELL))
        self.header.cell_size.setValue(int(kept) if kept.isdecimal() else DEFAULT_CELL)

    def _show(self, page: QWidget, title: str, back: bool) -> None:
        self._leave_viewer()
        self._stack.setCurrentWidget(page)
        self.header.show_title(
            title, back, sizes=page in (self.timeline, self.favourites, self.person, self.album, self.trash)
        )
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _at(self, page: QWidget) -> bool:
        return self._stack.currentWidget() is page

    def _leave_viewer(self) -> None:
        if self._whole.currentWidget() is self.viewer:
            self._whole.setCurrentIndex(0)
            self.menuBar().show()
            page = self._stack.currentWidget()
            if page is not None:
                page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _resize_cells(self, width: int) -> None:
        for grid in (self.timeline.grid, self.favourites.grid, self.person.grid, self.album.grid, self.trash.grid):
            grid.set_cell_width(width)

    def _show_progress(self, progress: IndexProgress) -> None:
        # Whether it may be told in numbers is known with the first counts.
        if self._counted:
            self.status.show_progress(progress)

    def _show_counts(self, told: tuple[LibraryCounts, bool]) -> None:
        counts, is_shared = told
        self.status.show_counts(counts, is_shared)
        if not self._counted:
            self._counted = True
            self.status.show_progress(self.context.library.indexer.progress)
        self.sidebar.set_count("skipped", counts.skipped)
        self.sidebar.set_count("trash", counts.trashed, always=True)
        if not counts.skipped and self._stack.currentWidget() is self.skipped:
            QTimer.singleShot(0, lambda: self.go("photos"))
