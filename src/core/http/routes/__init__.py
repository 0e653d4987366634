"""The endpoints, by what they are about: each function is one operation, and says in a line what it does."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.routing import APIRoute

from core.http.context import Context
from core.http.routes import faces, grouping, images, jobs, persons, recognition, search, server


def health(context: Context) -> APIRouter:
    """What is answered without a key."""
    return _summed_up(server.health(context))


def guarded(context: Context) -> list[APIRouter]:
    """Everything else."""
    parts = (server, images, recognition, search, persons, faces, grouping, jobs)
    return [_summed_up(each.router(context)) for each in parts]


def _summed_up(router: APIRouter) -> APIRouter:
    """Each operation is called by what it does, not by the name of its function."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.summary = re.split("[.:;]", route.description)[0].replace("`", "")
    return router
