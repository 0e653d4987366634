"""What a profile says of itself: name, e-mail, password, who sees what it adds, and where it stays signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ownership import Visibility
from app.profile_types import OwnProfile
from app.sign_ins import SignIn
from core.errors import CoreError
from ui import theme
from ui.context import Context
from ui.dialogs.password import PasswordDialog
from ui.recovery_code import RecoveryCodeDialog
from ui.widgets import Choices, label, named

_MINUTES = (0, 5, 15, 30, 60)


class ProfileDialog(QDialog):
    """`changed` tells that something was."""

    changed = Signal()

    def __init__(self, context: Context, me: OwnProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self._context, self._me = context, me
        self._mine = context.session.me
        self.name, self.email = QLineEdit(me.name, self), QLineEdit(me.email or "", self)
        self.visibility, self.minutes = Choices(self), Choices(self)
        self.password = QPushButton(self)
        self.no_password = QPushButton(self.tr("Remove the password…"), self)
        self.stay = QPushButton(self.tr("Stay signed in on this computer"), self)
        self.note = label(self, "error")
        self.note.setWordWrap(True)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.save = named(QPushButton(self.tr("Save"), self), "accent")
        self._stays = QVBoxLayout()
        self._fill_choices()
        self._connect()
        self._lay_out()
        self._show_password()
        self._ask_stays()

    def _fill_choices(self) -> None:
        for visibility, text in (
            (Visibility.HOUSEHOLD, self.tr("Everybody here")),
            (Visibility.PRIVATE, self.tr("Only me")),
        ):
            self.visibility.addItem(text, visibility)
        self.visibility.setCurrentIndex(max(0, self.visibility.findData(self._me.visibility)))
        for minutes in sorted({*_MINUTES, self._me.lock_minutes}, key=lambda each: (each == 0, each)):
            text = self.tr("{} minutes").format(minutes) if minutes else self.tr("Never")
            self.minutes.addItem(text, minutes)
        self.minutes.setCurrentIndex(self.minutes.findData(self._me.lock_minutes))

    def _connect(self) -> None:
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        self.password.clicked.connect(self._ask_for_password)
        self.no_password.clicked.connect(self._ask_to_remove)
        self.stay.clicked.connect(lambda: self._do(self._mine.stay, lambda _none: self._ask_stays()))

    def _save(self) -> None:
        name, email = self.name.text(), self.email.text()
        visibility, minutes = self.visibility.currentData(), self.minutes.currentData()
        self._do(lambda: self._mine.change(name, email, Visibility(visibility), minutes), lambda _none: self._saved())

    def _saved(self) -> None:
        self.changed.emit()
        self.accept()

    def _ask_for_password(self) -> None:
        has_one = self._me.has_password
        title = self.tr("Change the password") if has_one else self.tr("Set a password")
        text = self.tr("On other computers you are signed out then.") if has_one else ""
        self._ask(PasswordDialog(title, text, self.tr("Save"), old=has_one, new=True, parent=self))

    def _ask_to_remove(self) -> None:
        text = self.tr("Anybody at this computer can be you then, and see what you keep to yourself.")
        title = self.tr("Remove the password")
        self._ask(PasswordDialog(title, text, self.tr("Remove"), old=True, new=False, parent=self))

    def _ask(self, dialog: PasswordDialog) -> None:
        def change(old: str, new: str) -> None:
            self._context.tasks.run(
                dialog,
                lambda: self._mine.change_password(old or None, new or None),
                lambda code: self._changed(dialog, code),
                lambda error: _refuse(dialog, error),
            )

        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.entered.connect(change)
        dialog.open()

    def _changed(self, dialog: PasswordDialog, code: str | None) -> None:
        dialog.accept()
        self.changed.emit()
        self._context.tasks.run(self, self._mine.get, self._show_me)
        if code is not None:
            shown = RecoveryCodeDialog(code, self._me.name, self)
            shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            shown.open()

    def _show_me(self, me: OwnProfile) -> None:
        self._me = me
        self._show_password()
        self._ask_stays()

    def _show_password(self) -> None:
        has_one = self._me.has_password
        self.password.setText(self.tr("Change the password…") if has_one else self.tr("Set a password…"))
        self.no_password.setVisible(has_one)
        self.minutes.setEnabled(has_one)

    def _ask_stays(self) -> None:
        self._context.tasks.run(self, self._mine.stays, self._show_stays, self._fail)

    def _show_stays(self, stays: list[SignIn]) -> None:
        while (item := self._stays.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for each in stays:
            self._stays.addWidget(self._stay_row(each))
        self.stay.setVisible(self._me.has_password and not any(each.is_here for each in stays))

    def _stay_row(self, stay: SignIn) -> QWidget:
        made = QWidget(self)
        when = QLocale().toString(
            QDateTime.fromSecsSinceEpoch(int(stay.used_at.timestamp())), QLocale.FormatType.ShortFormat
        )
        where = self.tr("This computer") if stay.is_here else self.tr("Another computer")
        out = QPushButton(self.tr("Ask for the password") if stay.is_here else self.tr("Sign out there"), made)
        out.clicked.connect(lambda: self._do(lambda: self._mine.revoke(stay.key), lambda _none: self._ask_stays()))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(made, "", self.tr("{}, last used {}").format(where, when)), 1)
        row.addWidget(out)
        return made

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._context.tasks.run(self, work, done, self._fail, keep=True)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, CoreError):
            raise error
        self.note.setText(str(error))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(theme.SPACE_3)
        for text, field in (
            (self.tr("Name"), self.name),
            (self.tr("E-mail"), self.email),
            (self.tr("Who sees what I add"), self.visibility),
            (self.tr("Lock when I am away for"), self.minutes),
        ):
            form.addRow(text, field)
        passwords = QHBoxLayout()
        for button in (self.password, self.no_password):
            passwords.addWidget(button)
        passwords.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel, self.save):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(label(self, "title", self.tr("My profile")))
        column.addLayout(form)
        column.addLayout(passwords)
        column.addWidget(self.stay, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._stays)
        column.addWidget(self.note)
        column.addLayout(buttons)
        self.setFixedWidth(theme.DIALOG_WIDTH)


def _refuse(dialog: PasswordDialog, error: Exception) -> None:
    if not isinstance(error, CoreError):
        raise error
    dialog.refuse(str(error))
