"""Deleting from the window: into the trash at once and undone at once, out of it only after asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.types import Removal, TrashedPhoto
from ui.context import Context
from ui.text import shown
from ui.undoing import Undoing
from ui.widgets import message_box

_Done = tuple[tuple[int, ...], int | None]

_NAMED = 6
"""Files that a question names; the others are one click away."""


class Deleting(QObject):
    """Does what screens ask for, and says what was done. `moved` carries the photos that went to the trash."""

    moved = Signal(object)

    def __init__(self, context: Context, window: QWidget, undoing: Undoing) -> None:
        """Composes it.

        Args:
            window: whose dialogs these are.
            undoing: takes it back.
        """
        super().__init__(window)
        self._window = window
        self._tasks = context.tasks
        self._trash = context.session.trash
        self._journal = context.session.journal
        self._undoing = undoing
        self.bar = undoing.bar

    def put(self, photo_ids: Sequence[int]) -> None:
        """Moves photos to the trash, and offers the way back."""
        chosen = list(photo_ids)
        if chosen:
            self._tasks.run(self, lambda: self._done(self._trash.put(chosen)), self._put, keep=True)

    def restore(self, photo_ids: Sequence[int]) -> None:
        """Brings photos back."""
        chosen = list(photo_ids)
        if chosen:
            self._tasks.run(self, lambda: self._done(self._trash.restore(chosen)), self._restored, keep=True)

    def remove(self, photo_ids: Sequence[int] | None = None) -> None:
        """Asks, then removes photos in the trash for ever; by default all."""
        chosen = None if photo_ids is None else set(photo_ids)

        def listed() -> list[TrashedPhoto]:
            return [each for each in self._trash.list() if chosen is None or each.photo_id in chosen]

        self._tasks.run(self, listed, self._ask)

    def _done(self, photo_ids: tuple[int, ...]) -> _Done:
        """On the thread that did it: what was moved, and the step that takes it back."""
        return photo_ids, self._journal.last

    def _put(self, done: _Done) -> None:
        moved, step_id = done
        if moved:
            self.moved.emit(moved)
            self._undoing.tell(self.tr("Moved {} to the trash").format(self._photos(len(moved))), step_id)

    def _restored(self, done: _Done) -> None:
        back, step_id = done
        if back:
            self._undoing.tell(self.tr("Brought {} back").format(self._photos(len(back))), step_id)

    def _ask(self, listed: list[TrashedPhoto]) -> None:
        if not listed:
            return
        files = [shown(str(path)) for each in listed for path in each.paths]
        box = message_box(self._window, self.tr("Remove {} for ever?").format(self._photos(len(listed))))
        told = self.tr("The files go to the trash of the system, and Sietch forgets the names and faces in them:")
        box.setInformativeText("\n".join((told, "", *_shortened(files, self.tr("and {} more")))))
        if len(files) > _NAMED:
            box.setDetailedText("\n".join(files))
        remove = box.addButton(self.tr("Remove for ever"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        photo_ids = [each.photo_id for each in listed]
        _when(box, remove, lambda: self._remove(photo_ids))

    def _remove(self, photo_ids: Sequence[int], forget_missing: bool = False) -> None:
        self.bar.hide()
        self._tasks.run(self, lambda: self._trash.remove(photo_ids, forget_missing), self._removed, keep=True)

    def _removed(self, done: Removal) -> None:
        if not done.kept:
            return
        box = message_box(self._window, self.tr("{} had to stay in the trash").format(self._photos(len(done.kept))))
        lines = [f"{shown(each.path.name)}: {each.reason}" for each in done.kept]
        box.setInformativeText("\n".join(_shortened(lines, self.tr("and {} more"))))
        box.setDetailedText("\n".join(f"{shown(str(each.path))}: {each.reason}" for each in done.kept))
        box.addButton(QMessageBox.StandardButton.Close)
        missing = [each.photo_id for each in done.kept if each.missing]
        if missing:
            forget = box.addButton(self.tr("Forget what is not there"), QMessageBox.ButtonRole.DestructiveRole)
            _when(box, forget, lambda: self._remove(missing, forget_missing=True))
        else:
            box.open()

    def _photos(self, count: int) -> str:
        return self.tr("1 photo") if count == 1 else self.tr("{} photos").format(QLocale().toString(count))


def _shortened(lines: Sequence[str], more: str) -> list[str]:
    left = len(lines) - _NAMED
    return [*lines[:_NAMED], more.format(QLocale().toString(left))] if left > 0 else list(lines)


def _when(box: QMessageBox, button: QPushButton, action: Any) -> None:
    """Opens the question, and does something if it is answered so."""
    box.finished.connect(lambda _code: action() if box.clickedButton() is button else None)
    box.open()
