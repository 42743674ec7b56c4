"""`loyalty leaderboards`."""

from __future__ import annotations

from typing import Final

import click
import redis

from loyalty import config
from loyalty.actions.fill_boards import fill_boards
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.errors import NotFound, Unavailable
from loyalty.formats import number
from loyalty.queries.clubs import all_clubs, by_code
from loyalty.values import Text

NOTHING: Final = Text("There is no leaderboard to fill.", "جدول رده‌بندی‌ای برای پر کردن نیست.")
FILLED: Final = Text("{club} · {board}: {count} places", "{club} · {board}: {count} جایگاه")


@click.group
def leaderboards() -> None:
    """Look after the leaderboards, which are kept in Valkey."""


@leaderboards.command
@click.option("--club", "code", help="One club only, by its code.")
@json_option
@in_app
def rebuild(code: str | None, as_json: bool) -> None:
    """Fill the leaderboards again from PostgreSQL, while members go on seeing the old ones.

    It happens by itself after Valkey was emptied; this is for doing it now.
    """
    counts = {
        club.code: done for club in ([by_code(code)] if code else all_clubs()) if (done := refill(club.id)) is not None
    }
    lines = [
        FILLED.with_(club=club, board=board, count=number(count, lang())).to(lang())
        for club, boards in counts.items()
        for board, count in boards.items()
    ]
    answer(counts, "\n".join(lines) or NOTHING, as_json=as_json)


def refill(club_id: int) -> dict[str, int] | None:
    """How many scores each of the club's boards has; None where nothing is published yet."""
    try:
        return fill_boards(club_id, config.now())
    except NotFound:
        return None
    except redis.ConnectionError as error:
        raise Unavailable(
            Text("Valkey does not answer: {error}", "Valkey پاسخ نمی‌دهد: {error}").with_(error=str(error))
        ) from error
