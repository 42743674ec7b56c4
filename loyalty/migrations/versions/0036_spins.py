"""Turns of spins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spin_turn",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("spin", sa.Text(), primary_key=True),
        sa.Column("start", sa.Date(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draw", sa.LargeBinary(), nullable=False),
        sa.Column("odd", sa.Integer(), nullable=False),
        sa.Column("turned_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("odd > 0", name="spin_turn_odd_from_one"),
        sa.CheckConstraint("octet_length(draw) = 32", name="spin_turn_draw_whole"),
    )
    op.create_index("spin_turn_by_spin", "spin_turn", ["club_id", "spin", "turned_at"])
