"""Libraries of photos and faces that nobody took: rows alone, and directions instead of pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import schema
from app.library import Library
from core import vectors
from core.types import AnalyzedFace, Embedding
from tests.core.faces import face, person, seen

ALBUM: Sequence[Sequence[int]] = ((0, 1), (0, 1), (0, 2), (1, 2), (3,), (0, 3))
"""Who is in each photo."""

_COUNTER = "aside_id"
"""Core's, which only tells that something came back from being set aside."""


def make(folder: Path, album: Sequence[Sequence[int]] = ALBUM) -> None:
    """A closed library of photos that show these people, with who is alike grouped into persons."""
    with Library.open(folder, resume=False) as library:
        for number, people in enumerate(album, 1):
            add_photo(library, number, [_face(who, place, number) for place, who in enumerate(people)])
        library.core.cluster()


def add_photo(library: Library, number: int, faces: Sequence[AnalyzedFace]) -> int:
    """A photo of the household, added by the first profile."""
    with library.database.write() as db:
        image_id, _ = library.core.add_image(f"photo {number}", 800, 600, faces, db)
        row = {
            "content_hash": hashlib.sha256(str(number).encode()).hexdigest(),
            "image_id": image_id,
            "state": "indexed",
            "size": 1000,
            "taken_at": f"2020-01-{1 + number % 28:02}T12:00:00",
            "added_at": "2024-01-01T00:00:00+00:00",
            "indexed_at": "2024-01-01T00:00:00+00:00",
            "owner_id": 1,
        }
        photo_id = db.execute(schema.photo.insert().values(row)).lastrowid
        db.execute(schema.look.insert().values(photo_id=photo_id, model=library.core.pack.name))
    return int(photo_id)


def _face(who: int, place: int, seed: int) -> AnalyzedFace:
    return face(seen(person(who), 0.3, 10 * seed + place), x=10 + 200 * place)


def embedding(library: Library, face_id: int) -> Embedding:
    """What a face looks like."""
    with library.database.read() as db:
        return vectors.of(db, [face_id])[face_id][0]


def state(library: Library) -> dict[str, list[Any]]:
    """Everything that the database holds but the journal, table by table, with all vectors."""
    with library.database.read() as db:
        found: dict[str, list[Any]] = {}
        for table in schema.metadata.sorted_tables:
            names = ", ".join(f'"{each.name}"' for each in table.columns if each.name != _COUNTER)
            found[table.name] = sorted(map(tuple, db.exec_driver_sql(f"SELECT {names} FROM {table.name}")), key=repr)
        del found["journal_step"]
        faces = list(db.exec_driver_sql("SELECT face_id FROM face ORDER BY face_id").scalars())
        stored = vectors.of(db, faces)
        found["vectors"] = [
            (face_id, each.model, each.vector.tobytes()) for face_id in faces for each in stored.get(face_id, ())
        ]
    return found
