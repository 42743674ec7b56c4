"""The database's shape, step by step: brings a database to the newest step, and tells whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from loyalty.db import db

FOLDER: Final = Path(__file__).parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


@cache
def head() -> str:
    """The newest step that this code knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current() -> str | None:
    """The step that the database stands at; None for an empty database. Needs an application context."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def known(step: str) -> bool:
    """Whether this code has that step, or one that follows it."""
    return any(script.revision == step for script in ScriptDirectory.from_config(_config()).walk_revisions())


def upgrade() -> bool:
    """Bring the database to the newest step; whether there was anything to do. Needs an application context.

    Several processes may do so at once: the later ones wait and find it done.
    """
    if current() == head():
        return False
    config = _config()
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def difference(connection: Connection) -> list[object]:
    """What the tables declared in `loyalty.models` and those of the database don't agree in; a migration is missing."""
    from alembic.autogenerate import compare_metadata

    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, db.metadata))
