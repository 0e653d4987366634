"""What the window does with albums: asked for by screens, done in the background, told of with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QMessageBox, QWidget

from app.album_types import AlbumKind, AlbumRole, AlbumSummary
from ui.context import Context
from ui.dialogs.albums import AlbumChooser, AlbumDialog
from ui.dialogs.sharing_album import SharingDialog
from ui.undo_bar import UndoBar
from ui.widgets import message_box


class Albuming(QObject):
    """Leads the dialogs, and what they are about. `made` carries an album that was made."""

    made = Signal(int)

    def __init__(self, context: Context, window: QWidget, bar: UndoBar) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._tasks = context.tasks
        self._albums = context.session.albums
        self._bar = bar
        self.alone = True

    def put(self, photo_ids: Sequence[int]) -> None:
        """Asks into which album photos go."""
        if photo_ids:
            self._tasks.run(self, self._albums.list, lambda albums: self._choose(albums, photo_ids))

    def add(self, album_id: int, photo_ids: Sequence[int]) -> None:
        """Puts photos into an album."""

        def added() -> tuple[str, tuple[int, ...]]:
            return self._albums.get(album_id).name, self._albums.add(album_id, photo_ids)

        def told(outcome: tuple[str, tuple[int, ...]]) -> None:
            name, fresh = outcome
            if fresh:
                text = self.tr("Added {} to “{}”").format(self._photos(len(fresh)), name)
                self._bar.tell(text, lambda: self._run(lambda: self._albums.remove(album_id, fresh)))
            else:
                text = self.tr("In “{}” already").format(name)
                self._bar.tell(text, lambda: self.made.emit(album_id), self.tr("Show"))

        self._tasks.run(self, added, told, keep=True)

    def take_out(self, album_id: int, photo_ids: Sequence[int]) -> None:
        """Takes photos out of an album; they stay in the library."""

        def told(gone: tuple[int, ...]) -> None:
            if gone:
                text = self.tr("Removed {} from the album").format(self._photos(len(gone)))
                self._bar.tell(text, lambda: self._run(lambda: self._albums.add(album_id, gone)))

        self._tasks.run(self, lambda: self._albums.remove(album_id, photo_ids), told, keep=True)

    def order(self, album_id: int, photo_ids: Sequence[int], before: int | None) -> None:
        """Moves photos within an album."""
        self._run(lambda: self._albums.order(album_id, photo_ids, before))

    def move(self, album_id: int, before: int | None) -> None:
        """Moves an album among one's own."""
        self._run(lambda: self._albums.move([album_id], before))

    def set_cover(self, album_id: int, photo_id: int | None) -> None:
        """Chooses the photo that stands for an album."""
        self._run(lambda: self._albums.set_cover(album_id, photo_id))

    def import_into(self, album: AlbumSummary, paths: Sequence[Path]) -> None:
        """Adds files to the library and to an album."""
        self._run(lambda: self._albums.import_into(album.album_id, paths))
        text = self.tr("What is found there comes into “{}”").format(album.name)
        self._bar.tell(text, lambda: self.made.emit(album.album_id), self.tr("Show"))

    def new(self) -> None:
        """Asks what a new album is called, and makes it."""
        self._ask_new(searching=False)

    def new_smart(self, query: str = "") -> None:
        """Likewise, of one that shows what a search finds."""
        self._ask_new(searching=True, query=query)

    def answer(self, album_id: int, accept: bool) -> None:
        """Comes into an album that one was invited into, or does not."""
        members = self._albums.members
        self._run(lambda: members.accept(album_id) if accept else members.decline(album_id))

    def fill_menu(self, menu: QMenu, album: AlbumSummary) -> None:
        """What can be done with an album, as far as it is the user's to do."""
        if album.role is not AlbumRole.OWNER:
            if album.role is not AlbumRole.GUEST:
                menu.addAction(self.tr("Leave the album…"), lambda: self._ask_to_leave(album))
            return
        menu.addAction(self.tr("Name and description…"), lambda: self._edit(album))
        menu.addAction(self.tr("First photo as cover"), lambda: self.set_cover(album.album_id, None))
        if not self.alone:
            menu.addSeparator()
            if album.kind in (AlbumKind.PERSONAL, AlbumKind.SHARED):
                menu.addAction(self.tr("Share with…"), lambda: SharingDialog(self._context, album, self._window).open())
            menu.addAction(self._openness(menu, album))
        menu.addSeparator()
        menu.addAction(self.tr("Delete the album…"), lambda: self._ask_to_delete(album))

    def _openness(self, menu: QMenu, album: AlbumSummary) -> QAction:
        action = QAction(self.tr("Everybody of the house may see it"), menu, checkable=True)
        action.setChecked(not album.is_private)
        action.triggered.connect(lambda on: self._run(lambda: self._albums.set_private(album.album_id, not on)))
        return action

    def _choose(self, albums: list[AlbumSummary], photo_ids: Sequence[int]) -> None:
        title = self.tr("Add {} to").format(self._photos(len(photo_ids)))
        chooser = AlbumChooser(albums, title, self._window)
        chooser.chosen.connect(lambda album_id: self.add(album_id, photo_ids))
        chooser.named.connect(lambda name: self._make(lambda: self._albums.create(name), photo_ids))
        self._open(chooser)

    def _make(self, make: Callable[[], int], photo_ids: Sequence[int] = ()) -> None:
        """Makes an album; photos that go into it are told of, an empty one is shown."""
        done = (lambda album_id: self.add(album_id, photo_ids)) if photo_ids else self.made.emit
        self._tasks.run(self, make, done, keep=True)

    def _ask_new(self, searching: bool, query: str = "") -> None:
        dialog = AlbumDialog(None, self.alone, searching, self._window)
        dialog.search.setText(query)

        def agreed(name: str, description: str, private: bool, query: str) -> None:
            if searching:
                self._make(lambda: self._albums.create_smart(name, query, description, private))
            else:
                self._make(lambda: self._albums.create(name, (), description, private))

        dialog.agreed.connect(agreed)
        self._open(dialog)

    def _edit(self, album: AlbumSummary) -> None:
        dialog = AlbumDialog(album, self.alone, album.kind is AlbumKind.SMART, self._window)

        dialog.agreed.connect(
            lambda name, description, private, query: self._run(
                lambda: self._change(album, name, description, private, query)
            )
        )
        self._open(dialog)

    def _change(self, album: AlbumSummary, name: str, description: str, private: bool, query: str) -> None:
        if name != album.name:
            self._albums.rename(album.album_id, name)
        if description != album.description:
            self._albums.describe(album.album_id, description)
        if private != album.is_private:
            self._albums.set_private(album.album_id, private)
        if query != (album.query or ""):
            self._albums.change_search(album.album_id, query)

    def _ask_to_delete(self, album: AlbumSummary) -> None:
        self._ask(
            self.tr("Delete the album “{}”?").format(album.name),
            self.tr("Its photos stay in the library."),
            self.tr("Delete the album"),
            lambda: self._albums.delete(album.album_id),
        )

    def _ask_to_leave(self, album: AlbumSummary) -> None:
        self._ask(
            self.tr("Leave the album “{}”?").format(album.name),
            self.tr("Photos of yours that you put into it go with you."),
            self.tr("Leave"),
            lambda: self._albums.members.leave(album.album_id),
        )

    def _ask(self, question: str, more: str, yes: str, change: Callable[[], None]) -> None:
        box = message_box(self._window, question)
        box.setInformativeText(more)
        button = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.finished.connect(lambda _code: self._run(change) if box.clickedButton() is button else None)
        box.open()

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _run(self, change: Callable[[], object]) -> None:
        self._tasks.run(self, change, keep=True)

    def _photos(self, count: int) -> str:
        return self.tr("1 photo") if count == 1 else self.tr("{} photos").format(QLocale().toString(count))
