"""Who may see photos, from the window: the entries of their menus, and what they do. Nothing of it with one profile."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.ownership import Visibility
from app.types import LibraryChanged
from app.visibility import Housemate, PhotoVisibility
from ui.context import Context
from ui.dialogs.sharing import SharingDialog


class Sharing(QObject):
    """Does what the menus of photos ask for. `hidden` carries photos that went out of the viewer's own sight."""

    hidden = Signal(object)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._session = context.session
        self._tasks = context.tasks
        self._housemates: list[Housemate] = []
        context.bridge.changed.connect(self._changed)
        self._ask()

    @property
    def is_shared(self) -> bool:
        """Whether several people use the library."""
        return len(self._housemates) > 1

    def add_to(self, menu: QMenu, photo_ids: Callable[[], Sequence[int]]) -> None:
        """Adds the entries to the menu of photos, where several people use the library.

        Args:
            photo_ids: which photos these are by the time an entry is chosen.
        """
        if not self.is_shared:
            return
        menu.addSeparator()
        menu.addAction(self.tr("Who may see this…"), lambda: self.ask(photo_ids()))
        menu.addAction(self.tr("Lock"), lambda: self.lock(photo_ids()))
        if self._session.viewer.unlocked:
            menu.addAction(self.tr("Take the lock off"), lambda: self.unlock(photo_ids()))

    def ask(self, photo_ids: Sequence[int]) -> None:
        """Shows who may see photos, and lets their owner change it."""
        chosen, sharing = list(photo_ids), self._session.sharing
        if chosen:
            self._tasks.run(self, lambda: (sharing.of_all(chosen), sharing.housemates()), self._show)

    def lock(self, photo_ids: Sequence[int]) -> None:
        """Only their owner sees them any more, after the password."""
        chosen = list(photo_ids)
        if chosen:
            self._tasks.run(
                self, lambda: self._session.sharing.lock(chosen), lambda _none: self._locked(chosen), keep=True
            )

    def unlock(self, photo_ids: Sequence[int]) -> None:
        """Takes the lock off."""
        chosen = list(photo_ids)
        if chosen:
            self._tasks.run(self, lambda: self._session.sharing.unlock(chosen), keep=True)

    def _show(self, told: tuple[list[PhotoVisibility], list[Housemate]]) -> None:
        dialog = SharingDialog(*told, self._session.viewer.profile_id, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self._save)
        dialog.open()

    def _save(self, photo_ids: list[int], visibility: Visibility, chosen: list[int], kept: list[int]) -> None:
        sharing = self._session.sharing
        self._tasks.run(self, lambda: sharing.show_to(photo_ids, visibility, chosen, kept), keep=True)

    def _locked(self, photo_ids: list[int]) -> None:
        if not self._session.viewer.unlocked:
            self.hidden.emit(photo_ids)

    def _changed(self, change: LibraryChanged) -> None:
        if change.folders:
            self._ask()

    def _ask(self) -> None:
        self._tasks.run(self, self._session.sharing.housemates, self._know)

    def _know(self, housemates: list[Housemate]) -> None:
        self._housemates = housemates
