"""Runs of challenges and milestones of streaks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "challenge_run",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("from_at", _INSTANT, nullable=True),
        sa.Column("until_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column("completed_at", _INSTANT, nullable=True),
        sa.Column("completed_by", sa.BigInteger(), nullable=True),
        sa.Column("completed_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "challenge", "key"),
        sa.CheckConstraint("from_at <= until_at", name="run_begins_first"),
        sa.CheckConstraint(
            "num_nulls(completed_at, completed_by, completed_version) IN (0, 3)", name="run_completed_whole"
        ),
    )
    op.create_table(
        "streak_milestone",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("streak", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reached_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "streak", "at"),
        sa.CheckConstraint("at > 0", name="streak_milestone_positive"),
    )
