"""The errors that a user can meet. `str(error)` is a sentence for them: what happened, and what to do."""

from __future__ import annotations


class CoreError(Exception):
    """Any known error of Core."""


class ImageError(CoreError):
    """An image cannot become pixels, and never will as it is."""


class NotAnImage(ImageError):
    """The bytes are of no format that Core reads."""


class DamagedImage(ImageError):
    """The format is known, but its content cannot be decoded."""


class ImageTooLarge(ImageError):
    """The image has, or claims, more pixels than Core is willing to hold."""


class ImageUnavailable(CoreError):
    """The file cannot be read now: gone, locked or forbidden. It may be readable later."""


class ModelError(CoreError):
    """A model's file is missing, damaged, or cannot be run."""


class DatabaseError(CoreError):
    """The database cannot be opened or used."""


class DatabaseNewer(DatabaseError):
    """A newer version of the program made the database, or changed it."""


class DatabaseOutdated(DatabaseError):
    """Who only reads finds no database, or one of an older version, and may not bring it up to date."""


class DatabaseDamaged(DatabaseError):
    """The file is no database of Sietch, or it is damaged."""


class NotFound(CoreError):
    """No face, person or image has that id."""


class InvalidInput(CoreError, ValueError):
    """A value cannot be used: a wrong dimension, not a number, out of range."""


class Conflict(CoreError):
    """What is asked for contradicts what is there: two persons that are not the same, a decision of a human."""
