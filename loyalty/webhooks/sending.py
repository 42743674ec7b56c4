"""Messages over the wire: signed, one after the other to a webhook, and to many webhooks at once.

Whatever a receiver does, a turn ends: no request is waited for longer than `PATIENCE`, none is begun after `BUDGET`,
and after a silence the rest of the turn is dropped.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Final

import certifi
import httpx
import structlog
from standardwebhooks import Webhook

from loyalty.config import Clock
from loyalty.webhooks.schedule import Error, Result
from loyalty.webhooks.shelf import Delivery, Turn

log = structlog.get_logger()

PATIENCE: Final = 5.0
"""Seconds for a receiver to answer, from looking up its name to its status."""
BUDGET: Final = 5.0
"""Seconds after which a turn begins no further message."""
DRAIN: Final = 0.5
"""Seconds for the end of an answer: nobody reads it, but then the connection serves the next message too."""
_LONGEST_ANSWER: Final = 16 * 1024
_UNREACHABLE: Final = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError)

Settle = Callable[[Turn, Sequence[Result]], None]


def send_all(turns: Sequence[Turn], clock: Clock, settle: Settle) -> None:
    """Send what is due in every turn, all turns at once; each is settled as soon as it ends."""
    asyncio.run(_send_all(turns, clock, settle))


async def _send_all(turns: Sequence[Turn], clock: Clock, settle: Settle) -> None:
    # No proxy and no redirect: what is signed goes to the address that was registered, or nowhere.
    async with httpx.AsyncClient(verify=_trusted(), timeout=None, follow_redirects=False, trust_env=False) as client:  # noqa: S113
        outcomes = await asyncio.gather(
            *(_one(client, turn, clock, settle) for turn in turns if turn.deliveries), return_exceptions=True
        )
    for failure in outcomes:
        if isinstance(failure, BaseException):
            # The turn is not settled: its lease runs out, and its messages are due as before.
            log.error("webhooks.turn_failed", exc_info=failure)


async def _one(client: httpx.AsyncClient, turn: Turn, clock: Clock, settle: Settle) -> None:
    begun = time.monotonic()
    signer = Webhook(turn.secret)
    results: list[Result] = []
    for delivery in turn.deliveries:
        status, error = await _send(client, turn.url, *_signed(signer, delivery, clock()))
        results.append(Result(delivery.id, delivery.message_id, delivery.attempts + 1, status, error))
        if results[-1].calls_for_rest or time.monotonic() - begun > BUDGET:
            break
    settle(turn, results)


def _signed(signer: Webhook, delivery: Delivery, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body, and the headers that vouch for it."""
    text = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":"))
    at = now.astimezone(UTC)
    return text.encode(), {
        "content-type": "application/json",
        "user-agent": f"Shamseh/{version('shamseh')}",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(delivery.message_id, at, text),
    }


async def _send(
    client: httpx.AsyncClient, url: str, content: bytes, headers: dict[str, str]
) -> tuple[int | None, Error | None]:
    status: int | None = None
    try:
        async with (
            asyncio.timeout(PATIENCE),
            client.stream("POST", url, content=content, headers=headers) as response,
        ):
            status = response.status_code
            await _drain(response)
    except TimeoutError:
        if status is None:
            return None, "silent"
    except _UNREACHABLE:
        if status is None:
            return None, "unreachable"
    return status, None if status is not None and httpx.codes.is_success(status) else "status"


async def _drain(response: httpx.Response) -> None:
    read = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN):
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > _LONGEST_ANSWER:
                    return


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the machine trusts, an operator's own authority included; and the public ones, where it brings none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
