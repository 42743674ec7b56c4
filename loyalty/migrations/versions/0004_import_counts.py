"""How an import's cancellations ended: as returns in full, in part, or not at all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # So far they were only counted, and none took anything back.
    op.alter_column("import_run", "cancelled", new_column_name="unmatched")
    for name in ("returned", "returned_partly"):
        op.add_column("import_run", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
        op.alter_column("import_run", name, server_default=None)
