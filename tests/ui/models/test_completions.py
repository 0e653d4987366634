"""What is offered under the search field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.search import Completion
from ui.models.completions import CompletionsModel

pytestmark = pytest.mark.usefixtures("application")


def test_it_shows_what_is_offered_and_nothing_of_before() -> None:
    model = CompletionsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    anna, beach = Completion(0, 2, "anna", "Anna", face_id=4), Completion(0, 2, "keyword:beach", "beach", "keyword")
    model.show([anna, beach])
    assert [model.index(row).data() for row in range(model.rowCount())] == ["Anna", "beach"]
    assert model.index(1).data(CompletionsModel.Offer) == model.offer(1) == beach
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Anna"
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "beach, keyword"
    model.show([beach])
    assert model.rowCount() == 1
    model.show([])
    assert model.rowCount() == 0
    assert tester.model() is model
