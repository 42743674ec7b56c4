"""Text messages through a gateway: one POST of JSON, which a few lines of the club's own turn into any provider's."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import httpx

from loyalty.letters import Letter, Undeliverable

PATIENCE: Final = 10.0
"""Seconds for the gateway to answer."""
_LATER: Final = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS))
_OURS: Final = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND))
"""What says nothing of the letter: the token or the address of the gateway is wrong, and somebody will mend it."""


def send(url: str, token: str, letter: Letter) -> None:
    """Hand a letter to the gateway: `{to, text, id, lang}`, the id as `Idempotency-Key` too.

    Raises:
        Undeliverable: the gateway refuses it (4xx).
        OSError: the gateway can't be reached, or can't take it now.
    """
    headers = {"Idempotency-Key": letter.id} | ({"Authorization": f"Bearer {token}"} if token else {})
    body = {"to": letter.to, "text": letter.body, "id": letter.id, "lang": letter.lang}
    try:
        answer = httpx.post(url, json=body, headers=headers, timeout=PATIENCE, follow_redirects=False)
    except httpx.HTTPError as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    if answer.is_success:
        return
    if answer.is_client_error and answer.status_code not in _LATER | _OURS:
        raise Undeliverable(f"the gateway answered {answer.status_code}")
    raise OSError(f"the gateway answered {answer.status_code}")
