"""Persons: who they are, and what a human says of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core.http.messages.common import Id, Ids, Outcome, RequestBody, Tally
from core.http.messages.faces import FaceOut
from core.types import Person


class PersonOut(BaseModel):
    id: int
    name: str | None
    metadata: dict[str, Any]
    face_count: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        return cls(
            id=person.person_id,
            name=person.name,
            metadata=dict(person.metadata),
            face_count=person.face_count,
            created_at=person.created_at,
            updated_at=person.updated_at,
        )


class PersonWithFaces(BaseModel):
    person: PersonOut
    faces: list[FaceOut]


class PersonIn(RequestBody):
    name: str | None = None
    metadata: dict[str, Any] | None = None


class PersonsIn(RequestBody):
    persons: Annotated[list[PersonIn], Field(fail_fast=True, min_length=1, max_length=10_000)]


class PersonResult(Outcome):
    person: PersonOut | None = None


class PersonsResult(Tally):
    results: list[PersonResult]


class PersonIds(RequestBody):
    person_ids: Ids


class MergeRequest(RequestBody):
    source_person_ids: Ids
    target_person_id: Id
    keep_name: bool | str | None = None


class Merged(BaseModel):
    merged_person_id: int
    faces_transferred: int
    deleted_person_ids: list[int]
    message: str
