"""A picture that a member has chosen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("avatar", sa.Text()))
    op.create_check_constraint("profile_avatar_known", "profile", "avatar ~ '^[0-7][0-4]$'")
