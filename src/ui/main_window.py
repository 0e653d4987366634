"""The frame: sidebar, header, the screens, the status bar; and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEventLoop, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import keyrings
from app.keys import LibraryKey
from app.session import Session
from app.types import LibraryChanged, LibraryCounts
from core.errors import CoreError
from ui.bridge import Bridge
from ui.context import Context
from ui.copying import Copying
from ui.deleting import Deleting
from ui.dialogs.encrypt import EncryptDialog, ask_to_decrypt
from ui.dialogs.models import ModelsDialog
from ui.drop_target import DropTarget
from ui.header import Header
from ui.look import Look
from ui.menus import build_menus
from ui.notice import NoticeBar
from ui.profile_controls import ProfileControls
from ui.refresh import Refresher
from ui.sidebar import Sidebar
from ui.status_bar import StatusBar
from ui.tasks import Tasks
from ui.thumbnails import ThumbnailCache
from ui.views.duplicates import DuplicatesView
from ui.views.folders import FoldersView
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
    ("people", "users"),
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
        self.deleting = Deleting(self.context, self, self._whole)
        self._make_pages()
        self.sidebar = Sidebar(look, self)
        self.header = Header(look, self)
        self.status = StatusBar(look, self)
        self._lay_out()
        self.copying = Copying(self.context, self, self.status.copying, self.deleting.bar)
        build_menus(self)
        self.profile = ProfileControls(self)
        self._counter = Refresher(self, self.tasks, session.counts, self._show_counts)
        self._connect()
        self._restore()
        self.go("photos")
        self._counter.ask()
        self.status.show_progress(session.library.indexer.progress)

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

    def open_photo(self, photo_ids: Sequence[int], index: int) -> None:
        """Shows a photo over everything."""
        self.menuBar().hide()
        self._whole.setCurrentWidget(self.viewer)
        self.viewer.show_photo(photo_ids, index)

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

    def show_models(self) -> None:
        """Shows the face models."""
        dialog = ModelsDialog(self.context.library.models, self.tasks, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.timeline.tell_licence)
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
        self.people = PeopleView(self.context, self)
        self.person = PersonView(self.context, self)
        self.skipped = SkippedView(self.context, self)
        self.folders = FoldersView(self.context, self)
        self.trash = TrashView(self.context, self.deleting, self)
        self.duplicates = DuplicatesView(self.context, self.deleting.bar, self)
        self.viewer = Viewer(self.context, self)
        self.pages: dict[str, QWidget] = {
            "photos": self.timeline,
            "people": self.people,
            "folders": self.folders,
            "duplicates": self.duplicates,
            "skipped": self.skipped,
            "trash": self.trash,
        }
        self.titles = {
            "photos": self.tr("Photos"),
            "people": self.tr("People"),
            "folders": self.tr("Folders"),
            "duplicates": self.tr("Duplicates"),
            "skipped": self.tr("Not readable"),
            "trash": self.tr("Trash"),
        }

    def _lay_out(self) -> None:
        for name, icon in _PLACES:
            self.sidebar.add(name, icon, self.titles[name])
        self.sidebar.set_count("skipped", 0)
        self._stack = QStackedWidget(self)
        for page in (*self.pages.values(), self.person):
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
        self.header.back.clicked.connect(lambda: self.go("people"))
        self.header.cell_size.valueChanged.connect(self._resize_cells)
        self._drop.dropped.connect(self.add)
        self.status.pause_wanted.connect(indexer.pause)
        self.status.resume_wanted.connect(indexer.resume)
        self.status.cancel_wanted.connect(indexer.cancel)
        for asking in (self.timeline, self.people, self.folders, self.notice):
            asking.add_requested.connect(self.ask_for_folder)
        self.timeline.models_requested.connect(self.show_models)
        for page in (self.timeline, self.person, self.duplicates, self.trash):
            page.photo_opened.connect(self.open_photo)
        for deleted in (self.timeline.grid, self.person.grid, self.viewer):
            deleted.delete_requested.connect(self.deleting.put)
        self.duplicates.counted.connect(lambda count: self.sidebar.set_count("duplicates", count, always=True))
        self.deleting.moved.connect(self.viewer.leave_out)
        self.people.person_opened.connect(self.open_person)
        self.person.gone.connect(lambda: self.go("people"))
        self.viewer.closed.connect(self._leave_viewer)
        self.viewer.person_opened.connect(self.open_person)
        self.viewer.full_screen_wanted.connect(self.toggle_full_screen)
        self._bridge.progressed.connect(self.status.show_progress)
        self._bridge.changed.connect(self._changed)
        self.tasks.failed.connect(self._failed)

    def _changed(self, change: LibraryChanged) -> None:
        self._counter.ask()
        self.context.thumbnails.refresh(change.photo_ids)

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
        self.header.show_title(title, back, sizes=page in (self.timeline, self.person, self.trash))
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_viewer(self) -> None:
        if self._whole.currentWidget() is self.viewer:
            self._whole.setCurrentIndex(0)
            self.menuBar().show()
            page = self._stack.currentWidget()
            if page is not None:
                page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _resize_cells(self, width: int) -> None:
        for grid in (self.timeline.grid, self.person.grid, self.trash.grid):
            grid.set_cell_width(width)

    def _show_counts(self, counts: LibraryCounts) -> None:
        self.status.show_counts(counts)
        self.sidebar.set_count("skipped", counts.skipped)
        self.sidebar.set_count("trash", counts.trashed, always=True)
        if not counts.skipped and self._stack.currentWidget() is self.skipped:
            QTimer.singleShot(0, lambda: self.go("photos"))
