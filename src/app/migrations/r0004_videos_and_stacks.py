"""Videos, and what else belongs to one shot: a raw file, the seconds around a picture.

What earlier states of the program could not open, though they called themselves the same version, is looked at again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """Four tables; and no refusal holds any longer."""
    for table in ("skipped", "photo"):
        op.execute(f"UPDATE {table} SET refused_by = '' WHERE refused_by IS NOT NULL")
    op.create_table(
        "companion",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=False),
        sa.Column(
            "role", sa.String(), nullable=False, comment="raw or live: what it is to the photo that it stands behind"
        ),
        sa.ForeignKeyConstraint(["of_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id"),
    )
    with op.batch_alter_table("companion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companion_of_id"), ["of_id"], unique=False)

    op.create_table(
        "moment",
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False, comment="when in its video the face was seen"),
        sa.ForeignKeyConstraint(["face_id"], ["face.face_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("face_id"),
    )
    op.create_table(
        "motion",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False, comment="where in the file its video begins"),
        sa.Column("length", sa.Integer(), nullable=False, comment="bytes"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id"),
    )
    op.create_table(
        "video",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False, comment="how long it is; 0 where it does not tell"),
        sa.Column("poster", sa.Float(), nullable=False, comment="the second that stands for it"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id"),
    )
