"""How a message reaches a person's phone: a sender takes the number and the words. The console's is the default."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flask import Flask, current_app

Sender = Callable[[str, str], None]
"""Called with a number (E.164) and the words; raises where the message could not be handed on."""

_KEY = "loyalty.sender"


def console(phone: str, words: str) -> None:
    """Show the message in the terminal that runs the club, framed so that it is found among the log's lines."""
    rule = "─" * 64
    print(f"\n{rule}\n  ✉  {phone}\n     {words}\n{rule}\n", file=sys.stderr, flush=True)


def use(app: Flask, sender: Sender) -> None:
    """Let an application send through `sender`."""
    app.extensions[_KEY] = sender


def sender() -> Sender:
    """The running application's sender."""
    found: Sender = current_app.extensions.get(_KEY, console)
    return found
