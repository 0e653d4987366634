"""Import from a card: from where, to where, and into which folders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.shots import PATTERN, folder_for
from app.types import CopyRequest
from core.errors import CoreError
from ui import theme
from ui.text import shown
from ui.widgets import label, named


class CopyDialog(QDialog):
    """`wanted` carries what is to be copied."""

    wanted = Signal(CopyRequest)

    def __init__(self, to: Path | None, parent: QWidget | None = None) -> None:
        """Asks.

        Args:
            to: the photo folder that was chosen before.
        """
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Import from a card or folder"))
        self.source = self._field("", self.tr("The card or folder"))
        self.to = self._field(str(to) if to else "", self.tr("Your photo folder"))
        self.pattern = self._field(PATTERN, self.tr("Folders by date"))
        self.example = self._paragraph("quiet")
        self.start = named(QPushButton(self.tr("Import"), self), "accent")
        self.start.clicked.connect(self._start)
        self._lay_out()
        for field in (self.source, self.to, self.pattern):
            field.textChanged.connect(self._told)
        self._told()

    def _field(self, text: str, name: str) -> QLineEdit:
        made = QLineEdit(text, self)
        made.setAccessibleName(name)
        return made

    def _paragraph(self, name: str, text: str = "") -> QLabel:
        made = label(self, name, text)
        made.setWordWrap(True)
        return made

    def _lay_out(self) -> None:
        lead = self.tr(
            "Photos and films are copied, each copy is verified, and the card is only read. "
            "What is in your library already is skipped."
        )
        close = QPushButton(self.tr("Cancel"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(self._paragraph("", lead))
        column.addSpacing(theme.SPACE_2)
        for field, choose in ((self.source, self._choose_source), (self.to, self._choose_to), (self.pattern, None)):
            column.addWidget(label(self, "section", field.accessibleName()))
            column.addLayout(self._row(field, choose))
            column.addSpacing(theme.SPACE_1)
        column.addWidget(self.example)
        column.addSpacing(theme.SPACE_2)
        column.addLayout(buttons)
        self.setFixedWidth(theme.DIALOG_WIDTH)

    def _row(self, field: QLineEdit, choose: Callable[[], None] | None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        row.addWidget(field, 1)
        if choose:
            button = QPushButton(self.tr("Choose…"), self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on: choose())
            row.addWidget(button)
        return row

    def _choose_source(self) -> None:
        self._choose(self.source, self.tr("The card or folder with the photos"))

    def _choose_to(self) -> None:
        self._choose(self.to, self.tr("The folder in which your photos are to be kept"))

    def _choose(self, field: QLineEdit, title: str) -> None:
        folder = QFileDialog.getExistingDirectory(self, title, field.text())
        if folder:
            field.setText(folder)

    def _told(self) -> None:
        """Where a photo of today would go; or what is wrong with the pattern."""
        try:
            folder = folder_for(self.pattern.text(), datetime.now())
            to = Path(self.to.text() or self.tr("your photo folder"))
            self.example.setText(self.tr("A photo of today goes to {}").format(shown(str(to / folder))))
            sound = True
        except CoreError as error:
            self.example.setText(str(error))
            sound = False
        self.start.setEnabled(sound and bool(self.source.text().strip() and self.to.text().strip()))

    def _start(self) -> None:
        source, to = (Path(field.text().strip()).expanduser() for field in (self.source, self.to))
        self.wanted.emit(CopyRequest(source, to, self.pattern.text()))
        self.accept()
