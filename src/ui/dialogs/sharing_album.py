"""With whom an album is shared, and what each of them may do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.album_types import AlbumMember, AlbumSummary, MemberRole, MemberState
from app.types import LibraryChanged
from ui import theme
from ui.context import Context
from ui.widgets import Choices, label, named

_WIDTH = 480

_People = tuple[list[AlbumMember], list[tuple[int, str]]]


class SharingDialog(QDialog):
    """Everybody of the house who can be invited, is invited, or came. What is changed here holds at once."""

    def __init__(self, context: Context, album: AlbumSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._album_id = album.album_id
        self._members = context.session.albums.members
        self._rows: list[QWidget] = []
        close = named(QPushButton(self.tr("Done"), self), "accent")
        close.clicked.connect(self.accept)
        lead = label(self, "quiet", self.tr("They see the photos that you put into it, and nothing else by it."))
        lead.setWordWrap(True)
        title = label(self, "title", self.tr("Share “{}”").format(album.name))
        title.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.SPACE_2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        whole.setSpacing(theme.SPACE_3)
        whole.addWidget(title)
        whole.addWidget(lead)
        whole.addLayout(self._column)
        whole.addSpacing(theme.SPACE_2)
        whole.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(_WIDTH)
        context.bridge.changed.connect(self._changed)
        self._ask()

    def _ask(self) -> None:
        def people() -> _People:
            return self._members.list(self._album_id), self._members.candidates(self._album_id)

        self._context.tasks.run(self, people, self._show)

    def _changed(self, change: LibraryChanged) -> None:
        if change.albums:
            self._ask()

    def _show(self, people: _People) -> None:
        members, others = people
        for row in self._rows:
            row.deleteLater()
        self._rows = [self._member_row(each) for each in members if each.state is not MemberState.DECLINED]
        self._rows += [self._other_row(*each, declined=self._declined(members, each[0])) for each in others]
        if not self._rows:
            self._rows = [label(self, "quiet", self.tr("There is nobody else in this library yet."))]
        for row in self._rows:
            self._column.addWidget(row)
        self.adjustSize()

    @staticmethod
    def _declined(members: list[AlbumMember], profile_id: int) -> bool:
        return any(each.profile_id == profile_id for each in members)

    def _member_row(self, member: AlbumMember) -> QWidget:
        role = self._role_box(member.role)
        role.activated.connect(
            lambda _row: self._run(
                lambda: self._members.change_role(self._album_id, member.profile_id, role.currentData())
            )
        )
        invited = self.tr("invited") if member.state is MemberState.INVITED else ""
        remove = QPushButton(self.tr("Remove"), self)
        remove.clicked.connect(lambda: self._run(lambda: self._members.remove(self._album_id, member.profile_id)))
        return self._row(member.name, invited, role, remove)

    def _other_row(self, profile_id: int, name: str, declined: bool) -> QWidget:
        role = self._role_box(MemberRole.VIEW)
        invite = QPushButton(self.tr("Invite"), self)
        invite.clicked.connect(
            lambda: self._run(lambda: self._members.invite(self._album_id, profile_id, role.currentData()))
        )
        return self._row(name, self.tr("declined") if declined else "", role, invite)

    def _row(self, name: str, note: str, role: Choices, button: QPushButton) -> QWidget:
        row = QWidget(self)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme.SPACE_2)
        across.addWidget(label(row, "", name or self.tr("The library's owner")))
        across.addWidget(label(row, "quiet", note))
        across.addStretch(1)
        across.addWidget(role)
        across.addWidget(button)
        return row

    def _role_box(self, role: MemberRole) -> Choices:
        box = Choices(self)
        box.setAccessibleName(self.tr("What they may do"))
        box.addItem(self.tr("May look"), MemberRole.VIEW)
        box.addItem(self.tr("May add photos"), MemberRole.ADD)
        box.setCurrentIndex(box.findData(role))
        return box

    def _run(self, change: Callable[[], None]) -> None:
        self._context.tasks.run(self, change, keep=True)
