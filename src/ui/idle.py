"""Nobody is at the window: after how long, told once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)
"""Of somebody who is there."""


class Idle(QObject):
    """`passed` tells that nobody has touched the program for a time, `stirred` now and then that somebody does."""

    passed = Signal()
    stirred = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.passed)
        # The mouse moves a hundred times a second: what follows from it need not.
        self._rest = QTimer(self, singleShot=True, interval=1000)
        self._watching = False
        self._wait = 0

    def watch(self, minutes: float) -> None:
        """Begins anew with another time; with 0 somebody who stirs is told of, and nothing ever passes."""
        self._wait = round(minutes * 60_000)
        self._begin()
        application = QApplication.instance()
        if not self._watching and application is not None:
            application.installEventFilter(self)
            self._watching = True

    def stop(self) -> None:
        """Watches no more."""
        self._timer.stop()
        application = QApplication.instance()
        if self._watching and application is not None:
            application.removeEventFilter(self)
        self._watching = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        if event.type() in _SIGNS and not self._rest.isActive():
            self._rest.start()
            self._begin()
            self.stirred.emit()
        return False

    def _begin(self) -> None:
        if self._wait:
            self._timer.start(self._wait)
        else:
            self._timer.stop()
