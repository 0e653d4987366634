"""Persons: who is who, and what a human says of it."""

from __future__ import annotations

from fastapi import APIRouter

from core.errors import InvalidInput
from core.http import batches, messages
from core.http.context import Clock, Context
from core.http.problems import responses
from core.http.routes.parameters import Limit, Skip
from core.persons import clean_name
from core.types import UNCHANGED


def router(context: Context) -> APIRouter:
    """The endpoints about persons."""
    routes = APIRouter(tags=["persons"])
    _many(routes, context)
    _one(routes, context)
    _saying(routes, context)
    return routes


def _many(routes: APIRouter, context: Context) -> None:
    core = context.core

    @routes.get("/persons", responses=responses())
    def persons(skip: Skip = 0, limit: Limit = 100) -> list[messages.PersonOut]:
        """Lists the persons; by id."""
        return [messages.PersonOut.of(each) for each in core.persons(skip, limit)]

    @routes.post("/persons", status_code=201, responses=responses())
    def create(request: messages.PersonIn) -> messages.PersonOut:
        """Creates a person, without a face yet."""
        return messages.PersonOut.of(core.create_person(request.name, request.metadata))

    @routes.post("/persons/batch", responses=responses())
    def create_many(request: messages.PersonsIn) -> messages.PersonsResult:
        """Creates many persons; for each the new person or its error."""
        clock = Clock()
        batches.check_count(request.persons, context.settings)
        results = batches.outcomes(
            request.persons,
            lambda each: messages.PersonResult(
                person=messages.PersonOut.of(core.create_person(each.name, each.metadata)), status=201
            ),
            lambda _, why: messages.PersonResult(**why),
        )
        return messages.PersonsResult(results=results, processing_time_ms=clock.milliseconds, **batches.tally(results))

    @routes.post("/persons/delete", responses=responses())
    def delete_many(request: messages.PersonIds) -> messages.DeletedResults:
        """Deletes many persons; for each whether it was deleted, or its error. Their faces are nobody's."""
        clock = Clock()
        batches.check_count(request.person_ids, context.settings)
        batches.check_distinct("person_ids", request.person_ids)

        def one(person_id: int) -> messages.DeletedResult:
            core.delete_person(person_id)
            return messages.DeletedResult(id=person_id)

        results = batches.outcomes(
            request.person_ids, one, lambda person_id, why: messages.DeletedResult(id=person_id, **why)
        )
        return messages.DeletedResults(results=results, processing_time_ms=clock.milliseconds, **batches.tally(results))

    @routes.post("/persons/merge", responses=responses(404, 409))
    def merge(request: messages.MergeRequest) -> messages.Merged:
        """Merges persons into another; it gets all their faces and decisions, and they are removed."""
        batches.check_ids(request.source_person_ids, context.settings)
        keep, target = request.keep_name, request.target_person_id
        if isinstance(keep, str) and clean_name(keep) is None:
            # Without a name, and perhaps without a face, the person whom they become would go itself.
            raise InvalidInput("keep_name: has to be a name, or true or false.")
        with core.database.write() as db:
            done = core.merge(request.source_person_ids, target, keep is not False, db)
            if isinstance(keep, str):
                core.update_person(target, keep, connection=db)
        return messages.Merged(
            merged_person_id=done.person_id,
            faces_transferred=done.face_count,
            deleted_person_ids=list(done.removed_ids),
            message=f"{len(done.removed_ids)} persons were merged into {done.person_id}.",
        )


def _one(routes: APIRouter, context: Context) -> None:
    core = context.core

    @routes.get("/persons/{person_id}", responses=responses(404))
    def person(person_id: messages.PathId) -> messages.PersonWithFaces:
        """A person and their faces."""
        with core.database.read() as db:
            found, faces = core.person(person_id, db), core.faces(person_id, connection=db)
        return messages.PersonWithFaces(
            person=messages.PersonOut.of(found), faces=[messages.FaceOut.of(each) for each in faces]
        )

    @routes.get("/persons/{person_id}/faces", responses=responses(404))
    def faces(person_id: messages.PathId, skip: Skip = 0, limit: Limit = 100) -> list[messages.FaceOut]:
        """Lists the faces of a person."""
        return [messages.FaceOut.of(each) for each in core.faces(person_id, skip, limit)]

    @routes.put("/persons/{person_id}", responses=responses(404))
    def update(person_id: messages.PathId, request: messages.PersonIn) -> messages.PersonOut:
        """Names a person, or notes something of it; what is left out stays."""
        given = request.model_fields_set
        metadata = request.metadata or {} if "metadata" in given else UNCHANGED
        name = request.name if "name" in given else UNCHANGED
        return messages.PersonOut.of(core.update_person(person_id, name, metadata))

    @routes.delete("/persons/{person_id}", responses=responses(404))
    def delete(person_id: messages.PathId) -> messages.Done:
        """Deletes a person; its faces are nobody's."""
        core.delete_person(person_id)
        return messages.Done(message=f"The person {person_id} was deleted.")


def _saying(routes: APIRouter, context: Context) -> None:
    core = context.core

    @routes.post("/persons/{person_id}/split", status_code=201, responses=responses(404, 409))
    def split(person_id: messages.PathId, request: messages.FaceIds) -> messages.PersonOut:
        """Splits faces off a person; they are somebody else, the new person."""
        batches.check_ids(request.face_ids, context.settings)
        return messages.PersonOut.of(core.split(person_id, request.face_ids))

    @routes.post("/persons/{person_id}/reject", responses=responses(404, 409))
    def reject(person_id: messages.PathId, request: messages.FaceIds) -> messages.Done:
        """Says that faces are not this person; nothing automatic gives them back."""
        batches.check_ids(request.face_ids, context.settings)
        core.reject(request.face_ids, person_id)
        return messages.Done(message=f"{len(request.face_ids)} faces are not person {person_id}.")

    @routes.post("/persons/{person_id}/not-same/{other_id}", responses=responses(404, 409))
    def not_same(person_id: messages.PathId, other_id: messages.PathId) -> messages.Done:
        """Says that two persons are not the same."""
        core.not_same(person_id, other_id)
        return messages.Done(message=f"The persons {person_id} and {other_id} are held apart.")
