"""How many faces, people and vectors a viewer sees."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from app.privacy import View

_COUNTS = text("""
    SELECT (SELECT count(*) FROM face), (SELECT count(*) FROM face WHERE person_id IS NULL),
           (SELECT count(*) FROM person), (SELECT count(*) FROM person WHERE name IS NOT NULL)
""")

_VECTORS = text("SELECT model, count(*) FROM vector GROUP BY model ORDER BY model")


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Counts over what Core keeps, of photos in the viewer's trash, too; `vectors` by the model that made them."""

    faces: int
    unassigned_faces: int
    people: int
    named_people: int
    vectors: dict[str, int]


def face_counts(view: View) -> FaceCounts:
    """What there is in sight."""
    with view.read() as db:
        faces, unassigned, people, named = db.execute(_COUNTS).one()
        return FaceCounts(faces, unassigned, people, named, {row.model: row[1] for row in db.execute(_VECTORS)})
