"""Stored faces: whose they are and why, what a human says of them, and how they go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.http import batches, messages
from core.http.context import Clock, Context
from core.http.problems import responses
from core.http.routes.parameters import KeepPerson, Limit, Skip


def router(context: Context) -> APIRouter:
    """The endpoints about faces."""
    routes = APIRouter(tags=["faces"], responses=responses(404))
    _reading(routes, context)
    _changing(routes, context)
    return routes


def _reading(routes: APIRouter, context: Context) -> None:
    core = context.core

    @routes.get("/faces")
    def faces(
        person_id: Annotated[int | None, Query(ge=1, le=2**62)] = None, skip: Skip = 0, limit: Limit = 100
    ) -> list[messages.FaceOut]:
        """Lists the faces; by id, all or those of a person."""
        return [messages.FaceOut.of(each) for each in core.faces(person_id, skip, limit)]

    @routes.get("/faces/{face_id}")
    def face(face_id: messages.PathId) -> messages.FaceOut:
        """One face."""
        return messages.FaceOut.of(core.face(face_id))

    @routes.get("/faces/{face_id}/why")
    def why(face_id: messages.PathId) -> messages.Why:
        """Why a face is, or is not, somebody."""
        return messages.Why.of(core.why(face_id))

    @routes.post("/suggestions")
    def suggestions(request: messages.FaceIds) -> list[messages.SuggestionOut]:
        """Whom faces that are nobody's likely show; the likeliest first, and a human should say."""
        batches.check_count(request.face_ids, context.settings)
        with context.busy.place(), context.busy.turn():
            return [messages.SuggestionOut.of(each) for each in core.suggestions(request.face_ids)]


def _changing(routes: APIRouter, context: Context) -> None:
    @routes.post("/faces/assign", responses=responses(409))
    def assign(request: messages.AssignRequest) -> messages.PersonOut:
        """Says that faces are this person, or a new one; nothing automatic changes that."""
        batches.check_ids(request.face_ids, context.settings)
        return messages.PersonOut.of(context.core.assign(request.face_ids, request.person_id))

    @routes.delete("/faces/{face_id}")
    def delete(face_id: messages.PathId, keep_person: KeepPerson = False) -> messages.Done:
        """Deletes a face; its vector goes, and a person, and an image, that is left without one."""
        context.uploads.remove_face(face_id, keep_person)
        return messages.Done(message=f"The face {face_id} was deleted.")

    @routes.post("/faces/delete")
    def delete_many(request: messages.DeleteFaces) -> messages.DeletedResults:
        """Deletes many faces; for each whether it was deleted, or its error."""
        clock = Clock()
        batches.check_count(request.face_ids, context.settings)
        batches.check_distinct("face_ids", request.face_ids)

        def one(face_id: int) -> messages.DeletedResult:
            context.uploads.remove_face(face_id, request.keep_person)
            return messages.DeletedResult(id=face_id)

        results = batches.outcomes(
            request.face_ids, one, lambda face_id, why: messages.DeletedResult(id=face_id, **why)
        )
        return messages.DeletedResults(results=results, processing_time_ms=clock.milliseconds, **batches.tally(results))
