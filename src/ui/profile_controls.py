"""The button in the header for whoever is at the window: who that is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QMenu

from app.profile_types import OwnProfile
from app.profiles import SignedUp
from app.session import Session
from core.errors import CoreError
from ui import theme
from ui.avatar import Avatar
from ui.dialogs.household import HouseholdDialog
from ui.dialogs.password import PasswordDialog
from ui.dialogs.profile import ProfileDialog
from ui.dialogs.sign_up import SignUpDialog
from ui.idle import Idle
from ui.recovery_code import RecoveryCodeDialog
from ui.refresh import Refresher
from ui.thumbnails import decoded

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_LOOK_MS = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody leaves the window.

    Attributes:
        leave: ends the session; for any thread.
        session: who comes in; None if that is to be asked.
    """

    leave: Callable[[], None]
    session: Session | None = None


class ProfileControls(QObject):
    """Of one window. `leaving` carries a `Change`: the window's owner closes it."""

    leaving = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context
        self._session = window.context.session
        self._profiles = window.context.library.profiles
        self._me: OwnProfile | None = None
        self._others = False
        self.menu = QMenu(window)
        self.menu.aboutToShow.connect(self._fill)
        self.button = Avatar(window.context.look, theme.AVATAR_SMALL, window.header)
        self.button.show_profile("")
        self.button.setToolTip(self.tr("Who is here"))
        self.button.clicked.connect(self._pop_up)
        window.header.put_last(self.button)
        self._idle = Idle(self)
        self._idle.passed.connect(self._lock_when_idle)
        self._idle.stirred.connect(self._session.photo_locks.used)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._close_photos_when_due)
        self._refresher = Refresher(self, window.tasks, self._ask, self._show)
        self._refresher.ask()
        window.closed.connect(self._idle.stop)

    def lock(self) -> None:
        """Whoever comes back has to enter the password."""
        if self._me is not None and self._me.has_password:
            self._leave(self._profiles.lock)

    def _lock_when_idle(self) -> None:
        # A recovery code is shown once: it is not to be taken from somebody who looks for a pencil.
        if not any(each.isVisible() for each in self._window.findChildren(RecoveryCodeDialog)):
            self.lock()

    def switch(self) -> None:
        """Somebody else comes to the window."""
        self._leave(self._profiles.switch)

    def sign_out(self) -> None:
        """Next time the password is asked for."""
        self._leave(self._profiles.sign_out)

    def sign_up(self) -> None:
        """The first profile introduces itself, or somebody is added by it."""
        named = self._me is not None and self._me.name
        dialog = SignUpDialog(self._context, self._session if named else None, self._window)
        dialog.signed_up.connect(self._signed_up)
        self._open(dialog)

    def show_profile(self) -> None:
        """What the profile says of itself."""
        if self._me is not None:
            dialog = ProfileDialog(self._context, self._me, self._window)
            dialog.changed.connect(self._refresher.ask)
            self._open(dialog)

    def show_household(self) -> None:
        """Everybody, for the owner of the library."""
        dialog = HouseholdDialog(self._context, self._window)
        dialog.add_wanted.connect(self.sign_up)
        dialog.changed.connect(self._refresher.ask)
        self._open(dialog)

    def ask_to_unlock(self) -> None:
        """Locked photos come into sight by the password, if there is one."""
        if self._me is not None and not self._me.has_password:
            self._context.tasks.run(self, lambda: self._session.unlock(""), lambda _none: self._looking.start())
            return
        text = self.tr("They are hidden again when nobody has touched the program for five minutes.")
        dialog = PasswordDialog(
            self.tr("Show locked photos"), text, self.tr("Show"), old=True, new=False, parent=self._window
        )

        def refused(error: Exception) -> None:
            if not isinstance(error, CoreError):
                raise error
            dialog.refuse(str(error))

        def unlock(password: str, _new: str) -> None:
            self._context.tasks.run(
                dialog, lambda: self._session.unlock(password), lambda _none: self._unlocked(dialog), refused
            )

        dialog.entered.connect(unlock)
        self._open(dialog)

    def _unlocked(self, dialog: QDialog) -> None:
        self._looking.start()
        dialog.accept()

    def _close_photos_when_due(self) -> None:
        self._context.tasks.run(self, self._session.photo_locks.close_when_due, self._closed_photos)

    def _closed_photos(self, closed: bool) -> None:
        if closed:
            self._looking.stop()

    def _close_photos(self) -> None:
        self._looking.stop()
        self._context.tasks.run(self, self._session.photo_locks.close, keep=True)

    def _signed_up(self, done: SignedUp) -> None:
        if done.session is self._session:
            self._refresher.ask()
        else:
            self.leaving.emit(Change(lambda: self._profiles.switch(self._session), done.session))

    def _leave(self, how: Callable[[Session], None]) -> None:
        for dialog in self._window.findChildren(QDialog):
            dialog.close()
        self.leaving.emit(Change(lambda: how(self._session)))

    def _ask(self) -> tuple[OwnProfile, QImage | None, bool]:
        """Who is here, with a face, and whether there is anybody else."""
        me = self._session.me.get()
        try:
            data = self._profiles.face(me.profile_id)
        except CoreError:
            data = None
        image = QImage() if data is None else decoded(data)
        return me, None if image.isNull() else image, len(self._profiles.list()) > 1

    def _show(self, found: tuple[OwnProfile, QImage | None, bool]) -> None:
        self._me, face, self._others = found
        self.button.show_profile(self._me.name, face)
        self.button.setToolTip(self._me.name or self.tr("Who is here"))
        self._idle.watch(self._me.lock_minutes if self._me.has_password else 0)

    def _pop_up(self) -> None:
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _fill(self) -> None:
        """Fills the menu with what can be done now."""
        self.menu.clear()
        me = self._me
        if me is None:
            return
        if not me.name:
            self.menu.addAction(self.tr("Introduce yourself…"), self.sign_up)
            return
        self.menu.addAction(me.name).setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("My profile…"), self.show_profile)
        if me.is_owner:
            self.menu.addAction(self.tr("People of the house…"), self.show_household)
        if self._session.photo_locks.are_open:
            self.menu.addAction(self.tr("Hide locked photos"), self._close_photos)
        else:
            self.menu.addAction(self.tr("Show locked photos…"), self.ask_to_unlock)
        self.menu.addSeparator()
        if me.has_password:
            self.menu.addAction(self.tr("Lock"), self.lock)
            self.menu.addAction(self.tr("Sign out"), self.sign_out)
        if self._others:
            self.menu.addAction(self.tr("Somebody else…"), self.switch)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
