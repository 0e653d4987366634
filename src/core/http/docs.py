"""The page at `/docs`: Swagger UI over the server's own description, with every file from this server."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter
from fastapi.responses import FileResponse

from core.http.problems import Refused
from core.resources import resource

_SWAGGER = Path(fastapi_offline.__file__).parent / "static"

_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_OWN_FILES = {"page.js": "text/javascript", "page.css": "text/css", "page.svg": "image/svg+xml"}

_HEADERS = {
    # The page can reach this server and nothing else, and no other page can put itself around it.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def router() -> APIRouter:
    """The page and its files."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/docs")
    def docs() -> FileResponse:
        return FileResponse(resource("api/page.html"), media_type="text/html; charset=utf-8", headers=_HEADERS)

    @pages.get("/docs/{name}")
    def file(name: str) -> FileResponse:
        if name in _OWN_FILES:
            return FileResponse(resource(f"api/{name}"), media_type=_OWN_FILES[name], headers=_HEADERS)
        if name in _FILES:
            return FileResponse(_SWAGGER / name, media_type=_FILES[name], headers=_HEADERS)
        raise Refused(404, "There is no such page.")

    return pages
