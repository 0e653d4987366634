"""Errors as problem documents (RFC 9457): `application/problem+json`, never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from core import errors

_log = logging.getLogger(__name__)

_STATUS: dict[type[errors.CoreError], int] = {
    errors.ImageTooLarge: 413,
    errors.ImageError: 415,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.InvalidInput: 422,
    errors.ImageUnavailable: 503,
    errors.CoreError: 503,
}


class Problem(BaseModel):
    """Why a request was not done."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class Refused(Exception):
    """A request that is answered with a status of its own."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def status_of(error: errors.CoreError) -> int:
    """The HTTP status of an error of Core's."""
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an endpoint's errors are described in the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": content}
        for status in (400, 401, 422, 503, *statuses)
    }


def install(app: FastAPI) -> None:
    """Answers every error with a problem document."""

    @app.exception_handler(errors.CoreError)
    def core_error(_request: Request, error: errors.CoreError) -> JSONResponse:
        return problem(status_of(error), str(error))

    @app.exception_handler(Refused)
    def refused(_request: Request, error: Refused) -> JSONResponse:
        return problem(error.status, str(error))

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"field": ".".join(str(part) for part in each["loc"] if part != "body"), "message": str(each["msg"])}
            for each in error.errors()
        ]
        named = "; ".join(f"{each['field'] or 'body'}: {each['message']}" for each in fields)
        return problem(422, named, fields=fields)

    @app.exception_handler(Exception)
    def bug(_request: Request, error: Exception) -> JSONResponse:
        _log.error("unexpected error", exc_info=error)
        return problem(500, "The server met an unexpected error; its log says more.")


def problem(
    status: int, detail: str, fields: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A problem document."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=fields)
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )
