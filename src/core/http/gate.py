"""What is asked of a request before its body is read: a name or a key, a size; and that the body goes on coming."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.http.problems import Refused, answer, told
from core.http.settings import Settings, is_loopback

_FORM_BYTES = 1_000_000
"""What a form holds besides its files: the megabyte that Starlette's parser allows one field of it."""

_PUBLIC = ("/health", "/openapi.json", "/docs")

_ONE_FILE = frozenset({"/detect", "/recognize", "/search/image"})
_MANY_FILES = frozenset({"/detect/batch", "/recognize/batch", "/search/image/batch"})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d+)?")


class Gate:
    """Stands before the application, where a refusal costs nothing but the headers of the request."""

    def __init__(self, app: ASGIApp, settings: Settings, host: str) -> None:
        """The gate.

        Args:
            app: what it stands before.
            settings: of the operator.
            host: the address that is served; where no key protects it, requests under other names are refused, and
                changes that pages of other origins ask for.
        """
        self._app = app
        self._host = host.strip("[]").lower()
        self._key = settings.key.encode()
        self._seconds = settings.client_timeout
        one, many = settings.max_upload_mb, settings.max_batch_mb
        self._bounds = dict.fromkeys(_ONE_FILE, one * 1000000 + _FORM_BYTES)
        self._bounds |= dict.fromkeys(_MANY_FILES, many * 1000000 + _FORM_BYTES)
        self._usual_bound = settings.max_json_mb * 1_000_000
        self._places = settings.most_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request that is refused, and passes on every other one with a bounded body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = self._bounds.get(scope["path"], self._usual_bound)
        try:
            self._check(Request(scope), bound)
        except Refused as error:
            await answer(told(error), error.headers)(scope, receive, send)
            return
        self._places -= 1
        try:
            await self._app(scope, _Body(receive, bound, self._seconds), send)
        finally:
            self._places += 1

    def _check(self, request: Request, bound: int) -> None:
        path: str = request.scope["path"]
        if not any(path == each or path.startswith(f"{each}/") for each in _PUBLIC):
            self._check_sender(request)
        self._check_places()
        _check_query(request)
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > bound:
            raise Refused(413, _too_large(bound))

    def _check_sender(self, request: Request) -> None:
        if self._key:
            if not secrets.compare_digest(_sent_key(request.headers), self._key):
                raise Refused(
                    401, "Send the server's key in the header X-API-Key.", headers={"WWW-Authenticate": "Bearer"}
                )
            return
        # A page in a browser must not reach this computer under a name of its own.
        if not self._is_ours(request.headers.get("host", "")):
            raise Refused(400, "This server answers only to the name of its own computer.")
        # Nor may it change anything here under the computer's right name: a browser sends a form anywhere, unasked.
        if request.method not in _SAFE and self._is_from_elsewhere(request.headers):
            raise Refused(403, "Only pages of this computer may change anything here; this request comes from another.")

    def _is_from_elsewhere(self, headers: Headers) -> bool:
        """Whether a browser says so; whoever says nothing is no page in one."""
        if headers.get("sec-fetch-site") == "cross-site":
            return True
        # A page without an origin of its own says `null`, which has no "://".
        return not all(self._is_ours(origin.partition("://")[2]) for origin in headers.getlist("origin"))

    def _is_ours(self, authority: str) -> bool:
        """Whether a host, with a port or without, is this computer or the address that is served."""
        name = _name(authority)
        return is_loopback(name) or (name != "" and name == self._host)

    def _check_places(self) -> None:
        if self._places <= 0:
            # Before bodies are taken in: together they could fill the disk.
            raise Refused(429, "Too many requests at once. Try again in a moment.", headers={"Retry-After": "1"})


class _Body:
    """The body of a request as it comes in, which ends the request when it is too large or comes too slowly."""

    def __init__(self, receive: Receive, bound: int, seconds: float) -> None:
        self._receive = receive
        self._bound = bound
        self._seconds = seconds
        self._size = 0
        self._is_whole = False

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._seconds)
        except TimeoutError:
            detail = f"Nothing of the request came for {self._seconds:g} seconds."
            raise HTTPException(408, detail, headers={"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        if self._size > self._bound:
            raise HTTPException(413, _too_large(self._bound))
        return message


def _check_query(request: Request) -> None:
    seen = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise Refused(422, f"{name}: give it once.", field=name)
        seen.add(name)


def _too_large(bound: int) -> str:
    return f"The request is larger than {bound // 1_000_000} MB."


def _sent_key(headers: Mapping[str, str]) -> bytes:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    sent = headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else "")
    # As it came: headers are bytes, which Starlette reads as Latin-1, whatever the client meant by them.
    return sent.encode("latin-1")


def _name(authority: str) -> str:
    """The host alone; empty where it is none."""
    named = _HOST.fullmatch(authority)
    return named[1].strip("[]").lower() if named else ""
