"""What the user says of a photo: stars, a title, a caption, keywords; shown, and changed in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from app.types import PhotoDetails
from core.errors import CoreError
from core.types import UNCHANGED, Unchanged
from ui import theme
from ui.context import Context
from ui.text import listed, unlisted
from ui.views.photo_facts import STAR
from ui.widgets import icon_button, label

_CAPTION_LINES = 3
_STARS = 5
_STAR_SIZE = QSize(26, 28)

Field = QLineEdit | QPlainTextEdit


class PhotoWords(QWidget):
    """Return, or going elsewhere, keeps what was typed; Escape does not. `left` tells that the typing is over.

    `rated` carries the stars that the photo has from now on, as soon as they are chosen.
    """

    left = Signal()
    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context: Context | None = None
        self._details: PhotoDetails | None = None
        self.stars = [self._star(number) for number in range(1, _STARS + 1)]
        self.title = QLineEdit(self, placeholderText=self.tr("Add a title"), maxLength=200)
        self.title.setAccessibleName(self.tr("Title"))
        self.caption = QPlainTextEdit(self, placeholderText=self.tr("Add a caption"), tabChangesFocus=True)
        self.caption.setAccessibleName(self.tr("Caption"))
        self.caption.setFixedHeight(_CAPTION_LINES * self.fontMetrics().lineSpacing() + 3 * theme.SPACE_2)
        self.keywords = QLineEdit(self, placeholderText=self.tr("Add keywords, with commas"))
        self.keywords.setAccessibleName(self.tr("Keywords"))
        # What was filled in as the fields show it, which is not always letter for letter what the photo's files tell.
        self._filled: dict[Field, str] = {}
        self._problem = label(self, "problem_small")
        self._problem.setWordWrap(True)
        self._lay_out()
        for field in (self.title, self.caption, self.keywords):
            # The viewer's keys are the viewer's until somebody clicks into a field.
            field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            field.installEventFilter(self)

    def use(self, context: Context) -> None:
        """Where what is typed is kept."""
        self._context = context

    def show_details(self, details: PhotoDetails) -> None:
        """Fills the fields; what is being typed about this very photo stays."""
        before = self._details
        other = before is None or before.photo_id != details.photo_id
        if other:
            self.keep()
            self._problem.hide()
        self._details = details
        self._show_stars(details.rating)
        for field, text in self._texts(details).items():
            if other or not field.hasFocus() or _get(field) == text:
                self._fill(field, text)

    def rate(self, stars: int) -> None:
        """Gives the photo stars; those that it has are taken away."""
        details = self._details
        if details is None or self._context is None:
            return
        self._show_stars(stars)
        self.rated.emit(stars)
        details_of = self._context.session.details
        self._context.tasks.run(
            self, lambda: details_of.rate([details.photo_id], stars), failed=self._failed, keep=True
        )

    def keep(self) -> None:
        """Keeps what was typed, if anything was."""
        details, context = self._details, self._context
        if details is None or context is None:
            return
        title, caption, words = (self._typed(field) for field in (self.title, self.caption, self.keywords))
        if title is caption is words is UNCHANGED:
            return
        keywords = unlisted(words) if isinstance(words, str) else words
        change = context.session.details.describe
        context.tasks.run(
            self, lambda: change(details.photo_id, title, caption, keywords), self._kept, self._failed, keep=True
        )

    @property
    def active(self) -> bool:
        """Whether something is being typed."""
        return any(field.hasFocus() for field in (self.title, self.caption, self.keywords))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._restore()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _restore(self) -> None:
        if self._details is not None:
            for field, text in self._texts(self._details).items():
                self._fill(field, text)

    def _fill(self, field: Field, text: str) -> None:
        _set(field, text)
        self._filled[field] = _get(field)

    def _typed(self, field: Field) -> str | Unchanged:
        """What was typed; of a field that nobody touched, nothing: the photo's files may have told something since."""
        text = _get(field)
        return UNCHANGED if text == self._filled.get(field) else text

    def _texts(self, details: PhotoDetails) -> dict[Field, str]:
        return {
            self.title: details.title,
            self.caption: details.caption,
            self.keywords: listed(details.keywords),
        }

    def _kept(self, _nothing: None) -> None:
        self._problem.hide()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, CoreError):
            self._problem.setText(str(error))
            self._problem.show()
        elif self._context is not None:
            self._context.tasks.failed.emit(error)

    def _star(self, number: int) -> QToolButton:
        text = self.tr("1 star (1)") if number == 1 else self.tr("{} stars ({})").format(number, number)
        button = icon_button(self, text, "star", checkable=True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setText(STAR)
        button.setFixedSize(_STAR_SIZE)
        button.clicked.connect(lambda: self._clicked(number))
        return button

    def _clicked(self, number: int) -> None:
        """The last star that is there, clicked again, takes all away."""
        had = self._details.rating if self._details else None
        self.rate(0 if had == number else number)

    def _show_stars(self, rating: int | None) -> None:
        for number, button in enumerate(self.stars, 1):
            button.setChecked(number <= (rating or 0))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in self.stars:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACE_3, 0, 0)
        column.setSpacing(theme.SPACE_2)
        column.addLayout(row)
        for field in (self.title, self.caption, self.keywords, self._problem):
            column.addWidget(field)
        self._problem.hide()


def _get(field: Field) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _set(field: Field, text: str) -> None:
    if _get(field) == text:
        return
    if isinstance(field, QLineEdit):
        field.setText(text)
        field.setCursorPosition(0)
    else:
        field.setPlainText(text)
