"""People in their order, strangers folded at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from app.types import PersonSummary
from ui.models.people import MANY, SELDOM, PeopleModel
from ui.models.rows import Section

pytestmark = pytest.mark.usefixtures("settings")


def person(number: int, name: str | None = None, photos: int = 9) -> PersonSummary:
    return PersonSummary(number, name, photos, photos, number, None, None)


def strangers(count: int, first: int = 100) -> list[PersonSummary]:
    return [person(number, photos=SELDOM) for number in range(first, first + count)]


people_lists = st.lists(
    st.builds(person, st.integers(1, 30), st.none() | st.sampled_from(["Mia", "Noor"]), st.integers(1, 5)),
    unique_by=lambda each: each.person_id,
    max_size=20,
)


@pytest.mark.usefixtures("application")
@given(states=st.lists(people_lists, min_size=1, max_size=5))
def test_any_people_follow_any_others(states: list[list[PersonSummary]]) -> None:
    model = PeopleModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for people in states:
        model.show(people)
        shown = [model.index(row).data(PeopleModel.Summary) for row in range(model.rowCount())]
        assert sorted(shown, key=lambda each: each.person_id) == sorted(people, key=lambda each: each.person_id)
        assert shown == sorted(people, key=lambda each: not each.name and each.photo_count <= SELDOM)
    assert tester.model() is model


def test_few_strangers_stand_open_under_their_own_heading() -> None:
    model = PeopleModel()
    model.show([person(1, "Mia"), *strangers(MANY), person(2)])
    assert list(model.ids) == [1, 2, *range(100, 100 + MANY)]
    assert model.sections == (Section("", 0, 2), Section(f"Seen once or twice · {MANY}", 2, MANY))


def test_many_strangers_are_folded_until_somebody_opens_them() -> None:
    model = PeopleModel()
    model.show([person(1), *strangers(MANY + 1)])
    assert model.sections[-1].foldable
    assert model.sections[-1].folded
    changed = QSignalSpy(model.sections_changed)
    model.fold(False)
    assert changed.count() == 1
    assert not model.sections[-1].folded
    model.show([person(1), *strangers(MANY + 2)])
    assert not model.sections[-1].folded, "what the user opened stays open while the library grows"
    model.fold(True)
    model.show([person(1), *strangers(MANY + 3)])
    assert model.sections[-1].folded


def test_a_named_stranger_is_no_stranger() -> None:
    model = PeopleModel()
    model.show([person(1), *strangers(3)])
    model.show([replace(strangers(1)[0], name="Mia"), person(1), *strangers(2, first=101)])
    assert list(model.ids) == [100, 1, 101, 102]
    assert [each.count for each in model.sections] == [2, 2]


def test_folding_nobody_is_harmless() -> None:
    model = PeopleModel()
    model.fold(True)
    model.show([])
    model.fold(False)
    assert model.rowCount() == 0


def test_only_the_rows_that_changed_are_painted_again() -> None:
    model = PeopleModel()
    model.show([person(number) for number in range(1, 6)])
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show([person(number, photos=10 if number == 4 else 9) for number in range(1, 6)])
    assert told == [(3, 3)]


def test_what_a_row_says() -> None:
    model = PeopleModel()
    model.show([person(1, "Mia", 1), person(2, None, 1204)])
    named, unnamed = model.index(0), model.index(1)
    assert named.data() == named.data(Qt.ItemDataRole.EditRole) == "Mia"
    assert unnamed.data() == ""
    assert named.data(Qt.ItemDataRole.AccessibleTextRole) == "Mia, 1 photo"
    assert unnamed.data(Qt.ItemDataRole.AccessibleTextRole) == "No name yet, 1,204 photos"
    assert unnamed.data(PeopleModel.Id) == 2
    assert unnamed.flags() & Qt.ItemFlag.ItemIsEditable


def test_the_next_person_to_be_named_is_the_next_without_a_name() -> None:
    model = PeopleModel()
    model.show([person(1, "Mia"), person(2), person(3, "Noor"), person(4)])
    assert [model.next_unnamed(row) for row in (-1, 0, 1, 2, 3)] == [1, 1, 3, 3, None]
