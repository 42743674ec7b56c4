"""One board of a million members: setting scores, the places around a member and the top, against bare Valkey."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from typing import Any, Final

import redis

from loyalty.arrays import batches
from loyalty.bench.instance import Running
from loyalty.bench.report import Row, Side
from loyalty.calendars import Calendar
from loyalty.gamification.leaderboards import Board, Standing, page, put
from loyalty.valkey import connect

MEMBERS: Final = 1_000_000
SET: Final = 500
"""Members of one delivery."""
SIZE: Final = 10
"""Places of a page."""
GOAL: Final = 1 / 3
START: Final = date(2026, 10, 23)
BOARD: Final = Board(1, "bench", 1, "month", "first_to_reach", Calendar("Asia/Tehran", "jalali"))
BARE: Final = "bench:bare"
REACHED: Final = 1_790_000_000_000_000

Work = Callable[[redis.Redis, random.Random], Any]


def around(instance: Running, seconds: float) -> Row:
    """The places around a member, against `ZREVRANK` and `ZREVRANGE` of the same board."""
    return _reading(instance, seconds, "around", "the places around a member", _around, _bare_around)


def top(instance: Running, seconds: float) -> Row:
    """The first places, against `ZREVRANGE`."""
    return _reading(instance, seconds, "top", "the first places", _top, _bare_top)


def setting(instance: Running, seconds: float) -> Row:
    """A delivery of 500 members, against one `ZADD` of the same scores."""
    store = _filled(instance)
    seq, higher = count(2), count(MEMBERS + 1)
    chance = random.Random(1)  # noqa: S311 - figures of a benchmark
    times = {"ours": 0.0, "bare ZADD": 0.0}
    turns = 0
    while not turns or times["ours"] < seconds:
        scores = [(id_, next(higher)) for id_ in chance.sample(range(1, MEMBERS + 1), SET)]
        now = next(seq)
        standings = [Standing(id_, now, score, REACHED + now) for id_, score in scores]
        begun = time.perf_counter()
        put(store, [(BOARD, (START, ""), standings)])
        times["ours"] += time.perf_counter() - begun
        begun = time.perf_counter()
        store.zadd(BARE, {str(id_): score for id_, score in scores})
        times["bare ZADD"] += time.perf_counter() - begun
        turns += 1
    ours, bare = (Side(name, turns * SET, times[name], {}) for name in times)
    what = f"scores set, {SET} at a time, on a board of {MEMBERS:,}"
    return Row("board-set", what, "members", ours, [bare], "both boards hold the scores that were set last")


def _reading(instance: Running, seconds: float, key: str, what: str, ours: Work, bare: Work) -> Row:
    store = _filled(instance)
    for seed in range(20):
        mine, theirs = ours(store, _chance(seed)), bare(store, _chance(seed))
        assert mine == theirs, "both see the same scores"
    times, latencies = {"ours": 0.0, "bare": 0.0}, {"ours": list[float](), "bare": list[float]()}
    turn = 0
    while not turn or times["ours"] < seconds:
        for name, work in (("ours", ours), ("bare", bare)):
            chance = _chance(turn)
            begun = time.perf_counter()
            for _ in range(SET):
                work(store, chance)
            taken = time.perf_counter() - begun
            times[name] += taken
            latencies[name].append(taken / SET)
        turn += 1
    whole = turn * SET
    return Row(
        f"board-{key}",
        f"{what} on a board of {MEMBERS:,}",
        "pages",
        Side("ours", whole, times["ours"], {}, latencies["ours"]),
        [Side("bare Valkey", whole, times["bare"], {}, latencies["bare"], goal=GOAL)],
        "both see the same scores",
    )


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - figures of a benchmark


def _around(store: redis.Redis, chance: random.Random) -> list[int]:
    found = page(store, BOARD, START, size=SIZE, offset=None, member_id=chance.randrange(MEMBERS) + 1)
    return [place.score for place in found.places]


def _bare_around(store: redis.Redis, chance: random.Random) -> list[int]:
    rank: Any = store.zrevrank(BARE, str(chance.randrange(MEMBERS) + 1))
    first = max(0, min(rank - SIZE // 2, MEMBERS - SIZE))
    found: Any = store.zrevrange(BARE, first, first + SIZE - 1, withscores=True)
    return [int(score) for _, score in found]


def _top(store: redis.Redis, _: random.Random) -> list[int]:
    return [place.score for place in page(store, BOARD, START, size=SIZE).places]


def _bare_top(store: redis.Redis, _: random.Random) -> list[int]:
    found: Any = store.zrevrange(BARE, 0, SIZE - 1, withscores=True)
    return [int(score) for _, score in found]


def _filled(instance: Running) -> redis.Redis:
    """A client of a Valkey that has both boards; they are filled once in a run."""
    store = connect(instance.environment["REDIS_URL"], patience=60)
    if store.zcard(BARE) != MEMBERS:
        for some in batches(_scores(), 10_000):
            put(store, [(BOARD, (START, ""), [Standing(id_, 1, score, REACHED + id_) for id_, score in some])])
            store.zadd(BARE, {str(id_): score for id_, score in some})
    return store


def _scores() -> Iterator[tuple[int, int]]:
    """Every member's score, no two alike: where they tie, the two boards have orders of their own."""
    scores = list(range(1, MEMBERS + 1))
    random.Random(0).shuffle(scores)  # noqa: S311 - figures of a benchmark
    return iter(enumerate(scores, 1))
