"""The table of unreadable files changes only where it has to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from app.types import SkippedFile
from ui.models.skipped import SkippedModel

pytestmark = pytest.mark.usefixtures("application")


def file(name: str, reason: str = "It is no picture.") -> SkippedFile:
    return SkippedFile(Path("/photos") / name, reason)


def some(names: str) -> st.SearchStrategy[list[SkippedFile]]:
    return st.lists(st.builds(file, st.sampled_from(names), st.sampled_from(["x", "y"])), max_size=6)


def shown(model: SkippedModel) -> list[SkippedFile]:
    return [model.file(row) for row in range(model.rowCount())]


@given(states=st.lists(some("abcdefgh"), min_size=1, max_size=5))
def test_any_files_follow_any_others(states: list[list[SkippedFile]]) -> None:
    model = SkippedModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    resets = QSignalSpy(model.modelReset)
    for state in states:
        model.show(state)
        assert shown(model) == state
    assert resets.count() == 0
    assert tester.model() is model


@given(head=some("abc"), old=some("def"), new=some("ghi"), tail=some("xyz"))
def test_what_is_the_same_at_both_ends_stays(
    head: list[SkippedFile], old: list[SkippedFile], new: list[SkippedFile], tail: list[SkippedFile]
) -> None:
    model = SkippedModel()
    model.show(head + old + tail)
    places = [QPersistentModelIndex(model.index(row, 0)) for row in range(model.rowCount())]
    model.show(head + new + tail)
    assert [each.row() for each in places[: len(head)]] == list(range(len(head)))
    ends = places[len(head) + len(old) :]
    assert [each.row() for each in ends] == list(range(len(head) + len(new), len(head) + len(new) + len(tail)))


def test_the_same_files_are_no_change() -> None:
    model = SkippedModel()
    model.show([file("a"), file("b")])
    told = [QSignalSpy(signal) for signal in (model.rowsInserted, model.rowsRemoved)]
    model.show([file("a"), file("b")])
    assert [spy.count() for spy in told] == [0, 0]


def test_columns() -> None:
    model = SkippedModel()
    model.show([file("a.jpg")])
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert headings == ["File", "Why it could not be read", "Folder"]
    assert [model.index(0, column).data() for column in range(3)] == ["a.jpg", "It is no picture.", "/photos"]
    assert model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole) == "/photos"
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_names_that_are_no_text_are_shown_all_the_same() -> None:
    model = SkippedModel()
    model.show([file("line\nbreak.jpg"), file("\udcff.jpg")])
    assert [model.index(row, 0).data() for row in range(2)] == ["line\\nbreak.jpg", "\\udcff.jpg"]
