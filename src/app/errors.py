"""The app layer's own errors; like Core's, `str(error)` is a sentence for the user."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.errors import CoreError, DatabaseDamaged


class AppError(CoreError):
    """Any known error of the app layer."""


class NotFound(AppError):
    """No photo or person has that id."""


class NotAllowed(AppError):
    """It is somebody else's to decide."""


class NothingToUndo(AppError):
    """There is no step that could be undone, or redone."""


class DependsOnLater(AppError):
    """A step cannot be undone, or redone, without other ones.

    Attributes:
        step_ids: the steps that have to be undone first (or redone, where they are undone), in that order.
        others: somebody else did some of it, which only they can take back.
    """

    def __init__(self, step_ids: Sequence[int], others: bool, undo: bool) -> None:
        self.step_ids = tuple(step_ids)
        self.others = others
        self.lead = "What was done later builds on this" if undo else "This builds on what was done or undone since"
        named = ", ".join(str(each) for each in step_ids)
        super().__init__(
            "Somebody else changed the same since. Only they can take that back."
            if others
            else f"{self.lead}: step{'' if len(step_ids) == 1 else 's'} {named}."
        )


class InvalidAlbum(AppError):
    """That cannot be done with an album of this kind, or in this way."""


class SignInNeeded(AppError):
    """Several people share the library, or it has a password."""

    def __init__(self) -> None:
        super().__init__("Several people share this library, or it has a password: say who you are.")


class LibraryError(AppError):
    """The library's folder cannot be used."""


class LibraryInUse(LibraryError):
    """Another process has the library open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The library {folder} is open in another Sietch, a window or a command. Close it there and try again."
        )


class NoLibrary(LibraryError):
    """A file is no library of Sietch, and cannot become one."""


class LibraryDamaged(AppError, DatabaseDamaged):
    """The library's database is damaged or gone; `backup`, made at `made`, is the newest good one, if there is any."""

    def __init__(self, reason: str, backup: Path | None = None, made: datetime | None = None) -> None:
        self.backup = backup
        self.made = made
        advice = (
            f"The newest good backup is of {made.astimezone():%Y-%m-%d %H:%M}: sietch restore {backup}."
            if made
            else "There is no backup of it. Your photos are untouched: in another folder they can be added anew."
        )
        super().__init__(f"{reason} {advice}")


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


class VolumeGone(AppError):
    """A drive is not connected, or went while it was looked through."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(
            f"The drive {label} is not connected. Nothing was lost; what it holds is looked at when it is back."
        )


class Unfinished(AppError):
    """Looking at a photo came to no end: its process died, took too long, or had no memory left.

    It can be the photo's fault or that of the moment: only a second time tells.
    """


class WorkersLost(AppError):
    """The processes that open pictures ended, though none was at work on one."""

    def __init__(self) -> None:
        super().__init__("The helper processes that open pictures ended. Nothing was lost; the work can be resumed.")


class LibraryLocked(LibraryError):
    """The library is encrypted, and somebody has to be asked for its passphrase or recovery code."""

    def __init__(self, folder: Path, has_passphrase: bool) -> None:
        self.has_passphrase = has_passphrase
        super().__init__(
            f"The library {folder} is encrypted. Enter its passphrase, or its recovery code: sietch unlock."
            if has_passphrase
            else f"The library {folder} is encrypted, and its key is not in this system's keyring. "
            "Enter its recovery code: sietch unlock."
        )


class BackupLocked(LibraryError, DatabaseDamaged):
    """A backup is encrypted with a key that is not the library's, or it is damaged."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is no database, it is damaged, or it is encrypted. If it is a backup of an encrypted library, "
            "its recovery code opens it."
        )


class WrongSecret(AppError):
    """What was entered opens nothing."""

    def __init__(self, has_passphrase: bool) -> None:
        super().__init__(
            "That is neither the passphrase nor the recovery code of this library. Nothing is lost: try again."
            if has_passphrase
            else "That is not the recovery code of this library; is a character wrong? Nothing is lost: try again."
        )


class PassphraseNeeded(AppError):
    """There is no keyring that keeps a key."""

    def __init__(self) -> None:
        super().__init__(
            "The system's keyring does not keep the key. Choose a passphrase instead, in a command with --passphrase."
        )


class PassphraseTooShort(AppError):
    """It would be guessed."""
