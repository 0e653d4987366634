"""What every operation stands on: the database, the model pack in use, and the caller's transaction."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Connection

from core.database import Database
from core.errors import CoreError
from core.models import ModelPack
from core.search import VectorSearch

if TYPE_CHECKING:
    from core.engine import FaceEngine

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class PackInUse:
    """A model pack, the search among its vectors, and its engine.

    An operation takes it once and works with it to its end, whatever pack comes into use meanwhile: what one model saw
    is never judged by what another's similarities mean.
    """

    def __init__(self, database: Database, pack: ModelPack) -> None:
        self.pack: Final = pack
        self.search: Final = VectorSearch(database, pack)
        self._engine: FaceEngine | None = None
        self._opening = threading.Lock()

    @property
    def engine(self) -> FaceEngine:
        """The engine in this process, opened at first use."""
        with self._opening:
            if self._engine is None:
                # Imported where it is used: a program that leaves photos to its workers does without onnxruntime.
                from core.engine import FaceEngine

                self._engine = FaceEngine(self.pack)
            return self._engine

    @property
    def is_loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._engine is not None


class Operations:
    """A database, and the model pack that is in use over it."""

    def __init__(self, database: Database, pack: ModelPack) -> None:
        self.database = database
        self._in_use = PackInUse(database, pack)

    @property
    def pack(self) -> ModelPack:
        """The model pack in use."""
        return self._in_use.pack

    @property
    def engine(self) -> FaceEngine:
        """Its engine in this process, opened at first use."""
        return self._in_use.engine

    def use(self, pack: ModelPack) -> None:
        """Works with another pack from now on; what others saw stays, and is not compared with what this one sees.

        An operation that has begun ends with the pack that it began with.
        """
        self._in_use = PackInUse(self.database, pack)

    @property
    def is_loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._in_use.is_loaded

    @contextlib.contextmanager
    def _writing(self, connection: Connection | None) -> Iterator[Connection]:
        with contextlib.nullcontext(connection) if connection else self.database.write() as db:
            yield db

    @contextlib.contextmanager
    def _reading(self, connection: Connection | None) -> Iterator[Connection]:
        with contextlib.nullcontext(connection) if connection else self.database.read() as db:
            yield db


def each(operation: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result | CoreError]:
    """Any operation for many items, as in `each(core.delete_person, [3, 7])`; every item is a transaction of its own.

    Returns:
        For each item its result, or the error that it raised.
    """
    return [_or_error(operation, item) for item in items]


def _or_error(operation: Callable[[_Item], _Result], item: _Item) -> _Result | CoreError:
    try:
        return operation(item)
    except CoreError as error:
        return error
