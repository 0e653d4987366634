"""Why a library does not open, and what can be done about it: one calm dialog before there is a window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.backups import Backup
from app.errors import LibraryDamaged, LibraryInUse
from core.errors import CoreError, DatabaseNewer
from ui import theme
from ui.text import shown
from ui.widgets import label, named


class Way(Enum):
    """What the user chose to do."""

    RESTORE = auto()
    AGAIN = auto()
    ANOTHER = auto()
    QUIT = auto()
    GO_ON = auto()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is told.

    Attributes:
        what: the heading.
        why: what it means and what to do.
        where: the folder or file that it is about.
        ways: what can be done; the first is what most would choose.
    """

    what: str
    why: str
    where: str
    ways: tuple[Way, ...]


def trouble_of(error: CoreError, folder: Path) -> Trouble | None:
    """What is told of an error with which a library does not open; None if this dialog knows nothing about it."""
    where = shown(str(folder))
    if isinstance(error, LibraryInUse):
        why = _tr(
            "Another window or command is at work on it, and two at once would get in each other's way. "
            "Close the other one, or wait until it is done, and try again."
        )
        return Trouble(_tr("This library is already open"), why, where, (Way.AGAIN, Way.ANOTHER, Way.QUIT))
    if isinstance(error, DatabaseNewer):
        why = _tr(
            "It holds things that this version of Sietch does not know. Nothing was changed. Update Sietch to open it."
        )
        return Trouble(_tr("This library is of a newer Sietch"), why, where, (Way.ANOTHER, Way.QUIT))
    if isinstance(error, LibraryDamaged):
        return _damaged(error, where)
    return None


def upgraded(backup: Backup) -> Trouble:
    """What is told when the library was brought up to date."""
    why = _tr(
        "This version of Sietch keeps more than the one before. Nothing was lost, and a backup of before is kept."
    )
    return Trouble(_tr("Your library was brought up to date"), why, shown(str(backup.path)), (Way.GO_ON,))


def _damaged(error: LibraryDamaged, where: str) -> Trouble:
    what = _tr("The library cannot be read")
    if error.made is None:
        why = _tr(
            "Its database is damaged or gone, and there is no backup of it. Your photos are untouched: "
            "in another library they can be added anew."
        )
        return Trouble(what, why, where, (Way.ANOTHER, Way.QUIT))
    made = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(error.made.timestamp())), QLocale.FormatType.ShortFormat)
    why = _tr(
        "Its database is damaged or gone. Your photos are untouched, and there is a good backup of {}. "
        "What you named or corrected since then is not in it. The damaged file is kept."
    ).format(made)
    return Trouble(what, why, where, (Way.RESTORE, Way.ANOTHER, Way.QUIT))


class TroubleDialog(QDialog):
    """Shows a trouble; `chosen` tells what to do about it. To close it is to choose the last way."""

    chosen = Signal(Way)

    def __init__(self, trouble: Trouble, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self.trouble = trouble
        self.note = _paragraph(self, "quiet", "")
        self.buttons = {way: self._button(way) for way in trouble.ways}
        first = named(self.buttons[trouble.ways[0]], "accent")
        first.setDefault(True)
        self._lay_out()
        first.setFocus()

    def wait(self, text: str) -> None:
        """Something is done about it: says what, and waits for its end."""
        self.note.setText(text)
        for button in self.buttons.values():
            button.setEnabled(False)

    def reject(self) -> None:
        if all(button.isEnabled() for button in self.buttons.values()):
            self.chosen.emit(self.trouble.ways[-1])

    def _button(self, way: Way) -> QPushButton:
        texts = {
            Way.RESTORE: self.tr("Restore the backup"),
            Way.AGAIN: self.tr("Try again"),
            Way.ANOTHER: self.tr("Open another library…"),
            Way.QUIT: self.tr("Quit"),
            Way.GO_ON: self.tr("Go on"),
        }
        button = QPushButton(texts[way], self)
        button.clicked.connect(lambda: self.chosen.emit(way))
        return button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addStretch(1)
        # What most would choose stands last, where the eye ends.
        for way in reversed(self.trouble.ways):
            buttons.addWidget(self.buttons[way])
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        for name, text in (("title", self.trouble.what), ("", self.trouble.why), ("quiet", self.trouble.where)):
            column.addWidget(_paragraph(self, name, text))
        column.addWidget(self.note)
        column.addSpacing(theme.SPACE_2)
        column.addLayout(buttons)
        self.setFixedSize(theme.DIALOG_WIDTH, column.totalHeightForWidth(theme.DIALOG_WIDTH))


def _paragraph(parent: QWidget, name: str, text: str) -> QLabel:
    made = label(parent, name, text)
    made.setWordWrap(True)
    return made


def _tr(text: str) -> str:
    return QCoreApplication.translate("Trouble", text)
