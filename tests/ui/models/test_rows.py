"""Rows follow any list by changes that a view can live with."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QObject, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.rows import RowsModel, Section

pytestmark = pytest.mark.usefixtures("application")

lists = st.lists(st.integers(1, 40), unique=True, max_size=25)
cuts = st.lists(st.integers(0, 25), max_size=4)


def sections_of(count: int, at: Iterable[int]) -> list[Section]:
    """Sections that cover `count` rows, cut at some of them."""
    bounds = sorted({0, count, *(min(cut, count) for cut in at)})
    return [Section(f"{first}", first, end - first) for first, end in pairwise(bounds)]


def follow(model: RowsModel, ids: Sequence[int], at: Iterable[int] = ()) -> list[Section]:
    sections = sections_of(len(ids), at)
    model.follow(array("q", ids), sections)
    return sections


class Watch(QObject):
    """Remembers which signals a model sends; a reset is none that a view could live with."""

    def __init__(self, model: RowsModel) -> None:
        super().__init__(model)
        self.seen: list[str] = []
        for name in ("modelReset", "rowsInserted", "rowsRemoved", "layoutChanged", "sections_changed"):
            getattr(model, name).connect(lambda *_args, name=name: self.seen.append(name))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(st.tuples(lists, cuts), min_size=1, max_size=6))
def test_any_list_follows_any_other(states: list[tuple[list[int], list[int]]]) -> None:
    model = RowsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    watch = Watch(model)
    for ids, at in states:
        sections = follow(model, ids, at)
        assert list(model.ids) == ids
        assert [model.index(row).data(RowsModel.Id) for row in range(model.rowCount())] == ids
        assert list(model.sections) == sections
        assert watch.seen.pop() == "sections_changed"
    assert "modelReset" not in watch.seen
    assert tester.model() is model


@given(old=lists, new=lists, marked=st.sets(st.integers(1, 40)), current=st.integers(1, 40))
def test_selection_and_places_stay_with_their_rows(
    old: list[int], new: list[int], marked: set[int], current: int
) -> None:
    model = RowsModel()
    follow(model, old)
    kept = {number: QPersistentModelIndex(model.index(row)) for row, number in enumerate(old)}
    selection = QItemSelectionModel(model)
    flags = QItemSelectionModel.SelectionFlag
    for row, number in enumerate(old):
        if number in marked:
            selection.select(model.index(row), flags.Select)
        if number == current:
            selection.setCurrentIndex(model.index(row), flags.NoUpdate)
    follow(model, new)
    for number, index in kept.items():
        assert index.isValid() == (number in new)
        assert not index.isValid() or index.data(RowsModel.Id) == number
    chosen = {index.data(RowsModel.Id) for index in selection.selectedIndexes()}
    assert chosen == marked & set(old) & set(new)
    if current in old and current in new:
        assert selection.currentIndex().data(RowsModel.Id) == current


@given(old=lists, new=lists)
def test_a_view_is_told_as_little_as_can_be(old: list[int], new: list[int]) -> None:
    model = RowsModel()
    follow(model, old)
    watch = Watch(model)
    follow(model, new)
    gone, come = set(old) - set(new), set(new) - set(old)
    assert ("rowsRemoved" in watch.seen) == bool(gone)
    assert ("rowsInserted" in watch.seen) == bool(come)
    moved = [each for each in old if each in new] != [each for each in new if each in old]
    assert ("layoutChanged" in watch.seen) == moved


def test_one_photo_more_is_one_row_more() -> None:
    model = RowsModel()
    follow(model, range(1000))
    watch, told = Watch(model), []
    model.rowsInserted.connect(lambda _parent, first, last: told.append((first, last)))
    follow(model, [*range(400), 5000, *range(400, 1000)])
    assert told == [(400, 400)]
    assert watch.seen == ["rowsInserted", "sections_changed"]


def test_rows_are_found_by_their_id() -> None:
    model = RowsModel()
    follow(model, [7, 5, 9])
    assert [model.row_of(number) for number in (7, 5, 9, 8)] == [0, 1, 2, None]


def test_a_hundred_thousand_rows_are_followed_in_one_step() -> None:
    model = RowsModel()
    watch = Watch(model)
    follow(model, range(100_000))
    follow(model, range(100_000, 0, -1))
    assert list(model.ids) == list(range(100_000, 0, -1))
    assert watch.seen.count("layoutChanged") == 1


def test_rows_have_no_rows_of_their_own() -> None:
    model = RowsModel()
    follow(model, [1, 2])
    assert model.rowCount(model.index(0)) == 0
    assert model.index(0).data() is None
