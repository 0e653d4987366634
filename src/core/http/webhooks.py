"""Webhooks: the end of a job is told to an address that the operator listed, and to no other.

A message is signed as the Standard Webhooks specification says (standardwebhooks.com): HMAC-SHA256 over
`id.timestamp.body`, in base64, with the webhook secret or else the server's key.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import httpx

from core.errors import InvalidInput, NotFound
from core.http.messages import Delivery
from core.http.problems import Refused

_log = logging.getLogger(__name__)

Origin = tuple[str, str, int]

_PORTS = {"http": 80, "https": 443}

_PAUSES = (1.0, 5.0, 25.0)
"""Seconds between one attempt and the next. Our choice: five times as long each time, which outlives a receiver that is
being restarted; and not for long, because a sender waits meanwhile and its message lives in the process."""

_SECONDS = 10.0
"""How long an attempt may take until the answer's status is there, however the receiver spends the time. Our choice: a
receiver has only to take the message, and a server that is being stopped waits as long for an attempt that it makes."""

_SENDERS = 2
"""Threads: one receiver that does not answer holds up nobody else's messages."""

_LATER = frozenset({408, 425, 429})
"""Besides 5xx, the answers after which another attempt may go better."""


def origins(text: str) -> frozenset[Origin]:
    """The addresses of `WEBHOOK_ORIGINS`.

    Raises:
        InvalidInput: one of them is no scheme, host and port.
    """
    found = set()
    for each in filter(None, (part.strip() for part in text.split(","))):
        origin = _origin(each)
        if origin is None or httpx.URL(each).raw_path not in (b"", b"/"):
            raise InvalidInput(f"WEBHOOK_ORIGINS: {each} has to be like https://host or http://host:port.")
        found.add(origin)
    return frozenset(found)


class Webhooks:
    """Calls webhooks, in threads of its own."""

    def __init__(self, allowed: frozenset[Origin], secret: str, pauses: Sequence[float] = _PAUSES) -> None:
        self._allowed = allowed
        self._secret = secret.encode()
        self._pauses = pauses
        self._stop = threading.Event()
        self._senders = ThreadPoolExecutor(_SENDERS, "webhooks")
        self._sending: set[Future[None]] = set()

    def check(self, url: str) -> None:
        """Whether the address may be called.

        Raises:
            Refused: the operator did not list its scheme, host and port (422).
        """
        if _origin(url) not in self._allowed:
            detail = "webhook: the operator of this server did not list this address in WEBHOOK_ORIGINS."
            raise Refused(422, detail, field="webhook")

    def send(self, job_id: str, delivery: Delivery, body: Callable[[], bytes]) -> None:
        """Posts the body until it is received or attempts run out; `delivery` tells how that goes."""
        # Refused by the pool once the server stops.
        with contextlib.suppress(RuntimeError):
            sent = self._senders.submit(self._deliver, job_id, delivery, body)
            self._sending.add(sent)
            sent.add_done_callback(self._sending.discard)

    def close(self) -> None:
        """Gives up what waits, and waits for the attempts that are being made, no longer than one may take."""
        self._stop.set()
        self._senders.shutdown(wait=False, cancel_futures=True)
        wait(set(self._sending), _SECONDS)

    def _deliver(self, job_id: str, delivery: Delivery, body: Callable[[], bytes]) -> None:
        try:
            content = body()
        except NotFound:
            return
        for pause in (0.0, *self._pauses):
            if self._stop.wait(pause):
                return
            delivery.attempts += 1
            delivery.error, is_final = self._post(job_id, delivery.url, content)
            if delivery.error is None or is_final:
                break
        delivery.delivered = delivery.error is None
        if delivery.error:
            _log.warning("the webhook of job %s was given up: %s", job_id, delivery.error)

    def _post(self, job_id: str, url: str, content: bytes) -> tuple[str | None, bool]:
        """What went wrong, and whether it will go wrong again."""
        try:
            status = asyncio.run(_status(url, content, self._headers(job_id, content)))
        except TimeoutError:
            return f"It did not answer within {_SECONDS:g} seconds.", False
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}", False
        if 200 <= status < 300:
            return None, True
        return f"It answered {status}.", status < 500 and status not in _LATER

    def _headers(self, job_id: str, content: bytes) -> dict[str, str]:
        now = str(int(time.time()))
        headers = {"Content-Type": "application/json", "Webhook-Id": job_id, "Webhook-Timestamp": now}
        if self._secret:
            signed = hmac.new(self._secret, f"{job_id}.{now}.".encode() + content, hashlib.sha256).digest()
            headers["Webhook-Signature"] = f"v1,{base64.b64encode(signed).decode()}"
        return headers


async def _status(url: str, content: bytes, headers: Mapping[str, str]) -> int:
    # The client's own limits are for each piece of an answer: one that comes byte by byte would never end.
    async with asyncio.timeout(_SECONDS):
        # Neither a proxy of the environment nor a redirect takes it to another address.
        async with (
            httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=content, headers=headers) as response,
        ):
            return response.status_code


def _origin(url: str) -> Origin | None:
    """Scheme, host and port as the client that will call it reads them; None for what nobody should call."""
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return None
    try:
        parsed = httpx.URL(url)
        if parsed.scheme not in _PORTS or not parsed.host or parsed.userinfo or parsed.fragment:
            return None
        return parsed.scheme, parsed.host, parsed.port or _PORTS[parsed.scheme]
    except (httpx.InvalidURL, UnicodeError):
        # A host is read when it is asked for: `xn--` begins a name of other letters and holds none.
        return None
