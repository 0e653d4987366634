"""Somebody introduces himself: a name, perhaps a password, and a face that is looked for among the people."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.ownership import Visibility
from app.profiles import SignedUp
from app.session import Session
from app.sign_up import NewProfile
from app.wrapping import LEAST_CHARACTERS
from core.errors import CoreError
from ui import theme
from ui.context import Context
from ui.dialogs.own_face import OwnFacePage
from ui.recovery_code import RecoveryCodeDialog
from ui.widgets import label, named


class SignUpDialog(QDialog):
    """`signed_up` carries what came of it, after the recovery code was kept.

    Args:
        context: of the window.
        by: the owner of the library, who adds somebody; None if the first profile introduces itself.
    """

    signed_up = Signal(SignedUp)

    def __init__(self, context: Context, by: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self._context, self._by = context, by
        self.name = self._field(self.tr("Name"))
        self.email = self._field(self.tr("E-mail, if you like"))
        self.password = self._field(self.tr("Password"), secret=True)
        self.again = self._field(self.tr("The same again"), secret=True)
        self.face = OwnFacePage(context, self)
        self.note = label(self, "error")
        self.note.setWordWrap(True)
        self.back = QPushButton(self.tr("Back"), self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.go = named(QPushButton(self), "accent")
        self.go.setDefault(True)
        self._pages = QStackedWidget(self)
        self._connect()
        self._lay_out()
        self._turn(0)

    def _connect(self) -> None:
        self.go.clicked.connect(self._go)
        self.back.clicked.connect(lambda: self._turn(0))
        self.cancel.clicked.connect(self.reject)
        self.face.changed.connect(self._label_go)

    def _go(self) -> None:
        if self._pages.currentIndex() == 0:
            missing = self._missing()
            self.note.setText(missing)
            if not missing:
                self._turn(1)
        else:
            self._create()

    def _missing(self) -> str:
        """What of the first page cannot be used."""
        password = self.password.text()
        if not self.name.text().strip():
            return self.tr("Everybody here has a name.")
        if password and len(password) < LEAST_CHARACTERS:
            return self.tr("A password has at least {} characters; several words are best.").format(LEAST_CHARACTERS)
        if password != self.again.text():
            return self.tr("The two passwords are not the same.")
        return ""

    def _create(self) -> None:
        new = NewProfile(
            self.name.text(),
            self.password.text() or None,
            self.email.text() or None,
            Visibility.HOUSEHOLD,
            self.face.faces,
            self.face.person_id,
        )
        profiles, by = self._context.library.profiles, self._by
        self._enable(False)
        self.note.setText(self.tr("A moment…"))
        self._context.tasks.run(self, lambda: profiles.create(new, by), self._created, self._refused, keep=True)

    def _created(self, done: SignedUp) -> None:
        if done.recovery_code is None:
            self._finish(done)
            return
        dialog = RecoveryCodeDialog(done.recovery_code, self.name.text(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _code: self._finish(done))
        dialog.open()

    def _finish(self, done: SignedUp) -> None:
        self.accept()
        self.signed_up.emit(done)

    def _refused(self, error: Exception) -> None:
        self._enable(True)
        if not isinstance(error, CoreError):
            raise error
        self._turn(0)
        self.note.setText(str(error))

    def _turn(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self.note.setText("")
        self.back.setVisible(page == 1)
        self._label_go()
        if page == 0:
            self.name.setFocus()

    def _label_go(self) -> None:
        last = self._pages.currentIndex() == 1
        done, without = self.tr("Done"), self.tr("Go on without a face")
        self.go.setText((done if self.face.faces else without) if last else self.tr("Next"))
        self.go.setEnabled(not last or self.face.is_settled)

    def _enable(self, on: bool) -> None:
        for widget in (self._pages, self.back, self.go, self.cancel):
            widget.setEnabled(on)

    def _field(self, what: str, secret: bool = False) -> QLineEdit:
        field = QLineEdit(self, placeholderText=what)
        field.setAccessibleName(what)
        if secret:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def _lay_out(self) -> None:
        who = QWidget(self)
        form = _column(who)
        title = self.tr("Somebody new") if self._by else self.tr("Introduce yourself")
        lead = self.tr(
            "A name is enough. With a password, only you see what you keep to yourself. Without one, anybody at this "
            "computer can be you."
        )
        for style, text in (("title", title), ("", lead)):
            paragraph = label(self, style, text)
            paragraph.setWordWrap(True)
            form.addWidget(paragraph)
        for field in (self.name, self.email, self.password, self.again):
            form.addWidget(field)
        form.addStretch(1)
        self._pages.addWidget(who)
        self._pages.addWidget(self.face)
        column = _column(self, theme.SPACE_5)
        column.addWidget(self._pages, 1)
        column.addWidget(self.note)
        column.addLayout(_row((self.cancel, self.back, self.go)))
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.setFixedWidth(theme.DIALOG_WIDTH)


def _column(widget: QWidget, margin: int = 0) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(theme.SPACE_3)
    return column


def _row(buttons: Sequence[QPushButton]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_2)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
