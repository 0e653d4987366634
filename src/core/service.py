"""FaceCore: the operations of the face engine over one database.

An image walks: pixels -> `engine` (detection, alignment, embedding, quality) -> `add_image`, which stores its faces
with their vectors and gives each face to the person it clearly is. What belongs to nobody waits for `cluster`, which
makes persons of the faces that resemble one another. What a human says of faces and persons is kept as a decision, and
no operation of the machine contradicts one.

Each kind of operation has a module of its own in `core.operations`; this is the one door to them.
"""

from __future__ import annotations

from core.operations.base import each
from core.operations.excluding import Excluding
from core.operations.grouping import Grouping
from core.operations.keeping import Keeping
from core.operations.looking import Looking, Picture
from core.operations.persons import Persons
from core.operations.searching import Searching

__all__ = ["FaceCore", "Picture", "each"]


class FaceCore(Looking, Keeping, Searching, Grouping, Persons, Excluding):
    """Detect, recognise, search, cluster and keep persons. Safe to use from several threads.

    Every change is one transaction. Methods that take `connection` join the caller's transaction on the same `Database`
    when one is given. What is not found raises `NotFound`, what cannot be used `InvalidInput`, what contradicts what is
    there `Conflict`; then nothing was changed.
    """
