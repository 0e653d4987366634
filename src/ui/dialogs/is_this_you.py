""" "Is this you?": one person after another, faces side by side. Return says yes, Delete no, arrows go on and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.candidates import Candidate
from app.claiming import Claim, ClaimState
from ui import theme
from ui.context import Context
from ui.views.face_picture import FacePicture
from ui.widgets import label, named

_LARGE, _SMALL, _PAIRS = 176, 64, 2


class IsThisYou(QDialog):
    """Goes through candidates; what is answered is done at once. `answered` tells that something was."""

    answered = Signal()

    def __init__(self, context: Context, found: Sequence[Candidate], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Is this you?"))
        self._context = context
        self._left = list(found)
        self._at = 0
        self._busy = False
        self.question = label(self, "title", centred=True)
        self.summary = label(self, "quiet", centred=True)
        self.own, self.theirs = (FacePicture(context, _LARGE, self, is_round=False) for _ in range(2))
        self.pairs = [
            tuple(FacePicture(context, _SMALL, self, is_round=False) for _ in range(2)) for _ in range(_PAIRS)
        ]
        self.why = label(self, "quiet", centred=True)
        self.together = QCheckBox(self.tr("Put them together with the person that is me already"), self)
        self.together.setChecked(True)
        self.place = label(self, "quiet")
        self.yes = named(self._button(self.tr("This is me"), self._say_yes), "accent")
        self.no = self._button(self.tr("Not me"), self._say_no)
        self.ask_why = self._button(self.tr("Why?"), self._toggle_why)
        self.yes.setToolTip(self.tr("Return"))
        self.no.setToolTip(self.tr("Delete"))
        self._lay_out()
        self._listen()
        self.yes.setFocus()
        self._show()

    def _listen(self) -> None:
        """Keys that work wherever the keyboard is: a button that has it would take arrows as the way to the next."""
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Return: self._say_yes,
            Qt.Key.Key_Enter: self._say_yes,
            Qt.Key.Key_Delete: self._say_no,
            Qt.Key.Key_Backspace: self._say_no,
            Qt.Key.Key_Left: lambda: self._turn(-1),
            Qt.Key.Key_Right: lambda: self._turn(1),
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self, action)

    def _button(self, text: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        # Return is the dialog's: it says yes wherever the keyboard is.
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button

    def _lay_out(self) -> None:
        faces = QHBoxLayout()
        faces.setSpacing(theme.SPACE_4)
        faces.addStretch()
        for text, picture in ((self.tr("You"), self.own), (self.tr("This person"), self.theirs)):
            faces.addLayout(self._captioned(picture, text))
        faces.addStretch()
        more = QHBoxLayout()
        more.setSpacing(theme.SPACE_2)
        more.addStretch()
        for number, pair in enumerate(self.pairs):
            if number:
                more.addSpacing(theme.SPACE_4)
            for picture in pair:
                more.addWidget(picture)
        more.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addWidget(self.place)
        buttons.addStretch()
        for button in (self.ask_why, self.no, self.yes):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        for widget in (self.question, self.summary):
            column.addWidget(widget)
        column.addLayout(faces)
        column.addLayout(more)
        column.addWidget(self.why)
        column.addWidget(self.together, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        column.addLayout(buttons)
        self.setFixedSize(theme.DIALOG_WIDTH, 520)

    def _captioned(self, picture: FacePicture, text: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_1)
        caption: QLabel = label(self, "quiet", text, centred=True)
        column.addWidget(picture)
        column.addWidget(caption)
        return column

    @property
    def current(self) -> Candidate | None:
        """Of whom is asked."""
        return self._left[self._at] if self._left else None

    def _show(self) -> None:
        candidate = self.current
        if candidate is None:
            self.accept()
            return
        name = candidate.name
        self.question.setText(self.tr("Are you {}?").format(name) if name else self.tr("Is this you?"))
        self.summary.setText(self._summarised(candidate))
        best, *more = candidate.pairs
        self.own.show_face(best.own_face_id)
        self.theirs.show_face(best.face_id)
        for number, pair in enumerate(self.pairs):
            shown = number < len(more)
            for picture, face_id in zip(
                pair, (more[number].own_face_id, more[number].face_id) if shown else (None, None), strict=True
            ):
                picture.setVisible(shown)
                picture.show_face(face_id)
        figures = self.tr("These two faces are alike by {} of 1. Sietch asks from {} on, and is sure from {}.")
        numbers = (candidate.similarity, candidate.suggest, candidate.accept)
        self.why.setText(figures.format(*(QLocale().toString(each, "f", 2) for each in numbers)))
        self.why.setVisible(False)
        self.together.setVisible(best.own_face_id is not None)
        self.place.setText(self.tr("{} of {}").format(self._at + 1, len(self._left)))
        for button in (self.yes, self.no):
            button.setEnabled(not self._busy)

    def _summarised(self, candidate: Candidate) -> str:
        number = QLocale().toString(candidate.photo_count)
        photos = self.tr("1 photo") if candidate.photo_count == 1 else self.tr("{} photos").format(number)
        sure = self.tr("quite sure") if candidate.is_sure else self.tr("not sure")
        return f"{photos} · {sure}"

    def _toggle_why(self) -> None:
        self.why.setVisible(self.why.isHidden())

    def _say_yes(self) -> None:
        candidate, together = self.current, self.together.isVisible() and self.together.isChecked()
        if candidate is not None:
            self._answer(lambda: self._claimed(candidate.person_id, together))

    def _claimed(self, person_id: int, together: bool) -> None:
        """Off the GUI thread."""
        claims = self._context.session.claims
        before: list[Claim] = [each for each in claims.mine() if each.state is ClaimState.HELD]
        made = claims.claim(person_id)
        if together and before and made.state is ClaimState.HELD:
            claims.unite(person_id, before[0].person_id)

    def _say_no(self) -> None:
        candidate = self.current
        if candidate is not None:
            self._answer(lambda: self._context.session.claims.refuse(candidate.person_id))

    def _answer(self, work: Callable[[], None]) -> None:
        if self._busy:
            return
        self._busy = True
        self._show()
        self._context.tasks.run(self, work, lambda _none: self._answered(), self._failed, keep=True)

    def _answered(self) -> None:
        self._busy = False
        del self._left[self._at]
        self._at = min(self._at, max(0, len(self._left) - 1))
        self.answered.emit()
        self._show()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._show()
        self._context.tasks.failed.emit(error)

    def _turn(self, step: int) -> None:
        if self._left and not self._busy:
            self._at = (self._at + step) % len(self._left)
            self._show()
