"""How a message reaches a person: a sender of a channel takes a letter. The console's is the default.

To add a way, write a sender (a function that takes a `Letter`) and let `configured` know by which setting it is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Final, Literal

from flask import Flask, current_app

from loyalty import gateway, mail
from loyalty.config import settings
from loyalty.letters import Letter

Channel = Literal["email", "sms"]
CHANNELS: Final[tuple[Channel, ...]] = ("email", "sms")


Sender = Callable[[Letter], None]
"""Hands a letter on; raises `Undeliverable`, or anything else where it may be tried again."""

_KEY: Final = "loyalty.senders"


def console(letter: Letter) -> None:
    """Show the letter in the terminal that runs the club, framed so that it is found among the log's lines."""
    rule = "─" * 64
    words = "\n     ".join([*filter(None, [letter.title]), *letter.body.splitlines()])
    print(f"\n{rule}\n  ✉  {letter.to}\n     {words}\n{rule}\n", file=sys.stderr, flush=True)


def use(app: Flask, channel: Channel, sender: Sender) -> None:
    """Let an application send a channel's letters through `sender`."""
    app.extensions.setdefault(_KEY, {})[channel] = sender


def sender(channel: Channel) -> Sender:
    """The running application's sender of a channel."""
    found: Sender | None = current_app.extensions.get(_KEY, {}).get(channel)
    return found or configured(channel)


def configured(channel: Channel) -> Sender:
    """The sender that the settings name for a channel, or the console.

    Raises:
        ValueError: the settings name a mail server that is none, or no address that e-mails come from.
    """
    own = settings()
    if channel == "email" and own.smtp_url:
        if "@" not in own.mail_from:
            raise ValueError("LOYALTY_MAIL_FROM must be the address that e-mails come from")
        return partial(mail.send, mail.server_of(own.smtp_url), own.mail_from)
    if channel == "sms" and own.sms_url:
        return partial(gateway.send, own.sms_url, own.sms_token)
    return console
