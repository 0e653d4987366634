"""What one profile works with: the services of a library, all of which see it as that profile does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.details import Details
from app.duplicates import Duplicates
from app.journal import Journal
from app.own_profiles import Me
from app.people import People
from app.photo_locks import PhotoLocks
from app.photos import Photos
from app.privacy import View, Viewer
from app.thumbnails import Thumbnails
from app.trash import Trash
from app.types import LibraryCounts

if TYPE_CHECKING:
    from app.library import Library


class Session:
    """A library as one viewer sees it and works with it. Closing it leaves the library open.

    Attributes:
        library: what is the same for everybody: folders, indexing, models, backups.
        view: what may be seen (`app.privacy`); every service here reads through it.
    """

    def __init__(self, library: Library, view: View) -> None:
        self.library = library
        self.view = view
        self.closed = False
        core, events = library.core, library.events
        self.me = Me(library.database, library.profiles, view.viewer.profile_id)
        self.photo_locks = PhotoLocks(view, library.profiles, events)
        self.journal = Journal(view)
        self.photos = Photos(view)
        self.details = Details(view, self.journal, events)
        self.people = People(view, self.journal, core, self.photos, events)
        self.thumbnails = Thumbnails(view, self.photos, library.small)
        self.trash = Trash(view, core, events, library.small, library.indexer.renew)
        self.duplicates = Duplicates(view, self.thumbnails, self.trash, events)

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        return self.view.viewer

    def unlock(self, password: str) -> None:
        """Locked photos come into sight for a while (`photo_locks`).

        Raises:
            WrongPassword, TooManyTries: they do not.
        """
        self.photo_locks.open(password)

    def counts(self) -> LibraryCounts:
        """How many there are of everything."""
        return self.photos.counts()

    def close(self) -> None:
        """Ends what is going on for this viewer."""
        self.closed = True
        self.trash.stop()
        self.thumbnails.close()
        self.view.close()
