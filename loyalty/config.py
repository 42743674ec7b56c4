"""Settings of one instance, read once from the environment; and the clock that everything above is handed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app

Clock = Callable[[], datetime]

DEFAULT_DATA = ".data"
MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request body; 5,000 purchases of a few lines fit, a 10-MB body does not."""


def utc_now() -> datetime:
    """The machine's clock; the only place that reads it for the application."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """Where an instance lives and what it trusts."""

    database_url: str
    redis_url: str
    secret_key: str
    data: Path
    clock: Clock = utc_now
    testing: bool = False
    secure_cookies: bool = False
    base_url: str = ""
    """Where people reach the pages, without a slash at the end; letters name it."""
    smtp_url: str = ""
    """The server that takes e-mails (`smtps://user:password@host`); without one the console shows them."""
    mail_from: str = ""
    """The address that e-mails come from."""
    sms_url: str = ""
    """The gateway that takes text messages as JSON; without one the console shows them."""
    sms_token: str = ""

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Settings of a process that `loyalty up` (or an operator) started.

        Raises:
            KeyError: a variable is missing; `loyalty up` sets them all.
        """
        return cls(
            database_url=env["DATABASE_URL"],
            redis_url=env["REDIS_URL"],
            secret_key=env["LOYALTY_SECRET_KEY"],
            data=Path(env.get("LOYALTY_DATA", DEFAULT_DATA)),
            secure_cookies=env.get("LOYALTY_BASE_URL", "").startswith("https:"),
            base_url=env.get("LOYALTY_BASE_URL", "").rstrip("/"),
            smtp_url=env.get("LOYALTY_SMTP_URL", ""),
            mail_from=env.get("LOYALTY_MAIL_FROM", ""),
            sms_url=env.get("LOYALTY_SMS_URL", ""),
            sms_token=env.get("LOYALTY_SMS_TOKEN", ""),
        )


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["loyalty"]
    return found


def now() -> datetime:
    """The instant at which the current request or job acts (UTC); tests move it."""
    return settings().clock()
