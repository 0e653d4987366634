"""One person's page: who it is, photos and faces, and the name typed in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.types import LibraryChanged, Timeline
from core.errors import CoreError
from tests.qt import LeftButton, click_cell, settle, show, until
from ui.context import Context
from ui.models.rows import Section
from ui.views.person import PersonView

Key = Qt.Key


class Stage:
    """The page of the person with most photos."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.view = PersonView(context)
        self.opened: list[tuple[list[int], int]] = []
        self.gone: list[bool] = []
        self.errors: list[Exception] = []
        self.view.photo_opened.connect(lambda ids, row: self.opened.append((list(ids), row)))
        self.view.gone.connect(lambda: self.gone.append(True))
        context.tasks.failed.connect(self.errors.append)
        show(qtbot, self.view, 900, 600)
        self.open(context.session.people.list()[0].person_id)

    def open(self, person_id: int) -> None:
        self.view.show_person(person_id)
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.context.tasks)

    def tab(self, text: str) -> None:
        (button,) = [each for each in self.view.findChildren(QPushButton) if each.text() == text]
        QTest.mouseClick(button, LeftButton)

    def type(self, text: str, *keys: Key) -> None:
        QTest.mouseClick(self.view._name, LeftButton)
        self.view._name.selectAll()
        QTest.keyClicks(self.view._name, text)
        for key in keys:
            QTest.keyClick(self.view._name, key)

    def name(self) -> str | None:
        return self.context.session.people.get(self.view._person_id).name


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


def test_who_it_is(stage: Stage) -> None:
    assert stage.view._name.text() == ""
    assert stage.view._name.placeholderText() == "Add name"
    assert stage.view._summary.text() == "5 photos, 2021 to 2022"
    assert not stage.view._picture.pixmap().isNull()
    assert stage.view.grid.photos.sections == (Section("2022", 0, 2), Section("2021", 2, 3))


def test_a_person_of_one_year(stage: Stage) -> None:
    (other,) = [each for each in stage.context.session.people.list() if each.first_taken and each.first_taken.day == 2]
    stage.open(other.person_id)
    assert stage.view._summary.text() == "3 photos, 2021 to 2022"
    (other, *_) = [
        each
        for each in stage.context.session.people.list()
        if each.first_taken and each.last_taken and each.first_taken.year == each.last_taken.year
    ]
    stage.open(other.person_id)
    assert stage.view._summary.text() == "3 photos, 2021"


def test_a_photo_is_opened_among_the_person_s_photos(stage: Stage) -> None:
    click_cell(stage.view.grid, stage.view.grid.photos.index(1))
    assert stage.opened == [(list(stage.context.session.people.timeline(stage.view._person_id).photo_ids), 1)]


def test_a_face_opens_its_photo(stage: Stage) -> None:
    stage.tab("Faces")
    faces = stage.context.session.people.faces(stage.view._person_id)
    assert stage.view.faces.rowCount() == len(faces) == 5
    click_cell(stage.view._face_grid, stage.view.faces.index(3))
    (ids, row), *_ = stage.opened
    assert ids[row] == faces[3].photo_id
    assert sorted(ids) == sorted({face.photo_id for face in faces})
    stage.tab("Photos")
    assert stage.view.grid.isVisible()


@pytest.mark.parametrize("leave", [Key.Key_Return, Key.Key_Tab])
def test_a_name_is_typed_in_place(stage: Stage, leave: Key) -> None:
    stage.type("Mia", leave)
    until(stage.qtbot, lambda: stage.name() == "Mia")
    stage.settle()
    assert stage.view._name.text() == "Mia"
    assert not stage.view._name.hasFocus()


def test_escape_brings_the_old_name_back(stage: Stage) -> None:
    stage.type("Mia", Key.Key_Return)
    until(stage.qtbot, lambda: stage.name() == "Mia")
    until(stage.qtbot, lambda: stage.view._person is not None and stage.view._person.name == "Mia")
    stage.type("Noor", Key.Key_Escape)
    stage.settle()
    assert stage.view._name.text() == stage.name() == "Mia"
    assert not stage.view._name.hasFocus()


def test_an_empty_name_takes_it_away(stage: Stage) -> None:
    stage.type("Mia", Key.Key_Return)
    until(stage.qtbot, lambda: stage.view._person is not None and stage.view._person.name == "Mia")
    stage.type(" ", Key.Key_Return)
    until(stage.qtbot, lambda: stage.name() is None)


def test_a_refresh_leaves_what_is_being_typed(stage: Stage) -> None:
    stage.type("No")
    stage.context.session.people.rename(stage.view._person_id, "Mia")
    until(stage.qtbot, lambda: stage.view._person is not None and stage.view._person.name == "Mia")
    assert stage.view._name.text() == "No"
    QTest.keyClicks(stage.view._name, "or")
    QTest.keyClick(stage.view._name, Key.Key_Return)
    until(stage.qtbot, lambda: stage.name() == "Noor")


def test_a_name_half_typed_is_kept_for_its_person_when_another_is_opened(stage: Stage) -> None:
    first, second = (each.person_id for each in stage.context.session.people.list()[:2])
    stage.type("Mia")
    stage.open(second)
    assert stage.view._name.text() == ""
    people = stage.context.session.people
    until(stage.qtbot, lambda: people.get(first).name == "Mia")
    assert people.get(second).name is None


def test_the_last_person_opened_is_shown_however_fast_they_are_opened(stage: Stage) -> None:
    ids = [each.person_id for each in stage.context.session.people.list()]
    for number in ids:
        stage.view.show_person(number)
    expected = list(stage.context.session.people.timeline(ids[-1]).photo_ids)
    until(stage.qtbot, lambda: list(stage.view.grid.photos.ids) == expected)
    assert stage.view._summary.text().startswith("3 photos")


def test_changes_of_this_person_are_seen_and_of_others_are_not_asked_for(stage: Stage) -> None:
    asked: list[int] = []
    ask = stage.view._refresher._query
    stage.view._refresher._query = lambda: (asked.append(1), ask())[1]
    publish = stage.context.library.events.publish
    publish(LibraryChanged(frozenset({1}), frozenset({99})))
    stage.qtbot.wait(400)
    assert asked == []
    publish(LibraryChanged(frozenset({1}), frozenset({stage.view._person_id})))
    until(stage.qtbot, lambda: asked)


def test_what_changed_while_another_screen_was_in_sight_is_seen_on_return(stage: Stage) -> None:
    stage.view.hide()
    stage.context.session.people.rename(stage.view._person_id, "Mia")
    stage.qtbot.wait(400)
    stage.settle()
    stage.view.show()
    until(stage.qtbot, lambda: stage.view._name.text() == "Mia")


def test_a_person_who_is_no_more_is_left(stage: Stage) -> None:
    stage.open(99)
    assert stage.gone == [True]
    assert stage.errors == []


def test_from_another_screen_nobody_is_led_away(stage: Stage) -> None:
    stage.view.show_person(99)
    stage.view.hide()
    stage.settle()
    assert stage.gone == []
    stage.view.show()
    until(stage.qtbot, lambda: stage.gone == [True])


def test_another_error_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_person_id: int) -> Timeline:
        raise CoreError("The drive is gone.")

    monkeypatch.setattr(stage.context.session.people, "timeline", broken)
    stage.open(stage.view._person_id)
    assert [str(error) for error in stage.errors] == ["The drive is gone."]
    assert stage.gone == []


def test_two_clicks_on_the_people_page_open_no_photo(stage: Stage) -> None:
    """The first opened this page; the second must not be taken for a click on what lies under the pointer now."""
    stage.view.hide()
    stage.view.show()
    grid = stage.view.grid
    place = grid.visualRect(grid.photos.index(0)).center()
    QTest.mouseDClick(grid.viewport(), LeftButton, pos=place)
    QTest.mouseRelease(grid.viewport(), LeftButton, pos=place)
    assert stage.opened == []
