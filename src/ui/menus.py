"""The menus, with the shortcuts that the system knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from app.importing import program_version
from ui.views.canvas import WHEEL_STEP
from ui.widgets import message_box

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_CELL_STEP = 40


def build_menus(window: MainWindow) -> None:
    """Fills the window's menu bar."""
    _file_menu(window)
    _edit_menu(window)
    _view_menu(window)
    help_menu = window.menuBar().addMenu(window.tr("&Help"))
    help_menu.addAction(window.tr("About Sietch"), lambda: about(window))


def about_text(window: MainWindow) -> str:
    """What the program is, and what its user must know of the face model's licence."""
    return "\n\n".join(
        (
            window.tr("Sietch {}").format(program_version()),
            window.tr("A photo library that knows who is in your photos, and never sends one anywhere."),
            window.context.library.models.current.licence,
            window.tr("Your library: {}").format(window.context.library.folder),
        )
    )


def about(window: MainWindow) -> None:
    """Shows it."""
    box = message_box(window, about_text(window))
    box.setWindowTitle(window.tr("About Sietch"))
    box.exec()


def _file_menu(window: MainWindow) -> None:
    menu = window.menuBar().addMenu(window.tr("&File"))
    _action(window, menu, window.tr("Add a folder…"), window.ask_for_folder, QKeySequence.StandardKey.Open)
    _action(window, menu, window.tr("Add single photos…"), window.ask_for_files, QKeySequence("Ctrl+Shift+O"))
    _action(window, menu, window.tr("Import from a card or folder…"), window.copying.ask, QKeySequence("Ctrl+Shift+I"))
    window.header.add.menu().addActions(menu.actions())
    menu.addSeparator()
    before = len(menu.actions())
    _action(window, menu, window.tr("Face models…"), window.show_models)
    _sidecar_action(window, menu)
    if window.context.library.encrypted:
        _action(window, menu, window.tr("Decrypt the library…"), window.ask_to_decrypt)
    else:
        _action(window, menu, window.tr("Encrypt the library…"), window.ask_to_encrypt)
    menu.addSeparator()
    _keep_for_whoever_decides(window, menu.actions()[before:])
    _action(window, menu, window.tr("Quit"), window.close, QKeySequence.StandardKey.Quit)


def _keep_for_whoever_decides(window: MainWindow, entries: Sequence[QAction]) -> None:
    """What concerns everybody is shown to whoever may decide about it."""

    def show(decides: bool) -> None:
        for entry in entries:
            entry.setVisible(decides)

    window.context.tasks.run(window, window.context.session.decides_for_all, show)


def _sidecar_action(window: MainWindow, menu: QMenu) -> None:
    """Whether what the user says of photos goes into files beside them, too."""
    context = window.context
    sidecars = context.library.sidecars
    action = QAction(window.tr("Write names and ratings beside the photos"), menu, checkable=True)
    action.setToolTip(window.tr("Into XMP files, which other programs read. The photos themselves are never changed."))
    context.tasks.run(window, lambda: sidecars.wanted, action.setChecked)
    action.triggered.connect(lambda on: context.tasks.run(window, lambda: sidecars.want(on), keep=True))
    menu.setToolTipsVisible(True)
    menu.addAction(action)


def _edit_menu(window: MainWindow) -> None:
    menu = window.menuBar().addMenu(window.tr("&Edit"))
    for action in (window.undoing.undo_action, window.undoing.redo_action):
        menu.addAction(action)
        window.addAction(action)
    menu.addSeparator()
    _action(window, menu, window.tr("History…"), window.show_history, QKeySequence("Ctrl+H"))


def _view_menu(window: MainWindow) -> None:
    menu = window.menuBar().addMenu(window.tr("&View"))
    _action(window, menu, window.tr("Photos"), lambda: window.go("photos"), QKeySequence("Ctrl+1"))
    _action(window, menu, window.tr("People"), lambda: window.go("people"), QKeySequence("Ctrl+2"))
    _action(window, menu, window.tr("Albums"), lambda: window.go("albums"), QKeySequence("Ctrl+3"))
    _action(window, menu, window.tr("Search"), window.search, QKeySequence.StandardKey.Find)
    menu.addSeparator()
    _action(window, menu, window.tr("Larger photos"), lambda: _enlarge(window, 1), QKeySequence.StandardKey.ZoomIn)
    _action(window, menu, window.tr("Smaller photos"), lambda: _enlarge(window, -1), QKeySequence.StandardKey.ZoomOut)
    _action(window, menu, window.tr("Full screen"), window.toggle_full_screen, QKeySequence.StandardKey.FullScreen)
    menu.addSeparator()
    look, group = window.context.look, QActionGroup(menu)
    for choice, text in (
        ("system", window.tr("Look of the system")),
        ("light", window.tr("Light")),
        ("dark", window.tr("Dark")),
    ):
        action = QAction(text, menu, checkable=True, checked=look.choice == choice)
        action.triggered.connect(lambda _on, choice=choice: look.choose(choice))
        group.addAction(action)
        menu.addAction(action)


def _enlarge(window: MainWindow, step: int) -> None:
    """What is looked at: a photo, or the small pictures of a page."""
    if window.viewer.isVisible():
        window.viewer.canvas.zoom_by(WHEEL_STEP**step)
    else:
        size = window.header.cell_size
        size.setValue(size.value() + _CELL_STEP * step)


def _action(
    window: MainWindow,
    menu: QMenu,
    text: str,
    action: object,
    shortcut: QKeySequence | QKeySequence.StandardKey | None = None,
) -> None:
    made = QAction(text, menu)
    if shortcut is not None:
        made.setShortcut(shortcut)
    made.triggered.connect(action)
    menu.addAction(made)
    # While a photo is looked at there is no menu bar, but its shortcuts are.
    window.addAction(made)
