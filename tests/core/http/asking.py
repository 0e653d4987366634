"""How tests ask a server, and what they expect of its answers."""

from __future__ import annotations

import io
import time
from typing import Any

import httpx
from PIL import Image


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


def ok(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return response.json()  # type: ignore[no-any-return]


def refused(response: httpx.Response, status: int, says: str = "") -> dict[str, Any]:
    """A problem document, and nothing else."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    assert says in body["detail"]
    assert "Traceback" not in response.text
    return body


def ended(client: httpx.Client, job: str, seconds: float = 60) -> dict[str, Any]:
    """A job when it has ended."""
    until = time.monotonic() + seconds
    while (told := ok(client.get(f"/jobs/{job}")))["state"] in ("waiting", "running"):
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told
