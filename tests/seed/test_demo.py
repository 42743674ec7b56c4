"""The demo club: a year that looks like life, the same on the same day, made once however often it is begun."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty import cards, documents, passwords, phones
from loyalty.actions.create_club import create_club
from loyalty.actions.enrol_members import enrol_members
from loyalty.db import connection, db
from loyalty.enrolment import Enrolment
from loyalty.errors import Conflict
from loyalty.ledger.audit import Audited, audit
from loyalty.ledger.recount import recount
from loyalty.outcome import CHUNK
from loyalty.queries import keys
from loyalty.rules import Purchase, load
from seed import demo
from seed.baskets import Year, year
from seed.catalogue import CATEGORIES, PRODUCTS, YALDA
from seed.happenings import Claimed, ComesBack, Gift, Merged, Pays, PutRight
from seed.retelling import Event, parts
from seed.shoppers import CALENDAR, SHOPS
from tests.conftest import Clock

AZAR_FIRST = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
"""Eight in the morning in Tehran, on the first day of a month."""


@pytest.fixture(scope="module")
def told() -> Year:
    return year(AZAR_FIRST)


def test_the_same_day_tells_the_same_year_and_a_later_hour_only_goes_on(told: Year) -> None:
    assert year(AZAR_FIRST) == told
    evening = year(AZAR_FIRST + timedelta(hours=13))
    assert evening.shoppers == told.shoppers
    assert evening.purchases[: len(told.purchases)] == told.purchases
    assert len(evening.purchases) > len(told.purchases)
    assert evening.happenings[: len(told.happenings)] == told.happenings
    assert year(AZAR_FIRST - timedelta(days=1)).purchases != told.purchases


@pytest.mark.parametrize("day", ["2026-03-21", "2026-06-01", "2027-01-01", "2028-12-21"])
def test_on_any_day_the_year_is_large_enough(day: str) -> None:
    told = year(datetime.fromisoformat(f"{day}T05:00:00+00:00"))
    assert len(told.shoppers) >= 500
    assert len(told.purchases) >= 10_000


def test_everybody_is_somebody_and_every_sale_is_sound(told: Year) -> None:
    people = [shopper.enrolment for shopper in told.shoppers]
    for known in ("external_id", "phone", "card"):
        assert len({getattr(person, known) for person in people}) == len(people)
    assert len({person.name for person in people}) == len(people) - 1  # one of them has two cards
    assert all(person.phone and phones.normal(person.phone, "IR") == person.phone for person in people)
    assert all(person.card and cards.is_ours(person.card) for person in people)
    joined = {person.external_id: person.joined_at for person in people}
    for sale in told.purchases:
        if sale.member:
            began = joined[sale.member.value]
            assert began
            assert began < sale.occurred_at
        assert sale.occurred_at <= AZAR_FIRST
        assert sale.gross == sum(line.gross for line in sale.lines) >= sale.net
        assert sale.net == sum(line.net for line in sale.lines) == sum(tender.amount for tender in sale.tenders)
        assert sale.net > 0
        assert all(line.quantity > 0 and line.gross >= line.net > 0 for line in sale.lines)
    assert len({(sale.store, sale.receipt) for sale in told.purchases}) == len(told.purchases)
    assert [sale.occurred_at for sale in told.purchases] == sorted(sale.occurred_at for sale in told.purchases)


def test_the_year_looks_like_life(told: Year) -> None:
    days = Counter(CALENDAR.moment(sale.occurred_at).day for sale in told.purchases)
    of_week = Counter(day.weekday() for day in days.elements())
    assert {day for day, _ in of_week.most_common(2)} == {3, 4}  # Thursday and Friday

    def mean(first: str, last: str) -> float:
        wanted = [n for day, n in days.items() if first <= CALENDAR.label("day", day) <= last]
        return sum(wanted) / len(wanted)

    usual = len(told.purchases) / 366
    assert mean("1404-12-20", "1404-12-29") > 1.5 * usual  # before Nowruz
    assert mean("1405-01-01", "1405-01-04") < 0.7 * usual  # when families visit each other
    assert mean("1404-09-27", "1404-09-30") > 1.3 * usual  # Yalda
    feast = Counter(
        YALDA in line.tags
        for sale in told.purchases
        if "1404-09-25" <= CALENDAR.label("day", CALENDAR.moment(sale.occurred_at).day) <= "1404-09-30"
        for line in sale.lines
    )
    assert feast[True] * 4 > feast.total()

    times = sorted(Counter(sale.member.value for sale in told.purchases if sale.member).values())
    top = sum(times[-len(times) // 5 :])
    assert top * 2 > len(told.purchases)  # a fifth of the members make half of the sales
    latest = {sale.member.value: sale.occurred_at for sale in told.purchases if sale.member}
    lapsed = [one for one in latest.values() if one < AZAR_FIRST - timedelta(days=90)]
    assert len(lapsed) > 40
    assert {sale.store for sale in told.purchases} == {shop.code for shop in SHOPS}
    at_branches = [CALENDAR.moment(sale.occurred_at).minute // 60 for sale in told.purchases if sale.channel == "pos"]
    assert 7 <= min(at_branches) <= max(at_branches) <= 22
    assert days[CALENDAR.moment(AZAR_FIRST).day] >= 10  # no board is bare on the first morning of a month


def test_goods_come_back_and_hands_are_busy_after_what_they_are_about(told: Year) -> None:
    sold = {(sale.store, sale.receipt): sale for sale in told.purchases}
    kinds = Counter(type(one) for one in told.happenings)
    assert 0.02 < kinds[ComesBack] / len(sold) < 0.045
    assert {Pays, ComesBack, Claimed, PutRight, Gift, Merged} == kinds.keys()
    assert kinds[Gift] == 2
    assert kinds[Merged] == 1
    unclaimed = {key for key, sale in sold.items() if sale.member is None}
    assert 0 < kinds[Claimed] < len(unclaimed) < len(sold) // 100
    for one in told.happenings:
        if isinstance(one, Pays | ComesBack | Claimed):
            sale = one.purchase
            assert sold[sale.store, sale.receipt] == sale
            assert sale.occurred_at <= one.at <= AZAR_FIRST
            assert isinstance(one, Claimed) == (sale.member is None)
    back = [one for one in told.happenings if isinstance(one, ComesBack)]
    whole = sum(one.asked.all for one in back)
    assert len(back) > 2 * whole > 0
    assert len({(one.asked.store, one.asked.key) for one in back}) == len(back)
    shown = told.shoppers[0].external_id
    hers = [one for one in back if one.purchase.member and one.purchase.member.value == shown]
    assert AZAR_FIRST - hers[-1].at < timedelta(days=2)  # her page has a return to show


def test_parts_keep_everybodys_order_and_their_size(told: Year) -> None:
    told_in = list(parts(told.purchases, told.happenings))
    assert [when(event) for part in told_in for event in part] == sorted(
        when(event) for part in told_in for event in part
    )
    assert sum(len(part) for part in told_in) == len(told.purchases) + len(told.happenings)
    assert all(sum(isinstance(event, Purchase) for event in part) <= 2 * CHUNK for part in told_in)
    assert len(told_in) < len(told.purchases) // CHUNK  # batches stay batches


def when(event: Event) -> datetime:
    return event.occurred_at if isinstance(event, Purchase) else event.at


def test_the_bylaws_speak_of_what_is_on_the_shelves() -> None:
    document = documents.parse(demo.BYLAWS.read_text("utf-8"))
    known = {
        *CATEGORIES,
        *(product.sku for product in PRODUCTS),
        *(tag for product in PRODUCTS for tag in product.tags),
    }
    named = set(_named(document))
    assert len(named) > 8
    assert named <= known
    assert len(load(document).badges) >= 6


def _named(part: Any) -> Iterator[str]:
    """Every product, category and tag that a part of the document names."""
    if isinstance(part, list):
        for item in part:
            yield from _named(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("sku", "category", "tag"):
                yield from value if isinstance(value, list) else [value]
            else:
                yield from _named(value)


SEEDER = """
    import sys
    from datetime import datetime
    from pathlib import Path
    from loyalty.config import Settings
    from loyalty.db import base_app
    from seed.demo import seed_demo

    database, redis, data, now = sys.argv[1:]
    with base_app(Settings(database, redis, "secret", Path(data))).app_context():
        seed_demo(datetime.fromisoformat(now), lambda done, of: print(done, flush=True))
"""


@pytest.fixture
def seeder(app: Flask, tmp_path: Path) -> Callable[[datetime], "subprocess.Popen[str]"]:
    """Starts another process that makes the demo club."""
    script, settings = tmp_path / "seeder.py", app.extensions["loyalty"]
    script.write_text(textwrap.dedent(SEEDER))

    def started(at: datetime) -> "subprocess.Popen[str]":
        argv = [sys.executable, script, settings.database_url, settings.redis_url, settings.data, at.isoformat()]
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.Popen([str(word) for word in argv], stdout=subprocess.PIPE, text=True, env=env)

    return started


def test_the_demo_club_is_made_once_even_where_making_it_was_broken_off(
    seeder: Callable[[datetime], "subprocess.Popen[str]"], told: Year, clock: Clock
) -> None:
    clock.now = AZAR_FIRST
    broken_off = seeder(AZAR_FIRST)
    assert broken_off.stdout
    for _ in range(4):
        broken_off.stdout.readline()
    broken_off.send_signal(signal.SIGKILL)
    broken_off.communicate()

    next_day = AZAR_FIRST + timedelta(days=1)
    made = demo.seed_demo(next_day)

    claimed = [(one.purchase.store, one.purchase.receipt) for one in told.happenings if isinstance(one, Claimed)]
    known = [sale for sale in told.purchases if sale.member or (sale.store, sale.receipt) in claimed]
    back = sum(isinstance(one, ComesBack) for one in told.happenings)
    waiting = len(told.purchases) - len(known)
    assert _figures(made.club_id) == (len(known), sum(sale.net for sale in known), 640, len(SHOPS), back, waiting)
    assert recount(made.club_id) == []
    audited = Audited()
    assert list(audit(connection(), made.club_id, CALENDAR, audited)) == []
    assert audited.entries > 2 * len(known)
    shown = connection().execute("SELECT name FROM profile WHERE member_id = %s", [made.member_id]).fetchone()
    assert shown == (made.name,) == (told.shoppers[0].enrolment.name,)
    kept = connection().execute("SELECT password FROM person WHERE email = %s", [made.email]).fetchone()
    assert kept
    assert passwords.matches(kept[0], made.password)
    caller = keys.caller(made.till_key)
    assert caller
    assert (caller.kind, caller.store_code) == ("till", made.store)
    held = connection().execute("SELECT code, max(level) FROM badge_level GROUP BY code").fetchall()
    highest = {
        code: badge.height for code, badge in load(documents.parse(demo.BYLAWS.read_text("utf-8"))).badges.items()
    }
    assert dict(held) == highest  # no badge is impossible

    db.session.rollback()
    before = _figures(made.club_id)
    assert demo.seed_demo(next_day + timedelta(days=40)) == made
    assert _figures(made.club_id) == before


def _figures(club_id: int) -> tuple[int, ...]:
    row = connection().execute(
        "SELECT count(*), sum(net), (SELECT count(*) FROM member WHERE club_id = %(club)s),"
        " (SELECT count(*) FROM store WHERE club_id = %(club)s),"
        " (SELECT count(*) FROM purchase_return WHERE club_id = %(club)s),"
        " (SELECT count(*) FROM set_aside WHERE club_id = %(club)s) FROM purchase WHERE club_id = %(club)s",
        {"club": club_id},
    )
    found = row.fetchone()
    assert found
    return tuple(int(value) for value in found)


def test_a_club_that_only_has_the_same_code_is_left_alone(app: Flask, clock: Clock) -> None:
    club = create_club(demo.CODE, documents.parse(demo.BYLAWS.read_text("utf-8")), clock.now).id
    enrol_members(club, [Enrolment(name="Somebody")], clock.now)
    with pytest.raises(Conflict, match="not the demo club"):
        demo.seed_demo(clock.now)


def test_a_signpost_stands_only_where_the_demo_club_does(app: Flask) -> None:
    assert demo.signs("http://club.example", None) == []
