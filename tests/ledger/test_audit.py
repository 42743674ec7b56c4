"""The audit finds what was changed behind the ledger's back: in an entry, a chain, a seal, or in all at once."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.actions.seal_club import seal_club
from loyalty.arrays import columns
from loyalty.db import connection, db
from loyalty.ledger import audit as auditing
from loyalty.ledger.audit import SAID, Audited, audit
from loyalty.ledger.chain import link, seal_of
from loyalty.ledger.outside import Line, read_lines, written
from loyalty.ledger.seals import seals_of
from loyalty.models.ledger import ACCOUNTS
from loyalty.queries.clubs import one
from tests.conftest import START
from tests.story import BASE, Story, article, document

HOUR = timedelta(hours=1)
Found = tuple[str, int | None, int | None, int | None]


class Audit:
    """A club with two members' chains, sealed twice: after three purchases of each, and after Sara's fourth."""

    def __init__(self) -> None:
        self.story = Story(document(BASE, article("2", {"cashback": {"percent": "1"}})))
        self.club = one(self.story.club_id)
        self.sara, self.lena, self.mute = (self.story.enrols(name) for name in ("Sara", "Lena", "Mute"))
        for n in range(3):
            for member in (self.sara, self.lena):
                self.story.buys(member, 10_000 * (n + 1))
        self.seals()
        self.story.buys(self.sara, 50_000)
        self.seals()
        self.kept_outside = self.lines()

    def seals(self) -> None:
        self.story.now += HOUR
        seal_club(self.club.id, self.story.now)

    def lines(self) -> list[Line]:
        seals = seals_of(connection(), self.club.id)
        return read_lines("seals", "\n".join(written("anar", self.club.calendar, seal) for seal in seals))

    def tampers(self, statement: str, *params: Any) -> None:
        assert connection().execute(statement, params).rowcount > 0  # type: ignore[arg-type]
        db.session.commit()

    def finds(self, outside: list[Line] | None = None, done: Audited | None = None) -> list[Found]:
        found = audit(connection(), self.club.id, self.club.calendar, done or Audited(), outside or [])
        return [(flaw.what, flaw.member, flaw.n, flaw.seal) for flaw in found]

    def rewrites_chain(self, member: int) -> None:
        """Make a member's chain agree with what its entries say now, from the first to the head."""
        rows = connection().execute("SELECT * FROM entry WHERE member_id = %s ORDER BY n", [member])
        names = [column.name for column in rows.description or ()]
        head, n = b"", 0
        for row in rows.fetchall():
            said = dict(zip(names, row, strict=True))
            del said["club_id"], said["digest"]
            head, n = link(head, **said), said["n"]
            self.tampers("UPDATE entry SET digest = %s WHERE member_id = %s AND n = %s", head, member, n)
        self.tampers("UPDATE member SET entries = %s, head = %s WHERE id = %s", n, head, member)

    def rewrites_seals(self) -> None:
        """Make every sealed head and every seal agree with the chains as they are now."""
        self.tampers(
            "UPDATE sealed_head SET head = digest FROM entry"
            " WHERE entry.member_id = sealed_head.member_id AND entry.n = sealed_head.n"
        )
        before = b""
        for seal in seals_of(connection(), self.club.id):
            heads = connection().execute(
                "SELECT member_id, n, head FROM sealed_head WHERE seal = %s ORDER BY member_id", [seal.n]
            )
            before = seal_of(before, self.club.id, seal.n, seal.day, seal.sealed_at, heads.fetchall())  # type: ignore[arg-type]
            self.tampers("UPDATE seal SET digest = %s WHERE n = %s", before, seal.n)


@pytest.fixture
def club(app: Flask) -> Audit:
    return Audit()


# --- what is sound --------------------------------------------------------------------------------------------------


def test_a_club_that_nobody_touched_is_sound(club: Audit) -> None:
    done = Audited()
    assert club.finds(club.kept_outside, done) == []
    assert done == Audited(chains=2, entries=14, seals=2, outside=2)


def test_members_who_never_had_an_entry_have_no_chain_and_are_in_no_seal(app: Flask) -> None:
    story = Story()
    story.enrols()
    assert seal_club(story.club_id, START).members == 0
    club = one(story.club_id)
    assert list(audit(connection(), club.id, club.calendar, Audited())) == []


def test_another_clubs_members_are_not_looked_at(club: Audit) -> None:
    other = Story(code="other")
    mina = other.enrols()
    other.buys(mina, 10_000)
    club.tampers("UPDATE entry SET amount = 99 WHERE member_id = %s", mina)
    assert seal_club(club.club.id, club.story.now + HOUR).members == 0
    assert club.finds() == []


def test_chains_are_verified_in_batches_of_members(club: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "BATCH", 1)
    club.tampers("UPDATE entry SET amount = amount + 1 WHERE n = 2")
    done = Audited()
    assert club.finds(done=done) == [("digest", club.sara, 2, None), ("digest", club.lena, 2, None)]
    assert (done.chains, done.entries) == (2, 14)


# --- entries and heads ----------------------------------------------------------------------------------------------

CHANGES = {
    "amount": "amount + 1",
    "article": "'7'",
    "version": "NULL",
    "wallet": "'cashback'",
    "source": "'adjusted'",
    "target": "'held'",
    "lot": "lot + 1",
    "event_id": "event_id + 1",
    "occurred_at": "occurred_at - interval '1 microsecond'",
    "posted_at": "posted_at + interval '1 day'",
    "digest": "sha256('')",
}


@pytest.mark.parametrize("column", CHANGES)
def test_whatever_an_entry_says_can_not_be_changed(club: Audit, column: str) -> None:
    club.tampers(f"UPDATE entry SET {column} = {CHANGES[column]} WHERE member_id = %s AND n = 3", club.sara)
    found = club.finds()
    assert found[0] == ("digest", club.sara, 3, None)
    assert found[1:] == ([("digest", club.sara, 4, None)] if column == "digest" else [])


def test_an_entry_can_not_be_hidden_in_another_club(club: Audit) -> None:
    other = Story(code="other")
    club.tampers("UPDATE entry SET club_id = %s WHERE member_id = %s AND n = 5", other.club_id, club.sara)
    assert club.finds() == [("club", club.sara, 5, None)]


def test_a_last_entry_that_was_deleted_is_missed_by_the_head_and_by_the_seal(club: Audit) -> None:
    club.tampers("DELETE FROM entry WHERE member_id = %s AND n = 8", club.sara)
    assert club.finds() == [
        ("entries", club.sara, 8, None),
        ("head", club.sara, 8, None),
        ("sealed", club.sara, 8, 2),
    ]


def test_an_entry_deleted_in_the_middle_leaves_a_gap(club: Audit) -> None:
    club.tampers("DELETE FROM entry WHERE member_id = %s AND n IN (3, 4)", club.lena)
    assert club.finds() == [("gap", club.lena, 3, None)]


def test_two_entries_that_changed_places_are_both_named(club: Audit) -> None:
    club.tampers("UPDATE entry SET n = -n WHERE member_id = %s AND n IN (3, 5)", club.sara)
    club.tampers("UPDATE entry SET n = CASE n WHEN -3 THEN 5 ELSE 3 END WHERE member_id = %s AND n < 0", club.sara)
    assert club.finds() == [("digest", club.sara, n, None) for n in (3, 4, 5, 6)]


def test_a_whole_chain_that_is_gone_is_missed(club: Audit) -> None:
    club.tampers("DELETE FROM entry WHERE member_id = %s", club.lena)
    club.tampers("UPDATE member SET entries = 0, head = '' WHERE id = %s", club.lena)
    assert club.finds() == [("sealed", club.lena, 6, 1)]


def test_a_head_that_was_changed_or_given_to_somebody_without_entries(club: Audit) -> None:
    club.tampers("UPDATE member SET head = sha256('x') WHERE id = %s", club.sara)
    club.tampers("UPDATE member SET entries = 1 WHERE id = %s", club.mute)
    assert club.finds() == [("head", club.sara, 8, None), ("entries", club.mute, 1, None)]


# --- seals ----------------------------------------------------------------------------------------------------------


def test_a_chain_rewritten_from_end_to_end_with_its_head_is_found_by_the_seals(club: Audit) -> None:
    club.tampers("UPDATE entry SET amount = amount * 10 WHERE member_id = %s AND n = 1", club.sara)
    club.rewrites_chain(club.sara)
    assert club.finds() == [("sealed", club.sara, 6, 1), ("sealed", club.sara, 8, 2)]


def test_a_sealed_head_that_was_changed_is_not_the_entry_nor_what_the_seal_was_taken_of(club: Audit) -> None:
    club.tampers("UPDATE sealed_head SET head = sha256('x') WHERE member_id = %s AND seal = 1", club.lena)
    assert club.finds() == [("sealed", club.lena, 6, 1), ("seal", None, None, 1)]


def test_a_sealed_head_that_is_gone_is_counted(club: Audit) -> None:
    club.tampers("DELETE FROM sealed_head WHERE member_id = %s", club.lena)
    assert club.finds() == [("seal_members", None, None, 1), ("seal", None, None, 1)]


@pytest.mark.parametrize("change", ["day = day - 1", "sealed_at = sealed_at - interval '1 hour'"])
def test_when_a_seal_was_taken_can_not_be_changed(club: Audit, change: str) -> None:
    club.tampers(f"UPDATE seal SET {change} WHERE n = 2")
    assert club.finds() == [("seal", None, None, 2)]


def test_a_seal_that_was_changed_fits_neither_its_heads_nor_the_next_one(club: Audit) -> None:
    club.tampers("UPDATE seal SET digest = sha256('x') WHERE n = 1")
    assert club.finds() == [("seal", None, None, 1), ("seal", None, None, 2)]


def test_a_seal_that_is_gone_is_missed_and_its_number_is_not_given_again(club: Audit) -> None:
    club.tampers("DELETE FROM seal WHERE n = 2")
    assert club.finds() == [("no_seal", None, None, 2)]
    club.seals()
    assert club.finds() == [("seal_gap", None, None, 2), ("no_seal", None, None, 2)]


def test_heads_and_seals_rewritten_with_a_chain_are_found_by_the_lines_kept_outside_alone(club: Audit) -> None:
    club.tampers("UPDATE entry SET amount = amount * 10 WHERE member_id = %s AND n = 8", club.sara)
    club.rewrites_chain(club.sara)
    club.rewrites_seals()
    assert club.finds() == []
    assert club.finds(club.kept_outside) == [("outside", None, None, 2)]


def test_a_past_that_was_cut_off_with_its_seal_is_found_by_the_lines_kept_outside_alone(club: Audit) -> None:
    club.tampers("DELETE FROM entry WHERE member_id = %s AND n > 6", club.sara)
    club.rewrites_chain(club.sara)
    for table, number in (("sealed_head", "seal"), ("seal", "n")):
        club.tampers(f"DELETE FROM {table} WHERE {number} = 2")
    assert club.finds() == []
    assert club.finds(club.kept_outside) == [("outside", None, None, 2)]


# --- one text in two languages --------------------------------------------------------------------------------------

big = st.integers(-(2**63), 2**63 - 1)
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["points", "امتیاز", "بازگشت وجه", "badge:شب‌زنده‌دار:1", "a|b", "", '{"\\', "NULL"]
)
instants = st.datetimes(timezones=st.just(UTC))
entries = st.tuples(
    st.binary(min_size=32, max_size=32) | st.just(b""),
    big,
    big,
    big,
    words,
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    big,
    big | st.none(),
    st.integers(0, 2**31 - 1) | st.none(),
    words | st.none(),
    instants,
    instants,
)
_SAID_IN_SQL = f"""
    SELECT sha256(head || {SAID})
    FROM unnest(%s::bytea[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY
        AS entry (head, member_id, n, event_id, wallet, source, target, amount, lot, version, article, occurred_at,
            posted_at, place)
    ORDER BY place
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tehran"])
def test_python_and_sql_take_the_same_digest_of_an_entry(app: Flask, zone: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(entries, min_size=1, max_size=40))
    def agree(drawn: list[tuple[Any, ...]]) -> None:
        found = connection().execute(_SAID_IN_SQL, columns(drawn)).fetchall()
        assert [digest for (digest,) in found] == [link(*entry) for entry in drawn]

    connection().execute(f"SET LOCAL timezone = '{zone}'")
    agree()


def test_every_field_of_an_entry_changes_its_digest(app: Flask) -> None:
    said: list[Any] = [b"h", 1, 2, 3, "points", "issued", "pending", 5, 6, 7, "8", START, START]
    others: list[Any] = [b"i", 2, 3, 4, "pointy", "debt", "held", 6, None, None, None, START + HOUR, START - HOUR]
    digests = {link(*said[:at], other, *said[at + 1 :]) for at, other in enumerate(others)}
    assert len(digests | {link(*said)}) == len(said) + 1
