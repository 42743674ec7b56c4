"""Events that follow from others say from which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("root", sa.BigInteger(), nullable=True))
    op.create_index(
        "event_following", "event", ["member_id", "root"], postgresql_where=sa.text("root IS NOT NULL")
    )
