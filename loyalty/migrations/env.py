"""How Alembic runs our steps: one at a time, each in its own transaction, never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

import loyalty.models  # noqa: F401  declares every table
from loyalty.db import db

ONE_AT_A_TIME = 0x5348414D  # the key of our advisory lock
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "5s", "15min"
"""A step that waited longer for a busy table would hold up every purchase behind it."""


def run(connection: Connection) -> None:
    """Take the steps that are due."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("RESET ALL"))
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ONE_AT_A_TIME})
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:  # called as `flask --app wsgi db …`
    with db.engine.connect() as own:
        run(own)
