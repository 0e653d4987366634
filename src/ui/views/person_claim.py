"""What the viewer and others said of a person: a badge, and a menu of what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.claiming import Claim, ClaimState
from ui import theme
from ui.context import Context
from ui.dialogs.do_not_recognise import DoNotRecognise
from ui.refresh import Refresher
from ui.widgets import icon_button, label


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a person: by who holds it, and by the viewer."""

    person_id: int
    holder: Claim | None
    own: Claim | None
    profile_id: int

    @property
    def is_me(self) -> bool:
        """The viewer holds the person."""
        return self.own is not None and self.own.state is ClaimState.HELD


class PersonClaim(QWidget):
    """`show_person` fills it; `forgotten` tells that the person is no more."""

    forgotten = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._person_id = 0
        self._said: Said | None = None
        self.badge = label(self, "badge")
        self.badge.hide()
        self.more = icon_button(self, self.tr("More about this person"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self._make_actions()
        self.more.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.more)
        context.look.changed.connect(self._tint)
        self._tint()
        self._refresher = Refresher(self, context.tasks, self._ask, self._show)

    def show_person(self, person_id: int) -> None:
        """Tells of somebody; to be called again when something changed."""
        if person_id != self._person_id:
            self._person_id, self._said = person_id, None
            self.badge.hide()
            self.more.setEnabled(False)
        self._refresher.ask()

    def _make_actions(self) -> None:
        claims = self._context.session.claims
        self.this_is_me = self.menu.addAction(self.tr("This is me"), lambda: self._do(claims.claim))
        self.not_me = self.menu.addAction(self.tr("This is not me"), lambda: self._do(claims.refuse))
        self.not_me_any_more = self.menu.addAction(
            self.tr("That is not me any more"), lambda: self._do(claims.withdraw)
        )
        self.line = self.menu.addSeparator()
        self.hide_me = self.menu.addAction(self.tr("Hide from others"))
        self.hide_me.triggered.connect(lambda on: self._do(lambda person_id: claims.hide(person_id, on)))
        self.no_album = self.menu.addAction(self.tr("No album of my photos"))
        self.no_album.triggered.connect(lambda on: self._do(lambda person_id: claims.no_album(person_id, on)))
        for action in (self.hide_me, self.no_album):
            action.setCheckable(True)
        self.forget = self.menu.addAction(self.tr("Do not recognise me…"), self._ask_to_forget)
        for action in self.menu.actions():
            action.setVisible(False)

    def _ask(self) -> Said:
        """Off the GUI thread."""
        person_id, claims = self._person_id, self._context.session.claims
        holder = claims.holders().get(person_id)
        return Said(person_id, holder, claims.of(person_id), self._context.session.viewer.profile_id)

    def _show(self, said: Said) -> None:
        if said.person_id != self._person_id:
            return
        self._said = said
        own = said.own
        disputed = own is not None and own.state is ClaimState.DISPUTED
        refused = own is not None and own.state is ClaimState.REFUSED
        self.this_is_me.setVisible(not said.is_me and not disputed)
        self.not_me.setVisible(own is None)
        self.not_me_any_more.setVisible(said.is_me or disputed)
        self.not_me_any_more.setText(self.tr("That is not me any more") if said.is_me else self.tr("That is not me"))
        for action in (self.line, self.hide_me, self.no_album, self.forget):
            action.setVisible(said.is_me)
        self.hide_me.setChecked(said.is_me and own is not None and own.is_hidden)
        self.no_album.setChecked(said.is_me and own is not None and own.no_album)
        text = self._badge(said, disputed, refused)
        self.badge.setText(text)
        self.badge.setVisible(bool(text))
        self.more.setEnabled(True)

    def _badge(self, said: Said, disputed: bool, refused: bool) -> str:
        if said.is_me:
            return (
                self.tr("This is you · hidden from others")
                if said.own and said.own.is_hidden
                else self.tr("This is you")
            )
        if disputed:
            return self.tr("You say this is you · the library's owner decides")
        if said.holder is not None:
            name = said.holder.profile_name
            return self.tr("{} · own profile").format(name) if name else self.tr("The library's owner")
        return self.tr("Not you") if refused else ""

    def _do(self, work: Callable[[int], object]) -> None:
        person_id = self._person_id
        self._context.tasks.run(self, lambda: work(person_id), lambda _done: self._refresher.ask(), keep=True)

    def _ask_to_forget(self) -> None:
        dialog = DoNotRecognise(self._context, self._person_id, self.window())
        dialog.done_with.connect(self.forgotten)
        dialog.open()

    def _tint(self) -> None:
        self.more.setIcon(self._context.look.icon("ellipsis"))
