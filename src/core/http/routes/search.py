"""Search: by embedding, by stored face, by image; alone or in batches."""

from __future__ import annotations

import numpy as np
from fastapi import APIRouter

from core.errors import InvalidInput
from core.http import batches, looking, messages
from core.http.batches import Sent
from core.http.context import Clock, Context
from core.http.problems import responses
from core.http.routes.parameters import FORM, Files, MostField, MostOthers, OneFile, Similarity, SimilarityField
from core.types import Embedding, Match


def router(context: Context) -> APIRouter:
    """The endpoints that search."""
    routes = APIRouter(tags=["search"])
    _by_embedding(routes, context)
    _by_image(routes, context)
    return routes


def _by_embedding(routes: APIRouter, context: Context) -> None:
    core = context.core

    def result(matches: list[Match], size: int, clock: Clock) -> messages.SearchResult:
        return messages.SearchResult(
            matches=[messages.FoundFace.of(match) for match in matches],
            query_embedding_size=size,
            search_time_ms=clock.milliseconds,
        )

    @routes.post("/search", responses=responses())
    def search(request: messages.SearchRequest) -> messages.SearchResult:
        """Finds the stored faces most similar to an embedding."""
        clock = Clock()
        query = _embedding(context, request.embedding)
        return result(core.search(query, request.limit, request.threshold), len(request.embedding), clock)

    @routes.get("/faces/{face_id}/similar", responses=responses(404))
    def similar(face_id: messages.PathId, threshold: Similarity = 0.6, limit: MostOthers = 10) -> messages.SearchResult:
        """Finds the other faces most similar to a stored one."""
        clock = Clock()
        return result(core.search_face(face_id, limit, threshold), core.pack.dimension, clock)

    @routes.post("/search/batch", responses=responses())
    def search_batch(request: messages.SearchBatchRequest) -> messages.SearchBatchResult:
        """Searches for many embeddings or stored faces; for each its matches or its error, the embeddings first."""
        clock = Clock()
        batches.check_distinct("face_ids", request.face_ids)
        limit, threshold = request.limit, request.threshold

        def one(query: list[float] | int) -> messages.SearchedQuery:
            if isinstance(query, int):
                matches = core.search_face(query, limit, threshold)
            else:
                matches = core.search(_embedding(context, query), limit, threshold)
            found = [messages.FoundFace.of(match) for match in matches]
            return messages.SearchedQuery(face_id=query if isinstance(query, int) else None, matches=found)

        queries: list[list[float] | int] = [*request.embeddings, *request.face_ids]
        batches.check_count(queries, context.settings)
        results = batches.outcomes(
            queries,
            one,
            lambda query, why: messages.SearchedQuery(face_id=query if isinstance(query, int) else None, **why),
        )
        return messages.SearchBatchResult(results=results, search_time_ms=clock.milliseconds, **batches.tally(results))


def _by_image(routes: APIRouter, context: Context) -> None:
    @routes.post("/search/image", dependencies=FORM, responses=responses())
    def search_image(
        file: OneFile, threshold: SimilarityField = 0.6, limit: MostField = 10
    ) -> messages.ImageSearchResult:
        """Finds the stored faces most similar to each face of an image; nothing is stored."""
        clock = Clock()
        with context.busy.place():
            faces = looking.search(context, batches.sent_alone(file, context.settings), limit, threshold)
        return messages.ImageSearchResult(faces=faces, search_time_ms=clock.milliseconds)

    @routes.post("/search/image/batch", dependencies=FORM, responses=responses())
    def search_images(
        files: Files, threshold: SimilarityField = 0.6, limit: MostField = 10
    ) -> messages.ImageSearchBatch:
        """Searches for the faces of many images; for each its faces or its error."""
        clock = Clock()
        sent = batches.sent(files, context.settings)

        def one(file: Sent) -> messages.SearchedFile:
            return messages.SearchedFile(filename=file.name, faces=looking.search(context, file, limit, threshold))

        with context.busy.place():
            results = batches.outcomes(sent, one, lambda file, why: messages.SearchedFile(filename=file.name, **why))
        return messages.ImageSearchBatch(
            results=results, processing_time_ms=clock.milliseconds, **batches.tally(results)
        )


def _embedding(context: Context, values: list[float]) -> Embedding:
    dimension = context.core.pack.dimension
    if len(values) != dimension:
        raise InvalidInput(f"embedding: {dimension} numbers are needed, not {len(values)}.")
    return Embedding(np.array(values, np.float64), context.core.pack.name)
