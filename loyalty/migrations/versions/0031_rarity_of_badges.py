"""How rare badges are, counted once a night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_rarity",
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), primary_key=True),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("holders", JSONB(), nullable=False),
        sa.Column("counted_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("active >= 0", name="badge_rarity_not_negative"),
    )
