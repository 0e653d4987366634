"""Gives new faces to the persons they clearly are, and says why.

It composes `matching` with what is stored: the nearest faces, whose they are, what humans decided, and the rule that
two faces in one image are two people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from core import decisions, matching, records, vectors
from core.errors import NotFound
from core.matching import Choice, Neighbour
from core.search import VectorSearch
from core.thresholds import Thresholds
from core.types import AnalyzedFace, Embedding, Explanation, Face, Likely, NearFace, Suggestion, Verdict

_NOT_STORED = -1
"""The id of no face."""

_WHOSE = """
    SELECT face.face_id, face.person_id,
           EXISTS (SELECT 1 FROM decision WHERE decision.face_id = face.face_id AND kind = 'confirmed') AS confirmed,
           (SELECT json_group_array(person_id) FROM decision
            WHERE decision.face_id = face.face_id AND kind = 'rejected') AS rejected,
           (SELECT 1 FROM face AS third JOIN vector ON vector.face_id = third.face_id AND vector.model = :model
            WHERE third.person_id = face.person_id LIMIT 1 OFFSET 2) AS several
    FROM face WHERE face_id IN (SELECT value FROM json_each(:ids))
"""


def match_faces(
    db: Connection, search: VectorSearch, image_id: int, faces: Sequence[tuple[int, Embedding, float]]
) -> None:
    """Gives the free faces of one image to existing persons, the surest first, no person twice.

    Args:
        image_id: the image.
        faces: stored face ids, their embeddings and qualities. Those that another model saw than the search's are
            nobody's: its thresholds say nothing of them.
    """
    faces = [each for each in faces if each[1].model == search.pack.name]
    # Who is further away is nobody's runner-up either.
    least = search.pack.thresholds.suggest - search.pack.thresholds.margin
    found = {face_id: neighbours(db, search, face_id, embedding, least) for face_id, embedding, _ in faces}
    near = {face_id: each for face_id, each in found.items() if each}
    if not near:
        return
    rejected = decisions.rejected(db, list(near))
    present = frozenset(_present(db, image_id))
    candidates = {
        face_id: matching.Candidate(near[face_id], present | rejected.get(face_id, frozenset()), quality)
        for face_id, _, quality in faces
        if face_id in near
    }
    for face_id, person_id in matching.share_out(candidates, search.pack.thresholds):
        records.assign(db, [face_id], person_id)


def neighbours(
    db: Connection, search: VectorSearch, face_id: int, embedding: Embedding, least: float = -1.0
) -> list[Neighbour]:
    """The faces nearest to a stored one, as far as they are `least` similar, and what is known of them."""
    near = [pair for pair in search.nearest(db, embedding, matching.NEIGHBOURS + 1, least) if pair[0] != face_id]
    if not near:
        return []
    ids = json.dumps([each for each, _ in near])
    whose = {row.face_id: row for row in db.exec_driver_sql(_WHOSE, {"ids": ids, "model": embedding.model}).all()}
    return [
        Neighbour(
            each,
            whose[each].person_id,
            similarity,
            bool(whose[each].confirmed),
            frozenset(json.loads(whose[each].rejected)),
            bool(whose[each].several),
        )
        for each, similarity in near
    ]


def likely(
    db: Connection, search: VectorSearch, face: AnalyzedFace, excluded: frozenset[int] = frozenset()
) -> list[Likely]:
    """Who a face may be that is not stored, the likeliest first; at most the first is sure.

    Args:
        excluded: persons whom it cannot be.
    """
    thresholds = search.pack.thresholds
    near = neighbours(db, search, _NOT_STORED, face.embedding, thresholds.suggest - thresholds.margin)
    choice = matching.choose(near, thresholds, excluded, face.quality)
    found: dict[int, float] = {}
    for each in near:
        if each.person_id is not None and each.person_id not in excluded and each.similarity >= thresholds.suggest:
            found.setdefault(each.person_id, each.similarity)
    sure = choice.best.person_id if choice.best is not None and choice.verdict is Verdict.ACCEPTED else None
    return [
        Likely(person_id, similarity, Verdict.ACCEPTED if person_id == sure else Verdict.SUGGESTED)
        for person_id, similarity in found.items()
    ]


def explain(db: Connection, search: VectorSearch, face_id: int) -> Explanation:
    """Why a face is, or is not, somebody: what matching sees when it looks at the face now.

    Raises:
        NotFound: there is no such face.
    """
    face, near, excluded, choice = _judged(db, search, face_id)
    thresholds, verdict = search.pack.thresholds, choice.verdict
    if face.confirmed:
        verdict = Verdict.CONFIRMED
    elif face.person_id is not None:
        verdict = Verdict.ACCEPTED
    best = choice.best
    if face.person_id is not None:
        best = next((each for each in near if each.person_id == face.person_id), None)
    others = [each for each in near if each.person_id not in (None, *excluded, best.person_id if best else None)]
    second = others[0] if others else None
    return Explanation(
        face_id=face_id,
        verdict=verdict,
        person_id=face.person_id if face.person_id is not None else best.person_id if best else None,
        similarity=best.similarity if best else None,
        runner_up_id=second.person_id if second else None,
        margin=best.similarity - second.similarity if best and second else None,
        reason=_reason(verdict, face, choice, thresholds),
        accept=thresholds.accept,
        suggest=thresholds.suggest,
        least_margin=thresholds.margin,
        excluded=tuple(sorted(excluded)),
        nearest=tuple(NearFace(each.face_id, each.person_id, each.similarity, each.confirmed) for each in near[:10]),
    )


def suggestions(db: Connection, search: VectorSearch, face_ids: Iterable[int]) -> list[Suggestion]:
    """The free faces among these that are likely somebody, the likeliest first."""
    found = []
    for face_id in face_ids:
        face, _, _, choice = _judged(db, search, face_id)
        best = choice.best
        if face.person_id is None and best is not None and best.person_id is not None:
            found.append(Suggestion(face, best.person_id, best.similarity))
    return sorted(found, key=lambda each: (-each.similarity, each.face.face_id))


def _judged(db: Connection, search: VectorSearch, face_id: int) -> tuple[Face, list[Neighbour], frozenset[int], Choice]:
    faces = records.faces(db, face_ids=[face_id])
    if not faces:
        raise NotFound(f"There is no face {face_id}.")
    (face,) = faces
    seen = vectors.of(db, [face_id]).get(face_id, [])
    embedding = next((each for each in seen if each.model == search.pack.name), None)
    near = neighbours(db, search, face_id, embedding) if embedding else []
    excluded = decisions.rejected(db, [face_id]).get(face_id, frozenset()) | frozenset(
        _present(db, face.image_id, face_id)
    )
    return face, near, excluded, matching.choose(near, search.pack.thresholds, excluded, face.quality)


def _present(db: Connection, image_id: int, but: int = -1) -> list[int]:
    """The persons in an image, without one of its faces."""
    query = "SELECT person_id FROM face WHERE image_id = :id AND face_id <> :but AND person_id IS NOT NULL"
    return list(db.exec_driver_sql(query, {"id": image_id, "but": but}).scalars())


def _reason(verdict: Verdict, face: Face, choice: Choice, thresholds: Thresholds) -> str:
    best = choice.best
    if verdict is Verdict.CONFIRMED:
        return "You said so."
    if verdict is Verdict.ACCEPTED:
        return "It resembles this person's faces, and nobody else's as much."
    return "It resembles nobody enough." if best is None else _doubt(best, face, choice, thresholds)


def _doubt(best: Neighbour, face: Face, choice: Choice, thresholds: Thresholds) -> str:
    if choice.objection is not None:
        return "It resembles a face even more that you said is not this person."
    if face.quality < thresholds.join_quality:
        return "It resembles this person, but it is too small, blurred or turned away to be sure."
    if best.similarity < thresholds.accept:
        return "It resembles this person, but not enough to be sure."
    if not choice.supported:
        return "It resembles one photo of this person, but not the others as much."
    return f"It resembles two people nearly as much: the difference is {choice.margin or 0.0:.2f}."
