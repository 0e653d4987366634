"""The FastAPI application: the routers of `core.http.routes` over one `FaceCore`, behind the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

import anyio.to_thread
from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from core.http import docs, problems, routes
from core.http.context import Context
from core.http.gate import Gate
from core.http.settings import Settings
from core.service import FaceCore

_DESCRIPTION = """Image in, faces and persons out: find faces, compare them, search for them, and say who is who.

Every error is a problem document (RFC 9457). Boxes are in pixels of the upright image. The default weights (InsightFace
buffalo_s) are licensed by their authors for non-commercial research use only."""

_TAGS = [
    {"name": "server", "description": "Whether it works, and what it holds."},
    {"name": "images", "description": "Find the faces of images, and keep them."},
    {"name": "search", "description": "Faces like an embedding, a stored face or a picture."},
    {"name": "persons", "description": "Who is who, and what a human says of it."},
    {"name": "faces", "description": "Stored faces: whose they are, and why."},
    {"name": "grouping", "description": "Make persons of faces."},
    {"name": "jobs", "description": "Long work that is asked about later; known until the server is restarted."},
]


def create_app(core: FaceCore, settings: Settings, host: str = "127.0.0.1") -> FastAPI:
    """The application.

    Args:
        core: over the database to be served.
        settings: of the operator.
        host: the address that is served; requests under other names are refused where no key protects them.

    Raises:
        InvalidInput: a setting cannot be used.
    """
    context = Context.of(core, settings)
    app = FastAPI(
        title="Sietch Core",
        version=version("sietch"),
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        debug=False,
        lifespan=_life(context),
        form_limits={"max_files": settings.max_batch, "max_fields": 100},
        # Nothing about this computer is told to anybody.
        telemetry={"auto_configure": False},
    )
    # The gate asks for the key before it reads a body; here it is only described.
    keys = [Security(APIKeyHeader(name="X-API-Key", auto_error=False)), Security(HTTPBearer(auto_error=False))]
    problems.install(app)
    app.include_router(docs.router())
    app.include_router(routes.health(context))
    for router in routes.guarded(context):
        app.include_router(router, dependencies=keys if settings.key else [])
    app.add_middleware(Gate, settings=settings, host=host)
    return app


def _life(context: Context) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        # Who waits for the models holds a thread; the others must not wait for one.
        anyio.to_thread.current_default_thread_limiter().total_tokens = context.settings.most_requests
        yield
        await anyio.to_thread.run_sync(context.jobs.close)

    return life
