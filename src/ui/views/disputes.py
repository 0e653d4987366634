"""Persons of whom several people of the house say "this is me": the library's owner looks at the faces and decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.claims import Dispute
from app.types import LibraryChanged
from ui import theme
from ui.context import Context
from ui.refresh import Refresher
from ui.text import shown
from ui.views.empty import EmptyState
from ui.views.face_picture import FacePicture
from ui.widgets import label, named

_SIDE = 88


class DisputeCard(QFrame):
    """One person: the faces, who says so, and a button for each."""

    decided = Signal(int, object)

    def __init__(self, context: Context, dispute: Dispute, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        name = shown(dispute.person_name) if dispute.person_name else self.tr("Somebody without a name")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(label(self, "strong", name))
        column.addLayout(self._faces(context, dispute))
        said = self.tr("{} said “this is me” first.").format(self._called(dispute.claims[0].profile_name))
        column.addWidget(label(self, "quiet", said))
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        self.buttons: dict[int | None, QPushButton] = {}
        first = dispute.claims[0].claim_id
        for claim in dispute.claims:
            text = self.tr("This is {}").format(self._called(claim.profile_name))
            self._add(row, text, first, claim.profile_id)
        self._add(row, self.tr("None of them"), first, None)
        row.addStretch()
        column.addLayout(row)

    def _faces(self, context: Context, dispute: Dispute) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        for face_id in dispute.face_ids:
            picture = FacePicture(context, _SIDE, self, is_round=False)
            picture.show_face(face_id)
            row.addWidget(picture)
        if not dispute.face_ids:
            row.addWidget(label(self, "quiet", self.tr("You may see no photo of this person. Ask those who say so.")))
        row.addStretch()
        return row

    def _add(self, row: QHBoxLayout, text: str, claim_id: int, profile_id: int | None) -> None:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: self._decide(claim_id, profile_id))
        self.buttons[profile_id] = button
        row.addWidget(button)

    def _decide(self, claim_id: int, profile_id: int | None) -> None:
        for button in self.buttons.values():
            button.setEnabled(False)
        self.decided.emit(claim_id, profile_id)

    def _called(self, profile_name: str) -> str:
        return shown(profile_name) if profile_name else self.tr("you, the library's owner")


class DisputesView(QWidget):
    """The page. `counted` tells how many there are to decide."""

    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._disputes: list[Dispute] = []
        self.cards: list[DisputeCard] = []
        self._empty = EmptyState(
            context.look,
            "scale",
            self.tr("Nothing to decide"),
            self.tr("When two people say “this is me” of the same person, you are asked here whose face it is."),
            parent=self,
        )
        self._inside = named(QWidget(self), "page")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        self._column.setSpacing(theme.SPACE_3)
        self._column.addStretch()
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty)
        column.addWidget(self._scroll)
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, self._ask, self._show)
        self._refresher.ask()

    def _ask(self) -> list[Dispute]:
        """Off the GUI thread."""
        claims = self._context.session.claims
        return claims.disputes() if claims.decides() else []

    def _changed(self, change: LibraryChanged) -> None:
        if change.person_ids:
            self._refresher.ask()

    def _show(self, disputes: list[Dispute]) -> None:
        self._empty.setVisible(not disputes)
        self._scroll.setVisible(bool(disputes))
        self.counted.emit(len(disputes))
        if disputes == self._disputes:
            return
        self._disputes = disputes
        for card in self.cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self.cards = [DisputeCard(self._context, each, self._inside) for each in disputes]
        for number, card in enumerate(self.cards):
            card.decided.connect(self._decide)
            self._column.insertWidget(number, card)

    def _decide(self, claim_id: int, profile_id: int | None) -> None:
        claims = self._context.session.claims
        self._context.tasks.run(
            self,
            lambda: claims.decide(claim_id, profile_id),
            lambda _none: self._refresher.ask(),
            self._failed,
            keep=True,
        )

    def _failed(self, error: Exception) -> None:
        self._disputes = []
        self._refresher.ask()
        self._context.tasks.failed.emit(error)
