"""Whether a member wants the club playful or plain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("mode", sa.Text()))
    op.create_check_constraint("profile_mode_known", "profile", "mode IN ('playful', 'plain')")
