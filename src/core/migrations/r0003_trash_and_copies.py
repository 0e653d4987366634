"""Trash and copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """Trash and copies."""
    op.create_table(
        "aside",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.image_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id"),
    )
    op.create_table(
        "aside_vector",
        sa.Column("aside_id", sa.Integer(), nullable=False),
        sa.Column("vector_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["face.face_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("aside_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("aside_vector", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_aside_vector_face_id"), ["face_id"], unique=False)
