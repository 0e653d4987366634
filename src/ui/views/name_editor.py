"""Typing a name right at a face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from app.types import PersonSummary
from core.errors import CoreError
from ui import theme
from ui.context import Context
from ui.text import shown
from ui.widgets import label, named

_LONGEST = 200
"""Characters; the library refuses longer names."""


class NameEditor(QFrame):
    """Hidden until `open`. Return keeps the name, Tab keeps it and goes on to the next face, Escape does not keep it.

    `saved` tells that a name was kept, and whether to go on; `closed` that the typing is over.
    """

    saved = Signal(bool)
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget, hint: str = "") -> None:
        super().__init__(parent)
        named(self, "name_editor")
        self._context = context
        self._over = parent
        self._about: Callable[[], Any] = lambda: None
        self._change: Callable[[str, Any], object] = lambda _name, _about: None
        self._turn = 0
        self.field = QLineEdit(self, placeholderText=self.tr("Name"), maxLength=_LONGEST)
        self.field.setAccessibleName(self.tr("Name of this person"))
        self.field.setCompleter(self._make_completer())
        self.field.returnPressed.connect(self._keep)
        self.field.installEventFilter(self)
        self.problem = label(self, "problem_small")
        self.problem.setWordWrap(True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_1, theme.SPACE_1, theme.SPACE_1, theme.SPACE_1)
        column.setSpacing(theme.SPACE_1)
        column.addWidget(self.field)
        if hint:
            note = label(self, "quiet", hint)
            note.setWordWrap(True)
            note.setContentsMargins(theme.SPACE_1, 0, theme.SPACE_1, theme.SPACE_1)
            column.addWidget(note)
        column.addWidget(self.problem)
        self.setFixedWidth(theme.TAG_EDIT_WIDTH)
        self.hide()

    def open(self, person_id: int, box: QRectF) -> None:
        """Asks for the name of a person, under the box of their face."""
        people = self._context.session.people
        self.ask(lambda: person_id, lambda name, person: people.rename(person, name), box)

    def ask(self, about: Callable[[], Any], change: Callable[[str, Any], object], box: QRectF) -> None:
        """Asks for a name.

        Args:
            about: what else is to be known when the name is kept; asked on this thread.
            change: keeps the name with that, on another thread.
            box: under which the field stands.
        """
        self._about, self._change = about, change
        self._turn += 1
        self.field.setReadOnly(False)
        self.field.clear()
        self._tell("")
        self.follow(box)
        self.show()
        self.raise_()
        self.field.setFocus()
        self._context.tasks.run(self, self._context.session.people.list, self._offer)

    def follow(self, box: QRectF) -> None:
        """Stays under the box of the face, inside the parent."""
        self.adjustSize()
        room = self._over.rect().adjusted(theme.SPACE_1, theme.SPACE_1, -theme.SPACE_1, -theme.SPACE_1)
        left = round(box.center().x() - self.width() / 2)
        top = round(box.bottom()) + theme.SPACE_1
        self.move(
            max(room.left(), min(left, room.right() - self.width() + 1)),
            max(room.top(), min(top, room.bottom() - self.height() + 1)),
        )

    def close_editor(self) -> None:
        """Ends the typing without keeping anything."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            action = self._action(event.key())
            if action:
                action()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        # Keys that the field does not use must not turn the page beneath it.
        event.accept()

    def _action(self, key: int) -> Callable[[], None] | None:
        if key == Qt.Key.Key_Escape:
            return self.close_editor
        if key == Qt.Key.Key_Tab:
            return lambda: self._keep(go_on=True)
        return None

    def _make_completer(self) -> QCompleter:
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        names = named(QListView(self), "names")
        names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        names.setTextElideMode(Qt.TextElideMode.ElideRight)
        names.setUniformItemSizes(True)
        completer.setPopup(names)
        names.setStyleSheet(theme.viewer_style_sheet())
        return completer

    def _offer(self, people: list[PersonSummary]) -> None:
        self._names.setStringList(sorted({each.name for each in people if each.name}, key=str.casefold))
        completer = self.field.completer()
        if self.field.hasFocus() and self.field.text() and completer is not None:
            # Whoever types faster than the names come still gets them offered.
            completer.setCompletionPrefix(self.field.text())
            completer.complete()

    def _keep(self, go_on: bool = False) -> None:
        name, about, change = self.field.text().strip(), self._about(), self._change
        if not name:
            self.close_editor()
            return
        self.field.setReadOnly(True)
        turn = self._turn

        def kept(_result: object) -> None:
            # A busy library takes its time; another name may be in the field by now.
            if turn == self._turn:
                self.field.setReadOnly(False)
                self.saved.emit(go_on)

        def failed(error: Exception) -> None:
            if turn != self._turn:
                self._context.tasks.failed.emit(error)
                return
            self.field.setReadOnly(False)
            if isinstance(error, CoreError):
                self._tell(shown(str(error)))
            else:
                self.close_editor()
                self._context.tasks.failed.emit(error)

        self._context.tasks.run(self, lambda: change(name, about), kept, failed, keep=True)

    def _tell(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.adjustSize()
