"""People: those who are often in the photos first, those seen once or twice folded at the end."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QLocale, QObject, Qt

from app.types import PersonSummary
from ui.models.rows import Index, RowsModel, Section
from ui.text import hint

SELDOM = 2
"""Who has no name and is in at most so many photos is shown after the others."""

MANY = 24
"""So many of them are folded: strangers must not flood the page."""


class PeopleModel(RowsModel):
    """The rows are persons; `Id` is the person's id, `Summary` the `PersonSummary`."""

    Summary = Qt.ItemDataRole.UserRole + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: dict[int, PersonSummary] = {}
        self._claimed: dict[int, bool] = {}
        self._folded: bool | None = None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        person = self._people.get(self.ids[index.row()])
        if person is None:
            return super().data(index, role)
        if role == self.Summary:
            return person
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            name = person.name or ""
            return hint(name) if role == Qt.ItemDataRole.ToolTipRole else name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{person.name or self.tr('No name yet')}, {self.photos(person)}"
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def show(self, people: Sequence[PersonSummary], claimed: Mapping[int, bool] | None = None) -> None:
        """Follows a new state of the library.

        Args:
            claimed: persons of whom somebody of the house said "this is me"; true where that is the viewer.
        """
        said, self._claimed = self._claimed, dict(claimed or {})
        often = [each for each in people if each.name or each.photo_count > SELDOM]
        seldom = [each for each in people if not each.name and each.photo_count <= SELDOM]
        ordered = often + seldom
        before, self._people = self._people, {each.person_id: each for each in ordered}
        self.follow(array("q", (each.person_id for each in ordered)), self._make_sections(len(often), len(seldom)))
        for row, each in enumerate(ordered):
            same = said.get(each.person_id) == self._claimed.get(each.person_id)
            if before.get(each.person_id, each) != each or not same:
                self.dataChanged.emit(self.index(row), self.index(row))

    def set_name(self, row: int, name: str) -> None:
        """Shows a name before the library has it; the next `show` tells the truth."""
        person_id = self.ids[row]
        self._people[person_id] = replace(self._people[person_id], name=name or None)
        self.dataChanged.emit(self.index(row), self.index(row))

    def fold(self, folded: bool) -> None:
        """Folds or opens the section of those who are seldom seen."""
        self._folded = folded
        counts = [each.count for each in self.sections] + [0, 0]
        self._sections = tuple(self._make_sections(counts[0], counts[1]))
        self.sections_changed.emit()

    def photos(self, person: PersonSummary) -> str:
        """ "412 photos" in the user's format, and whether it is somebody of the house."""
        number = QLocale().toString(person.photo_count)
        photos = self.tr("1 photo") if person.photo_count == 1 else self.tr("{} photos").format(number)
        if person.person_id not in self._claimed:
            return photos
        whose = self.tr("you") if self._claimed[person.person_id] else self.tr("own profile")
        return f"{photos} · {whose}"

    def next_unnamed(self, row: int) -> int | None:
        """The first row after `row` whose person has no name."""
        rows = range(row + 1, len(self.ids))
        return next((each for each in rows if self._people[self.ids[each]].name is None), None)

    def _make_sections(self, often: int, seldom: int) -> list[Section]:
        folded = seldom > MANY if self._folded is None else self._folded
        title = self.tr("Seen once or twice · {}").format(QLocale().toString(seldom))
        sections = [Section("", 0, often)]
        if seldom:
            foldable = seldom > MANY
            sections.append(Section(title, often, seldom, foldable, foldable and folded))
        return sections
