"""Encrypting a library: what it means, the recovery code that is shown this once, and a passphrase where need be.

And the way back, which needs no more than a yes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.keys import LibraryKey
from app.wrapping import LEAST_CHARACTERS
from ui import theme
from ui.widgets import label, message_box, named

_GROUPS_IN_LINE = 7


class EncryptDialog(QDialog):
    """`agreed` tells that the code is kept and the library to be encrypted: with the key, and a passphrase or None."""

    agreed = Signal(object, object)

    def __init__(self, key: LibraryKey, has_keyring: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Encrypt the library"))
        self._key, self._has_keyring = key, has_keyring
        self.code = self._code()
        self.copy = QPushButton(self.tr("Copy"), self)
        self.save = QPushButton(self.tr("Save…"), self)
        self.kept = QCheckBox(self.tr("I have kept the recovery code"), self)
        self.passphrase = self._secret(self.tr("Passphrase"))
        self.again = self._secret(self.tr("The same again"))
        self.note = self._paragraph("quiet", "")
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.encrypt = named(QPushButton(self.tr("Encrypt the library"), self), "accent")
        self._connect()
        self._lay_out()
        self._look()

    def _connect(self) -> None:
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.kept.toggled.connect(self._look)
        self.passphrase.textChanged.connect(self._look)
        self.again.textChanged.connect(self._look)
        self.cancel.clicked.connect(self.reject)
        self.encrypt.clicked.connect(self._agree)

    def _look(self) -> None:
        """Whether everything is there that has to be, and what is not."""
        missing = ""
        if not self._has_keyring and len(self.passphrase.text()) < LEAST_CHARACTERS:
            missing = self.tr("A passphrase has at least {} characters; several words are best.").format(
                LEAST_CHARACTERS
            )
        elif not self._has_keyring and self.passphrase.text() != self.again.text():
            missing = self.tr("The two passphrases are not the same.")
        self.note.setText(missing)
        self.encrypt.setEnabled(self.kept.isChecked() and not missing)

    def _agree(self) -> None:
        self.agreed.emit(self._key, None if self._has_keyring else self.passphrase.text())
        self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key.code)
        self.note.setText(self.tr("Copied. Put it where only you find it."))

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Where to keep the code"), "sietch-recovery-code.txt")
        if not name:
            return
        try:
            text = self.tr("The recovery code of a photo library of Sietch:")
            Path(name).write_text(f"{text}\n\n{self._key.code}\n", encoding="utf-8")
            self.note.setText(self.tr("Saved. It is best on something that does not stay with this computer."))
        except OSError as error:
            self.note.setText(self.tr("It cannot be saved there: {}.").format(error.strerror or error))

    def _code(self) -> QLabel:
        groups = self._key.code.split("-")
        lines = (groups[at : at + _GROUPS_IN_LINE] for at in range(0, len(groups), _GROUPS_IN_LINE))
        made = label(self, "code", "\n".join("  ".join(line) for line in lines), centred=True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.TEXT_STRONG)
        made.setFont(font)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _secret(self, what: str) -> QLineEdit:
        field = QLineEdit(self, placeholderText=what, echoMode=QLineEdit.EchoMode.Password)
        field.setAccessibleName(what)
        field.setVisible(not self._has_keyring)
        return field

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self._paragraph("title", self.tr("Encrypt this library")))
        for text in self._texts():
            column.addWidget(self._paragraph("", text))
        column.addWidget(self.code)
        column.addLayout(self._row(self.copy, self.save))
        column.addWidget(self.kept)
        if not self._has_keyring:
            text = self.tr(
                "This system has no keyring that could keep the key. A passphrase opens the library instead."
            )
            column.addWidget(self._paragraph("", text))
            column.addWidget(self.passphrase)
            column.addWidget(self.again)
        column.addWidget(self.note)
        column.addLayout(self._row(self.cancel, self.encrypt))
        self.setFixedSize(theme.DIALOG_WIDTH, column.totalHeightForWidth(theme.DIALOG_WIDTH) + theme.SPACE_4)

    def _texts(self) -> tuple[str, str, str]:
        what = self.tr(
            "The database, its backups and the small pictures will be encrypted. Sietch closes the library for that, "
            "and opens it again."
        )
        readable = self.tr(
            "These stay readable: your photos, the files beside them into which names and ratings are written if you "
            "want that, and backups that you wrote to other places. How many small pictures there are can be seen, and "
            "the names of their files, which are checksums of the photos."
        )
        code = self.tr(
            "This is the recovery code. It is shown this once, and opens the library when everything else is lost. "
            "Whoever has it can open the library, so keep it away from this computer."
        )
        return what, readable, code

    def _row(self, *buttons: QPushButton) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        return row

    def _paragraph(self, name: str, text: str) -> QLabel:
        made = label(self, name, text)
        made.setWordWrap(True)
        return made


def ask_to_decrypt(parent: QWidget, agreed: Callable[[], object]) -> None:
    """Asks whether a library is to be readable again."""
    box = message_box(parent, parent.tr("Decrypt this library?"))
    box.setInformativeText(
        parent.tr(
            "Everybody who has this disk can then read who is in your photos, and all else that Sietch knows of them. "
            "Sietch closes the library for that, and opens it again."
        )
    )
    decrypt = box.addButton(parent.tr("Decrypt the library"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    decrypt.clicked.connect(agreed)
    box.open()
