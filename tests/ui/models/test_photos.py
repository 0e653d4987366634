"""Photos in sections of months or years."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from app.library import Library
from app.photos import timeline_of
from app.types import Absence, Timeline
from ui.models.photos import PhotosModel
from ui.models.rows import Section

pytestmark = pytest.mark.usefixtures("settings")

days = st.tuples(st.integers(2019, 2021), st.integers(1, 12))
photos = st.dictionaries(st.integers(1, 60), days, max_size=30)


def timeline(taken: dict[int, tuple[int, int]]) -> Timeline:
    newest_first = sorted(taken.items(), key=lambda each: (each[1], each[0]), reverse=True)
    return timeline_of((number, f"{year}-{month:02}") for number, (year, month) in newest_first)


@pytest.mark.usefixtures("application")
@given(states=st.lists(photos, min_size=1, max_size=4), by_year=st.booleans())
def test_sections_cover_every_photo_whatever_came_before(
    states: list[dict[int, tuple[int, int]]], by_year: bool
) -> None:
    model = PhotosModel(by_year)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for taken in states:
        model.show(timeline(taken))
        assert sorted(model.ids) == sorted(taken)
        for section in model.sections:
            years = {taken[number][0] for number in model.ids[section.first : section.first + section.count]}
            assert years == {int(section.title[-4:])}
        assert sum(section.count for section in model.sections) == len(taken)
    assert tester.model() is model


@pytest.mark.usefixtures("application")
def test_what_is_absent_is_told_and_followed() -> None:
    model = PhotosModel(by_year=False)
    changed = QSignalSpy(model.dataChanged)
    there = timeline({1: (2020, 1), 2: (2020, 2)})
    model.show(replace(there, absent={1: Absence.OFFLINE}))
    assert [model.index(row).data(PhotosModel.Absence) for row in (0, 1)] == [None, Absence.OFFLINE]
    assert changed.count() == 1
    model.show(replace(there, absent={1: Absence.OFFLINE}))
    assert changed.count() == 1
    model.show(there)
    assert (changed.count(), model.index(1).data(PhotosModel.Absence)) == (2, None)


def test_the_album_by_month_and_by_year(album_library: Library) -> None:
    by_month, by_year = PhotosModel(by_year=False), PhotosModel(by_year=True)
    for model in (by_month, by_year):
        model.show(album_library.session.photos.timeline())
    assert by_month.sections == (
        Section("February 2022", 0, 1),
        Section("January 2022", 1, 3),
        Section("June 2021", 4, 3),
        Section("May 2021", 7, 2),
    )
    assert by_year.sections == (Section("2022", 0, 4), Section("2021", 4, 5))
    assert by_month.ids == by_year.ids == album_library.session.photos.timeline().photo_ids


def test_months_are_named_in_the_language_of_the_user() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    model = PhotosModel(by_year=False)
    model.show(timeline({1: (2020, 5)}))
    assert model.sections[0].title == "Mai 2020"


def test_a_row_tells_a_screen_reader_its_month() -> None:
    model = PhotosModel(by_year=False)
    model.show(timeline({1: (2020, 5), 2: (2020, 7)}))
    told = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert told == ["July 2020", "May 2020"]


def test_an_empty_library_has_no_sections() -> None:
    model = PhotosModel(by_year=False)
    model.show(Timeline(array("q"), ()))
    assert model.sections == ()
    assert model.rowCount() == 0
