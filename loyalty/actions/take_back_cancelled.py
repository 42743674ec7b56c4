"""Take back what a foreign file cancels without naming the purchase: the newest earlier ones that fit are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final, Literal, NamedTuple, Protocol

from loyalty.actions.enrol_members import resolve
from loyalty.arrays import array, columns
from loyalty.cancellations import Bought, Cancellation, LineOf, Match, match, returns
from loyalty.errors import Problem
from loyalty.readers.rejects import reason_of
from loyalty.returns import Return
from loyalty.rules import Line, MemberRef
from loyalty.values import Text
from loyalty.versions import Connection

Status = Literal["returned", "returned_partly", "unmatched", "repeated"]
Key = tuple[str, str]
"""A store's code and the key of a return there."""


class Answer(Protocol):
    """What became of one return."""

    @property
    def problem(self) -> Problem | None:
        """Why it was refused; None where it is recorded."""


class Returning(Protocol):
    """What takes returns, inside a transaction that is open already; each in a fixed number of statements."""

    def known(self, conn: Connection, club_id: int, keys: Sequence[Key]) -> set[Key]:
        """Which of the keys are recorded already."""

    def returned(self, conn: Connection, member_ids: Sequence[int], purchase_ids: Sequence[int]) -> dict[LineOf, int]:
        """How much of which lines of some purchases of these members came back so far, in thousandths."""

    def take_back(
        self, conn: Connection, club_id: int, returns: Sequence[tuple[int, Return]], now: datetime
    ) -> Sequence[Answer]:
        """Record returns, each of the purchase with that id; one that can't be taken refuses only itself."""


class Outcome(NamedTuple):
    """What became of one cancellation."""

    status: Status
    left: tuple[tuple[int, Text], ...] = ()
    """(line's place in the cancellation, why it, or a part of it, took nothing back), by place."""


_LOCK: Final = "UPDATE member SET seq = seq + 1 WHERE id = ANY(%s::bigint[]) AND club_id = %s"
"""Nobody else returns or records anything of theirs between finding lines and taking them back."""
_LINE: Final = {name: Line._fields.index(name) for name in ("line", "sku", "quantity", "net")}
_BOUGHT: Final = f"""
    SELECT p.member_id, p.id, p.occurred_at, line->>{_LINE["line"]}, line->>{_LINE["sku"]},
        (line->>{_LINE["quantity"]})::bigint, (line->>{_LINE["net"]})::bigint
    FROM purchase p CROSS JOIN LATERAL jsonb_array_elements(p.lines) WITH ORDINALITY AS l (line, place)
    JOIN unnest(%s::bigint[], %s::text[]) AS asked (member_id, sku)
        ON asked.member_id = p.member_id AND asked.sku = line->>{_LINE["sku"]}
    WHERE p.member_id = ANY(%s::bigint[])
    ORDER BY p.member_id, p.id, place
"""  # noqa: S608 - constants


def take_back_cancelled(
    conn: Connection, club_id: int, cancellations: Sequence[Cancellation], now: datetime, returning: Returning
) -> list[Outcome]:
    """Find and record what cancellations take back, in order, in a fixed number of statements.

    One whose key is recorded in its store already, or came before in the same call, is repeated: nothing is sought.
    """
    known = returning.known(conn, club_id, [(each.store, each.key) for each in cancellations])
    fresh: dict[Key, Cancellation] = {}
    for each in cancellations:
        if (each.store, each.key) not in known:
            fresh.setdefault((each.store, each.key), each)
    matches = _matches(conn, club_id, list(fresh.values()), returning)
    pieces = [returns(*each) for each in zip(fresh.values(), matches, strict=True)]
    together = [piece for its in pieces for piece in its]
    answers = iter(returning.take_back(conn, club_id, together, now) if together else ())
    outcomes = {
        key: _outcome(matched, list(islice(answers, len(matched.pieces))))
        for key, matched in zip(fresh, matches, strict=True)
    }
    return [outcomes.pop((each.store, each.key), Outcome("repeated")) for each in cancellations]


def _matches(
    conn: Connection, club_id: int, cancellations: Sequence[Cancellation], returning: Returning
) -> list[Match]:
    """What each cancellation takes back, the earlier ones counted in."""
    ids = resolve(conn, club_id, {each.member for each in cancellations if each.member})
    bought = _bought(conn, club_id, cancellations, ids)
    purchases = {line.purchase_id: None for lines in bought.values() for line in lines}
    taken = returning.returned(conn, list(bought), list(purchases)) if purchases else {}
    found = []
    for each in cancellations:
        its = bought.get(ids[each.member], []) if each.member in ids else []
        found.append(match(each, its, taken))
        for line, quantity in found[-1].taken().items():
            taken[line] = taken.get(line, 0) + quantity
    return found


def _bought(
    conn: Connection, club_id: int, cancellations: Sequence[Cancellation], ids: dict[MemberRef, int]
) -> dict[int, list[Bought]]:
    """The lines with a code that its member cancels, by member; the members are locked."""
    wanted = {(ids[each.member], line.sku): None for each in cancellations if each.member in ids for line in each.lines}
    bought: dict[int, list[Bought]] = {}
    if wanted:
        members = array({member_id: None for member_id, _ in wanted})
        conn.execute(_LOCK, [members, club_id])
        for member_id, *line in conn.execute(_BOUGHT, [*columns(list(wanted)), members]):
            bought.setdefault(member_id, []).append(Bought(*line))
    return bought


def _outcome(matched: Match, answers: Sequence[Answer]) -> Outcome:
    """What a match comes to, once each of its pieces was recorded or refused."""
    left = [(each.place, each.reason.value) for each in matched.left]
    for piece, answer in zip(matched.pieces, answers, strict=True):
        if answer.problem:
            left += [(place, reason_of(answer.problem)) for place in piece.places]
    left.sort(key=lambda each: each[0])
    if not left:
        return Outcome("returned")
    recorded = any(answer.problem is None for answer in answers)
    return Outcome("returned_partly" if recorded else "unmatched", tuple(left))
