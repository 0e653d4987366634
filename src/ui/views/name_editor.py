"""Typing a name right at a face."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.types import PersonSummary
from ui.context import Context

_SIZE = QSize(180, 32)


class NameEditor(QLineEdit):
    """Hidden until `open`; Return keeps the name, Escape does not. Known names are offered."""

    finished = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self._person_id = 0
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self.setPlaceholderText(self.tr("Name"))
        self.setMaxLength(200)
        self.resize(_SIZE)
        self.hide()
        self.returnPressed.connect(self._keep)

    def open(self, person_id: int, tag: QRectF) -> None:
        """Asks for the name of a person at the place of their tag."""
        self._person_id = person_id
        self.clear()
        parent = self._over.rect()
        left = min(max(0, round(tag.center().x()) - self.width() // 2), parent.width() - self.width())
        top = min(max(0, round(tag.top())), parent.height() - self.height())
        self.move(left, top)
        self.show()
        self.setFocus()
        self._context.tasks.run(self, self._context.library.people.list, self._offer)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
            # Keys that a line edit does not use must not turn the page beneath it.
            event.accept()

    def _offer(self, people: list[PersonSummary]) -> None:
        self._names.setStringList(sorted({each.name for each in people if each.name}))

    def _keep(self) -> None:
        name, person_id = self.text().strip(), self._person_id
        if name:
            self._context.tasks.run(self, lambda: self._context.library.people.rename(person_id, name), keep=True)
        self._close()

    def _close(self) -> None:
        self.hide()
        self.finished.emit()
