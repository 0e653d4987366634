"""The app layer's own errors; like Core's, `str(error)` is a sentence for the user."""

from __future__ import annotations

from core.errors import CoreError


class AppError(CoreError):
    """Any known error of the app layer."""


class NotFound(AppError):
    """No photo or person has that id."""


class LibraryError(AppError):
    """The library's folder cannot be used."""


class InvalidDetail(AppError):
    """What was to be written about a photo cannot be kept."""


class SidecarError(AppError):
    """A file beside a photo cannot be written."""


class ModelMissing(AppError):
    """The face model that a library uses cannot be used; `instead` names one that comes with the program."""

    def __init__(self, name: str, reason: str, instead: str | None) -> None:
        self.instead = instead
        super().__init__(
            f"This library uses the face model {name}. {reason} Or choose another one: sietch models use NAME. "
            "Names and photos stay as they are."
        )


class Unfinished(AppError):
    """Looking at a photo came to no end: its process died, took too long, or had no memory left.

    It can be the photo's fault or that of the moment: only a second time tells.
    """


class WorkersLost(AppError):
    """The processes that open pictures ended, though none was at work on one."""

    def __init__(self) -> None:
        super().__init__("The helper processes that open pictures ended. Nothing was lost; the work can be resumed.")
