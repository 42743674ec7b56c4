"""Leaderboards as projections in Valkey: who stands where, set from PostgreSQL and rebuilt from it.

A board keeps two keys per period and room, in one hash slot. `…:rank` is a sorted set: its score is the negated score
(exact up to 2^53), and its element is the instant of reaching it and the member, sixteen bytes that sort in that order;
so equal scores stand in order of who was first. `…:who` is a hash from member to `seq:element`, with an empty element
for those who are not listed: what is older than its `seq` changes nothing, whatever the order of deliveries. The keys
never expire: a period that is over stays readable, and costs some 140 bytes a member.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple, cast

import redis
from redis.cluster import RedisCluster

from loyalty.calendars import Calendar, Period, Span
from loyalty.rules.teams import Teams

Store = redis.Redis | RedisCluster
"""One Valkey, or a cluster of several: the keys of a room lie in one slot, and no call names those of two."""
Ties = Literal["first_to_reach", "shared"]
Scope = Literal["club", "store", "audience", "tier", "league"]
"""Among whom one is ranked: all of a club together, or by rooms: each store, audience, tier or division by itself."""
WHOLE: Final = ""
"""The one room of a board of the whole club."""
EVER: Final = date.min
"""The start of the one period of a board that counts for ever."""

_ELEMENT: Final = struct.Struct(">QQ")
_INSTANT_BIAS: Final = 1 << 62
"""Keeps instants before 1970 in order, too."""
ABANDONED: Final = 3600
"""Seconds after which what a killed rebuild left behind goes by itself."""
CHUNK: Final = 500
"""Members per call of a script, so that none of them holds Valkey up for long."""


class Board(NamedTuple):
    """A leaderboard as the game layer needs it: what it counts, over which periods, and how ties stand."""

    club_id: int
    code: str
    counter_id: int
    period: Period | None
    """None is for ever."""
    ties: Ties
    calendar: Calendar
    days: bool = False
    """Whether it counts days: then a day row of its counter weighs 1 where it is above zero."""
    things: bool = False
    """Whether it counts different things: labels of which more came than went in the period."""
    scope: Scope = "club"
    rooms: tuple[str, ...] = (WHOLE,)
    """Its rooms, as far as they are known beforehand: of stores there are as many as have sold something."""
    beginners: str | None = WHOLE
    """The room of those of whom nothing is noted; None where there is none for them."""
    league: str | None = None
    """The league whose divisions are the rooms."""
    teams: Teams | None = None
    """How teams are scored, where they are ranked and not members: then what is called a member is a team."""

    @property
    def of_stores(self) -> bool:
        """Whether the labels of its counter are its rooms."""
        return self.scope == "store"

    def start(self, day: date) -> date:
        """The first day of the period that holds `day`."""
        return self.calendar.start_of(self.period, day) if self.period else EVER

    def span(self, start: date) -> Span:
        """The whole period that begins on `start`."""
        return self.calendar.span(self.period, start) if self.period else Span(None, date.max)

    def label(self, start: date) -> str:
        """The period's name."""
        return self.calendar.label(self.period, start) if self.period else "ever"

    @property
    def identity(self) -> str:
        """What makes it the same board in two versions of the bylaws; its title and its ties do not."""
        return f"{self.code}:{self.counter_id}:{self.period or 'ever'}:{'team' if self.teams else self.scope}"

    def key(self, start: date, room: str = WHOLE) -> str:
        """The common beginning of the keys of a room in a period."""
        return f"board:{{{self.club_id}:{self.identity}:{self.label(start)}:{room}}}"


Part = tuple[date, str]
"""The first day of a period, and a room."""


class Standing(NamedTuple):
    """A member's score in a period as of a `seq` of the member. `score` is None for one who is not to be listed."""

    member_id: int
    seq: int
    score: int | None
    reached: int
    """Microseconds since 1970 at which the score was reached."""


class Place(NamedTuple):
    """A listed member's place."""

    rank: int
    member_id: int
    score: int


class Page(NamedTuple):
    """Places in a row, from position `offset` (0 is the top) of `total`."""

    offset: int
    total: int
    places: list[Place]
    me: Place | None


# KEYS: rank, who, and the two that a rebuild is filling. ARGV: the rebuild's token or '' for a delivery, seconds that
# its keys outlive it, then member, seq, score ('' for none) and element, again and again. A delivery during a rebuild
# goes to both.
_PUT: Final = """
local token = redis.call('HGET', KEYS[4], 'rebuild')
local first, last = 1, token and 3 or 1
if ARGV[1] ~= '' then
  if token ~= ARGV[1] then return redis.error_reply('SUPERSEDED another rebuild has begun') end
  first = 3
end
for k = first, last, 2 do
  for i = 3, #ARGV, 4 do
    local old = redis.call('HGET', KEYS[k + 1], ARGV[i])
    local colon = old and string.find(old, ':', 1, true)
    if not old or tonumber(string.sub(old, 1, colon - 1)) <= tonumber(ARGV[i + 1]) then
      local element = ARGV[i + 2] == '' and '' or ARGV[i + 3]
      local before = old and string.sub(old, colon + 1) or ''
      if before ~= '' and before ~= element then redis.call('ZREM', KEYS[k], before) end
      if element ~= '' then redis.call('ZADD', KEYS[k], ARGV[i + 2], element) end
      redis.call('HSET', KEYS[k + 1], ARGV[i], ARGV[i + 1] .. ':' .. element)
    end
  end
end
if token then
  redis.call('EXPIRE', KEYS[3], ARGV[2])
  redis.call('EXPIRE', KEYS[4], ARGV[2])
end
return 1
"""

# The same KEYS; ARGV: the token. What the rebuild filled takes the place of what readers see.
_SWAP: Final = """
if redis.call('HGET', KEYS[4], 'rebuild') ~= ARGV[1] then
  return redis.error_reply('SUPERSEDED another rebuild has begun')
end
redis.call('HDEL', KEYS[4], 'rebuild')
for k = 1, 2 do
  if redis.call('EXISTS', KEYS[k + 2]) == 1 then
    redis.call('RENAME', KEYS[k + 2], KEYS[k])
    redis.call('PERSIST', KEYS[k])
  else
    redis.call('UNLINK', KEYS[k])
  end
end
return 1
"""

# KEYS: rank, who. ARGV: member or '', how many, offset or '' for around the member.
_PAGE: Final = """
local mine = ARGV[1] ~= '' and redis.call('HGET', KEYS[2], ARGV[1])
local element = mine and string.sub(mine, string.find(mine, ':', 1, true) + 1) or ''
local total, size = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[2])
local position = element ~= '' and redis.call('ZRANK', KEYS[1], element)
local offset = tonumber(ARGV[3])
if not offset then
  offset = position and math.max(0, math.min(position - math.floor(size / 2), total - size)) or 0
end
local found = size > 0 and redis.call('ZRANGE', KEYS[1], offset, offset + size - 1, 'WITHSCORES') or {}
local above = found[2] and redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. found[2]) or 0
local score, better = false, 0
if position then
  score = redis.call('ZSCORE', KEYS[1], element)
  better = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
end
return {total, offset, above, position, score, better, found}
"""


def put(store: Store, boards: Iterable[tuple[Board, Part, Sequence[Standing]]], *, rebuild: str | None = None) -> None:
    """Set members' scores in rooms of periods of boards, in one round trip; what Valkey knows from a later `seq` stays.

    Raises:
        redis.RedisError: Valkey is away; or, with the token of a `rebuild`, a younger rebuild has taken its place.
    """
    pipe = store.pipeline(transaction=False)
    for board, part, standings in boards:
        keys = _keys(board.key(*part))
        for begin in range(0, len(standings), CHUNK):
            args: list[bytes | str | int] = [rebuild or "", ABANDONED]
            for member_id, seq, score, reached in standings[begin : begin + CHUNK]:
                listed = score is not None and score > 0
                args += (member_id, seq, -cast(int, score) if listed else "", _element(reached, member_id))
            pipe.execute_command("EVAL", _PUT, len(keys), *keys, *args)  # a cluster's pipeline takes no digest
    pipe.execute()


def page(
    store: Store,
    board: Board,
    start: date,
    room: str = WHOLE,
    *,
    size: int,
    offset: int | None = 0,
    member_id: int | None = None,
) -> Page:
    """`size` places of a room in a period from `offset`, or around the member where that is None; and the own place.

    Around the top and the bottom the page stays full; around one who is not listed it is the top.
    """
    raw: Any = store.register_script(_PAGE)(
        _keys(board.key(start, room))[:2],
        ["" if member_id is None else member_id, size, "" if offset is None else offset],
    )
    total, begin, above, position, score, better, found = raw
    me = None
    if position is not None and member_id is not None:
        me = Place((better if board.ties == "shared" else position) + 1, member_id, -int(float(score)))
    return Page(begin, total, list(_places(board.ties, begin, above, found)), me)


def begin_rebuild(store: Store, board: Board, parts: Iterable[Part], token: str) -> None:
    """Open new keys for parts of a board; from here on deliveries go to them as well as to those that readers see."""
    pipe = store.pipeline(transaction=False)
    for part in parts:
        *_, rank, who = _keys(board.key(*part))
        pipe.unlink(rank)
        pipe.unlink(who)
        pipe.hset(who, "rebuild", token)
        pipe.expire(who, ABANDONED)
    pipe.execute()


def finish_rebuild(store: Store, board: Board, parts: Iterable[Part], token: str, stale: set[str]) -> None:
    """Put the new keys in the place of those that readers see, forget the stale ones, and mark the board complete."""
    pipe = store.pipeline(transaction=False)
    fresh = [_keys(board.key(*part)) for part in parts]
    for keys in fresh:
        pipe.execute_command("EVAL", _SWAP, len(keys), *keys, token)
    pipe.execute()
    if gone := stale - {key for keys in fresh for key in keys}:
        store.unlink(*gone)
    store.hset(_registry(board.club_id), board.identity, _run(store))


def existing(store: Store, club_id: int, board: Board | None = None) -> set[str]:
    """The keys of a board, or of all boards of a club, whatever the period."""
    inner = f"{board.identity}:" if board else ""
    return {_text(key) for key in store.scan_iter(match=f"board:{{{club_id}:{inner}*", count=1000)}


def complete(store: Store, board: Board) -> bool:
    """Whether the board was filled since Valkey was last emptied, so that nobody is missing from it."""
    return bool(store.hexists(_registry(board.club_id), board.identity))


def unsure(store: Store, club_id: int, boards: Iterable[Board]) -> list[Board]:
    """Boards that were never filled, or in an earlier run of Valkey, whose last writes may not have outlived it."""
    filled, run = store.hgetall(_registry(club_id)), _run(store)
    return [board for board in boards if filled.get(board.identity.encode()) != run.encode()]


def forget(store: Store, club_id: int, live: Iterable[Board]) -> None:
    """Remove what is left of boards that the bylaws no longer have."""
    known = {board.identity for board in live}
    prefix = f"board:{{{club_id}:"
    gone = [key for key in existing(store, club_id) if ":".join(key.removeprefix(prefix).split(":")[:4]) not in known]
    if gone:
        store.unlink(*gone)
    if dead := [field for field in store.hkeys(_registry(club_id)) if _text(field) not in known]:
        store.hdel(_registry(club_id), *dead)


def _places(ties: Ties, begin: int, above: int, found: list[bytes]) -> Iterable[Place]:
    rank, last = above + 1, found[1] if found else b""
    for n, (element, score) in enumerate(zip(found[::2], found[1::2], strict=True)):
        position = begin + n + 1
        if score != last:
            rank, last = position, score
        member_id = _ELEMENT.unpack(element)[1]
        yield Place(rank if ties == "shared" else position, member_id, -int(float(score)))


def _element(reached: int, member_id: int) -> bytes:
    return _ELEMENT.pack(reached + _INSTANT_BIAS, member_id)


def _keys(key: str) -> list[str]:
    return [f"{key}:rank", f"{key}:who", f"{key}:next:rank", f"{key}:next:who"]


def _registry(club_id: int) -> str:
    return f"boards:{club_id}"


def _run(store: Store) -> str:
    """The name of this run of the server, or of all that hold something; each start takes another."""
    if isinstance(store, RedisCluster):
        found: dict[str, dict[str, Any]] = store.info("server", target_nodes=RedisCluster.PRIMARIES)
        return ",".join(sorted(str(its["run_id"]) for its in found.values()))
    return str(store.info("server")["run_id"])


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
