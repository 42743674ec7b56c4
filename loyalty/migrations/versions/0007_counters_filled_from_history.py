"""Counters filled from history: how far each member is, and versions that wait for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bylaws", sa.Column("filling", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("member", sa.Column("filled", sa.BigInteger(), server_default="0", nullable=False))
    # So far a counter was only ever registered where nothing was recorded: every one counts everybody.
    op.execute(
        "UPDATE member SET filled = latest FROM (SELECT club_id, max(id) AS latest FROM counter GROUP BY club_id) c"
        " WHERE member.club_id = c.club_id"
    )
    op.create_index("member_behind", "member", ["club_id", "filled", "id"], unique=False)
