"""Seasons of leaderboards and leagues; a counter's sums by period, for all members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "season",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("ends_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("settles_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ranked_at", TIMESTAMP(timezone=True)),
        sa.Column("settled_at", TIMESTAMP(timezone=True)),
        sa.UniqueConstraint("club_id", "part", "code", "start", name="season_once"),
        sa.CheckConstraint("part IN ('board', 'league')", name="season_part_known"),
        sa.CheckConstraint("ends_at <= settles_at", name="season_settles_after_its_end"),
        sa.CheckConstraint("settled_at IS NULL OR ranked_at IS NOT NULL", name="season_ranked_before_settled"),
    )
    op.create_index(
        "season_due", "season", ["club_id", "settles_at"], postgresql_where=sa.text("settled_at IS NULL")
    )
    op.create_table(
        "season_place",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("season_id", sa.BigInteger(), sa.ForeignKey("season.id"), primary_key=True),
        sa.Column("room", sa.Text(), primary_key=True),
        sa.Column("division", sa.Text()),
        sa.Column("rank", sa.Integer()),
        sa.Column("score", sa.BigInteger()),
        sa.Column("move", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("prize", sa.Integer()),
        sa.Column("given_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("move BETWEEN -1 AND 1", name="season_place_moves_one_step"),
        sa.CheckConstraint("num_nulls(rank, score) IN (0, 2)", name="season_place_ranked_whole"),
        sa.CheckConstraint("rank > 0 AND prize > 0", name="season_place_counts_from_one"),
    )
    op.create_index("season_place_by_room", "season_place", ["season_id", "room"])
    op.create_index(
        "season_place_to_give",
        "season_place",
        ["season_id", "member_id"],
        postgresql_where=sa.text("given_at IS NULL AND (prize IS NOT NULL OR move <> 0)"),
    )
    op.create_table(
        "league_standing",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("league", sa.Text(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("division", sa.Text(), nullable=False),
        sa.Column("since", TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_index("counter_sum_by_period", "counter_sum", ["counter_id", "grain", "start"])
