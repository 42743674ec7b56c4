"""Versions for a pilot group: which share of the members, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bylaws", sa.Column("pilot", sa.SmallInteger(), nullable=True))
    op.add_column("bylaws", sa.Column("pilot_until", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.create_check_constraint("bylaws_pilot_share", "bylaws", "pilot BETWEEN 1 AND 99")
    op.create_check_constraint("bylaws_pilot_whole", "bylaws", "pilot IS NOT NULL OR pilot_until IS NULL")
    op.create_index(
        "bylaws_one_pilot",
        "bylaws",
        ["club_id"],
        unique=True,
        postgresql_where=sa.text("pilot IS NOT NULL AND pilot_until IS NULL"),
    )
    op.add_column("bylaws_request", sa.Column("pilot", sa.SmallInteger(), nullable=True))
