"""The strip on the People page that asks "Is this you?" when somebody looks like the viewer."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.candidates import Candidate
from app.types import LibraryChanged
from ui import theme
from ui.context import Context
from ui.dialogs.is_this_you import IsThisYou
from ui.refresh import Refresher
from ui.views.face_picture import FacePicture
from ui.widgets import icon_button, label

_SIDE, _MOST = 40, 4


class IsThisYouStrip(QFrame):
    """Hidden while there is nobody to ask about, and until there is somebody new once it was put aside."""

    answered = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._context = context
        self._found: list[Candidate] = []
        self._aside: frozenset[int] = frozenset()
        self._stale = True
        self._pictures = [FacePicture(context, _SIDE, self) for _ in range(_MOST)]
        self.text = label(self)
        self.look = QPushButton(self.tr("Have a look"), self)
        self.look.clicked.connect(self.open)
        self.later = icon_button(self, self.tr("Put aside"), "small")
        self.later.clicked.connect(self._put_aside)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, theme.SPACE_2, theme.SPACE_4, theme.SPACE_2)
        row.setSpacing(theme.SPACE_2)
        for picture in self._pictures:
            row.addWidget(picture)
        row.addSpacing(theme.SPACE_1)
        row.addWidget(self.text)
        row.addStretch()
        row.addWidget(self.look)
        row.addWidget(self.later)
        self.hide()
        context.look.changed.connect(self._tint)
        self._tint()
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, context.session.claims.candidates, self._show)

    def open(self) -> None:
        """Asks of one after the other."""
        dialog = IsThisYou(self._context, self._found, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.answered.connect(self._refresher.ask)
        dialog.answered.connect(self.answered)
        dialog.open()

    def ask(self) -> None:
        """The page came into sight: what was changed meanwhile counts now."""
        if self._stale:
            self._stale = False
            self._refresher.ask()

    def _changed(self, change: LibraryChanged) -> None:
        if change.person_ids:
            self._stale = True
            page = self.parentWidget()
            if page is not None and page.isVisible():
                self.ask()

    def _show(self, found: list[Candidate]) -> None:
        self._found = found
        for number, picture in enumerate(self._pictures):
            picture.setVisible(number < len(found))
            if number < len(found):
                picture.show_face(found[number].pairs[0].face_id)
        count = QLocale().toString(len(found))
        one = self.tr("Somebody here looks like you. Is this you?")
        self.text.setText(one if len(found) == 1 else self.tr("{} people here look like you.").format(count))
        self.setVisible(bool({each.person_id for each in found} - self._aside))

    def _put_aside(self) -> None:
        self._aside = frozenset(each.person_id for each in self._found)
        self.hide()

    def _tint(self) -> None:
        self.later.setIcon(self._context.look.icon("x", theme.ICON_SMALL))
