"""The people of the house, for the owner of the library: added, renamed, removed, and who owns it from now on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.profile_types import Profile
from core.errors import CoreError
from ui import theme
from ui.avatar import Avatar
from ui.context import Context
from ui.widgets import label, message_box, named

_MOST_HEIGHT = 420


class HouseholdDialog(QDialog):
    """`add_wanted` tells that somebody is to be added, `changed` that something was changed."""

    add_wanted = Signal()
    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self._context = context
        self._profiles, self._session = context.library.profiles, context.session
        self.people: list[Profile] = []
        self.menus: dict[int, QMenu] = {}
        self._list = named(QWidget(self), "plain")
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self.note = label(self, "error")
        self.note.setWordWrap(True)
        self.add = QPushButton(self.tr("Add somebody…"), self)
        self.close_it = named(QPushButton(self.tr("Close"), self), "accent")
        self.add.clicked.connect(self._add)
        self.close_it.clicked.connect(self.accept)
        self._lay_out()
        self._ask()

    def _add(self) -> None:
        self.accept()
        self.add_wanted.emit()

    def _ask(self) -> None:
        self._context.tasks.run(self, self._profiles.list, self._show, self._fail)

    def _show(self, people: list[Profile]) -> None:
        self.people = people
        self.menus.clear()
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        height = 0
        for each in people:
            row = self._row(each)
            height += row.sizeHint().height() + self._rows.spacing()
            self._rows.addWidget(row)
        self._rows.addStretch(1)
        self._scroll.setFixedHeight(min(height, _MOST_HEIGHT))

    def _row(self, profile: Profile) -> QWidget:
        made = QWidget(self._list)
        avatar = Avatar(self._context.look, theme.AVATAR_SMALL, made)
        avatar.show_profile(profile.name)
        avatar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        more = QToolButton(made)
        more.setText(self.tr("Change"))
        more.setAccessibleName(self.tr("Change {}").format(profile.name))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self._menu(profile, more))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_3)
        row.addWidget(avatar)
        row.addWidget(label(made, "strong", profile.name), 1)
        row.addWidget(label(made, "quiet", self._about(profile)))
        row.addWidget(more)
        return made

    def _about(self, profile: Profile) -> str:
        if profile.is_owner:
            return self.tr("owns the library")
        return "" if profile.has_password else self.tr("no password")

    def _menu(self, profile: Profile, parent: QWidget) -> QMenu:
        menu = self.menus[profile.profile_id] = QMenu(parent)
        menu.addAction(self.tr("Rename…"), lambda: self._ask_for_name(profile))
        if profile.profile_id != self._session.viewer.profile_id:
            menu.addAction(self.tr("Make owner of the library…"), lambda: self._ask_to_hand_over(profile))
            menu.addAction(self.tr("Remove…"), lambda: self._ask_to_remove(profile))
        return menu

    def _ask_for_name(self, profile: Profile) -> None:
        name, agreed = QInputDialog.getText(self, "Sietch", self.tr("Name"), QLineEdit.EchoMode.Normal, profile.name)
        if agreed:
            self._do(lambda: self._profiles.rename(self._session, profile.profile_id, name))

    def _ask_to_hand_over(self, profile: Profile) -> None:
        text = self.tr("Make {} the owner of the library?").format(profile.name)
        more = self.tr("Only the owner can add, rename and remove people. You cannot take it back yourself.")
        self._confirm(text, more, self.tr("Make owner"), lambda: self._hand_over(profile))

    def _hand_over(self, profile: Profile) -> None:
        self._do(lambda: self._profiles.hand_over(self._session, profile.profile_id), self.accept)

    def _ask_to_remove(self, profile: Profile) -> None:
        others = [each for each in self.people if each.profile_id != profile.profile_id]
        names = [each.name for each in others]
        me = next((at for at, each in enumerate(others) if each.profile_id == self._session.viewer.profile_id), 0)
        text = self.tr("Who gets the photos of {}?").format(profile.name)
        name, agreed = QInputDialog.getItem(self, "Sietch", text, names, me, False)
        if not agreed:
            return
        heir = others[names.index(name)]
        more = self.tr(
            "The albums of {} go. The photos pass to {}, and what was private stays so. This cannot be undone."
        ).format(profile.name, heir.name)
        self._confirm(
            self.tr("Remove {}?").format(profile.name),
            more,
            self.tr("Remove"),
            lambda: self._do(lambda: self._profiles.remove(self._session, profile.profile_id, heir.profile_id)),
        )

    def _confirm(self, text: str, more: str, button: str, agreed: Callable[[], None]) -> None:
        box = message_box(self, text)
        box.setInformativeText(more)
        box.addButton(button, QMessageBox.ButtonRole.AcceptRole).clicked.connect(agreed)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.open()

    def _do(self, work: Callable[[], Any], then: Callable[[], None] = lambda: None) -> None:
        def done(_result: Any) -> None:
            self.note.setText("")
            self.changed.emit()
            self._ask()
            then()

        self._context.tasks.run(self, work, done, self._fail, keep=True)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, CoreError):
            raise error
        self.note.setText(str(error))

    def _lay_out(self) -> None:
        self._scroll = named(QScrollArea(self), "plain")
        self._scroll.setWidget(self._list)
        self._scroll.setWidgetResizable(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        buttons.addWidget(self.close_it)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(label(self, "title", self.tr("People of the house")))
        column.addWidget(self._scroll)
        column.addWidget(self.note)
        column.addLayout(buttons)
        self.setFixedWidth(theme.DIALOG_WIDTH)
