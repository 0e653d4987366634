"""Who is not to be recognised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """Exclusions, the places of their faces, and what is kept to know these people in new images."""
    op.create_table(
        "exclusion",
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("guarded", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("exclusion_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "excluded",
        sa.Column("excluded_id", sa.Integer(), nullable=False),
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=True),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("by_guard", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exclusion_id"], ["exclusion.exclusion_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.image_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["face_id"], ["face.face_id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("excluded_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_excluded_exclusion_id", "excluded", ["exclusion_id"])
    op.create_index("ix_excluded_image_id", "excluded", ["image_id"])
    op.create_index("excluded_face", "excluded", ["face_id"], unique=True)
    op.create_table(
        "guard",
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["exclusion_id"], ["exclusion.exclusion_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("exclusion_id", "model"),
        sqlite_with_rowid=False,
    )
    op.drop_index("face_of_image", "face")
    op.create_index("face_of_image", "face", ["image_id", "person_id"])
