"""Who asked for a rehearsal; and which event's articles let a wallet lapse, so that a rehearsal decides on it anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rehearsal", sa.Column("asked_by", sa.Text(), nullable=True))
    op.add_column("adjustment", sa.Column("because_of", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("adjustment", "because_of")
    op.drop_column("rehearsal", "asked_by")
