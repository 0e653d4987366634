"""What the viewer should hear of, the newest first, in words."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt

from app.notifications import Notification, NotificationKind
from ui.models.rows import Index, RowsModel, Section
from ui.text import hint, shown


class NotificationsModel(RowsModel):
    """The rows are notifications; `Told` is the `Notification`, `When` says when it was made."""

    Told = Qt.ItemDataRole.UserRole + 2
    When = Qt.ItemDataRole.UserRole + 3

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: dict[int, Notification] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        told = self._told.get(self.ids[index.row()]) if index.isValid() else None
        says = {
            self.Told: lambda each: each,
            self.When: self._when,
            Qt.ItemDataRole.DisplayRole: self.said,
            Qt.ItemDataRole.ToolTipRole: lambda each: hint(self.said(each)),
            Qt.ItemDataRole.AccessibleTextRole: self._read_out,
        }.get(role)
        return super().data(index, role) if told is None or says is None else says(told)

    def show(self, told: Sequence[Notification]) -> None:
        """Follows a new state."""
        before, self._told = self._told, {each.notification_id: each for each in told}
        ids = array("q", (each.notification_id for each in told))
        self.follow(ids, [Section("", 0, len(ids))])
        for row, each in enumerate(told):
            if before.get(each.notification_id, each) != each:
                self.dataChanged.emit(self.index(row), self.index(row))

    def said(self, told: Notification) -> str:
        """A notification as a sentence."""
        name = shown(told.person_name) if told.person_name else self.tr("somebody without a name")
        who = shown(told.by_name) if told.by_name else self.tr("The library's owner")
        found = self._counted(
            len(told.photo_ids), self.tr("You are in a new photo."), self.tr("You are in {} new photos.")
        )
        unread = self._counted(told.files, self.tr("A file cannot be read."), self.tr("{} files cannot be read."))
        return {
            NotificationKind.FOUND: found,
            NotificationKind.UNREADABLE: unread,
            NotificationKind.INVITED: self.tr("{} invites you to the album “{}”.").format(who, told.album_name),
            NotificationKind.CLAIMED: self.tr("{} said “this is me” of {}.").format(who, name),
            NotificationKind.DISPUTED: self._decided(told, name)
            if told.decided
            else self.tr("{} says “this is me” of {}, too.").format(who, name),
        }[told.kind]

    def _decided(self, told: Notification, name: str) -> str:
        if not told.by_name:
            return self.tr("It was decided whose face {} is.").format(name)
        return self.tr("It was decided: {} is {}.").format(name, shown(told.by_name))

    def _read_out(self, told: Notification) -> str:
        new = "" if told.is_read else self.tr("New: ")
        return f"{new}{self.said(told)} {self._when(told)}"

    def _counted(self, count: int, one: str, several: str) -> str:
        return one if count == 1 else several.format(QLocale().toString(count))

    def _when(self, told: Notification) -> str:
        made = QDateTime.fromSecsSinceEpoch(int(told.made_at.timestamp()))
        if made.date() == QDateTime.currentDateTime().date():
            return QLocale().toString(made.time(), QLocale.FormatType.ShortFormat)
        return QLocale().toString(made.date(), QLocale.FormatType.ShortFormat)
