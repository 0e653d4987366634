"""Notifications in words, in rows that follow the library."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.notifications import Notification, NotificationKind
from ui.models.notifications import NotificationsModel

Kind = NotificationKind
NOW = datetime.now(UTC)


def told(number: int, kind: Kind = Kind.FOUND, is_read: bool = False, **more: object) -> Notification:
    return Notification(number, kind, NOW, is_read, **more)  # type: ignore[arg-type]


@pytest.fixture
def model(settings: object) -> NotificationsModel:
    made = NotificationsModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (told(1, photo_ids=(4,)), "You are in a new photo."),
        (told(1, photo_ids=tuple(range(1234))), "You are in 1,234 new photos."),
        (told(1, Kind.UNREADABLE, files=1), "A file cannot be read."),
        (told(1, Kind.UNREADABLE, files=2), "2 files cannot be read."),
        (told(1, Kind.INVITED, album_name="Sea", by_name="Ben"), "Ben invites you to the album “Sea”."),
        (told(1, Kind.CLAIMED, person_name="Ann", by_name="Ben"), "Ben said “this is me” of Ann."),
        (told(1, Kind.CLAIMED, by_name=""), "The library's owner said “this is me” of somebody without a name."),
        (told(1, Kind.DISPUTED, person_name="Ann", by_name="Ben"), "Ben says “this is me” of Ann, too."),
        (told(1, Kind.DISPUTED, person_name="Ann", by_name="Ben", decided=True), "It was decided: Ann is Ben."),
        (told(1, Kind.DISPUTED, person_name="Ann", decided=True), "It was decided whose face Ann is."),
    ],
)
def test_each_is_a_sentence(model: NotificationsModel, each: Notification, said: str) -> None:
    model.show([each])
    index = model.index(0)
    assert index.data() == said
    assert index.data(NotificationsModel.Told) == each
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith(f"New: {said}")


def test_the_rows_follow(model: NotificationsModel) -> None:
    first, second = told(1, photo_ids=(1,)), told(2, Kind.UNREADABLE, files=1)
    model.show([second, first])
    assert list(model.ids) == [2, 1]
    changed: list[int] = []
    model.dataChanged.connect(lambda index, _last: changed.append(index.row()))
    model.show([told(3, photo_ids=(2,)), told(2, Kind.UNREADABLE, is_read=True, files=1), first])
    assert list(model.ids) == [3, 2, 1]
    assert changed == [1]
    model.show([])
    assert model.rowCount() == 0
