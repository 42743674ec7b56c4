"""Members over time: how their standing changed, who went on as whom, and the way to all that erasure empties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATUSES = ("active", "suspended", "left", "expelled", "deceased")


def upgrade() -> None:
    op.create_table(
        "standing_change",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            f"from_status IN {STATUSES} AND to_status IN {STATUSES}", name="standing_change_known"
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("standing_change_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("standing_change_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("standing_change_pkey")),
    )
    op.create_table(
        "member_merge",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("undone_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.Column("undone_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("(undone_id IS NULL) = (undone_at IS NULL)", name="member_merge_undone_whole"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("member_merge_club_id_fkey")),
        sa.ForeignKeyConstraint(["into_id"], ["member.id"], name=op.f("member_merge_into_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("member_merge_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("member_merge_pkey")),
    )
    op.create_index("member_merge_into", "member_merge", ["into_id"], unique=False)
    # A merge changes every wallet in one event.
    op.drop_constraint("adjustment_pkey", "adjustment")
    op.create_primary_key("adjustment_pkey", "adjustment", ["member_id", "id", "wallet"])
    op.create_index(
        "adjustment_by_other",
        "adjustment",
        ["other_id"],
        unique=False,
        postgresql_where=sa.text("other_id IS NOT NULL"),
    )
    op.create_index(
        "set_aside_of_member",
        "set_aside",
        ["member_id"],
        unique=False,
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
