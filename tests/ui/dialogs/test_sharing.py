"""Who may see photos, as it is asked for: one photo, several that differ, and what is somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ownership import Visibility
from app.visibility import Housemate, PhotoVisibility
from tests.qt import LeftButton, show
from ui.dialogs.sharing import SharingDialog

OLGA, ANNA, BEN = Housemate(1, "Olga"), Housemate(2, "Anna"), Housemate(3, "Ben & Co")
HOUSE = (ANNA, BEN, OLGA)
States = Qt.CheckState


def own(photo_id: int, visibility: Visibility, *shared: Housemate) -> PhotoVisibility:
    return PhotoVisibility(photo_id, OLGA, True, visibility, shared, False)


def hers(photo_id: int) -> PhotoVisibility:
    return PhotoVisibility(photo_id, ANNA, False, Visibility.HOUSEHOLD, (), False)


def opened(qtbot: QtBot, *found: PhotoVisibility) -> tuple[SharingDialog, list[Any]]:
    dialog = SharingDialog(found, HOUSE, OLGA.profile_id)
    show(qtbot, dialog, 400, 300)
    asked: list[Any] = []
    dialog.wanted.connect(lambda *values: asked.append(values))
    return dialog, asked


def chosen(dialog: SharingDialog) -> Visibility | None:
    return next((each for each, choice in dialog.choices.items() if choice.isChecked()), None)


def states(dialog: SharingDialog) -> dict[int, Qt.CheckState]:
    return {profile_id: box.checkState() for profile_id, box in dialog.people.items()}


def test_one_photo_is_shown_as_it_is(application: QApplication, qtbot: QtBot) -> None:
    dialog, asked = opened(qtbot, own(7, Visibility.SHARED, BEN))
    assert dialog.lead.text() == "Who may see this photo?"
    assert chosen(dialog) is Visibility.SHARED
    assert states(dialog) == {2: States.Unchecked, 3: States.Checked}
    # The ampersand is one, not a shortcut.
    assert dialog.people[3].text() == "Ben && Co"
    qtbot.mouseClick(dialog.save, LeftButton)
    assert asked == [([7], Visibility.SHARED, [3], [])]
    assert not dialog.isVisible()


def test_who_ticks_a_person_means_chosen_people(application: QApplication, qtbot: QtBot) -> None:
    dialog, asked = opened(qtbot, own(7, Visibility.PRIVATE))
    dialog.people[2].click()
    assert chosen(dialog) is Visibility.SHARED
    dialog.save.click()
    assert asked == [([7], Visibility.SHARED, [2], [])]


def test_chosen_people_have_to_be_chosen(application: QApplication, qtbot: QtBot) -> None:
    dialog, _ = opened(qtbot, own(7, Visibility.PRIVATE))
    assert dialog.save.isEnabled()
    dialog.choices[Visibility.SHARED].click()
    assert not dialog.save.isEnabled()
    dialog.choices[Visibility.HOUSEHOLD].click()
    assert dialog.save.isEnabled()


def test_what_differs_is_half_ticked_and_stays(application: QApplication, qtbot: QtBot) -> None:
    dialog, asked = opened(qtbot, own(7, Visibility.SHARED, ANNA), own(8, Visibility.SHARED, ANNA, BEN))
    assert dialog.lead.text() == "Who may see these 2 photos?"
    assert states(dialog) == {2: States.Checked, 3: States.PartiallyChecked}
    dialog.people[2].click()
    dialog.save.click()
    assert asked == [([7, 8], Visibility.SHARED, [], [3])]


def test_photos_that_differ_altogether_are_saved_only_when_something_was_chosen(
    application: QApplication, qtbot: QtBot
) -> None:
    dialog, asked = opened(qtbot, own(7, Visibility.PRIVATE), own(8, Visibility.HOUSEHOLD))
    assert chosen(dialog) is None
    assert not dialog.save.isEnabled()
    dialog.choices[Visibility.PRIVATE].click()
    dialog.save.click()
    assert asked == [([7, 8], Visibility.PRIVATE, [], [])]


def test_what_others_added_stays_as_it_is(application: QApplication, qtbot: QtBot) -> None:
    dialog, asked = opened(qtbot, own(7, Visibility.PRIVATE), hers(8))
    assert dialog.lead.text() == "Who may see your photo among these?"
    assert "added by Anna" in dialog.note.text()
    dialog.choices[Visibility.HOUSEHOLD].click()
    dialog.save.click()
    assert asked == [([7], Visibility.HOUSEHOLD, [], [])]


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_can_be_changed_where_all_is_others(application: QApplication, qtbot: QtBot, count: int) -> None:
    dialog, _ = opened(qtbot, *(hers(number) for number in range(count)))
    assert "Only whoever added" in dialog.lead.text()
    assert not dialog.save.isVisible()
    assert not any(each.isVisible() for each in (*dialog.choices.values(), *dialog.people.values()))
