"""What several messages are made of."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

from core.types import BoundingBox

MOST = 2**53 - 1
"""The largest id: above it JSON's numbers are not the same in every language (RFC 8259, section 6)."""


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""In JSON 34.0 is a whole number, too: some languages write them all so."""

Id = Annotated[int, Field(ge=1, le=MOST, strict=True), WHOLE]
PathId = Annotated[int, Path(ge=1, le=MOST)]

MOST_IDS = 100_000
"""The most that any list of ids may have, whatever an operator allows."""

UNIQUE = {"uniqueItems": True}

Ids = Annotated[list[Id], Field(fail_fast=True, min_length=1, max_length=MOST_IDS, json_schema_extra=UNIQUE)]
"""What is wrong with a list is told by its first wrong item: looking at a hundred thousand holds up everybody."""

Source = Annotated[str, BeforeValidator(lambda source: source.encode("utf-8", "backslashreplace").decode())]
"""What an image is called: a file name may hold bytes that are no letters, which no answer can carry."""


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Box(BaseModel):
    """In pixels of the upright original."""

    x: FiniteFloat
    y: FiniteFloat
    width: Annotated[FiniteFloat, Field(ge=0)]
    height: Annotated[FiniteFloat, Field(ge=0)]

    @classmethod
    def of(cls, box: BoundingBox) -> Box:
        return cls(x=box.x, y=box.y, width=box.width, height=box.height)


class Done(BaseModel):
    message: str


class Outcome(BaseModel):
    """One of a batch: its HTTP status, as if it had been asked for alone, and what was wrong with it."""

    status: int = 200
    error: str | None = None


class Tally(BaseModel):
    """How a batch went."""

    successful: int
    failed: int
    processing_time_ms: float
