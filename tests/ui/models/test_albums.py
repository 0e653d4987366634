"""Albums in their order, one's own above those of others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from app.album_types import AlbumKind, AlbumRole, AlbumSummary
from ui.models.albums import AlbumsModel
from ui.models.rows import Section

pytestmark = pytest.mark.usefixtures("settings")


def album(
    number: int, role: AlbumRole = AlbumRole.OWNER, kind: AlbumKind = AlbumKind.PERSONAL, photos: int = 3
) -> AlbumSummary:
    return AlbumSummary(number, kind, f"Album {number}", "", True, 1, "Anna", role, photos, None)


album_lists = st.lists(
    st.builds(album, st.integers(1, 30), st.sampled_from(AlbumRole), st.sampled_from(AlbumKind), st.integers(0, 3)),
    unique_by=lambda each: each.album_id,
    max_size=15,
).map(lambda albums: sorted(albums, key=lambda each: each.role is not AlbumRole.OWNER))


@pytest.mark.usefixtures("application")
@given(states=st.lists(album_lists, min_size=1, max_size=5))
def test_any_albums_follow_any_others(states: list[list[AlbumSummary]]) -> None:
    model = AlbumsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for albums in states:
        model.show(albums)
        assert [model.index(row).data(AlbumsModel.Summary) for row in range(model.rowCount())] == albums
        assert sum(each.count for each in model.sections) == len(albums)
    assert tester.model() is model


def test_those_of_others_stand_under_a_heading() -> None:
    model = AlbumsModel()
    model.show([album(2), album(1), album(3, AlbumRole.VIEW)])
    assert model.sections == (Section("", 0, 2), Section("From others", 2, 1))
    assert list(model.ids) == [2, 1, 3]


def test_what_changed_is_told_of() -> None:
    model = AlbumsModel()
    model.show([album(1), album(2)])
    changed = QSignalSpy(model.dataChanged)
    model.show([album(1), replace(album(2), photo_count=4)])
    assert changed.count() == 1
    assert changed.at(0)[0].row() == 1


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (album(1, photos=0), "No photos"),
        (album(1, photos=1), "1 photo"),
        (album(1, photos=1204), "1,204 photos"),
        (album(1, kind=AlbumKind.SHARED), "3 photos · shared by you"),
        (album(1, kind=AlbumKind.AUTO_FACES), "3 photos · fills itself"),
        (album(1, kind=AlbumKind.SMART), "3 photos · a search"),
        (album(1, AlbumRole.VIEW, AlbumKind.SHARED), "3 photos · by Anna"),
        (replace(album(1, AlbumRole.GUEST), owner_name=""), "3 photos · by somebody else"),
    ],
)
def test_an_album_says_what_it_is(shown: AlbumSummary, words: str) -> None:
    model = AlbumsModel()
    model.show([shown])
    index = model.index(0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"Album 1, {words}"
    assert index.data() == "Album 1"
    model.show([replace(shown, name="<b>")])
    assert "&lt;b&gt;" in index.data(Qt.ItemDataRole.ToolTipRole)
