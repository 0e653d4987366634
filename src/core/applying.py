"""Carries out a plan of persons (`core.planning`): the moves that can be made, and nothing else.

The plan asks `standing`, too, before it is told of: what a dry run says is what is done, unless something changes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, text

from core import decisions, records
from core.types import Clustering, Group, Move

_CONCERNED = """
    SELECT face_id, image_id, person_id FROM face WHERE face_id IN (SELECT value FROM json_each(:moving))
    OR person_id IN (SELECT value FROM json_each(:targets))
"""


def apply(db: Connection, plan: Clustering) -> Clustering:
    """Does what was planned, but for what changed since: faces given to somebody, confirmed or removed, persons gone.

    A face that was to join a person waits, too, when that person has got another face in its image since, or a human
    said that it is not this person. That it resembles a face of which somebody said so since is left to the next plan.

    Returns:
        The plan as it was done, with the ids of the new persons.
    """
    moves = standing(db, plan.groups, plan.moves)
    skipped = {move.face_id for move in plan.moves} - {move.face_id for move in moves}
    joining: defaultdict[int, list[int]] = defaultdict(list)
    for move in moves:
        if move.after is not None:
            joining[move.after].append(move.face_id)
    groups = []
    for index, group in enumerate(plan.groups):
        done = replace(group, face_ids=tuple(face_id for face_id in group.face_ids if face_id not in skipped))
        if index in joining:
            person_id = records.insert_person(db) if group.person_id is None else group.person_id
            records.assign(db, joining[index], person_id)
            done = replace(done, person_id=person_id)
        groups.append(done)
    records.assign(db, [move.face_id for move in moves if move.after is None], None)
    gone = records.remove_empty(db, {move.before for move in moves if move.before is not None})
    return replace(plan, groups=tuple(groups), moves=tuple(moves), dissolved=tuple(sorted(gone)))


def standing(db: Connection, groups: Sequence[Group], moves: Sequence[Move]) -> list[Move]:
    """The moves to the groups that can be made now.

    A face stays where it is when it was given to somebody else, or a human said something of it or of the person it is
    with. Nobody gets a face of an image in which another of their faces stays, unless the group holds that one as well.
    A new person has two faces, or, where DBSCAN takes one for a group, one.
    """
    targets = {groups[move.after].person_id for move in moves if move.after is not None}
    values = {"moving": json.dumps([move.face_id for move in moves]), "targets": json.dumps(list(targets))}
    now = {row.face_id: row for row in db.execute(text(_CONCERNED), values)}
    persons = frozenset(db.execute(text("SELECT person_id FROM person")).scalars())
    said = decisions.Said.read(db)
    stand = [move for move in moves if _allowed(move, groups, now, said, persons)]
    # A face that stays may be in the way of another.
    while len(left := _unhindered(stand, groups, now)) < len(stand):
        stand = left
    return stand


def _allowed(
    move: Move, groups: Sequence[Group], now: Mapping[int, Row[Any]], said: decisions.Said, persons: frozenset[int]
) -> bool:
    face = now.get(move.face_id)
    if face is None or face.person_id != move.before or move.face_id in said.confirmed or move.before in said.touched:
        return False
    target = None if move.after is None else groups[move.after].person_id
    return target is None or (target in persons and target not in said.rejected.get(move.face_id, ()))


def _unhindered(moves: Sequence[Move], groups: Sequence[Group], now: Mapping[int, Row[Any]]) -> list[Move]:
    moving = {move.face_id for move in moves}
    staying: defaultdict[tuple[int | None, int], set[int]] = defaultdict(set)
    for row in now.values():
        if row.face_id not in moving:
            staying[row.person_id, row.image_id].add(row.face_id)
    joining = Counter(move.after for move in moves)

    def stands(move: Move) -> bool:
        if move.after is None:
            return True
        group = groups[move.after]
        if group.person_id is None:
            return joining[move.after] >= min(2, len(group.face_ids))
        others = staying.get((group.person_id, now[move.face_id].image_id))
        return others is None or others <= set(group.face_ids)

    return [move for move in moves if stands(move)]
