"""The face models: what their licences allow, which one is in use, and how to use another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.models import Models
from app.types import ModelSummary
from core.errors import CoreError
from ui import theme
from ui.tasks import Tasks
from ui.widgets import label, named

T = TypeVar("T")


class ModelCard(QFrame):
    """One model: its name, what it is good for, and what its licence allows."""

    def __init__(self, model: ModelSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.choice = named(QRadioButton(model.title, self), "choice")
        self.choice.setEnabled(model.installed)
        allowed = self.tr("for non-commercial use only") if model.non_commercial else self.tr("for any use")
        self.told = _paragraph(self, "quiet", f"{model.description} · {allowed}")
        self.told.setContentsMargins(theme.SPACE_5, 0, 0, 0)
        across = QHBoxLayout()
        across.addWidget(self.choice, 1)
        across.addWidget(label(self, "quiet", self._state(model)))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_3, theme.SPACE_3, theme.SPACE_4, theme.SPACE_3)
        column.setSpacing(theme.SPACE_1)
        column.addLayout(across)
        column.addWidget(self.told)

    def _state(self, model: ModelSummary) -> str:
        if model.in_use:
            return self.tr("in use")
        return "" if model.installed else self.tr("not installed")


class ModelsDialog(QDialog):
    """Lists the models, adds one, changes to another; what touches the disk is done off the GUI thread."""

    changed = Signal()
    """Another model is in use."""

    def __init__(self, models: Models, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Face models"))
        self._models, self._tasks = models, tasks
        self._listed: dict[str, ModelSummary] = {}
        self.cards: dict[str, ModelCard] = {}
        self._choices = QButtonGroup(self)
        lead = self.tr("A face model finds the faces in your photos and tells people apart. It runs on this computer.")
        self.lead = _paragraph(self, "", lead)
        self.licence = _paragraph(self, "quiet")
        self.note = _paragraph(self, "")
        self.error = _paragraph(self, "error")
        self.add_folder = self._button(self.tr("Add from a folder…"), self._ask_for_folder)
        self.add_zip = self._button(self.tr("Add from a zip…"), self._ask_for_zip)
        self.close_button = self._button(self.tr("Close"), self.reject)
        self.use = named(self._button(self.tr("Use this model"), self._use), "accent")
        self._lay_out()
        self._do(self.tr("Looking at the models…"), models.list, self._show)

    def chosen(self) -> ModelSummary | None:
        """The model that is marked."""
        return next((self._listed[name] for name, card in self.cards.items() if card.choice.isChecked()), None)

    def add(self, path: Path) -> None:
        """Adds the model in a folder or zip, and marks it."""

        def work() -> tuple[str, list[ModelSummary]]:
            return self._models.add(path).name, self._models.list()

        def done(result: tuple[str, list[ModelSummary]]) -> None:
            self._show(result[1], result[0])

        self._do(self.tr("Adding the model…"), work, done)

    def _button(self, text: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        # Return is never to change the model by itself.
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button

    def _lay_out(self) -> None:
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.SPACE_2)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        for button in (self.add_folder, self.add_zip):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.close_button, self.use):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_4)
        column.addWidget(self.lead)
        column.addLayout(self._list)
        for paragraph in (self.licence, self.note, self.error):
            column.addWidget(paragraph)
        column.addLayout(buttons)

    def _ask_for_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("The folder with the model's files"))
        if folder:
            self.add(Path(folder))

    def _ask_for_zip(self) -> None:
        zips = self.tr("Zip files (*.zip)")
        file, _ = QFileDialog.getOpenFileName(self, self.tr("The zip with the model's files"), filter=zips)
        if file:
            self.add(Path(file))

    def _use(self) -> None:
        model = self.chosen()
        if model is None:
            return
        name = model.name

        def work() -> list[ModelSummary]:
            self._models.use(name)
            return self._models.list()

        def done(listed: list[ModelSummary]) -> None:
            self._show(listed)
            self.changed.emit()

        self._do(self.tr("Checking the model…"), work, done)

    def _do(self, doing: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Does something that takes a moment, and says so."""
        self._set_enabled(False)
        _say(self.error, "")
        _say(self.note, doing)
        self._fit()
        self._tasks.run(self, work, done, self._failed, keep=True)

    def _failed(self, error: Exception) -> None:
        self._show(list(self._listed.values()), self._marked())
        if not isinstance(error, CoreError):
            # A bug: the exception hook keeps a report.
            raise error
        _say(self.error, str(error))
        self._fit()

    def _show(self, listed: list[ModelSummary], marked: str = "") -> None:
        """Lists the models anew; marked is the one in use, or another."""
        for card in self.cards.values():
            self._choices.removeButton(card.choice)
            self._list.removeWidget(card)
            card.deleteLater()
        self._listed = {model.name: model for model in listed}
        self.cards = {name: ModelCard(model, self) for name, model in self._listed.items()}
        for name, card in self.cards.items():
            self._choices.addButton(card.choice)
            self._list.addWidget(card)
            # At once, for the height: Qt would show it at the next turn.
            card.show()
            card.choice.setChecked(name == marked if marked else self._listed[name].in_use)
            card.choice.toggled.connect(self._tell)
            if card.choice.isChecked():
                card.choice.setFocus(Qt.FocusReason.OtherFocusReason)
        self._set_enabled(True)
        self._tell()

    def _set_enabled(self, enabled: bool) -> None:
        for card in self.cards.values():
            card.setEnabled(enabled)
        for button in (self.add_folder, self.add_zip, self.use):
            button.setEnabled(enabled)

    def _marked(self) -> str:
        model = self.chosen()
        return "" if model is None else model.name

    def _tell(self) -> None:
        """What is to be known of the model that is marked."""
        model = self.chosen()
        if model is not None:
            _say(self.licence, model.licence)
            _say(self.note, self._told_of_photos(model))
            self.use.setEnabled(not model.in_use)
        self._fit()

    def _fit(self) -> None:
        """As high as what it says needs."""
        column = self.layout()
        assert column is not None
        column.activate()
        self.setFixedSize(theme.DIALOG_WIDTH, column.totalHeightForWidth(theme.DIALOG_WIDTH))

    def _told_of_photos(self, model: ModelSummary) -> str:
        count = QLocale().toString(model.unseen)
        if model.in_use:
            return self.tr("Photos that it still has to look at: {}.").format(count) if model.unseen else ""
        if not model.unseen:
            return self.tr("It knows all your photos already. Names and everything that you decided stay.")
        return self.tr(
            "Photos that it will look at, in the background: {}. They stay in sight meanwhile, "
            "and names and everything that you decided stay."
        ).format(count)


def _paragraph(parent: QWidget, name: str, text: str = "") -> QLabel:
    made = label(parent, name, text)
    made.setWordWrap(True)
    made.setVisible(bool(text))
    return made


def _say(paragraph: QLabel, text: str) -> None:
    paragraph.setText(text)
    paragraph.setVisible(bool(text))
