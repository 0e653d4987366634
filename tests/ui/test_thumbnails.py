"""Small pictures come when they can, the newest wish first, and take no more memory than they may."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

import ui.thumbnails
from app.library import Library
from core.errors import ImageUnavailable
from tests.qt import settle, until
from ui.tasks import Tasks
from ui.thumbnails import AT_ONCE, MAX_WAITING, Key, Kind, ThumbnailCache

pytestmark = pytest.mark.usefixtures("application")


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def cache(tasks: Tasks, album_library: Library) -> ThumbnailCache:
    return ThumbnailCache(album_library.session.thumbnails, tasks)


def photo(number: int, side: int = 64) -> Key:
    return Key(Kind.PHOTO, number, side)


class Source:
    """Pictures that come when they are let, in the place of a library's, which come too fast to look at."""

    def __init__(self, cache: ThumbnailCache, source: Callable[[int], bytes]) -> None:
        self.asked: list[int] = []
        self.gate = threading.Semaphore(0)
        self._source = source
        cache._sources[Kind.PHOTO] = self._photo

    def _photo(self, number: int) -> bytes:
        self.asked.append(number)
        assert self.gate.acquire(timeout=30)
        if number > 100:
            raise ImageUnavailable("It is not there.")
        return self._source(number)


def load(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, key: Key) -> QPixmap:
    assert cache.get(key) is None
    settle(qtbot, tasks)
    pixmap = cache.get(key)
    assert pixmap is not None
    return pixmap


def test_a_picture_is_loaded_once_and_cut_to_its_square(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot) -> None:
    loaded = QSignalSpy(cache.loaded)
    pixmap = load(cache, tasks, qtbot, photo(1, 90))
    assert (pixmap.width(), pixmap.height()) == (90, 90)
    assert cache.get(photo(1, 90)) is pixmap
    assert loaded.count() == 1
    assert not tasks.busy


def test_a_face_in_a_circle_has_clear_corners(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot) -> None:
    face = load(cache, tasks, qtbot, Key(Kind.FACE, 1, 64)).toImage()
    circle = load(cache, tasks, qtbot, Key(Kind.ROUND_FACE, 1, 64)).toImage()
    assert [circle.pixelColor(x, y).alpha() for x, y in ((0, 0), (63, 0), (0, 63), (63, 63))] == [0, 0, 0, 0]
    assert circle.pixelColor(32, 32) == face.pixelColor(32, 32)
    assert face.pixelColor(0, 0).alpha() == 255


def test_the_newest_wish_comes_first(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, album_library: Library) -> None:
    source = Source(cache, album_library.session.thumbnails.photo)
    for number in range(1, 9):
        cache.get(photo(number))
    cache.get(photo(4))
    until(qtbot, lambda: len(source.asked) == AT_ONCE)
    source.gate.release(100)
    settle(qtbot, tasks)
    assert sorted(source.asked[:AT_ONCE]) == list(range(1, 1 + AT_ONCE))
    assert source.asked[AT_ONCE : AT_ONCE + 2] in ([4, 8], [8, 4])
    assert sorted(source.asked) == list(range(1, 9)), "each is asked for once"


def test_what_scrolled_away_long_ago_is_not_loaded(
    cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, album_library: Library
) -> None:
    source = Source(cache, album_library.session.thumbnails.photo)
    for side in range(1, 1 + MAX_WAITING + AT_ONCE + 50):
        cache.get(photo(1, side))
    source.gate.release(MAX_WAITING + AT_ONCE)
    settle(qtbot, tasks)
    assert len(source.asked) == MAX_WAITING + AT_ONCE


def test_what_cannot_be_had_is_not_asked_for_again_and_again(
    cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, album_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, loaded = Source(cache, album_library.session.thumbnails.photo), QSignalSpy(cache.loaded)
    source.gate.release(10)
    for _ in range(3):
        assert cache.get(photo(101)) is None
        settle(qtbot, tasks)
    assert source.asked == [101]
    assert cache.failed(photo(101))
    assert loaded.count() == 1, "what is painted in its place can be painted now"
    monkeypatch.setattr(ui.thumbnails, "RETRY_SECONDS", 0.0)
    assert cache.get(photo(101)) is None
    settle(qtbot, tasks)
    assert source.asked == [101, 101], "its drive may be back later"


def test_bytes_that_are_no_picture_are_a_failure(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot) -> None:
    cache._sources[Kind.PHOTO] = lambda _number: b"no picture"
    cache.get(photo(1))
    settle(qtbot, tasks)
    assert cache.failed(photo(1))


def test_a_photo_that_is_no_more_is_a_failure(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot) -> None:
    cache.get(photo(999))
    settle(qtbot, tasks)
    assert cache.failed(photo(999))


def test_memory_has_a_bound_and_the_longest_unseen_goes_first(
    cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.thumbnails, "MAX_BYTES", 3 * 64 * 64 * 4)
    for number in (1, 2, 3):
        load(cache, tasks, qtbot, photo(number))
    assert cache.get(photo(1)) is not None
    load(cache, tasks, qtbot, photo(4))
    assert photo(2) not in cache._kept
    assert [key.number for key in cache._kept] == [3, 1, 4]
    assert cache._bytes == 3 * 64 * 64 * 4


def test_another_size_stands_in_while_the_right_one_is_loaded(
    cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot
) -> None:
    assert cache.at_any_size(photo(1)) is None
    small = load(cache, tasks, qtbot, photo(1, 32))
    assert cache.at_any_size(photo(1, 64)) is small
    large = load(cache, tasks, qtbot, photo(1, 64))
    assert cache.at_any_size(photo(1, 48)) is large
    assert cache.at_any_size(Key(Kind.FACE, 1, 64)) is None


def test_an_edited_photo_is_loaded_again_and_shown_as_it_was_until_then(
    cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot, tmp_path: Path
) -> None:
    before = load(cache, tasks, qtbot, photo(1))
    other = load(cache, tasks, qtbot, photo(2))
    Image.new("RGB", (64, 64), "red").save(tmp_path / "edited.jpg")
    cache._sources[Kind.PHOTO] = lambda _number: (tmp_path / "edited.jpg").read_bytes()
    cache.refresh(frozenset({1}))
    assert cache.get(photo(1)) is before
    settle(qtbot, tasks)
    after = cache.get(photo(1))
    assert after is not None
    assert after.toImage().pixelColor(32, 32).red() > 250
    assert cache.get(photo(2)) is other
    assert not tasks.busy, "it is fresh now"
    assert cache._bytes == 2 * 64 * 64 * 4


def test_a_photo_that_can_be_read_now_is_asked_for_again(cache: ThumbnailCache, tasks: Tasks, qtbot: QtBot) -> None:
    source = cache._sources[Kind.PHOTO]
    cache._sources[Kind.PHOTO] = lambda _number: b""
    cache.get(photo(1))
    settle(qtbot, tasks)
    cache._sources[Kind.PHOTO] = source
    cache.refresh(frozenset({1}))
    assert not cache.failed(photo(1))
    assert load(cache, tasks, qtbot, photo(1)).toImage().pixelColor(5, 5) != QColor("black")
