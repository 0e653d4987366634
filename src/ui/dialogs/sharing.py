"""Who may see photos: only you, chosen people, or everybody in the house; of one photo or of several at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from app.ownership import Visibility
from app.visibility import Housemate, PhotoVisibility
from ui import theme
from ui.text import shown
from ui.widgets import label, named

States = Qt.CheckState


class SharingDialog(QDialog):
    """`wanted` carries the photos that are the viewer's own, the visibility, the chosen profiles, and those that stay.

    Where photos differ nothing is chosen, and a person who sees some of them is half ticked: left so, each photo stays
    as it is for that person.
    """

    wanted = Signal(object, object, object, object)

    def __init__(
        self,
        found: Sequence[PhotoVisibility],
        housemates: Sequence[Housemate],
        viewer_id: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Who may see this"))
        self._own = [each for each in found if each.own]
        others = [each for each in found if not each.own]
        self.choices = {
            Visibility.PRIVATE: self._choice(self.tr("Only you")),
            Visibility.SHARED: self._choice(self.tr("Chosen people")),
            Visibility.HOUSEHOLD: self._choice(self.tr("Everybody in the house")),
        }
        self.people = {each.profile_id: self._person(each) for each in housemates if each.profile_id != viewer_id}
        self.lead = self._paragraph("", self._led(len(others)))
        self.note = self._paragraph("quiet", self._noted(others))
        self.save = named(QPushButton(self.tr("Save"), self), "accent")
        self.save.clicked.connect(self._save)
        self._lay_out()
        self._fill()
        self._follow()

    def _choice(self, text: str) -> QRadioButton:
        made = named(QRadioButton(text, self), "choice")
        made.toggled.connect(self._follow)
        return made

    def _person(self, mate: Housemate) -> QCheckBox:
        # An ampersand in a name is no shortcut.
        made = QCheckBox((shown(mate.name) or self.tr("Somebody without a name")).replace("&", "&&"), self)
        made.clicked.connect(lambda: self.choices[Visibility.SHARED].setChecked(True))
        made.checkStateChanged.connect(self._follow)
        return made

    def _paragraph(self, name: str, text: str) -> QWidget:
        made = label(self, name, text)
        made.setWordWrap(True)
        made.setVisible(bool(text))
        return made

    def _led(self, others: int) -> str:
        own = len(self._own)
        if not own:
            return self.tr("Only whoever added a photo says who may see it.")
        if own == 1:
            return self.tr("Who may see your photo among these?") if others else self.tr("Who may see this photo?")
        return self.tr("Who may see these {} photos?").format(QLocale().toString(own))

    def _noted(self, others: Sequence[PhotoVisibility]) -> str:
        if not others:
            return ""
        names = ", ".join(sorted({shown(each.owner.name) or self.tr("somebody else") for each in others}))
        if len(others) == 1:
            return self.tr("1 photo was added by {}, and stays as it is.").format(names)
        return self.tr("{} photos were added by {}, and stay as they are.").format(
            QLocale().toString(len(others)), names
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(self.lead)
        within = QVBoxLayout()
        within.setContentsMargins(theme.SPACE_5, 0, 0, 0)
        within.setSpacing(theme.SPACE_2)
        for each in self.people.values():
            within.addWidget(each)
        for visibility, choice in self.choices.items() if self._own else ():
            column.addWidget(choice)
            if visibility is Visibility.SHARED:
                column.addLayout(within)
        column.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        close = QPushButton(self.tr("Cancel") if self._own else self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons.addStretch(1)
        for button in (close, self.save):
            buttons.addWidget(button)
        column.addSpacing(theme.SPACE_2)
        column.addLayout(buttons)
        for widget in (*self.choices.values(), *self.people.values(), self.save):
            widget.setVisible(bool(self._own))
        self.setMinimumWidth(theme.SHARING_WIDTH)

    def _fill(self) -> None:
        """What the photos have in common."""
        ways = {each.visibility for each in self._own}
        if len(ways) == 1:
            same = self.choices[ways.pop()]
            same.setChecked(True)
            same.setFocus()
        else:
            self.lead.setFocus()
        for profile_id, box in self.people.items():
            seen = [self._shared(each, profile_id) for each in self._own]
            some = any(seen) and not all(seen)
            box.setTristate(some)
            box.setCheckState(States.PartiallyChecked if some else States.Checked if any(seen) else States.Unchecked)

    @staticmethod
    def _shared(photo: PhotoVisibility, profile_id: int) -> bool:
        shared = photo.visibility is Visibility.SHARED
        return shared and any(each.profile_id == profile_id for each in photo.shared_with)

    def _follow(self) -> None:
        """Chosen people are to be chosen."""
        chosen = self._chosen()
        people = any(each.checkState() is not States.Unchecked for each in self.people.values())
        self.save.setEnabled(chosen is not None and (chosen is not Visibility.SHARED or people))

    def _chosen(self) -> Visibility | None:
        return next((each for each, choice in self.choices.items() if choice.isChecked()), None)

    def _with(self, state: Qt.CheckState) -> list[int]:
        return [profile_id for profile_id, box in self.people.items() if box.checkState() is state]

    def _save(self) -> None:
        photo_ids = [each.photo_id for each in self._own]
        self.wanted.emit(photo_ids, self._chosen(), self._with(States.Checked), self._with(States.PartiallyChecked))
        self.accept()
