"""Events that come too late wait for a person, as purchases do; what they gave with badges may be lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("set_aside", sa.Column("type", sa.Text(), nullable=False, server_default="purchase"))
    op.alter_column("set_aside", "type", server_default=None)
    op.alter_column("set_aside", "store_id", nullable=True)
    op.alter_column("set_aside", "purchase", new_column_name="sent")
    op.create_check_constraint("set_aside_purchase_has_store", "set_aside", "type <> 'purchase' OR store_id IS NOT NULL")
    op.add_column("event", sa.Column("kept", postgresql.JSONB(), nullable=True))
    op.add_column("event", sa.Column("claimed_as", sa.BigInteger(), nullable=True))
