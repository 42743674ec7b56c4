"""Who went on as whom in the time that is rehearsed: what happened to a family is folded in one order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from loyalty.rehearsal.events import Merged
from loyalty.rehearsal.reading import Range
from loyalty.versions import Connection

_MERGES: Final = """
    SELECT member_id, into_id, id, merged_at, coalesce(undone_at < %(until)s AND undone_at <= %(asked)s, false)
    FROM member_merge WHERE club_id = %(club)s AND merged_at < %(until)s AND merged_at <= %(asked)s ORDER BY id
"""


class Families(NamedTuple):
    """Members that were merged: by whoever goes on for them, whom they are; and who came apart again."""

    whole: dict[int, list[int]]
    merges: dict[int, Merged]
    """By whoever was merged into another."""
    apart: list[int]
    """Members of whose families somebody was set free again: what was theirs alone cannot be told exactly."""

    def of(self, its: Range) -> list[int]:
        """Who goes on for others, of a range of members."""
        return [root for root in self.whole if its.first <= root <= its.last]

    def members(self, roots: Iterable[int]) -> list[int]:
        """All who belong to some of them, in order."""
        return sorted(id_ for root in roots for id_ in self.whole[root])


def families(conn: Connection, its: Range) -> Families:
    """The families of a whole club."""
    merges: dict[int, Merged] = {}
    linked: dict[int, list[int]] = {}
    parted: list[int] = []
    for member_id, into, id_, at, undone in conn.execute(_MERGES, its._asdict()):
        linked.setdefault(member_id, []).append(into)
        linked.setdefault(into, []).append(member_id)
        if undone:
            parted.append(member_id)
        else:
            merges[member_id] = Merged(id_, at, into)
    apart = {id_ for one in parted for id_ in _family(linked, one)}
    roots = {its.into for its in merges.values()} - merges.keys() - apart
    whole = {root: sorted(_family(linked, root)) for root in sorted(roots)}
    return Families(whole, {id_: its for id_, its in merges.items() if id_ not in apart}, sorted(apart))


def _family(linked: dict[int, list[int]], one: int) -> set[int]:
    found, ahead = {one}, [one]
    while ahead:
        more = [id_ for id_ in linked[ahead.pop()] if id_ not in found]
        found.update(more)
        ahead += more
    return found
