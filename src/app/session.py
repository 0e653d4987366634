"""What one profile works with: the services of a library, all of which see it as that profile does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app import auto_albums
from app.albums import Albums
from app.claims import Claims
from app.details import Details
from app.duplicates import Duplicates
from app.errors import NotAllowed
from app.face_counts import FaceCounts, face_counts
from app.favourites import Favourites
from app.journal import Concerned, Journal
from app.models import Models
from app.notifications import Notifications
from app.own_profiles import Me
from app.people import People
from app.photo_locks import PhotoLocks
from app.photos import Photos
from app.privacy import View, Viewer
from app.search import Search
from app.tags import Tags
from app.thumbnails import Thumbnails
from app.trash import Trash
from app.types import LibraryCounts
from app.visibility import PhotoSharing

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
        self.journal = Journal(view, core, events, library.indexer.renew)
        self.journal.follow(_albums_follow)
        self.photos = Photos(view)
        self.details = Details(view, self.journal, events)
        self.people = People(view, self.journal, core, self.photos, events)
        self.thumbnails = Thumbnails(view, self.photos, library.small)
        self.trash = Trash(view, self.journal, core, events, library.small, library.indexer.renew)
        self.claims = Claims(view, self.journal, core, self.people, events, library.small)
        self.notifications = Notifications(view)
        self.duplicates = Duplicates(view, self.journal, self.thumbnails, self.trash, events)
        self.search = Search(view)
        self.albums = Albums(view, self.journal, events, library.indexer.add, self.search)
        self.tags = Tags(view, self.journal, events)
        self.favourites = Favourites(view, self.journal, events)
        self.sharing = PhotoSharing(view, self.journal, events)
        self.models = Models(view, core, library.indexer)
        self.folders = library.folders.seen_by(view)

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

    def face_counts(self) -> FaceCounts:
        """How many faces and people there are, and how well they are known."""
        return face_counts(self.view)

    def is_shared(self) -> bool:
        """Whether several people use the library, so that it matters who may see what."""
        return self.library.is_shared

    def decides_for_all(self) -> bool:
        """Whether `require_household` has nothing against it."""
        try:
            self.require_household()
        except NotAllowed:
            return False
        return True

    def require_household(self) -> None:
        """What concerns everybody, the library's owner alone decides, where there are several profiles.

        Raises:
            NotAllowed: the library is somebody else's.
        """
        with self.view.read() as db:
            self.view.require_household(db)

    def close(self) -> None:
        """Ends what is going on for this viewer."""
        self.closed = True
        self.trash.stop()
        self.thumbnails.close()
        self.view.close()


def _albums_follow(db: Connection, about: Concerned) -> Concerned:
    auto_albums.follow(db, about.photo_ids, about.person_ids)
    return about
