"""Who is at the window: whoever needs not be asked comes in at once, the others by the sign-in screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QSize, Signal
from PySide6.QtWidgets import QWidget

from app.library import Library
from app.session import Session
from ui.look import Look
from ui.tasks import Tasks
from ui.views.sign_in import SignInView

_SIZE = QSize(900, 640)


class Entrance(QObject):
    """`entered` carries the session that the window is to be opened on; `left` tells that nobody wants one."""

    entered = Signal(Session)
    left = Signal()
    failed = Signal(Exception)

    def __init__(self, library: Library, look: Look, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._look, self._tasks = library, look, tasks
        self.view: SignInView | None = None

    def begin(self) -> None:
        """At the start of the program."""
        self._tasks.run(self, self._library.profiles.resume, self._resumed, self.failed.emit)

    def ask(self, last: int | None = None) -> None:
        """Shows the sign-in screen; `last`: who was at the window before."""
        self.view = SignInView(self._library.profiles, self._look, self._tasks)
        self.view.entered.connect(self._entered)
        self.view.closed.connect(self.left)
        self.view.resize(_SIZE)
        geometry = QSettings().value("window/geometry")
        if geometry is not None:
            self.view.restoreGeometry(geometry)
        self.view.show_profiles(last)
        self.view.show()

    def close(self) -> None:
        """Takes the sign-in screen away."""
        view, self.view = self.view, None
        if view is not None:
            view.closed.disconnect(self.left)
            view.hide()
            view.deleteLater()

    def _resumed(self, session: Session | None) -> None:
        if session is None:
            self.ask()
        else:
            self.entered.emit(session)

    def _entered(self, session: Session) -> None:
        view: QWidget | None = self.view
        self.entered.emit(session)
        if view is self.view:
            self.close()
