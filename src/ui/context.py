"""What every screen works with."""

from __future__ import annotations

from dataclasses import dataclass

from app.library import Library
from app.session import Session
from ui.bridge import Bridge
from ui.look import Look
from ui.tasks import Tasks
from ui.thumbnails import ThumbnailCache


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to each screen by the main window: `session` is whom it belongs to, and sees what that profile may see."""

    session: Session
    look: Look
    tasks: Tasks
    bridge: Bridge
    thumbnails: ThumbnailCache

    @property
    def library(self) -> Library:
        """What is the same for everybody."""
        return self.session.library
