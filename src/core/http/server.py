"""`sietch serve`: Core alone, on its own database, for other programs."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from core import copying, migrations, schema
from core.database import Database
from core.engine import use_one_thread
from core.http.app import create_app
from core.http.problems import Refused, told
from core.http.settings import Settings, check_host, read_settings
from core.migrating import revisions
from core.models import find_pack
from core.service import FaceCore

SCHEMA_VERSION = len(revisions(migrations.FOLDER))

_STOPPING_SECONDS = 30
"""How long a server that is stopped waits for the answers that it still owes. Our choice: as long as it waits for
a client who says nothing."""


_BESIDE_REQUESTS = 2
"""Connections to the database besides one for each request: for the job, and for the search's copy to follow."""


class _Protocol(H11Protocol):
    """uvicorn's own, but that silent clients are hung up on, and what is no HTTP gets a problem document."""

    seconds = 30.0
    """How long a client may take to say what it wants, and to take some of what it is told."""

    _silence: asyncio.TimerHandle | None = None
    _jam: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._silence, self._jam):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        # Not closed: that would wait until the client takes the rest. The answer's request holds a place meanwhile.
        self._jam = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._jam is not None:
            self._jam.cancel()
            self._jam = None

    def send_400_response(self, msg: str) -> None:
        body = told(Refused(400, msg)).model_dump_json(exclude_none=True)
        head = f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\nconnection: close"
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n\r\n{body}".encode())
        self.transport.close()

    def _watch(self) -> None:
        """The time runs from the first byte of a request, or of silence, until its headers are whole."""
        if self._is_between_requests and self._silence is None:
            self._silence = self.loop.call_later(self.seconds, self._hang_up)
        elif not self._is_between_requests and self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _hang_up(self) -> None:
        self._silence = None
        if self._is_between_requests:
            self.transport.close()

    @property
    def _is_between_requests(self) -> bool:
        # None before the first request, whatever its type says.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete


def serve(host: str, port: int) -> None:
    """Serves until the process is told to stop; requests that are being answered are finished.

    Raises:
        CoreError: the settings, the database or the models cannot be used.
    """
    settings = read_settings()
    check_host(host, settings)
    path = settings.database_path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Requests work side by side, each on a processor of its own.
    use_one_thread()
    # An older database is copied before it is brought up to date: what went wrong then can be taken back.
    kept = path.with_name(f"{path.name}.before-{SCHEMA_VERSION}")
    connections = settings.most_requests + _BESIDE_REQUESTS
    database = Database(path, schema.metadata, SCHEMA_VERSION, connections, before=lambda: copying.copy(path, kept))
    try:
        app = create_app(FaceCore(database, find_pack(settings.face_model)), settings, host)
        uvicorn.run(app, host=host, port=port, **_options(settings))
    finally:
        database.close()


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "http": type("Protocol", (_Protocol,), {"seconds": settings.client_timeout}),
        "log_level": "info" if settings.debug else "warning",
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": _STOPPING_SECONDS,
    }
