"""`loyalty leaderboards rebuild`."""

from __future__ import annotations

import json

from loyalty.valkey import valkey
from tests.small_club import SmallClub


def test_emptied_boards_are_filled_again(app, clock, loyalty):
    club = SmallClub(clock)
    club.buys("ada", 900, name="Ada Karimi")
    club.buys("bita", 500, name="Bita Rad")
    before = club.board()
    valkey().flushdb()
    done = loyalty("leaderboards", "rebuild", "--club", "anar", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"anar": {"month": 2, "regulars": 2, "ever": 2}}
    assert club.board() == before
    assert "anar · month: 2 places" in loyalty("leaderboards", "rebuild").stdout


def test_a_club_that_is_not_there_is_said_to_be(app, loyalty):
    done = loyalty("leaderboards", "rebuild", "--club", "nobody")
    assert done.exit_code == 1
    assert "no such club" in done.stderr
