"""Photos are described."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from core.migrating import chained

revision, down_revision = chained(__file__)


def upgrade(op: Operations) -> None:
    """Photos are described."""
    op.create_table(
        "sidecar",
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("modified_ns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_table(
        "keyword",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", "word"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("keyword", schema=None) as batch_op:
        batch_op.create_index("keyword_by_word", ["word"], unique=False)

    op.create_table(
        "region",
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "x", sa.Float(), nullable=False, comment="parts of the sides of the upright picture, as y, width, height"
        ),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "automatic", sa.Integer(), nullable=False, comment="1: the machine had recognised the person, not a human"
        ),
        sa.Column("face_id", sa.Integer(), nullable=True),
        sa.Column(
            "settled",
            sa.String(),
            nullable=True,
            comment="the name that was seen to: what is said in Sietch after that counts",
        ),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["face_id"], ["face.face_id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.photo_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("region_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_face_id"), ["face_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_region_photo_id"), ["photo_id"], unique=False)
        batch_op.create_index("region_by_name", ["name"], unique=False)

    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "zone", sa.Integer(), nullable=True, comment="minutes by which that clock was ahead of UTC, if known"
            )
        )
        batch_op.add_column(sa.Column("make", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("model", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lens", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("exposure_time", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("aperture", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("iso", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("focal_length", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("flash", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "country",
                sa.String(),
                nullable=True,
                comment="as somebody wrote it, or as the position tells; likewise province and city",
            )
        )
        batch_op.add_column(sa.Column("province", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("city", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("title", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("caption", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "orientation",
                sa.Integer(),
                nullable=True,
                comment="EXIF's number by which the stored picture is turned",
            )
        )
        batch_op.add_column(
            sa.Column(
                "told",
                sa.String(),
                nullable=True,
                comment="JSON: rating, title, caption and keywords as the files told them last",
            )
        )
        batch_op.add_column(
            sa.Column(
                "retell",
                sa.Integer(),
                server_default="1",
                nullable=False,
                comment="1 when the files are to be read anew for what they tell",
            )
        )
        batch_op.create_index("photo_to_retell", ["photo_id"], unique=False, sqlite_where=sa.text("retell <> 0"))
