"""The albums of the window: cards, an album's page, dragging, and invitations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.album_types import AlbumKind, AlbumRole, MemberRole
from app.library import Library
from app.session import Session
from tests import house, samples
from tests.qt import LeftButton, click_cell, drag, settle, until
from ui.dialogs.albums import AlbumChooser, AlbumDialog
from ui.dialogs.sharing_album import SharingDialog
from ui.dragging import photos_data, photos_in
from ui.look import Look
from ui.main_window import MainWindow
from ui.views.photo_grid import PhotoGrid

Key = Qt.Key
NoModifier = Qt.KeyboardModifier.NoModifier
Control = Qt.KeyboardModifier.ControlModifier


class House:
    """The window of the first profile, and Anna beside it."""

    def __init__(self, library: Library, look: Look, qtbot: QtBot) -> None:
        self.library = library
        self.qtbot = qtbot
        self.anna = house.add_profile(library, "Anna")
        self.mine = house.first(library)
        self.photos = list(self.mine.photos.timeline().photo_ids)
        self.window = MainWindow(self.mine, look)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.settle()

    def settle(self) -> None:
        settle(self.qtbot, self.window.tasks)

    def wait(self, condition: object) -> None:
        until(self.qtbot, condition)  # type: ignore[arg-type]

    def create(self, name: str, *rows: int) -> int:
        return self.mine.albums.create(name, [self.photos[row] for row in rows])

    def go(self) -> None:
        """To the albums, when everything that was changed is seen."""
        self.window.go("albums")
        names = [each.name for each in self.mine.albums.list()]
        self.wait(lambda: [self.window.albums.albums.album(row).name for row in range(self.rows())] == names)
        self.settle()

    def rows(self) -> int:
        return self.window.albums.albums.rowCount()

    def open(self, album_id: int) -> PhotoGrid:
        self.window.open_album(album_id)
        expected = self.inside(album_id)
        self.wait(lambda: list(self.window.album.grid.photos.ids) == expected and self.window.album.album)
        self.settle()
        return self.window.album.grid

    def inside(self, album_id: int, session: Session | None = None) -> list[int]:
        return list((session or self.mine).albums.timeline(album_id).photo_ids)


@pytest.fixture
def home(album_library: Library, look: Look, qtbot: QtBot) -> Iterator[House]:
    made = House(album_library, look, qtbot)
    yield made
    made.window.close()
    made.window.tasks.close()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def hold(widget: QWidget, data: QMimeData, place: QPoint) -> bool:
    """Drags something over a place; whether it would be taken."""
    actions = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, actions, data, LeftButton, NoModifier)
    QApplication.sendEvent(widget, enter)
    move = QDragMoveEvent(place, actions, data, LeftButton, NoModifier)
    QApplication.sendEvent(widget, move)
    return enter.isAccepted() and move.isAccepted()


def drop(widget: QWidget, data: QMimeData, place: QPoint) -> bool:
    """Drops something that is dragged to a place; whether it is taken."""
    hold(widget, data, place)
    event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, LeftButton, NoModifier)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def open_menu(widget: QWidget, place: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [each.text() for each in menu.actions() if not each.isSeparator()]


def choose(menu: QMenu, text: str) -> None:
    (action,) = [each for each in menu.actions() if each.text() == text]
    menu.close()
    action.trigger()


def dialog(home: House, kind: type[QDialog]) -> QDialog:
    home.wait(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def press(parent: QWidget, text: str) -> None:
    (button,) = [each for each in parent.findChildren(QPushButton) if each.text().replace("&", "") == text]
    QTest.mouseClick(button, LeftButton)


def buttons(parent: QWidget) -> list[str]:
    return [each.text() for each in parent.findChildren(QPushButton) if each.isVisible()]


def select(grid: PhotoGrid, *rows: int) -> list[int]:
    for row in rows:
        QTest.mouseClick(grid.viewport(), LeftButton, Control, grid.visualRect(grid.photos.index(row)).center())
    return [grid.photos.ids[row] for row in rows]


def test_without_albums_the_page_makes_the_first(home: House) -> None:
    home.window.go("albums")
    home.settle()
    view = home.window.albums
    assert view._stack.currentWidget() is view._empty
    press(view._empty, "New album…")
    asked = dialog(home, AlbumDialog)
    assert isinstance(asked, AlbumDialog)
    assert not asked.agree.isEnabled(), "it needs a name"
    QTest.keyClicks(asked.name, " Trip ")
    QTest.keyClicks(asked.description, "By the sea")
    QTest.mouseClick(asked.household, LeftButton, pos=QPoint(8, asked.household.height() // 2))
    QTest.keyClick(asked.name, Key.Key_Return)
    home.wait(lambda: home.window.album.isVisible() and home.window.album.album)
    (album,) = home.mine.albums.list()
    assert (album.name, album.description, album.is_private) == ("Trip", "By the sea", False)
    assert home.window.album._stack.currentWidget() is home.window.album._empty
    assert home.window.sidebar.entry("albums").isChecked()


def test_a_click_opens_an_album_and_the_arrow_leads_back(home: House) -> None:
    album_id = home.create("Trip", 0, 1)
    home.go()
    click_cell(home.window.albums.grid, home.window.albums.albums.index(0))
    home.wait(lambda: list(home.window.album.grid.photos.ids) == home.inside(album_id))
    assert home.window.album._name.text() == "Trip"
    assert home.window.album._summary.text() == "2 photos"
    QTest.mouseClick(home.window.header.back, LeftButton)
    assert home.window.albums.isVisible()
    assert home.window.header.cell_size.isHidden()


def test_photos_go_into_an_album_that_is_found_by_its_name(home: House) -> None:
    home.create("Somewhere else")
    album_id = home.create("Trip", 2)
    grid = home.window.timeline.grid
    chosen = select(grid, 0, 1)
    QTest.keyClick(grid, Key.Key_A)
    asked = dialog(home, AlbumChooser)
    assert isinstance(asked, AlbumChooser)
    assert asked.list.count() == 2
    QTest.keyClicks(asked.field, "tri")
    assert [asked.list.item(row).text() for row in range(asked.list.count())] == ["Trip · 1 photo", "New album “tri”"]
    QTest.keyClick(asked.field, Key.Key_Return)
    home.wait(lambda: home.inside(album_id) == [home.photos[2], *chosen])
    home.wait(home.window.deleting.bar.isVisible)
    assert home.window.deleting.bar.text.text() == "Added 2 photos to “Trip”"
    QTest.mouseClick(home.window.deleting.bar.button, LeftButton)
    home.wait(lambda: home.inside(album_id) == [home.photos[2]])


def test_photos_make_a_new_album(home: House) -> None:
    grid = home.window.timeline.grid
    chosen = select(grid, 0, 3)
    place = grid.visualRect(grid.photos.index(3)).center()
    choose(open_menu(grid.viewport(), place), "Add to album…")
    asked = dialog(home, AlbumChooser)
    assert isinstance(asked, AlbumChooser)
    assert not asked.agree.isEnabled(), "there is none to choose"
    QTest.keyClicks(asked.field, "New one")
    QTest.keyClick(asked.field, Key.Key_Return)
    home.wait(lambda: [each.photo_count for each in home.mine.albums.list()] == [2])
    assert home.inside(home.mine.albums.list()[0].album_id) == chosen


def test_the_photo_in_the_viewer_goes_into_an_album(home: House) -> None:
    album_id = home.create("Trip")
    home.window.open_photo(home.photos, 1)
    home.settle()
    QTest.keyClick(home.window.viewer, Key.Key_A)
    asked = dialog(home, AlbumChooser)
    QTest.keyClick(asked, Key.Key_Return)
    home.wait(lambda: home.inside(album_id) == [home.photos[1]])
    menu = open_menu(home.window.viewer, QPoint(300, 300))
    assert {"Add to album…", "Delete"} <= set(texts(menu))
    choose(menu, "Add to album…")
    QTest.keyClick(dialog(home, AlbumChooser), Key.Key_Return)
    home.wait(lambda: home.window.deleting.bar.text.text() == "In “Trip” already")


def test_photos_leave_an_album_and_come_back(home: House) -> None:
    album_id = home.create("Trip", 0, 1, 2)
    grid = home.open(album_id)
    select(grid, 1)
    QTest.keyClick(grid, Key.Key_Backspace, Control)
    home.wait(lambda: list(grid.photos.ids) == [home.photos[0], home.photos[2]])
    assert home.photos[1] in home.mine.photos.timeline().photo_ids
    QTest.mouseClick(home.window.deleting.bar.button, LeftButton)
    home.wait(lambda: set(grid.photos.ids) == set(home.photos[:3]))
    place = grid.visualRect(grid.photos.index(0)).center()
    grid.clearSelection()
    menu = open_menu(grid.viewport(), place)
    assert {"Add to album…", "Remove from this album", "Make it the cover of this album"} < set(texts(menu))
    choose(menu, "Remove from this album")
    home.wait(lambda: home.photos[0] not in home.inside(album_id))


def test_a_photo_becomes_the_cover(home: House) -> None:
    album_id = home.create("Trip", 0, 1, 2)
    grid = home.open(album_id)
    menu = open_menu(grid.viewport(), grid.visualRect(grid.photos.index(2)).center())
    choose(menu, "Make it the cover of this album")
    home.wait(lambda: home.mine.albums.get(album_id).cover_id == home.photos[2])
    (action,) = [each for each in home.window.album.more.menu().actions() if each.text() == "First photo as cover"]
    action.trigger()
    home.wait(lambda: home.mine.albums.get(album_id).cover_id == home.photos[0])


def test_photos_are_put_in_order_by_dragging(home: House) -> None:
    album_id = home.create("Trip", 0, 1, 2, 3)
    a, b, c, d = home.photos[:4]
    grid = home.open(album_id)

    def edge(row: int, right: bool) -> QPoint:
        cell = grid.visualRect(grid.photos.index(row))
        return QPoint(cell.right() - 3 if right else cell.left() + 3, cell.center().y())

    assert hold(grid.viewport(), photos_data([d, b]), edge(0, right=False))
    before = grid.viewport().grab().toImage()
    QApplication.sendEvent(grid.viewport(), QDragLeaveEvent())
    assert before != grid.viewport().grab().toImage(), "a line shows where they would go"
    assert drop(grid.viewport(), photos_data([d, b]), edge(0, right=False))
    home.wait(lambda: list(grid.photos.ids) == [d, b, a, c])
    assert drop(grid.viewport(), photos_data([d]), edge(2, right=True))
    home.wait(lambda: list(grid.photos.ids) == [b, a, d, c])
    assert drop(grid.viewport(), photos_data([b]), QPoint(5, grid.viewport().height() - 5))
    home.wait(lambda: list(grid.photos.ids) == [a, d, c, b])
    assert home.inside(album_id) == [a, d, c, b]


def test_what_is_dragged_is_what_is_selected_or_under_the_mouse(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[int]] = []
    grid = home.window.timeline.grid
    monkeypatch.setattr(grid._dragging, "_start", started.append)
    places = [grid.visualRect(grid.photos.index(row)).center() for row in range(3)]
    QTest.mousePress(grid.viewport(), LeftButton, NoModifier, places[2])
    drag(grid.viewport(), places[2] + QPoint(2, 0))
    assert started == [], "a hand that trembles drags nothing"
    drag(grid.viewport(), places[2] + QPoint(60, 0))
    assert started == [[grid.photos.ids[2]]]
    drag(grid.viewport(), places[2] + QPoint(90, 0))
    assert len(started) == 1
    QTest.mouseRelease(grid.viewport(), LeftButton, NoModifier, places[0])
    chosen = select(grid, 0, 1)
    QTest.mousePress(grid.viewport(), LeftButton, NoModifier, places[1])
    drag(grid.viewport(), places[1] + QPoint(60, 0))
    assert started[1:] == [chosen]
    QTest.mouseRelease(grid.viewport(), LeftButton, NoModifier, places[0])
    assert not home.window.viewer.isVisible()


def test_photos_in_the_trash_are_not_dragged(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mine.trash.put(home.photos[:1])
    home.window.go("trash")
    grid = home.window.trash.grid
    home.wait(lambda: grid.photos.rowCount() == 1)
    monkeypatch.setattr(grid._dragging, "_start", lambda _ids: pytest.fail("it is in the trash"))
    place = grid.visualRect(grid.photos.index(0)).center()
    QTest.mousePress(grid.viewport(), LeftButton, NoModifier, place)
    drag(grid.viewport(), place + QPoint(60, 0))
    QTest.mouseRelease(grid.viewport(), LeftButton, NoModifier, place + QPoint(60, 0))
    assert "Add to album…" not in texts(open_menu(grid.viewport(), place))


def test_photos_dragged_onto_the_sidebar_go_into_an_album(home: House) -> None:
    album_id = home.create("Trip")
    entry, data = home.window.sidebar.entry("albums"), photos_data(home.photos[:2])
    assert photos_in(data) == home.photos[:2]
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LeftButton, NoModifier)
    QApplication.sendEvent(entry, enter)
    assert enter.isAccepted()
    assert drop(entry, data, QPoint(5, 5))
    QTest.keyClick(dialog(home, AlbumChooser), Key.Key_Return)
    home.wait(lambda: home.inside(album_id) == home.photos[:2])
    assert home.window.timeline.isVisible()


def test_who_holds_photos_over_the_sidebar_comes_to_the_albums(home: House) -> None:
    entry = home.window.sidebar.entry("albums")
    data = photos_data(home.photos[:1])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LeftButton, NoModifier)
    QApplication.sendEvent(entry, enter)
    home.wait(home.window.albums.isVisible)


def test_photos_and_files_that_are_dropped_on_a_card_go_into_it(home: House, tmp_path: Path) -> None:
    album_id = home.create("Trip")
    home.go()
    grid = home.window.albums.grid
    place = grid.visualRect(home.window.albums.albums.index(0)).center()
    assert hold(grid.viewport(), photos_data(home.photos[:2]), place)
    assert grid.delegate.drop_row == 0
    assert drop(grid.viewport(), photos_data(home.photos[:2]), place)
    assert grid.delegate.drop_row is None
    home.wait(lambda: home.inside(album_id) == home.photos[:2])
    known = home.mine.photos.get(home.photos[4]).path
    assert hold(grid.viewport(), files(known), place)
    assert drop(grid.viewport(), files(known), place)
    home.wait(lambda: home.inside(album_id) == [*home.photos[:2], home.photos[4]])
    assert not hold(grid.viewport(), photos_data(home.photos[:2]), QPoint(5, grid.viewport().height() - 5))


def test_files_beside_the_cards_are_for_the_library_alone(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    album_id = home.create("Trip")
    home.go()
    added: list[list[Path]] = []
    monkeypatch.setattr(home.library.indexer, "add", lambda paths, *_: added.append(list(paths)))
    grid = home.window.albums.grid
    place = QPoint(grid.viewport().width() - 5, grid.viewport().height() - 5)
    assert hold(grid.viewport(), files(Path("/somewhere")), place)
    assert drop(grid.viewport(), files(Path("/somewhere")), place)
    assert added == [[Path("/somewhere")]]
    assert home.inside(album_id) == []


def test_files_dropped_on_an_albums_page_go_into_it_when_they_are_in_the_library(home: House, tmp_path: Path) -> None:
    home.library.indexer.start()
    path = samples.save(samples.portrait(3), tmp_path / "new.jpg")
    album_id = home.create("Trip")
    home.open(album_id)
    page = home.window.album
    assert page.acceptDrops()
    data = files(path)
    hold(page, data, QPoint(300, 300))
    assert "Add to “Trip”" in page.drop.text.text()
    assert drop(page, data, QPoint(300, 300))
    assert not page.drop.isVisible()
    home.wait(lambda: list(page.grid.photos.ids) == [home.mine.photos.at(path)] if path_known(home, path) else False)


def path_known(home: House, path: Path) -> bool:
    with home.library.database.read() as db:
        query = "SELECT 1 FROM place JOIN photo USING (photo_id) WHERE path = ? AND state = 'indexed'"
        return db.exec_driver_sql(query, (bytes(path),)).first() is not None


def test_albums_are_put_in_order_by_dragging(home: House) -> None:
    one, two, three = (home.create(name) for name in ("One", "Two", "Three"))
    home.go()
    grid, data = home.window.albums.grid, QMimeData()
    data.setData("application/x-sietch-album", str(three).encode())
    place = grid.visualRect(home.window.albums.albums.index(0)).center()
    assert hold(grid.viewport(), data, place)
    assert drop(grid.viewport(), data, place)
    home.wait(lambda: list(home.window.albums.albums.ids) == [three, one, two])


def test_an_album_is_changed_and_deleted_from_its_menu(home: House) -> None:
    album_id = home.create("Trip", 0)
    home.go()
    grid = home.window.albums.grid
    place = grid.visualRect(home.window.albums.albums.index(0)).center()
    menu = open_menu(grid.viewport(), place)
    assert texts(menu) == [
        "Open",
        "Name and description…",
        "First photo as cover",
        "Share with…",
        "Everybody of the house may see it",
        "Delete the album…",
    ]
    choose(menu, "Name and description…")
    asked = dialog(home, AlbumDialog)
    assert isinstance(asked, AlbumDialog)
    asked.name.selectAll()
    QTest.keyClicks(asked.name, "Journey")
    press(asked, "Save")
    home.wait(lambda: home.window.albums.albums.album(0).name == "Journey")
    choose(open_menu(grid.viewport(), place), "Everybody of the house may see it")
    home.wait(lambda: not home.window.albums.albums.album(0).is_private)
    home.open(album_id)
    (delete,) = [each for each in home.window.album.more.menu().actions() if each.text() == "Delete the album…"]
    delete.trigger()
    box = dialog(home, QMessageBox)
    assert isinstance(box, QMessageBox)
    assert (box.text(), box.informativeText()) == ("Delete the album “Journey”?", "Its photos stay in the library.")
    press(box, "Delete the album")
    home.wait(home.window.albums.isVisible)
    assert home.mine.albums.list() == []


def test_an_album_is_shared_with_somebody_and_no_more(home: House) -> None:
    album_id = home.create("Trip", 0)
    home.open(album_id)
    (share,) = [each for each in home.window.album.more.menu().actions() if each.text() == "Share with…"]
    share.trigger()
    asked = dialog(home, SharingDialog)
    home.wait(lambda: "Invite" in buttons(asked))
    press(asked, "Invite")
    home.wait(lambda: [each.name for each in home.anna.albums.invitations()] == ["Trip"])
    home.wait(lambda: "Remove" in buttons(asked))
    home.anna.albums.members.accept(album_id)
    home.settle()
    (remove,) = [each for each in asked.findChildren(QPushButton) if each.text() == "Remove" and each.isVisible()]
    QTest.mouseClick(remove, LeftButton)
    home.wait(lambda: home.anna.albums.list() == [])
    press(asked, "Done")
    assert home.mine.albums.get(album_id).kind is AlbumKind.PERSONAL


def test_an_invitation_is_shown_and_answered(home: House) -> None:
    album_id = home.anna.albums.create("Garden", home.photos[:2])
    other = home.anna.albums.create("Cellar")
    for each in (album_id, other):
        home.anna.albums.members.invite(each, house.FIRST, MemberRole.VIEW)
    home.window.go("albums")
    view = home.window.albums
    home.wait(lambda: len(view._invited) == 2)
    garden = next(each for each in view._invited if "Garden" in _words(each))
    assert _words(garden) == "Anna invites you into the album “Garden”"
    press(garden, "Accept")
    home.wait(lambda: [each.name for each in home.mine.albums.list()] == ["Garden"])
    home.wait(lambda: len(view._invited) == 1)
    press(view._invited[0], "Decline")
    home.wait(lambda: view._invited == [])
    home.go()
    grid = view.grid
    place = grid.visualRect(view.albums.index(0)).center()
    assert not hold(grid.viewport(), photos_data(home.photos[:1]), place), "it may be looked at"
    menu = open_menu(grid.viewport(), place)
    assert texts(menu) == ["Open", "Leave the album…"]
    choose(menu, "Leave the album…")
    press(dialog(home, QMessageBox), "Leave")
    home.wait(lambda: home.mine.albums.list() == [])


def _words(strip: QWidget) -> str:
    return " ".join(each.text() for each in strip.findChildren(QLabel))


def test_who_is_alone_is_not_asked_who_may_see_it(window: MainWindow, qtbot: QtBot) -> None:
    window.context.session.albums.create("Trip")
    window.go("albums")
    view = window.albums
    until(qtbot, lambda: view.albums.rowCount() == 1)
    settle(qtbot, window.tasks)
    menu = open_menu(view.grid.viewport(), view.grid.visualRect(view.albums.index(0)).center())
    assert texts(menu) == ["Open", "Name and description…", "First photo as cover", "Delete the album…"]
    menu.close()
    window.albuming.new()
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), AlbumDialog))
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, AlbumDialog)
    assert not asked.household.isVisible()
    asked.reject()


def test_an_album_of_somebody_else_cannot_be_put_in_order(home: House) -> None:
    album_id = home.anna.albums.create("Garden", home.photos[:3])
    home.anna.albums.members.invite(album_id, house.FIRST, MemberRole.ADD)
    home.mine.albums.members.accept(album_id)
    grid = home.open(album_id)
    album = home.window.album.album
    assert album is not None
    assert (album.role, album.may_add) == (AlbumRole.ADD, True)
    assert not grid.acceptDrops()
    assert home.window.album.acceptDrops()
    home.anna.albums.members.remove(album_id, house.FIRST)
    home.wait(home.window.albums.isVisible)
