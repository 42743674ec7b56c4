"""Filters of members, read with the names of the version in force; and for whom each of several holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.arrays import array
from loyalty.errors import Fault, Invalid
from loyalty.gather import Locked
from loyalty.rules import Bylaws
from loyalty.rules.selection import Selection, load_filter
from loyalty.standing_facts import standing_facts
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme

Tree = Mapping[str, Any]
"""A filter as it is written."""

_DOCUMENT: Final = "SELECT document FROM bylaws WHERE club_id = %s AND version = %s"
_SEGMENTS: Final = "SELECT code, filter FROM segment WHERE club_id = %s AND code = ANY(%s::text[])"
_SEGMENT: Final = "segment"
_MANY: Final = ("all", "any", "none")


class Reader(NamedTuple):
    """The version in force, with whose names filters are read."""

    terms: Programme
    force: Bylaws
    document: dict[str, Any]

    def read(self, tree: Tree, path: str = "/filter") -> Selection:
        """A filter as these names have it.

        Raises:
            Invalid: it has faults; each is named with its place below `path`.
        """
        found = load_filter(tree, self.force, self.document, path)
        found.bylaws.bind(self.terms.live)
        return found


def reader(conn: Connection, club_id: int, at: datetime) -> Reader:
    """The version in force for everybody: a pilot has its counters, tiers and audiences too."""
    terms = programme(conn, club_id)
    force = terms.at(at)
    row = conn.execute(_DOCUMENT, [club_id, force.version]).fetchone()
    assert row
    return Reader(terms, force, row[0])


def selection(conn: Connection, club_id: int, tree: Mapping[str, Any], at: datetime) -> Selection:
    """A filter read with the names of the version in force.

    Raises:
        Invalid: it has faults; each is named with its place below `/filter`.
    """
    return reader(conn, club_id, at).read(tree)


def with_segments(conn: Connection, club_id: int, tree: Tree, path: str) -> dict[str, Any]:
    """A filter in which the segments that it names are what they are made of: `{segment: gone_quiet}`.

    Raises:
        Invalid: the club keeps no segment of such a name.
    """
    found = _segments(conn, club_id, _named(tree))
    unknown = sorted(_named(tree) - found.keys())
    if unknown:
        said = Text("The club keeps no segment “{code}”.", "باشگاه بخشی با نام «{code}» ندارد.")
        raise Invalid([Fault(path, said.with_(code=code)) for code in unknown])
    whole: dict[str, Any] = _expanded(tree, found)
    return whole


def holding(
    conn: Connection, terms: Programme, trees: Sequence[Tree], rows: Mapping[int, Locked], at: datetime
) -> list[dict[int, bool]]:
    """For each of some filters, for whom of some members it holds; one that no longer fits the version holds for none.

    All are read over the same facts, so that the number of statements does not grow with them.
    """
    if not trees:
        return []
    names = reader(conn, terms.club_id, at)
    found = _segments(conn, terms.club_id, set().union(*map(_named, trees)))
    whole = [_expanded(tree, found) for tree in trees]
    good = [place for place, tree in enumerate(whole) if _fits(names, tree)]
    nobody = dict.fromkeys(rows, False)
    result = [dict(nobody) for _ in trees]
    if good:
        chosen = names.read({"any": [whole[place] for place in good]})
        facts = standing_facts(conn, terms, chosen.bylaws, rows, terms.calendar.moment(at))
        for place, condition in zip(good, chosen.condition.parts(), strict=True):
            result[place] = {id_: condition.holds(its) for id_, its in facts.items()}
    return result


def _segments(conn: Connection, club_id: int, codes: Collection[str]) -> dict[str, dict[str, Any]]:
    return dict(conn.execute(_SEGMENTS, [club_id, array(codes)]).fetchall()) if codes else {}


def _fits(names: Reader, tree: Tree) -> bool:
    try:
        names.read(tree)
    except Invalid:
        return False
    return True


def _named(tree: Any) -> set[str]:
    """The segments that a filter names."""
    if not isinstance(tree, Mapping):
        return set()
    if tree.keys() == {_SEGMENT} and isinstance(tree[_SEGMENT], str):
        return {tree[_SEGMENT]}
    inner = [its for word in _MANY for its in _listed(tree.get(word))]
    return set().union(*map(_named, inner))


def _expanded(tree: Any, found: Mapping[str, Tree]) -> Any:
    if not isinstance(tree, Mapping):
        return tree
    if tree.keys() == {_SEGMENT} and tree[_SEGMENT] in found:
        return found[tree[_SEGMENT]]
    return {
        word: [_expanded(its, found) for its in _listed(body)] if word in _MANY else body for word, body in tree.items()
    }


def _listed(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [] if body is None else [body]
