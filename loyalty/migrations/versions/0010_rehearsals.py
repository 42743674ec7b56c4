"""Rehearsals and their parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("until_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancelled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'cancelled', 'failed')", name="rehearsal_status_known"
        ),
        sa.CheckConstraint("(status = 'done') = (report IS NOT NULL)", name="rehearsal_done_with_report"),
        sa.CheckConstraint("from_at < until_at", name="rehearsal_span_forward"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("rehearsal_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rehearsal_pkey")),
    )
    op.create_index("rehearsal_by_club", "rehearsal", ["club_id", "id"], unique=False)
    op.create_index(
        "rehearsal_running",
        "rehearsal",
        ["club_id"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "rehearsal_part",
        sa.Column("rehearsal_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("done >= 0 AND members >= 0", name="rehearsal_part_counts"),
        sa.ForeignKeyConstraint(
            ["rehearsal_id"], ["rehearsal.id"], name=op.f("rehearsal_part_rehearsal_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rehearsal_id", "n", name=op.f("rehearsal_part_pkey")),
    )
