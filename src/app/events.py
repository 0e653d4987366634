"""A plain bus: the app tells what changed, whoever listens decides what to do with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from app.types import Event

Listener = Callable[[Event], None]

_log = logging.getLogger(__name__)


class Events:
    """Passes every event to every listener, on the thread that publishes it."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener; the function returned removes it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tells every listener; one that fails is logged and does not stop the work that made the event."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:
                _log.exception("a listener failed on %r", event)
