"""One photo at a time: zoom, next and previous, the faces in it with their names.

`photo_loader` fetches what is to be seen; `face_canvas` shows the picture with its faces, `viewer_chrome` the bar and
the arrows, `info_panel` the details; `face_naming` takes names, `tagging` those of people without a face. This module
leads keys, clicks and answers to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QImage, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.types import LibraryChanged, PhotoFace
from ui import theme
from ui.context import Context
from ui.text import shown
from ui.views.canvas import WHEEL_STEP
from ui.views.face_canvas import FaceCanvas
from ui.views.face_naming import FaceNaming
from ui.views.info_panel import InfoPanel, date_text
from ui.views.photo_loader import Glance, PhotoLoader
from ui.views.picture import Room
from ui.views.play_button import PlayButton
from ui.views.tagging import Tagging
from ui.views.viewer_chrome import ViewerChrome
from ui.widgets import label

_HIDE_MS = 2000
_ROOM_REST_MS = 150
_BLANK_MS = 250
"""So long the last picture may stand in for the next one, whose place it holds so that nothing flickers."""

_PAN = 96
"""Pixels for one press of an arrow key."""


class Viewer(QWidget):
    """Fills the window. `show_photo` opens it; it forgets its pictures when it is hidden."""

    closed = Signal()
    person_opened = Signal(int)
    full_screen_wanted = Signal()
    delete_requested = Signal(object)
    album_requested = Signal(object)
    menu_opened = Signal(QMenu)
    """The menu of the photo in sight, for others to fill."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo_ids: Sequence[int] = ()
        self._index = 0
        self._shown_id: int | None = None
        self._glance: Glance | None = None
        self.setStyleSheet(theme.viewer_style_sheet())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = FaceCanvas(self)
        self.panel = InfoPanel(self)
        self.message = label(self, "message", centred=True)
        self.chrome = ViewerChrome(context.look, self)
        self.play = PlayButton(context, self)
        self.naming = FaceNaming(context, self.canvas)
        self.tagging = Tagging(context, self.canvas)
        self._context = context
        self._loader = PhotoLoader(context.session, context.tasks, self)
        self._hiding = QTimer(self, singleShot=True, interval=_HIDE_MS)
        self._room_rest = QTimer(self, singleShot=True, interval=_ROOM_REST_MS)
        self._blank = QTimer(self, singleShot=True, interval=_BLANK_MS)
        self._commands = self._make_commands()
        self._connect(context)
        self._restore()

    @property
    def photo_id(self) -> int | None:
        """Of the photo that is looked at."""
        return self._photo_ids[self._index] if self._photo_ids else None

    def chosen(self) -> list[int]:
        """The photo that is looked at, as a grid tells what is chosen."""
        return [] if self.photo_id is None else [self.photo_id]

    def show_photo(self, photo_ids: Sequence[int], index: int) -> None:
        """Shows one of several photos; the others are a key away."""
        if photo_ids:
            self._photo_ids = photo_ids
            self._open(min(max(index, 0), len(photo_ids) - 1))
            self.wake()
            self.setFocus()

    def leave_out(self, photo_ids: Collection[int]) -> None:
        """These are gone: shows the next photo that is left, or nothing any more."""
        if not self._photo_ids or not set(photo_ids) & set(self._photo_ids):
            return
        index = sum(each not in photo_ids for each in self._photo_ids[: self._index])
        left = [each for each in self._photo_ids if each not in photo_ids]
        if left:
            self.show_photo(left, index)
        else:
            self.closed.emit()

    def wake(self) -> None:
        """Shows the bar and the pointer for a while."""
        self.chrome.show(True)
        self.unsetCursor()
        self._hiding.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        self._arrange()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  (Qt's name)
        super().hideEvent(event)
        if event.spontaneous():
            # Minimised: the photo is to be there when the window comes back.
            return
        self._hiding.stop()
        self._stop_typing()
        self._loader.clear()
        self._forget()
        self._photo_ids = ()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        command = self._commands.get(event.key())
        foreign = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if command is None or foreign or not self._photo_ids:
            super().keyPressEvent(event)
        else:
            command()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.photo_id is None:
            menu.deleteLater()
            return
        menu.addAction(self.tr("Add to album…"), QKeySequence(Qt.Key.Key_A), self._add_to_album)
        self.menu_opened.emit(menu)
        menu.addAction(self.tr("Delete"), QKeySequence(Qt.Key.Key_Delete), self._delete)
        menu.popup(event.globalPos())

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802  (Qt's name)
        """Who walks through the buttons with the keyboard has to see them."""
        self.wake()
        return super().focusNextPrevChild(forwards)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.HoverMove, QEvent.Type.Enter):
            self.wake()
        return super().eventFilter(watched, event)

    def _connect(self, context: Context) -> None:
        self._hiding.timeout.connect(self._rest)
        self._room_rest.timeout.connect(self._tell_room)
        self._blank.timeout.connect(self._forget)
        self._loader.glanced.connect(self._glanced)
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._failed)
        self.play.failed.connect(self._failed)
        self.canvas.viewed.connect(self._viewed)
        self.canvas.pointed.connect(lambda _point: self.wake())
        self.canvas.tag_clicked.connect(self._tag_clicked)
        self.panel.person_opened.connect(self.person_opened)
        for typing in (self.naming, self.tagging):
            typing.ended.connect(self.setFocus)
        self.naming.named.connect(self._named)
        self.tagging.tagged.connect(self._named)
        self.panel.tag_removed.connect(self._untag)
        self.panel.words.use(context)
        self.panel.seen_by.use(context.look)
        self.panel.words.left.connect(self.setFocus)
        self.panel.words.rated.connect(self.chrome.show_stars)
        chrome = self.chrome
        chrome.back.clicked.connect(self.closed)
        chrome.zoom.clicked.connect(self._toggle_zoom)
        chrome.delete.clicked.connect(self._delete)
        chrome.favourite.clicked.connect(self._like)
        chrome.tag.clicked.connect(self._tag)
        chrome.full_screen.clicked.connect(self.full_screen_wanted)
        chrome.previous.clicked.connect(lambda: self._step(-1))
        chrome.following.clicked.connect(lambda: self._step(1))
        chrome.boxes.toggled.connect(self._show_boxes)
        chrome.information.toggled.connect(self._show_details)
        for widget in (chrome.bar, chrome.previous, chrome.following):
            widget.installEventFilter(self)
        context.bridge.changed.connect(self._changed)

    def _restore(self) -> None:
        settings = QSettings()
        self.message.hide()
        self.chrome.boxes.setChecked(bool(settings.value("viewer/boxes", True, bool)))
        self.chrome.information.setChecked(bool(settings.value("viewer/details", False, bool)))
        self._show_boxes(self.chrome.boxes.isChecked())
        self._show_details(self.chrome.information.isChecked())

    def _make_commands(self) -> dict[int, Callable[[], None]]:
        keys, canvas = Qt.Key, self.canvas
        return {
            keys.Key_Escape: self._leave,
            keys.Key_Left: lambda: self._arrow(QPointF(_PAN, 0), -1),
            keys.Key_Right: lambda: self._arrow(QPointF(-_PAN, 0), 1),
            keys.Key_Up: lambda: canvas.move_by(QPointF(0, _PAN)),
            keys.Key_Down: lambda: canvas.move_by(QPointF(0, -_PAN)),
            keys.Key_Space: lambda: self._step(1),
            keys.Key_PageDown: lambda: self._step(1),
            keys.Key_Backspace: lambda: self._step(-1),
            keys.Key_PageUp: lambda: self._step(-1),
            keys.Key_Home: lambda: self._step(-len(self._photo_ids)),
            keys.Key_End: lambda: self._step(len(self._photo_ids)),
            keys.Key_Plus: lambda: canvas.zoom_by(WHEEL_STEP),
            keys.Key_Equal: lambda: canvas.zoom_by(WHEEL_STEP),
            keys.Key_Minus: lambda: canvas.zoom_by(1 / WHEEL_STEP),
            keys.Key_Z: self._toggle_zoom,
            **{keys.Key_0 + stars: partial(self._rate, stars) for stars in range(6)},
            keys.Key_B: self.chrome.boxes.toggle,
            keys.Key_I: self.chrome.information.toggle,
            keys.Key_N: self.naming.start_next,
            keys.Key_Delete: self._delete,
            keys.Key_A: self._add_to_album,
            keys.Key_P: self.play.play,
            keys.Key_F: self.chrome.favourite.click,
            keys.Key_T: self._tag,
            keys.Key_F11: self.full_screen_wanted.emit,
        }

    def _rate(self, stars: int) -> None:
        self.panel.words.rate(stars)
        self.wake()

    def _like(self, on: bool) -> None:
        photo_id, favourites = self.photo_id, self._context.session.favourites
        if photo_id is not None:
            self._context.tasks.run(self, lambda: favourites.set([photo_id], on), keep=True)
        self.wake()

    def _tag(self) -> None:
        if self.photo_id is not None and self._glance is not None and not self.canvas.empty:
            self.naming.stop()
            self.tagging.start(self.photo_id)

    def _untag(self, tag_id: int) -> None:
        tags = self._context.session.tags
        self._context.tasks.run(self, lambda: tags.remove([tag_id]), keep=True)
        self.setFocus()

    def _stop_typing(self) -> None:
        self.naming.stop()
        self.tagging.stop()

    def _delete(self) -> None:
        if self.photo_id is not None:
            self.delete_requested.emit([self.photo_id])

    def _add_to_album(self) -> None:
        if self.photo_id is not None:
            self.album_requested.emit([self.photo_id])

    def _toggle_zoom(self) -> None:
        self.canvas.toggle()

    def _arrow(self, push: QPointF, step: int) -> None:
        """Arrows move a picture that is larger than the window, and turn to the next one otherwise."""
        if self.canvas.view.overflows:
            self.canvas.move_by(push)
        else:
            self._step(step)

    def _leave(self) -> None:
        if self.window().isFullScreen():
            self.full_screen_wanted.emit()
        else:
            self.closed.emit()

    def _step(self, step: int) -> None:
        index = min(max(self._index + step, 0), len(self._photo_ids) - 1)
        if index != self._index:
            self._open(index)

    def _open(self, index: int) -> None:
        self._index = index
        self._stop_typing()
        self.message.hide()
        self._glance = None
        self.play.show_photo(None)
        self.canvas.set_faces(())
        self.chrome.show_position(index, len(self._photo_ids))
        self._blank.start()
        self._loader.show(self._photo_ids, index)

    def _forget(self) -> None:
        """Shows nothing of the photo before."""
        self._shown_id, self._glance = None, None
        self.play.show_photo(None)
        self.canvas.set_faces(())
        self.canvas.clear()
        self.panel.show_nothing()

    def _glanced(self, glance: Glance) -> None:
        photo, before = glance.photo, self._glance
        self._blank.stop()
        self._glance = glance
        thumbnail = glance.thumbnail
        if photo.photo_id != self._shown_id:
            self._shown_id = photo.photo_id
            size = thumbnail.size() if thumbnail else self.canvas.size()
            self.canvas.open_picture(photo.width or size.width(), photo.height or size.height())
            self.canvas.set_images([thumbnail] if thumbnail else [])
        if before is None or before.known != glance.known:
            self.canvas.set_faces(glance.in_sight)
            self.play.show_photo(photo)
            self.play.arrange(self.canvas.geometry())
            self.canvas.setAccessibleName(f"{shown(photo.path.name)}, {date_text(photo)}")
            self.chrome.show_photo(photo)
            self.chrome.show_stars(glance.details.rating)
            self.chrome.show_favourite(glance.favourite)
            self.panel.show_photo(photo, glance.faces, glance.details, glance.tags, glance.visibility)

    def _loaded(self, images: list[QImage]) -> None:
        if self._glance is not None:
            self.message.hide()
            self.canvas.set_images(images)

    def _failed(self, sentence: str) -> None:
        if self._glance is None:
            self._forget()
        self._blank.stop()
        self.message.setText(shown(sentence))
        self.message.show()
        self._arrange()

    def _changed(self, change: LibraryChanged) -> None:
        if self._photo_ids and change.photo_ids:
            self._loader.refresh(change.photo_ids)

    def _viewed(self) -> None:
        view = self.canvas.view
        self.chrome.show_zoom(None if self._shown_id is None else view.zoom)
        if view.zoom > view.fit_zoom:
            self._loader.come_near()

    def _tag_clicked(self, face: PhotoFace) -> None:
        if face.name:
            self.person_opened.emit(face.person_id)
        else:
            self.naming.start(face)

    def _named(self) -> None:
        if self._photo_ids:
            self._loader.refresh(frozenset({self._photo_ids[self._index]}))

    def _show_boxes(self, on: bool) -> None:
        QSettings().setValue("viewer/boxes", on)
        self._stop_typing()
        self.canvas.show_boxes(on)

    def _show_details(self, on: bool) -> None:
        QSettings().setValue("viewer/details", on)
        self.panel.setVisible(on)
        self._arrange()

    def _rest(self) -> None:
        """Leaves the picture alone, unless somebody is at the buttons or typing."""
        if self.chrome.in_use or self.naming.active or self.tagging.active or self.panel.words.active:
            self._hiding.start()
            return
        self.chrome.show(False)
        if self.isVisible():
            self.setCursor(Qt.CursorShape.BlankCursor)

    def _arrange(self) -> None:
        rect = self.rect()
        panel = theme.VIEWER_PANEL_WIDTH if self.chrome.information.isChecked() else 0
        picture = QRect(0, 0, rect.width() - panel, rect.height())
        self.canvas.setGeometry(picture)
        self.panel.setGeometry(picture.width(), 0, panel, rect.height())
        self.chrome.arrange(rect, picture)
        self.play.arrange(picture)
        width = min(theme.VIEWER_MESSAGE_WIDTH, picture.width() - 2 * (theme.VIEWER_ARROW + theme.SPACE_6))
        height = self.message.heightForWidth(width)
        # Over a thumbnail it stands low: faces are rarely there.
        middle = picture.height() // 2 if self.canvas.empty else picture.height() * 4 // 5
        self.message.setGeometry(picture.center().x() - width // 2, middle - height // 2, width, height)
        self._room_rest.start()

    def _tell_room(self) -> None:
        """Pictures are made for the size at which a resizing comes to rest."""
        ratio = self.devicePixelRatio()
        self._loader.set_room(Room(round(self.canvas.width() * ratio), round(self.canvas.height() * ratio), ratio))
