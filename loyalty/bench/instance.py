"""An instance of its own for the benchmarks: real engines, durable, in a temporary folder; clubs that are alike."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from loyalty import migrations
from loyalty.actions.create_club import create_club
from loyalty.actions.create_key import create_key
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.record_purchases import record_purchases
from loyalty.bench.baskets import START, STORE, Sent, document, people
from loyalty.bench.timeline import NOW
from loyalty.cases import Case
from loyalty.cli.instance import Instance, application
from loyalty.db import transaction
from loyalty.engines import Engines
from loyalty.ledger.purses import Chest, open_purses
from loyalty.schemas import load_purchase
from loyalty.versions import Connection, Programme, programme

SETTINGS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
"""What of our environment the servers are started with: no instance of the user's is touched."""


class Running(NamedTuple):
    """An instance that runs, its database empty."""

    data: Path
    environment: dict[str, str]
    postgres: int
    """The process id of the database's server."""


class Club(NamedTuple):
    """One of several clubs with the same members; every side of a comparison has its own."""

    code: str
    id: int
    key: str
    store_id: int
    members: Sequence[int]
    """Ids by place."""
    terms: Programme

    def own(self, sale: Case, number: int) -> Case:
        """A sale that was judged in memory as this club's, under the number of an event."""
        return replace(sale, id=number, member_id=self.members[sale.member_id], store_id=self.store_id)

    def chests(self, conn: Connection) -> dict[int, Chest]:
        """All members' purses as they are kept now."""
        rows = conn.execute("SELECT id, entries, head FROM member WHERE club_id = %s", [self.id])
        heads = {id_: (entries, head) for id_, entries, head in rows}
        return open_purses(conn, dict.fromkeys(heads, START), heads)


@contextmanager
def running() -> Iterator[Running]:
    """Engines with all that makes commits durable, an application context, the tables; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="shamseh-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        with Engines(data) as engines:
            kept = {name: os.environ[name] for name in SETTINGS if name in os.environ}
            environment = Instance(data, kept).environment(engines.addresses)
            with application(environment):
                migrations.upgrade()
                postmaster = (engines.folders.postgres / "postmaster.pid").read_text().split()[0]
                yield Running(data, environment, int(postmaster))


def make_club(code: str, members: int) -> Club:
    """A club with its members, a store and a server's key."""
    club_id = create_club(code, document(), NOW, from_at=START).id
    ids = [enrolled.id for enrolled in enrol_members(club_id, people(members), NOW)]
    key = create_key(club_id, "server", NOW)
    with transaction() as conn:
        row = conn.execute(
            "INSERT INTO store (club_id, code, name) VALUES (%s, %s, %s) RETURNING id", [club_id, STORE, STORE]
        ).fetchone()
        assert row
        return Club(code, club_id, key, row[0], ids, programme(conn, club_id))


def give_history(clubs: Sequence[Club], purchases: Sequence[Sent]) -> None:
    """The same past for each club, through the one write path."""
    past = [load_purchase(each.body, now=NOW) for each in purchases]
    for club in clubs:
        outcomes = record_purchases(club.id, past, NOW)
        assert all(outcome.status == "recorded" for outcome in outcomes)
    with transaction() as conn:
        conn.execute("ANALYZE")
