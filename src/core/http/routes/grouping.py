"""Grouping: persons are made of faces, at once or as a job."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response

from core.http import messages
from core.http.context import Clock, Context
from core.http.problems import Refused, responses
from core.http.progress import Progress
from core.http.routes.jobs import ACCEPTED, accepted
from core.http.routes.parameters import Background, Webhook
from core.types import Clustering


def router(context: Context) -> APIRouter:
    """The endpoint that groups."""
    routes = APIRouter(tags=["grouping"], responses=responses(404))

    @routes.post("/cluster", response_model=messages.Clusters, responses=ACCEPTED)
    def cluster(
        request: messages.ClusterRequest | None = None, background: Background = False, webhook: Webhook = None
    ) -> messages.Clusters | Response:
        """Groups the faces named, or all: exact DBSCAN, or with `mode` "people" the best grouping that is known."""
        asked = request or messages.ClusterRequest()
        _check_mode(asked)
        work = partial(_cluster, context, asked)
        if not background and not webhook:
            with context.busy.place():
                return work(Progress())
        if webhook:
            context.webhooks.check(webhook)
        return accepted(context.jobs.submit("cluster", 1, work, webhook))

    return routes


def _check_mode(asked: messages.ClusterRequest) -> None:
    given = {"face_ids": asked.face_ids, "eps": asked.eps, "min_samples": asked.min_samples}
    for name in asked.model_fields_set & given.keys() if asked.mode == "people" else ():
        if given[name] is not None:
            detail = f'{name}: is for mode "dbscan"; "people" groups all faces, by the measures of the model.'
            raise Refused(422, detail, field=name)


def _cluster(context: Context, asked: messages.ClusterRequest, progress: Progress) -> messages.Clusters:
    clock = Clock()
    with context.busy.turn():
        plan = _planned(context, asked)
        progress.check()
        done = plan if asked.dry_run else context.core.apply(plan)
    progress.done = 1
    return messages.Clusters.of(done, clock.milliseconds)


def _planned(context: Context, asked: messages.ClusterRequest) -> Clustering:
    if asked.mode == "people":
        return context.core.cluster(dry_run=True)
    return context.core.cluster_dbscan(asked.face_ids, asked.eps, asked.min_samples, dry_run=True)
