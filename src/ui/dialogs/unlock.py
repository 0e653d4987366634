"""An encrypted library asks for its passphrase or recovery code, as often as it takes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import LibraryLocked
from ui import theme
from ui.dialogs.trouble import Way
from ui.text import shown
from ui.widgets import label, named


class UnlockDialog(QDialog):
    """`entered` tells what was entered, `chosen` what to do instead. To close it is to quit."""

    entered = Signal(str)
    chosen = Signal(Way)

    def __init__(self, error: LibraryLocked, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        what = self.tr("Passphrase or recovery code") if error.has_passphrase else self.tr("Recovery code")
        self.field = QLineEdit(self, placeholderText=what, echoMode=QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(what)
        self.show_it = QCheckBox(self.tr("Show what I type"), self)
        self.show_it.toggled.connect(self._echo)
        self.note = self._paragraph("quiet", "")
        self.unlock = named(QPushButton(self.tr("Unlock"), self), "accent")
        self.another = QPushButton(self.tr("Open another library…"), self)
        self.quit = QPushButton(self.tr("Quit"), self)
        self._connect()
        self._lay_out(self._why(error), shown(str(folder)))
        self.field.setFocus()

    def refuse(self, why: str) -> None:
        """It was not right: says so, and everything can be tried again."""
        self.note.setText(why)
        self._enable(True)
        self.field.setFocus()
        self.field.selectAll()

    def wait(self) -> None:
        """What was entered is being looked at."""
        self.note.setText(self.tr("Opening…"))
        self._enable(False)

    def reject(self) -> None:
        if self.quit.isEnabled():
            self.chosen.emit(Way.QUIT)

    def _why(self, error: LibraryLocked) -> str:
        if error.has_passphrase:
            return self.tr(
                "Enter its passphrase. The recovery code that you kept when it was encrypted opens it as well."
            )
        return self.tr(
            "Its key is not in this system's keyring. Enter the recovery code that you kept when it was encrypted; "
            "the key goes back into the keyring then."
        )

    def _connect(self) -> None:
        self.unlock.setDefault(True)
        self.unlock.clicked.connect(self._enter)
        self.another.clicked.connect(lambda: self.chosen.emit(Way.ANOTHER))
        self.quit.clicked.connect(self.reject)

    def _enter(self) -> None:
        if self.field.text().strip():
            self.wait()
            self.entered.emit(self.field.text())

    def _echo(self, plain: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if plain else QLineEdit.EchoMode.Password)

    def _enable(self, on: bool) -> None:
        for widget in (self.field, self.show_it, self.unlock, self.another, self.quit):
            widget.setEnabled(on)

    def _lay_out(self, why: str, where: str) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addStretch(1)
        for button in (self.quit, self.another, self.unlock):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        for name, text in (("title", self.tr("This library is encrypted")), ("", why), ("quiet", where)):
            column.addWidget(self._paragraph(name, text))
        for widget in (self.field, self.show_it, self.note):
            column.addWidget(widget)
        column.addLayout(buttons)
        # The note may take two lines.
        height = column.totalHeightForWidth(theme.DIALOG_WIDTH) + self.note.fontMetrics().lineSpacing()
        self.setFixedSize(theme.DIALOG_WIDTH, height)

    def _paragraph(self, name: str, text: str) -> QLabel:
        made = label(self, name, text)
        made.setWordWrap(True)
        return made
