"""`sietch serve`: Core alone, on its own database, for other programs."""

from __future__ import annotations

import uvicorn

from core import schema
from core.database import Database
from core.http.app import create_app
from core.http.settings import Settings, check_host
from core.models import find_pack
from core.service import FaceCore

SCHEMA_VERSION = 1


def serve(host: str, port: int) -> None:
    """Serves until the process is told to stop; requests that are being answered are finished.

    Raises:
        CoreError: the settings, the database or the models cannot be used.
    """
    settings = Settings()
    check_host(host, settings)
    path = settings.database_path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(path, schema.metadata, SCHEMA_VERSION)
    try:
        app = create_app(FaceCore(database, find_pack(settings.face_model)), settings, host)
        level = "info" if settings.debug else "warning"
        uvicorn.run(app, host=host, port=port, log_level=level, server_header=False)
    finally:
        database.close()
