"""Segments that a club keeps, and since when members are in a pilot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("segment_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "code", name=op.f("segment_pkey")),
    )
    op.create_table(
        "pilot_member",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("until >= from_at", name="pilot_member_in_order"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("pilot_member_member_id_fkey")),
        sa.ForeignKeyConstraint(
            ["club_id", "version"], ["bylaws.club_id", "bylaws.version"], name=op.f("pilot_member_club_id_fkey")
        ),
        sa.PrimaryKeyConstraint("member_id", "version", name=op.f("pilot_member_pkey")),
    )
    op.create_index("pilot_member_by_version", "pilot_member", ["club_id", "version"], unique=False)
    # Pilots of before: whoever was judged by one has entered it.
    op.execute("""
        INSERT INTO pilot_member (member_id, version, club_id, from_at, until)
        SELECT member_id, version, club_id, min(occurred_at), greatest(pilot_until, min(occurred_at))
        FROM (
            SELECT member_id, club_id, version, occurred_at FROM purchase
            UNION ALL SELECT member_id, club_id, version, occurred_at FROM event
        ) judged
        JOIN bylaws USING (club_id, version)
        WHERE pilot IS NOT NULL
        GROUP BY member_id, version, club_id, pilot_until
    """)
