"""Terms of tiers: until when each is held, and what was given by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    for name, type_ in (
        ("tier_earned_at", INSTANT),
        ("tier_until", INSTANT),
        ("tier_grace_until", INSTANT),
        ("tier_floor", sa.Text()),
        ("tier_floor_until", INSTANT),
        ("tier_under", sa.Text()),
        ("tier_looked_at", INSTANT),
    ):
        op.add_column("member", sa.Column(name, type_, nullable=True))
    due = sa.Computed("LEAST(COALESCE(tier_grace_until, tier_until), tier_floor_until)", persisted=True)
    op.add_column("member", sa.Column("tier_due", INSTANT, due, nullable=True))
    op.create_check_constraint(
        "member_floor_has_end", "member", "(tier_floor IS NULL) = (tier_floor_until IS NULL)"
    )
    op.create_index(
        "member_tier_due",
        "member",
        ["club_id", "tier_due"],
        unique=False,
        postgresql_where=sa.text("tier_due IS NOT NULL"),
    )
    op.create_table(
        "tier_grant",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("recorded_at < until", name="tier_grant_forward"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("tier_grant_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("tier_grant_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("tier_grant_pkey")),
    )
