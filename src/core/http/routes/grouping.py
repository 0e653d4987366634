"""Grouping: persons are made of faces, at once or as a job."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response

from core.http import messages
from core.http.context import Clock, Context
from core.http.problems import responses
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
        work = partial(_cluster, context, request or messages.ClusterRequest())
        if not background and not webhook:
            with context.busy.place():
                return work(Progress())
        if webhook:
            context.webhooks.check(webhook)
        return accepted(context.jobs.submit("cluster", 1, work, webhook))

    return routes


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
