"""Starts Qt, opens the library off the GUI thread, and keeps a report of what goes wrong."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMessageBox

from app.encrypting import Converted, decrypt, encrypt
from app.errors import LibraryDamaged, LibraryLocked, ModelMissing
from app.importing import program_version
from app.keys import LibraryKey
from app.library import Library, default_folder
from app.restoring import restore
from app.session import Session
from app.unlocking import unlock
from core.errors import CoreError
from ui.collecting import Collector
from ui.dialogs.trouble import TroubleDialog, Way, trouble_of, upgraded
from ui.dialogs.unlock import UnlockDialog
from ui.entrance import Entrance
from ui.look import Look
from ui.main_window import MainWindow
from ui.profile_controls import Change
from ui.tasks import Tasks
from ui.text import shown
from ui.widgets import warn

_LAST_RESORT, _BETTER = "DejaVu Sans", "Inter"
"""What is found where no desktop chose a font, and what is better where it is installed."""


def make_application() -> QApplication:
    """The one QApplication of the process, with the names under which settings are kept."""
    QCoreApplication.setOrganizationName("sietch")
    QCoreApplication.setApplicationName("sietch")
    QGuiApplication.setDesktopFileName("sietch")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    system = QLocale.system()
    # Without a language in its environment Qt would show dates and numbers as programs do.
    QLocale.setDefault(QLocale(QLocale.Language.English) if system.language() == QLocale.Language.C else system)
    if QFontInfo(application.font()).family() == _LAST_RESORT and _BETTER in QFontDatabase.families():
        application.setFont(QFont(_BETTER))
    if not application.findChild(Collector):
        Collector(application)
    return application


def run(folder: Path | None) -> int:
    """Opens the window on a library and returns when it is closed: 0, or 1 when the library cannot be opened."""
    application = make_application()
    program = Program(application, folder or default_folder())
    sys.excepthook = program.report
    program.open()
    return application.exec()


@dataclass(frozen=True, slots=True)
class _Conversion:
    """What is done to the library while it is closed.

    Attributes:
        told: to the user meanwhile.
        run: does it.
        left: told of files that could not be converted.
        key: under which the library is afterwards.
    """

    told: str
    run: Callable[[], Converted]
    left: str
    key: LibraryKey | None


class Program(QObject):
    """From the start of the program to its end."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        super().__init__()
        self._application = application
        self._folder = folder
        self._look = Look(application)
        self._tasks = Tasks(self)
        self._closing = QLabel(self.tr("Closing…"), alignment=Qt.AlignmentFlag.AlignCenter)
        self._closing.setWindowTitle("Sietch")
        self._closing.resize(280, 80)
        self._library: Library | None = None
        self._window: MainWindow | None = None
        self._entrance: Entrance | None = None
        self._next: Change | None = None
        self._welcomed = False
        self._trouble: TroubleDialog | None = None
        self._unlock: UnlockDialog | None = None
        self._key: LibraryKey | None = None
        self._agreed: _Conversion | None = None
        self._telling = self._ending = False
        application.setQuitOnLastWindowClosed(False)

    def open(self, model: str | None = None) -> None:
        """Shows the window as soon as the library is open.

        Args:
            model: the face model to use from now on; by default the one that the library used last.
        """
        self._ending = False
        self._tasks.run(
            self,
            lambda: Library.open(self._folder, model=model, key=self._key, watch=True),
            self._opened,
            self._failed,
        )

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A bug: keeps a report beside the library, tells the user where, and lets the program go on."""
        if issubclass(kind, KeyboardInterrupt):
            (self._window.close if self._window else self._application.quit)()
            return
        message = self._kept("".join(traceback.format_exception(kind, error, trace)))
        # One bug may strike many times before the user has read of it once.
        if not self._telling:
            self._telling = True
            QTimer.singleShot(0, self, lambda: self._tell(message))

    def _kept(self, trace: str) -> str:
        """Keeps a report; what the user is told of it."""
        sys.stderr.write(trace)
        place = self._folder / "reports" / f"{datetime.now():%Y-%m-%d %H%M%S}.txt"
        where = str(place)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"Sietch {program_version()} on {platform.platform()}\n\n{trace}", encoding="utf-8")
        except OSError:
            where = self.tr("nowhere: the disk cannot be written to")
        message = self.tr("Something went wrong inside Sietch. Your photos and the library are safe.\n\nReport: {}")
        return message.format(where)

    def _tell(self, message: str) -> None:
        warn(self._window, message)
        self._telling = False

    def _opened(self, library: Library) -> None:
        self._library = library
        if self._unlock is not None:
            self._unlock.hide()
        self._entrance = Entrance(library, self._look, self._tasks, self)
        self._entrance.entered.connect(self._enter)
        self._entrance.left.connect(self._close)
        self._entrance.failed.connect(self._shut)
        self._entrance.begin()

    def _enter(self, session: Session) -> None:
        """Somebody has signed in, or needs not."""
        if self._ending:
            # The screen was closed while the password was looked at.
            return
        try:
            self._window = MainWindow(session, self._look)
        except Exception as error:
            self._shut(error)
            return
        self._window.closed.connect(self._close)
        self._window.encryption_agreed.connect(self._encrypt)
        self._window.decryption_agreed.connect(self._decrypt)
        self._window.profile.leaving.connect(self._change_hands)
        self._window.show()
        if session.library.upgraded is not None and not self._welcomed:
            self._show(TroubleDialog(upgraded(session.library.upgraded), self._window))
        self._welcomed = True

    def _shut(self, error: Exception) -> None:
        """Nobody can come in: without a window nobody could end the program."""
        if self._library is not None:
            self._library.close()
        self._failed(error)

    def _change_hands(self, change: Change) -> None:
        """Whoever is at the window leaves it, and the library stays open."""
        self._next = change
        assert self._window is not None
        self._window.close()

    def _handed_over(self, change: Change, window: MainWindow) -> None:
        assert self._entrance is not None
        self._window = None
        window.deleteLater()
        if change.session is not None:
            self._enter(change.session)
        else:
            self._entrance.ask(window.context.session.viewer.profile_id)

    def _failed(self, error: Exception) -> None:
        """The library cannot be opened, or closed."""
        if isinstance(error, ModelMissing) and self._may_use_another(error):
            self.open(error.instead)
            return
        if isinstance(error, LibraryLocked):
            self._ask_for_secret(error)
            return
        if self._unlock is not None:
            self._unlock.hide()
        known = isinstance(error, CoreError)
        trouble = trouble_of(error, self._folder) if isinstance(error, CoreError) else None
        if trouble is not None:
            self._show(TroubleDialog(trouble), error)
            return
        text = str(error) if known else self._kept("".join(traceback.format_exception(error)))
        warn(None, text)
        self._application.exit(1)

    def _show(self, dialog: TroubleDialog, error: Exception | None = None) -> None:
        if self._trouble is not None:
            self._trouble.deleteLater()
        self._trouble = dialog
        dialog.chosen.connect(lambda way: self._go(way, error))
        dialog.open()

    def _go(self, way: Way, error: Exception | None) -> None:
        """Does what the user chose to do about a library that does not open."""
        dialog = self._trouble
        assert dialog is not None
        if way is Way.RESTORE and isinstance(error, LibraryDamaged) and error.backup is not None:
            folder, backup, key = self._folder, error.backup, self._key
            dialog.wait(self.tr("Restoring the backup…"))
            self._tasks.run(
                self, lambda: restore(folder, backup, key), lambda _done: self._again(), self._failed, keep=True
            )
        elif way is Way.AGAIN:
            self._again()
        elif way is Way.ANOTHER:
            self._open_another(dialog)
        else:
            dialog.hide()
            if way is Way.QUIT:
                self._application.exit(1)

    def _open_another(self, dialog: QDialog) -> None:
        folder_name = QFileDialog.getExistingDirectory(dialog, self.tr("The folder of a library, or a new one"))
        if folder_name:
            self._folder, self._key = Path(folder_name), None
            self._again()

    def _again(self) -> None:
        for dialog in (self._trouble, self._unlock):
            if dialog is not None:
                dialog.hide()
        self.open()

    def _ask_for_secret(self, error: LibraryLocked) -> None:
        """The library is encrypted, and its key is to be asked for."""
        if self._unlock is not None:
            self._unlock.deleteLater()
        dialog = self._unlock = UnlockDialog(error, self._folder)
        dialog.entered.connect(self._try)
        dialog.chosen.connect(lambda way: self._open_another(dialog) if way is Way.ANOTHER else self._give_up(dialog))
        dialog.open()

    def _give_up(self, dialog: QDialog) -> None:
        dialog.hide()
        self._application.exit(1)

    def _try(self, secret: str) -> None:
        dialog, folder = self._unlock, self._folder
        assert dialog is not None

        def unlocked(key: LibraryKey) -> None:
            self._key = key
            self.open()

        def refused(error: Exception) -> None:
            if isinstance(error, CoreError):
                dialog.refuse(str(error))
            else:
                self._failed(error)

        self._tasks.run(dialog, lambda: unlock(folder, secret), unlocked, refused)

    def _may_use_another(self, error: ModelMissing) -> bool:
        """Asks whether the library may be opened with the face model that comes with the program."""
        if error.instead is None:
            return False
        question = self.tr("Open the library with the face model {} instead?").format(error.instead)
        answer = QMessageBox.question(None, "Sietch", f"{error}\n\n{question}")
        return answer is QMessageBox.StandardButton.Yes

    def _encrypt(self, key: LibraryKey, passphrase: str | None) -> None:
        """Closes the library, encrypts it, and opens it again."""
        folder = self._folder
        left = self.tr("The library is encrypted now, but these damaged files could not be, and stay readable:")
        self._convert(_Conversion(self.tr("Encrypting…"), lambda: encrypt(folder, key, passphrase), left, key))

    def _decrypt(self) -> None:
        """The other way."""
        folder, key = self._folder, self._key
        left = self.tr("The library is readable now, but these damaged files could not be converted:")
        self._convert(_Conversion(self.tr("Decrypting…"), lambda: decrypt(folder, key), left, None))

    def _convert(self, conversion: _Conversion) -> None:
        self._agreed = conversion
        assert self._window is not None
        self._window.close()

    def _ended(self) -> None:
        """The library is closed."""
        if self._agreed is None:
            self._application.quit()
            return
        agreed, self._agreed = self._agreed, None
        self._library = self._window = None
        self._closing.setText(agreed.told)
        self._closing.show()
        self._tasks.run(self, agreed.run, lambda done: self._converted(agreed, done), self._as_it_was)

    def _converted(self, agreed: _Conversion, done: Converted) -> None:
        if done.left:
            warn(None, "\n".join((agreed.left, "", *(shown(str(path)) for path in done.left))))
        self._reopen(agreed.key)

    def _as_it_was(self, error: Exception) -> None:
        warn(None, str(error))
        self._reopen(self._key)

    def _reopen(self, key: LibraryKey | None) -> None:
        self._closing.hide()
        self._closing.setText(self.tr("Closing…"))
        self._key = key
        self.open()

    def _close(self) -> None:
        """The window, or the sign-in screen in its place, was closed."""
        if self._next is not None and self._window is not None:
            change, self._next, window = self._next, None, self._window

            def leave() -> None:
                window.tasks.close()
                change.leave()

            self._tasks.run(self, leave, lambda _none: self._handed_over(change, window), self._shut, keep=True)
        else:
            self._close_library()

    def _close_library(self) -> None:
        """Gives the library time to end what it is writing, and says so when that takes longer than a moment."""
        library, window = self._library, self._window
        self._ending = True
        QTimer.singleShot(400, self._closing, lambda: self._closing.show() if self._library is library else None)
        assert library is not None

        def close() -> None:
            if window is not None:
                window.tasks.close()
            library.close()

        self._tasks.run(self, close, lambda _none: self._ended(), self._failed)
