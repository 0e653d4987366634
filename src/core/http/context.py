"""What every endpoint works with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from core.http.busy import Busy
from core.http.jobs import Jobs
from core.http.settings import Settings
from core.http.uploads import Uploads
from core.http.webhooks import Webhooks, origins
from core.service import FaceCore


@dataclass(frozen=True, slots=True)
class Context:
    """One for each application; its parts are safe to use from several threads."""

    core: FaceCore
    settings: Settings
    busy: Busy
    uploads: Uploads
    webhooks: Webhooks
    jobs: Jobs

    @classmethod
    def of(cls, core: FaceCore, settings: Settings) -> Context:
        """As the operator set it up.

        Raises:
            InvalidInput: a setting cannot be used.
        """
        webhooks = Webhooks(origins(settings.webhook_origins), settings.signing_key)
        jobs = Jobs(
            settings.upload_path,
            settings.max_jobs,
            settings.max_jobs_kept,
            timedelta(minutes=settings.job_keep_minutes),
            webhooks,
        )
        busy = Busy(settings.max_working, settings.max_waiting)
        return cls(core, settings, busy, Uploads(core, settings.upload_path), webhooks, jobs)


class Clock:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def milliseconds(self) -> float:
        """Rounded to a microsecond."""
        return round(1000 * (time.perf_counter() - self._start), 3)
