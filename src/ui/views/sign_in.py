"""Before anybody has signed in: who there is, a password, and the way for who forgot it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.profile_types import Profile
from app.profiles import Profiles
from app.session import Session
from app.sign_ins import NotKept
from app.tries import TooManyTries
from core.errors import CoreError
from ui import theme
from ui.avatar import Avatar
from ui.look import Look
from ui.recovery_code import RecoveryCodeDialog
from ui.tasks import Tasks
from ui.thumbnails import decoded
from ui.widgets import label, named

_IN_ROW, _ROWS = 5, 2


class SignInView(QWidget):
    """`entered` carries the session of whoever signed in; `closed` tells that nobody wants to."""

    entered = Signal(Session)
    closed = Signal()

    def __init__(self, profiles: Profiles, look: Look, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Sietch")
        self._profiles, self._look, self._tasks = profiles, look, tasks
        self._chosen: Profile | None = None
        self._recovering = False
        self._waiting = 0
        self.avatars: dict[int, Avatar] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.password = self._secret(self.tr("Password"))
        self.code = self._secret(self.tr("Recovery code"))
        self.new = self._secret(self.tr("New password"))
        self.again = self._secret(self.tr("The same again"))
        self.stay = QCheckBox(self.tr("Stay signed in on this computer"), self)
        self.note = label(self, "error", centred=True)
        self.sign_in = named(QPushButton(self.tr("Sign in"), self), "main")
        self.forgot = named(QToolButton(self), "link")
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._tick)
        self._connect()
        self._lay_out()
        self._show_fields()

    def show_profiles(self, chosen: int | None = None) -> None:
        """Asks who there is, and shows it; `chosen` is who was here last."""

        def load() -> list[tuple[Profile, QImage | None]]:
            return [(each, _face(self._profiles, each)) for each in self._profiles.list()]

        self._tasks.run(self, load, lambda found: self._fill(found, chosen), self._fail)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        super().closeEvent(event)
        self.closed.emit()

    def _fill(self, found: Sequence[tuple[Profile, QImage | None]], chosen: int | None) -> None:
        for number, (profile, face) in enumerate(found):
            avatar = Avatar(self._look, theme.AVATAR, self._people, captioned=True)
            avatar.setCheckable(True)
            avatar.show_profile(profile.name or self.tr("Me"), face)
            avatar.clicked.connect(lambda _on, profile=profile: self.choose(profile))
            self._group.addButton(avatar)
            self.avatars[profile.profile_id] = avatar
            self._grid.addWidget(avatar, number // _IN_ROW, number % _IN_ROW)
        self._make_room(len(found))
        first = next((each for each, _ in found if each.profile_id == chosen or len(found) == 1), None)
        if first is not None:
            self.avatars[first.profile_id].setChecked(True)
            self._ask(first)

    def _make_room(self, count: int) -> None:
        """For one row of people, or two; more are scrolled to."""
        rows = min(_ROWS, -(-count // _IN_ROW))
        height = next(iter(self.avatars.values())).sizeHint().height() if self.avatars else 0
        self._scroll.setFixedHeight(rows * height + max(0, rows - 1) * theme.SPACE_4)

    def choose(self, profile: Profile) -> None:
        """Somebody says who it is: is there a password to be asked for?"""
        self._enable(False)
        self._tasks.run(
            self,
            lambda: self._profiles.enter(profile.profile_id),
            lambda session: self._ask(profile) if session is None else self.entered.emit(session),
            self._fail,
        )

    def _ask(self, profile: Profile) -> None:
        self._chosen, self._recovering = profile, False
        self.note.setText("")
        self._wait(0)
        for field in (self.password, self.code, self.new, self.again):
            field.clear()
        self._enable(True)
        self._show_fields()
        self._tasks.run(self, lambda: self._profiles.waiting(profile.profile_id), self._wait, self._fail)

    def _enter(self) -> None:
        profile = self._chosen
        if profile is None or not self.sign_in.isEnabled():
            return
        if self._recovering:
            self._recover(profile)
        elif not profile.has_password:
            self.choose(profile)
        elif self.password.text():
            password, stay = self.password.text(), self.stay.isChecked()
            self._busy(self.tr("Signing in…"))
            self._tasks.run(self, lambda: self._signed_in(profile, password, stay), self.entered.emit, self._refused)

    def _signed_in(self, profile: Profile, password: str, stay: bool) -> Session:
        try:
            return self._profiles.sign_in(profile.profile_id, password, stay)
        except NotKept:
            # The password was right, and there is nothing that the user could do about it now.
            return self._profiles.sign_in(profile.profile_id, password)

    def _recover(self, profile: Profile) -> None:
        if self.new.text() != self.again.text():
            self.note.setText(self.tr("The two passwords are not the same."))
            return
        code, new = self.code.text(), self.new.text()
        self._busy(self.tr("Looking at the code…"))
        self._tasks.run(
            self, lambda: self._profiles.recover(profile.profile_id, code, new), self._recovered, self._refused
        )

    def _recovered(self, outcome: tuple[Session, str]) -> None:
        session, code = outcome
        dialog = RecoveryCodeDialog(code, self._chosen.name if self._chosen else "", self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _code: self.entered.emit(session))
        dialog.open()

    def _refused(self, error: Exception) -> None:
        self._fail(error)
        if isinstance(error, TooManyTries):
            self._wait(error.seconds)
        field = self.code if self._recovering else self.password
        field.setFocus()
        field.selectAll()

    def _fail(self, error: Exception) -> None:
        self._enable(True)
        if not isinstance(error, CoreError):
            raise error
        self.note.setText(str(error))

    def _wait(self, seconds: int) -> None:
        """No password can be tried for so long; the time is counted down."""
        self._waiting = seconds
        self._countdown.start() if seconds else self._countdown.stop()
        self._tell_wait()

    def _tick(self) -> None:
        self._waiting = max(0, self._waiting - 1)
        if not self._waiting:
            self._countdown.stop()
            self.note.setText("")
        self._tell_wait()

    def _tell_wait(self) -> None:
        self.sign_in.setEnabled(not self._waiting or self._recovering)
        if self._waiting and not self._recovering:
            minutes, seconds = divmod(self._waiting, 60)
            text = self.tr("Too many wrong passwords. The next one can be tried in {}.")
            self.note.setText(text.format(f"{minutes}:{seconds:02}"))

    def _busy(self, text: str) -> None:
        self._enable(False)
        self.note.setText(text)

    def _enable(self, on: bool) -> None:
        for widget in (*self.avatars.values(), self._form):
            widget.setEnabled(on)
        if on:
            self._tell_wait()

    def _turn(self) -> None:
        """Between the password and the recovery code."""
        self._recovering = not self._recovering
        self.note.setText("")
        self._show_fields()
        self._tell_wait()

    def _show_fields(self) -> None:
        asked = self._chosen is not None and self._chosen.has_password
        self._form.setVisible(self._chosen is not None)
        for field in (self.password, self.stay):
            field.setVisible(asked and not self._recovering)
        for field in (self.code, self.new, self.again):
            field.setVisible(asked and self._recovering)
        self.forgot.setVisible(asked)
        recover, back = self.tr("Forgot it? Use the recovery code"), self.tr("Use the password")
        self.forgot.setText(back if self._recovering else recover)
        self.sign_in.setText(self.tr("Set the new password") if self._recovering else self.tr("Sign in"))
        (self.code if self._recovering else self.password).setFocus()

    def _connect(self) -> None:
        self.sign_in.clicked.connect(self._enter)
        self.forgot.clicked.connect(self._turn)
        for field in (self.password, self.again):
            field.returnPressed.connect(self._enter)

    def _secret(self, what: str) -> QLineEdit:
        field = QLineEdit(self, placeholderText=what, echoMode=QLineEdit.EchoMode.Password)
        field.setAccessibleName(what)
        return field

    def _lay_out(self) -> None:
        self._people = named(QWidget(self), "plain")
        self._grid = QGridLayout(self._people)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACE_4)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._scroll = named(QScrollArea(self), "plain")
        self._scroll.setWidget(self._people)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._form = QWidget(self)
        self._form.setFixedWidth(theme.SIGN_IN_WIDTH)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE_3)
        for widget in (self.password, self.code, self.new, self.again, self.stay, self.sign_in):
            form.addWidget(widget)
        form.addWidget(self.forgot, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.note.setFixedWidth(theme.SIGN_IN_WIDTH)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_5)
        column.addStretch(2)
        column.addWidget(label(self, "empty", self.tr("Who is it?"), centred=True))
        column.addWidget(self._scroll)
        for part in (self._form, self.note):
            column.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


def _face(profiles: Profiles, profile: Profile) -> QImage | None:
    """For any thread."""
    try:
        data = None if profile.face_id is None else profiles.face(profile.profile_id)
    except CoreError:
        # The photo is not there now: the letters of the name do.
        return None
    image = QImage() if data is None else decoded(data)
    return None if image.isNull() else image
