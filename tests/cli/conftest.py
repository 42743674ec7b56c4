"""The command line on the test's own servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loyalty.cli import main
from loyalty.config import Settings


@pytest.fixture
def loyalty(settings: Settings, tmp_path: Path) -> Callable[..., Result]:
    """Run a command against the test's servers."""
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
        "LOYALTY_DATA": str(tmp_path / "data"),
        "LOYALTY_LANG": "en",
    }

    def run(*arguments: str, lang: str = "en") -> Result:
        return CliRunner().invoke(main, arguments, env=environment | {"LOYALTY_LANG": lang})

    return run
