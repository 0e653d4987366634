"""Many items in one request: for each its result or its error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from fastapi import UploadFile

from core.errors import CoreError, InvalidInput
from core.http import uploads
from core.http.messages import Outcome
from core.http.problems import Refused, told
from core.http.settings import Settings
from core.http.uploads import Spool

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome", bound=Outcome)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent: what the client calls it, and how it is read when its turn comes."""

    name: str
    read: Callable[[], bytes]


def sent_alone(file: UploadFile, settings: Settings) -> Sent:
    """The one file of a request."""
    return Sent(_name(file), partial(uploads.read, file.file, settings))


def sent(files: Sequence[UploadFile], settings: Settings) -> list[Sent]:
    """The files of a request.

    Raises:
        Refused: more than a batch may have (413).
    """
    check_count(files, settings)
    return [sent_alone(each, settings) for each in files]


def put_aside(files: Sequence[UploadFile], spool: Spool, settings: Settings) -> list[Sent]:
    """The same for a job: the files outlive their request.

    Raises:
        Refused: more than a batch may have (413), or there is no room for them (507).
    """
    check_count(files, settings)
    bound = settings.max_upload_mb * 1_000_000 + 1
    numbers = [spool.add(each.file, bound) for each in files]
    return [
        Sent(_name(each), lambda number=number: uploads.checked(spool.read(number), settings))  # type: ignore[misc]
        for each, number in zip(files, numbers, strict=True)
    ]


def check_count(items: Sequence[object], settings: Settings) -> None:
    """Whether a batch is small enough.

    Raises:
        Refused: it is not (413).
    """
    if len(items) > settings.max_batch:
        raise Refused(413, f"At most {settings.max_batch} can be sent at once.")


def check_ids(ids: Sequence[int], settings: Settings) -> None:
    """Whether what is done at once, in one transaction, is of few enough.

    Raises:
        Refused: it is not (413).
    """
    if len(ids) > settings.max_ids:
        raise Refused(413, f"At most {settings.max_ids} ids can be sent at once.")


def check_distinct(field: str, ids: Sequence[int]) -> None:
    """Whether no id is named twice.

    Raises:
        InvalidInput: one is.
    """
    if len(set(ids)) != len(ids):
        raise InvalidInput(f"{field}: name each only once.")


def outcomes(
    items: Iterable[_Item], work: Callable[[_Item], _Outcome], failed: Callable[[_Item, dict[str, Any]], _Outcome]
) -> list[_Outcome]:
    """What became of each item; one that fails stops none of the others.

    Args:
        items: of a batch.
        work: does one.
        failed: makes the outcome of one that failed, of its `status` and `error`.
    """
    return [_outcome(item, work, failed) for item in items]


def tally(results: Sequence[Outcome]) -> dict[str, int]:
    """How many went well."""
    failed = sum(each.error is not None for each in results)
    return {"successful": len(results) - failed, "failed": failed}


def _name(file: UploadFile) -> str:
    # The client may have called its letters by an encoding that yields halves of them, which no answer can carry.
    return (file.filename or "").encode("utf-8", "replace").decode()


def _outcome(
    item: _Item, work: Callable[[_Item], _Outcome], failed: Callable[[_Item, dict[str, Any]], _Outcome]
) -> _Outcome:
    try:
        return work(item)
    except (CoreError, Refused) as error:
        problem = told(error)
        return failed(item, {"status": problem.status, "error": problem.detail})
