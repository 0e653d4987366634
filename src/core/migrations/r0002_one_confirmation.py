"""A face is confirmed as one person at most.

An older database may say of one face that it is two persons: it is the one that it was given to; the other waits.
"""

from __future__ import annotations

from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)

ONE_CONFIRMATION = """
    UPDATE decision SET face_id = NULL WHERE kind = 'confirmed' AND EXISTS (
        SELECT 1 FROM decision AS other JOIN face ON face.face_id = other.face_id
        WHERE other.face_id = decision.face_id AND other.kind = 'confirmed'
        AND (other.person_id IS face.person_id, other.decision_id)
            > (decision.person_id IS face.person_id, decision.decision_id)
    )
"""


def upgrade(op: Operations) -> None:
    """A face is confirmed as one person at most."""
    op.execute(ONE_CONFIRMATION)
    op.execute("CREATE UNIQUE INDEX decision_confirms_one ON decision (face_id) WHERE kind = 'confirmed'")
