"""Encrypting a library: what it means, the recovery code that is shown this once, and a passphrase where need be.

And the way back, which needs no more than a yes.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
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
from ui.recovery_code import RecoveryCode
from ui.widgets import label, message_box, named


class EncryptDialog(QDialog):
    """`agreed` tells that the code is kept and the library to be encrypted: with the key, and a passphrase or None."""

    agreed = Signal(object, object)

    def __init__(self, key: LibraryKey, has_keyring: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Encrypt the library"))
        self._key, self._has_keyring = key, has_keyring
        heading = self.tr("The recovery code of a photo library of Sietch:")
        self.panel = RecoveryCode(key.code, heading, self)
        self.code, self.copy, self.save = self.panel.code, self.panel.copy, self.panel.save
        self.kept = self.panel.kept
        self.passphrase = self._secret(self.tr("Passphrase"))
        self.again = self._secret(self.tr("The same again"))
        self.note = self._paragraph("quiet", "")
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.encrypt = named(QPushButton(self.tr("Encrypt the library"), self), "accent")
        self._connect()
        self._lay_out()
        self._look()

    def _connect(self) -> None:
        self.panel.told.connect(self.note.setText)
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
        column.addWidget(self.panel)
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
