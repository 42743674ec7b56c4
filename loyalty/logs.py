"""How our processes write their logs: a line an event on stderr, and tracebacks without the values in them."""

from __future__ import annotations

import sys

import structlog


def set_up() -> None:
    """Write events for a person at a terminal. The values of local variables, members' data among them, stay out."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            ),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever that is by then
    )
