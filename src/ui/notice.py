"""A calm bar above the page: what happened to folders and backups that the user may want to know, or is asked about."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.session import Session
from app.types import AwaitedDrive, LibraryChanged, WatchedFolder
from ui import theme
from ui.context import Context
from ui.refresh import Refresher
from ui.text import shown
from ui.widgets import icon_button, label

_News = tuple[list[WatchedFolder], list[AwaitedDrive], str | None]


class NoticeBar(QFrame):
    """Shows one thing at a time, a question first; what was put aside is not shown again until it changes."""

    add_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._context = context
        self._aside: set[Hashable] = set()
        self._news: _News = [], [], None
        self._asked: WatchedFolder | None = None
        self._problem: str | None = None
        self._key: Hashable = None
        self._icon = QLabel(self)
        self.text = label(self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.look_again = QPushButton(self.tr("Look again"), self)
        self.moved = QPushButton(self.tr("They were moved…"), self)
        self.deleted = QPushButton(self.tr("They were deleted"), self)
        self.aside = icon_button(self, self.tr("Put aside"), "small")
        self.look_again.clicked.connect(lambda: self._answer(accept=False))
        self.moved.clicked.connect(self.add_requested)
        self.deleted.clicked.connect(lambda: self._answer(accept=True))
        self.aside.clicked.connect(self._put_aside)
        self._lay_out()
        self.hide()
        context.look.changed.connect(self._tint)
        self._tint()
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, lambda: news(context.session), self._show)
        self._refresher.ask()

    def _lay_out(self) -> None:
        self.aside.setIconSize(QSize(theme.ICON_SMALL, theme.ICON_SMALL))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_2, theme.SPACE_4, theme.SPACE_2)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.text, 1)
        for button in (self.look_again, self.moved, self.deleted, self.aside):
            row.addWidget(button)

    def _changed(self, change: LibraryChanged) -> None:
        if change.folders or change.photo_ids or change.backups:
            self._refresher.ask()

    def _show(self, told: _News) -> None:
        self._news = told
        asked = [folder for folder in told[0] if self._folder_key(folder) not in self._aside]
        drives = [drive for drive in told[1] if drive not in self._aside]
        self._problem = told[2] if told[2] not in self._aside else None
        self._asked = asked[0] if asked else None
        if self._asked:
            self._key = self._folder_key(self._asked)
            self.text.setText(self._question(self._asked))
        elif self._problem:
            self._key = self._problem
            self.text.setText(self.tr("Your library could not be backed up. {}").format(shown(self._problem)))
        elif drives:
            self._key = drives[0]
            self.text.setText(self._awaiting(drives[0]))
        for button in (self.look_again, self.moved, self.deleted):
            button.setVisible(self._asked is not None)
            button.setEnabled(True)
        self._tint()
        self.setVisible(bool(asked or self._problem or drives))

    def _question(self, folder: WatchedFolder) -> str:
        number = QLocale().toString(folder.vanished)
        return self.tr(
            "{} photos that were in “{}” are not there any more. Nothing was changed. Were they moved, or deleted?"
        ).format(number, shown(folder.path.name))

    def _awaiting(self, drive: AwaitedDrive) -> str:
        away = self.tr("The drive “{}” is not connected.").format(shown(drive.name))
        if drive.photos == 1:
            return f"{away} " + self.tr("A photo waits for it, and is read when it is back.")
        number = QLocale().toString(drive.photos)
        return f"{away} " + self.tr("{} photos wait for it, and are read when it is back.").format(number)

    def _answer(self, accept: bool) -> None:
        folder, watcher = self._asked, self._context.library.watcher
        if folder is None:
            return
        for button in (self.look_again, self.moved, self.deleted):
            button.setEnabled(False)
        self._context.tasks.run(
            self, lambda: watcher.look([folder], accept), lambda _none: self._refresher.ask(), self._failed, keep=accept
        )

    def _failed(self, error: Exception) -> None:
        self._refresher.ask()
        self._context.tasks.failed.emit(error)

    def _put_aside(self) -> None:
        self._aside.add(self._key)
        self._show(self._news)

    @staticmethod
    def _folder_key(folder: WatchedFolder) -> Hashable:
        return folder.folder_id, folder.vanished

    def _tint(self) -> None:
        look = self._context.look
        warns = self._asked or self._problem
        icon, tint = ("triangle-alert", look.theme.warn) if warns else ("unplug", look.theme.quiet)
        self._icon.setPixmap(look.pixmaps(icon, theme.ICON, tint))
        self.aside.setIcon(look.icon("x", theme.ICON_SMALL))


def news(session: Session) -> _News:
    """The folders about which the user is asked, the drives for which photos wait, and why no backup was made.

    Backups are the business of whoever decides for all.
    """
    asked = [folder for folder in session.folders.brief() if folder.vanished]
    problem = session.library.keeper.problem
    return asked, session.folders.awaited(), problem if problem and session.decides_for_all() else None
