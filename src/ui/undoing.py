"""Undo and redo in the window: the entries of the menu, the question before more than one step goes, the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from app.errors import DependsOnLater
from app.journal import Step, Taken
from app.types import LibraryChanged
from ui import steps
from ui.context import Context
from ui.refresh import Refresher
from ui.text import shown
from ui.undo_bar import UndoBar
from ui.widgets import message_box

_NAMED = 6
"""Steps that a question names; the others are one click away."""

_LONGEST = 50
"""Characters of a sentence in the menu."""


_Work = Callable[[bool], Taken]
"""Takes a step, or more than one if it is allowed."""

_Ask = Callable[[Sequence[int], Callable[[], None]], None]


class Undoing(QObject):
    """Takes steps back for whoever asks. `taken` tells that it did."""

    taken = Signal()

    def __init__(self, context: Context, window: QWidget, covered: QWidget) -> None:
        """Composes it.

        Args:
            window: whose dialogs these are.
            covered: what the strip with "Undo" lies over.
        """
        super().__init__(window)
        self._window = window
        self._tasks = context.tasks
        self._journal = context.session.journal
        self.bar = UndoBar(covered)
        self.undo_action = self._action(QKeySequence(QKeySequence.StandardKey.Undo), self.undo)
        self.redo_action = self._action(QKeySequence("Ctrl+Shift+Z"), self.redo)
        self._refresher = Refresher(self, self._tasks, self._journal.next, self._show)
        context.bridge.changed.connect(self._changed)
        self._show((None, None))
        self.refresh()

    def refresh(self) -> None:
        """Something was done."""
        self._refresher.ask()

    def undo(self, step_id: int | None = None, with_later: bool = False) -> None:
        """Takes a step back; by default the latest. What builds on it is named before anything happens."""
        journal = self._journal
        self._take(lambda more: journal.undo(step_id, more), with_later, self._undone, self._ask_undo)

    def redo(self, step_id: int | None = None, with_later: bool = False) -> None:
        """Does again what was undone; by default what was undone last."""
        journal = self._journal
        self._take(lambda more: journal.redo(step_id, more), with_later, self._redone, self._ask_redo)

    def tell(self, text: str, step_id: int | None) -> None:
        """Says what was done, and offers the way back."""
        self.refresh()
        if step_id is not None:
            self.bar.tell(text, lambda: self.undo(step_id))

    def _action(self, shortcut: QKeySequence, work: Callable[[], None]) -> QAction:
        action = QAction(self)
        action.setShortcut(shortcut)
        # Whether the action is on or off is not for the work.
        action.triggered.connect(lambda _on: work())
        return action

    def _changed(self, _change: LibraryChanged) -> None:
        self.refresh()

    def _show(self, following: tuple[Step | None, Step | None]) -> None:
        words = ((self.tr("Undo"), self.tr("Undo: {}")), (self.tr("Redo"), self.tr("Redo: {}")))
        for action, step, (alone, named) in zip((self.undo_action, self.redo_action), following, words, strict=True):
            # An ampersand would underline the next letter.
            action.setText(named.format(_short(told(step)).replace("&", "&&")) if step else alone)
            action.setEnabled(step is not None)

    def _take(self, work: _Work, with_later: bool, done: Callable[[Taken], None], ask: _Ask) -> None:
        def failed(error: Exception) -> None:
            if isinstance(error, DependsOnLater) and not error.others:
                ask(error.step_ids, lambda: self._take(work, True, done, ask))
            else:
                self._tasks.failed.emit(error)

        self._tasks.run(self, lambda: work(with_later), done, failed, keep=True)

    def _undone(self, taken: Taken) -> None:
        again = [each.step_id for each in reversed(taken.steps)]
        self._report(self.tr("Undone: {}"), taken, lambda: self._redo_all(again), self.tr("Redo"))

    def _redone(self, taken: Taken) -> None:
        last = taken.steps[-1].step_id
        self._report(self.tr("Done again: {}"), taken, lambda: self.undo(last), self.tr("Undo"))

    def _redo_all(self, step_ids: Sequence[int]) -> None:
        journal = self._journal

        def work(_more: bool) -> Taken:
            every = [journal.redo(each) for each in step_ids]
            return Taken(tuple(step for each in every for step in each.steps), sum(each.left_out for each in every))

        self._take(work, False, self._redone, self._ask_redo)

    def _report(self, text: str, taken: Taken, back: Callable[[], None], button: str) -> None:
        words = text.format(told(taken.steps[-1]))
        if len(taken.steps) > 1:
            words = self.tr("{} and {} more").format(words, QLocale().toString(len(taken.steps) - 1))
        if taken.left_out:
            stayed = self.tr("{}. Some of it has changed since, and stays as it is")
            words = stayed.format(words)
        self.bar.tell(words, back, button)
        self.refresh()
        self.taken.emit()

    def _ask_undo(self, step_ids: Sequence[int], agreed: Callable[[], None]) -> None:
        lead = self.tr("It can only be undone together with:")
        self._ask(self.tr("What you did later builds on this"), lead, self.tr("Undo all of it"), step_ids, agreed)

    def _ask_redo(self, step_ids: Sequence[int], agreed: Callable[[], None]) -> None:
        lead = self.tr("It can only be done again together with a change of these:")
        self._ask(self.tr("This builds on other steps"), lead, self.tr("Change all of it"), step_ids, agreed)

    def _ask(self, text: str, lead: str, button: str, step_ids: Sequence[int], agreed: Callable[[], None]) -> None:
        """Names what a step cannot be taken without, and takes that too if it is agreed to."""

        def ask(listed: list[Step]) -> None:
            found = {each.step_id: each for each in listed}
            lines = [told(found[each]) for each in step_ids if each in found]
            box = message_box(self._window, text)
            more = [self.tr("and {} more").format(QLocale().toString(len(lines) - _NAMED))] if lines[_NAMED:] else []
            box.setInformativeText("\n".join((lead, "", *lines[:_NAMED], *more)))
            if more:
                box.setDetailedText("\n".join(lines))
            together = box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
            box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
            box.finished.connect(lambda _code: agreed() if box.clickedButton() is together else None)
            box.open()

        self._tasks.run(self, self._journal.list, ask)


def told(step: Step) -> str:
    """What a step did, in the language and with the numbers of whoever looks."""
    return shown(steps.told(step, QLocale().toString, lambda text: QCoreApplication.translate("steps", text)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
