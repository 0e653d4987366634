"""Smart albums: a search that is kept, and finds what there is to find whenever somebody looks.

Nothing of what it finds is stored. An album that the household sees shows everybody what the search finds for them.
"""

from __future__ import annotations

from typing import Protocol

from app.types import Timeline


class Finder(Protocol):
    """What searches photos, as one viewer sees them."""

    def photos(self, query: str) -> Timeline:
        """What a search finds, newest first.

        Raises:
            AppError: the search cannot be understood.
        """

    def check(self, query: str) -> None:
        """Looks whether a search can be understood.

        Raises:
            AppError: it cannot.
        """
