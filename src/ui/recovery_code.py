"""A recovery code as it is shown this once: to be copied, saved, and confirmed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.widgets import label, named

_GROUPS_IN_LINE = 7


class RecoveryCode(QWidget):
    """The code, and what can be done with it; `kept` is checked by whoever did, `told` says what came of it.

    Args:
        code: groups of letters and digits.
        heading: what stands above it in a file.
    """

    told = Signal(str)

    def __init__(self, code: str, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code, self._heading = code, heading
        groups = code.split("-")
        lines = (groups[at : at + _GROUPS_IN_LINE] for at in range(0, len(groups), _GROUPS_IN_LINE))
        self.code = label(self, "code", "\n".join("  ".join(line) for line in lines), centred=True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.TEXT_STRONG)
        self.code.setFont(font)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(self.tr("Copy"), self)
        self.save = QPushButton(self.tr("Save…"), self)
        self.kept = QCheckBox(self.tr("I have kept the recovery code"), self)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self.code)
        column.addLayout(row)
        column.addWidget(self.kept)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self.told.emit(self.tr("Copied. Put it where only you find it."))

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Where to keep the code"), "sietch-recovery-code.txt")
        if not name:
            return
        try:
            Path(name).write_text(f"{self._heading}\n\n{self._code}\n", encoding="utf-8")
            self.told.emit(self.tr("Saved. It is best on something that does not stay with this computer."))
        except OSError as error:
            self.told.emit(self.tr("It cannot be saved there: {}.").format(error.strerror or error))


class RecoveryCodeDialog(QDialog):
    """Shows the code of a profile; it closes when the code is kept."""

    def __init__(self, code: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self.note = label(self, "quiet")
        heading = self.tr("The recovery code of {} in a photo library of Sietch:").format(name)
        self.panel = RecoveryCode(code, heading, self)
        self.panel.told.connect(self.note.setText)
        self.done_button = named(QPushButton(self.tr("Done"), self), "accent")
        self.done_button.setEnabled(False)
        self.panel.kept.toggled.connect(self.done_button.setEnabled)
        self.done_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        texts = (("title", self.tr("Your recovery code")), ("", purpose(self)))
        for style, text in texts:
            paragraph = label(self, style, text)
            paragraph.setWordWrap(True)
            column.addWidget(paragraph)
        column.addWidget(self.panel)
        column.addWidget(self.note)
        column.addWidget(self.done_button, alignment=Qt.AlignmentFlag.AlignRight)
        self.setFixedSize(theme.DIALOG_WIDTH, column.totalHeightForWidth(theme.DIALOG_WIDTH) + theme.SPACE_2)

    def reject(self) -> None:
        if self.panel.kept.isChecked():
            super().reject()
        else:
            self.note.setText(self.tr("Keep the code first: it is not shown again."))


def purpose(widget: QWidget) -> str:
    """What a recovery code of a profile is for."""
    return widget.tr(
        "If you forget your password, this code lets you choose another one. It is shown this once. Write it down, or "
        "save it on something that does not stay with this computer."
    )
