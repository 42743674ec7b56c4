"""The document of a version, read into objects; every fault is named with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from loyalty import formats
from loyalty.calendars import Calendar
from loyalty.rules.awards.discount import Discount
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.awards.receiver import FRIEND
from loyalty.rules.bylaws import RETURN_WINDOW, Bylaws, Read
from loyalty.rules.catalogue import read_award, read_condition
from loyalty.rules.challenges import read_challenge
from loyalty.rules.circles import no_circles_follow
from loyalty.rules.counters import POINTS, Counter
from loyalty.rules.counting import read_counter
from loyalty.rules.declared import declare
from loyalty.rules.events import read_event_type
from loyalty.rules.game import SECTIONS as GAME
from loyalty.rules.game import read_game
from loyalty.rules.kinds import Earning
from loyalty.rules.limits import Limit, different, read_limit
from loyalty.rules.membership import STANDINGS, read_membership
from loyalty.rules.naming import counter_name, with_condition
from loyalty.rules.occasions import REFERRAL, Occasion, read_occasion
from loyalty.rules.parts import Article, ClubTerms, Wallet
from loyalty.rules.reading import Bad, Node, Reading
from loyalty.rules.stacking import STACKING, one_wallet_per_group, read_stacking
from loyalty.rules.standings import named, read_audience, read_badge, read_leaderboard, read_tiers
from loyalty.rules.streaks import read_streak
from loyalty.rules.terms import Term, read_end
from loyalty.rules.totals import changes, no_circles, read_totals
from loyalty.rules.types import bilingual, read_date
from loyalty.rules.wallets import read_wallet
from loyalty.values import Text

FORMAT = 1
REQUIRED = ("format", "club", "wallets", "articles")
SECTIONS = (
    "events",
    "counters",
    "audiences",
    "tiers",
    "badges",
    "challenges",
    "streaks",
    "leaderboards",
    "stacking",
    "membership",
    "return_window",
    *GAME,
)


def load(document: Mapping[str, Any], version: int = 0) -> Bylaws:
    """A document as bylaws.

    Raises:
        Invalid: with every fault found, each with the JSON pointer of its place.
    """
    reading = Reading()
    try:
        bylaws = _load(Node(document, "", reading), version)
    except Bad:
        reading.finish()
        raise AssertionError("a fault was raised but not noted") from None
    reading.finish()
    return bylaws


def _load(root: Node, version: int) -> Bylaws:
    found = root.fields(REQUIRED, SECTIONS)
    reading = root.reading
    if found["format"].value is not FORMAT and found["format"].value != str(FORMAT):
        raise found["format"].bad(Text("This engine reads format 1.", "این موتور قالب ۱ را می‌خواند."))
    club = reading.attempt(_club, found["club"])
    if club:
        reading.calendar = club.calendar
    declare(found)
    wallets = named(found.get("wallets"), read_wallet)
    events = reading.events = named(found.get("events"), read_event_type)
    counters = _read_counters(found, reading, wallets)
    reading.audiences = named(found.get("audiences"), read_audience)
    articles = reading.attempt(lambda node: node.every(_article), found["articles"]) or ()
    one_wallet_per_group(articles, found["articles"])
    definitions = {name: counter for name, (counter, _) in counters.items()}
    no_circles(articles, definitions, found["articles"])
    tiers = reading.attempt(read_tiers, found["tiers"]) if "tiers" in found else None
    badges = named(found.get("badges"), read_badge)
    challenges = named(found.get("challenges"), lambda code, node: read_challenge(code, node, definitions))
    streaks = named(found.get("streaks"), lambda code, node: read_streak(code, node, definitions))
    boards = named(found.get("leaderboards"), lambda code, node: read_leaderboard(code, node, definitions))
    stacking = reading.attempt(_stacking, found["stacking"]) if "stacking" in found else "compound"
    membership = reading.attempt(read_membership, found["membership"]) if "membership" in found else STANDINGS
    game = read_game(found, reading, challenges)
    if reading.faults or club is None or stacking is None or membership is None:
        raise Bad
    bylaws = Bylaws(
        version,
        club,
        wallets,
        definitions,
        reading.counter_names,
        articles,
        tiers,
        badges,
        boards,
        stacking,
        reads_of(reading, definitions),
        frozenset(reading.member_reads),
        frozenset(reading.event_reads),
        membership,
        events,
        _return_window(found),
        game,
        reading.audiences,
        frozenset(reading.audience_reads),
        {code: its for code, its in challenges.items() if its.by == "member"},
        streaks,
    )
    no_circles_follow(bylaws, root)
    for name, (counter, given) in counters.items():
        if given is None:
            bylaws.counter_names[name] = with_condition(bylaws.counter_names[name], counter, bylaws)
    return bylaws


def _read_counters(
    found: dict[str, Node], reading: Reading, wallets: Mapping[str, Wallet]
) -> dict[str, tuple[Counter, Text | None]]:
    """The counters, each with the name that it was given; notes of each what conditions ask for."""
    counters = named(found.get("counters"), _counter)
    reading.names["counters"] = set(counters)
    for name, (counter, given) in counters.items():
        of_money = counter.of == POINTS and reading.wallet_units.get(counter.wallet or "") == "money"
        reading.counter_units[name] = "money" if of_money and counter.measure == "amount" else counter.unit
        reading.counter_names[name] = given or counter_name(counter, reading.events, wallets)
        if counter.by and not counter.distinct:
            reading.labelled.add(name)
    return counters


def reads_of(reading: Reading, counters: Mapping[str, Counter]) -> tuple[Read, ...]:
    """What was asked of counters while reading, in the order of its places."""
    return tuple(
        Read(counters[counter] if isinstance(counter, str) else counter, over, around, label)
        for counter, over, around, label in reading.reads
    )


def _stacking(node: Node) -> str:
    return node.choice(("compound", "add", "highest"))


def _club(node: Node) -> ClubTerms:
    found = node.fields(["name", "currency", "timezone", "calendar"], ["display"])
    attempt = node.reading.attempt
    name = attempt(bilingual, found["name"])
    currency = attempt(lambda n: n.choice(tuple(formats.CURRENCIES)), found["currency"])
    display = attempt(lambda n: n.choice(("toman",)), found["display"]) if "display" in found else None
    zone = attempt(_zone, found["timezone"])
    system = attempt(lambda n: n.choice(("jalali", "gregorian")), found["calendar"])
    if name is None or currency is None or zone is None or system is None:
        raise Bad
    if display == "toman" and currency != "IRR":
        raise found["display"].bad(Text("Toman shows a club in IRR.", "تومان تنها برای باشگاهی با ریال (IRR) است."))
    calendar = Calendar(zone, system)  # type: ignore[arg-type]
    return ClubTerms(name, currency, display, calendar, formats.unit(currency, display))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks a folder: asked once


def _zone(node: Node) -> str:
    if not isinstance(node.value, str) or node.value not in _zones():
        raise node.bad(
            Text("A time zone such as Asia/Tehran is expected.", "اینجا منطقهٔ زمانی لازم است، مانند Asia/Tehran.")
        )
    return str(node.value)


def _counter(_name: str, node: Node) -> tuple[Counter, Text | None]:
    its = node.mapping()
    given = node.reading.attempt(bilingual, its["name"]) if "name" in its else None
    if "name" not in its:
        return read_counter(node), None
    rest = {key: value for key, value in node.value.items() if key != "name"}
    counter = read_counter(Node(rest, node.path, node.reading, node.depth))
    if given is None:
        raise Bad
    return counter, given


def _article(node: Node) -> Article:
    found = node.fields(["no", "title", "give"], ["on", "if", "limits", "from", "until", *STACKING])
    attempt = node.reading.attempt
    no = attempt(_article_no, found["no"])
    title = attempt(bilingual, found["title"])
    on = attempt(read_occasion, found["on"]) if "on" in found else None
    try:
        with node.reading.awaiting(on):
            return _on_occasion(node, found, no, title, on)
    finally:  # once it is read: what it gives may be reckoned of articles before it
        if no is not None:
            _numbers(node).add(no)


def _on_occasion(
    node: Node, found: dict[str, Node], no: str | None, title: Text | None, on: Occasion | None
) -> Article:
    """The parts of an article that may look at its occasion."""
    attempt = node.reading.attempt
    condition = attempt(read_condition, found["if"]) if "if" in found else None
    give = attempt(lambda n: n.every(read_award, least=1), found["give"]) or ()
    first = attempt(read_date, found["from"]) if "from" in found else None
    last = attempt(read_date, found["until"]) if "until" in found else None
    for place, award in enumerate(give):
        if isinstance(award, Earning) and award.to == FRIEND and on and on != REFERRAL:
            found["give"].items()[place].bad(Text("Only a referral has a friend.", "تنها معرفی، «friend» دارد."))
    if first and last and first > last:
        raise found["until"].bad(Text("The last day comes before the first.", "روز پایان پیش از روز آغاز است."))
    if "on" not in found and give:
        on = attempt(lambda n: changes(n, give), node)
    if no is None or title is None or on is None or not give:
        raise Bad
    wallets = [award.wallet for award in give if isinstance(award, Earning | Multiply | Discount)]
    if "limits" in found and not wallets:
        raise found["limits"].bad(Text("There is no amount to limit.", "این ماده مقداری نمی‌دهد که سقف داشته باشد."))
    limits: tuple[Limit, ...] = ()
    if "limits" in found:
        limits = different(found["limits"].every(lambda n: read_limit(n, no, wallets[0])), found["limits"])
    totals = read_totals(no, give, found, limits)
    stacking = read_stacking(node, found, bool(wallets))
    return Article(no, title, condition, give, limits, first, last, *stacking, on, totals)


def _return_window(found: dict[str, Node]) -> Term | None:
    """How long a purchase may come back before others get what it gives them: a term, or `none`."""
    if "return_window" not in found:
        return RETURN_WINDOW
    node = found["return_window"]
    return None if node.value == "none" else node.reading.attempt(read_end, node)


def _article_no(node: Node) -> str:
    no = str(node.value) if isinstance(node.value, int) else node.text(20)
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]*", no):
        raise node.bad(
            Text(
                "An article's number is letters, digits, dots or dashes.",
                "شمارهٔ ماده از حرف لاتین، رقم، نقطه یا خط تیره است.",
            )
        )
    if no in _numbers(node):
        raise node.bad(Text(f"There already is an article {no}.", f"مادهٔ {no} پیش‌تر آمده است."))
    return no


def _numbers(node: Node) -> set[str]:
    """The numbers of the articles that were read."""
    return node.reading.names.setdefault("article numbers", set())
