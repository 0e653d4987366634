"""Errors as problem documents (RFC 9457): `application/problem+json`, never a traceback."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
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
    errors.DiskFull: 507,
    errors.CoreError: 503,
}

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_MOST_ERRORS = 20
"""Of the fields that are wrong so many are named: an answer is not larger than the request that it refuses."""

_TOO_MUCH = ("Too many files", "Too many fields", "Part exceeded")
"""How Starlette's parser of forms begins to say that something is too large."""

_BUG = "The server met an unexpected error; its log says more."


class Problem(BaseModel):
    """Why a request was not done."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class Refused(Exception):
    """A request that is answered with a status of its own; `field` is what is wrong with it."""

    def __init__(
        self, status: int, detail: str, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.field = field
        self.headers = headers


def no_room(error: OSError, saved: str = "nothing was saved") -> Refused:
    """The answer when a file of ours cannot be written; `saved` says what became of the rest."""
    if error.errno in _NO_ROOM:
        return Refused(507, f"The server's disk is full; {saved}.")
    return Refused(503, f"The server cannot write to its folder ({error.strerror or 'no reason is known'}).")


def told(error: Exception) -> Problem:
    """What a client is told of an error."""
    if isinstance(error, Refused):
        fields = [{"field": error.field, "message": str(error)}] if error.field else None
        return _problem(error.status, str(error), fields)
    if isinstance(error, errors.CoreError):
        return _problem(next(status for kind, status in _STATUS.items() if isinstance(error, kind)), str(error))
    _log.error("unexpected error", exc_info=error)
    return _problem(500, _BUG)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an endpoint's errors are described in the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": content}
        for status in (400, 401, 403, 408, 413, 415, 422, 429, 503, 507, *statuses)
    }


def install(app: FastAPI) -> None:
    """Answers every error with a problem document."""

    @app.exception_handler(errors.CoreError)
    @app.exception_handler(Refused)
    @app.exception_handler(Exception)
    def known(_request: Request, error: Exception) -> JSONResponse:
        return answer(told(error), getattr(error, "headers", None))

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, OSError):
            # What is uploaded lies on the disk before it is looked at.
            return answer(told(no_room(error.__cause__)))
        # The parser of forms has one status for all that it refuses.
        too_much = error.status_code == 400 and error.detail.startswith(_TOO_MUCH)
        return answer(_problem(413 if too_much else error.status_code, str(error.detail)), error.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(_invalid(request.headers.get("content-type"), error))


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response that carries a problem document."""
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


def _invalid(content_type: str | None, error: RequestValidationError) -> Problem:
    if isinstance(error.body, bytes) and error.body and any(each["loc"] == ("body",) for each in error.errors()):
        # FastAPI leaves bytes where the client did not call its body JSON.
        return _problem(415, f"Send application/json, not {content_type or 'a body of no named type'}.")
    fields = [
        {"field": ".".join(str(part) for part in each["loc"] if part != "body") or "body", "message": str(each["msg"])}
        for each in error.errors()[:_MOST_ERRORS]
    ]
    return _problem(422, "; ".join(f"{each['field']}: {each['message']}" for each in fields), fields)


def _problem(status: int, detail: str, fields: list[dict[str, str]] | None = None) -> Problem:
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=fields)
