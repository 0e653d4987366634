"""Trash and copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """Trash and copies."""
    op.create_table(
        "fingerprint",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=True),
        sa.Column("sharpness", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id"),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.CheckConstraint("photo_id < other_id"),
        sa.ForeignKeyConstraint(["other_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", "other_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("not_duplicate", schema=None) as batch_op:
        batch_op.create_index("not_duplicate_other", ["other_id"], unique=False)

    op.create_table(
        "trash",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("trashed_at", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("leaving", sa.LargeBinary(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id"),
    )
    with op.batch_alter_table("trash", schema=None) as batch_op:
        batch_op.create_index("trash_by_time", ["trashed_at", "photo_id"], unique=False)
