"""A password is asked for: the present one, a new one, or both."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.wrapping import LEAST_CHARACTERS
from ui import theme
from ui.widgets import label, named


class PasswordDialog(QDialog):
    """`entered` carries the present password and the new one, each empty where it was not asked for.

    Args:
        title: what is about to happen.
        text: what that means.
        button: does it.
        old: the present password is asked for.
        new: so is another one, twice.
    """

    entered = Signal(str, str)

    def __init__(
        self, title: str, text: str, button: str, *, old: bool, new: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self.old = self._secret(self.tr("Your password"), old)
        self.new = self._secret(self.tr("New password"), new)
        self.again = self._secret(self.tr("The same again"), new)
        self.note = label(self, "error")
        self.note.setWordWrap(True)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.go = named(QPushButton(button, self), "accent")
        self.go.setDefault(True)
        self.go.clicked.connect(self._enter)
        self.cancel.clicked.connect(self.reject)
        self._lay_out(title, text)

    def refuse(self, why: str) -> None:
        """It was not right: says so, and everything can be tried again."""
        self.note.setText(why)
        self._enable(True)
        self.old.setFocus()
        self.old.selectAll()

    def _enter(self) -> None:
        if not self.new.isHidden() and len(self.new.text()) < LEAST_CHARACTERS:
            text = self.tr("A password has at least {} characters; several words are best.")
            self.note.setText(text.format(LEAST_CHARACTERS))
        elif self.new.text() != self.again.text():
            self.note.setText(self.tr("The two passwords are not the same."))
        else:
            self.note.setText(self.tr("A moment…"))
            self._enable(False)
            self.entered.emit(self.old.text(), self.new.text())

    def _enable(self, on: bool) -> None:
        for widget in (self.old, self.new, self.again, self.go):
            widget.setEnabled(on)

    def _secret(self, what: str, wanted: bool) -> QLineEdit:
        field = QLineEdit(self, placeholderText=what, echoMode=QLineEdit.EchoMode.Password)
        field.setAccessibleName(what)
        field.setVisible(wanted)
        return field

    def _lay_out(self, title: str, text: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        for style, words in (("title", title), ("", text)):
            paragraph = label(self, style, words)
            paragraph.setWordWrap(True)
            paragraph.setVisible(bool(words))
            column.addWidget(paragraph)
        for field in (self.old, self.new, self.again, self.note):
            column.addWidget(field)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        column.addLayout(row)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.setFixedSize(theme.SMALL_DIALOG_WIDTH, column.totalHeightForWidth(theme.SMALL_DIALOG_WIDTH))
