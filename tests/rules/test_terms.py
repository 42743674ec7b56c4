"""When a term ends: in the club's zone and calendar, to the microsecond."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendars import Calendar, parse_date
from loyalty.errors import Invalid
from loyalty.rules import Bylaws, load, plain
from loyalty.rules.bylaws import Lot
from loyalty.rules.membership import Membership
from loyalty.rules.reading import Node, Reading
from loyalty.rules.ruling import Given
from loyalty.rules.sentences import sections
from loyalty.rules.terms import read_end
from tests.rules.drawn import quick
from tests.rules.stories import Story, article, document, instant

TEHRAN = Calendar("Asia/Tehran", "jalali")
LONDON = Calendar("Europe/London", "gregorian")
NEVER = (None, None)


def end(written: Any, start: str, calendar: Calendar = TEHRAN) -> datetime:
    """When a term ends that begins at a time on the club's clock, on that clock."""
    term = read_end(Node(written, "", Reading(calendar)))
    ends = term.ends(instant(start, calendar), calendar)
    assert ends.tzinfo is UTC
    return ends.astimezone(calendar.zone).replace(tzinfo=None)


def last_of(day: str) -> datetime:
    """The last instant of a day, on the clock."""
    return datetime.combine(parse_date(day), datetime.max.time())


def at(day: str, hour: int, minute: int = 0) -> datetime:
    """A time on the clock."""
    return datetime.combine(parse_date(day), datetime.min.time()).replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("written", "start", "ends"),
    [
        ({"days": 14}, "1405-08-21 18:30", at("1405-09-05", 18, 30)),
        ({"weeks": 2}, "1405-08-21 00:00", at("1405-09-05", 0)),
        ({"months": 12}, "1405-08-21 23:59", at("1406-08-21", 23, 59)),
        ({"months": "۱"}, "1405-06-31 12:00", at("1405-07-30", 12)),
        ({"months": 1}, "1405-07-30 12:00", at("1405-08-30", 12)),
        ({"months": 6}, "1405-06-31 12:00", at("1405-12-29", 12)),
        ({"years": 1}, "1403-12-30 12:00", at("1404-12-29", 12)),
        ({"years": 5}, "1403-12-30 12:00", at("1408-12-30", 12)),
    ],
)
def test_a_length_of_time_ends_at_the_same_time_of_day_clipped_to_the_month(
    written: Any, start: str, ends: datetime
) -> None:
    assert end(written, start) == ends
    assert end({"after": written}, start) == ends


def test_without_jalali_the_months_are_the_other_ones() -> None:
    assert end({"months": 1}, "2026-01-31 12:00", LONDON) == at("2026-02-28", 12)
    assert end({"after": {"months": 1}, "at": "end_of_month"}, "2028-01-31 12:00", LONDON) == last_of("2028-02-29")
    assert end({"at": "02-29"}, "2026-02-01 12:00", LONDON) == last_of("2026-02-28")
    assert end({"at": "end_of_week"}, "2026-11-12 12:00", LONDON) == last_of("2026-11-15")


@pytest.mark.parametrize(
    ("written", "start", "last_day"),
    [
        ({"at": "end_of_day"}, "1405-08-21 00:00", "1405-08-21"),
        ({"at": "end_of_day", "plus": 2}, "1405-08-21 23:59", "1405-08-23"),
        ({"at": "end_of_week"}, "1405-08-21 12:00", "1405-08-22"),  # a Thursday; weeks end with Friday
        ({"at": "end_of_week", "plus": 1}, "1405-08-23 00:00", "1405-09-06"),
        ({"at": "end_of_month"}, "1405-06-01 00:00", "1405-06-31"),
        ({"at": "end_of_month"}, "1405-06-31 23:59", "1405-06-31"),
        ({"at": "end_of_month", "plus": 1}, "1405-06-31 12:00", "1405-07-30"),
        ({"after": {"months": 12}, "at": "end_of_month"}, "1405-08-21 12:00", "1406-08-30"),
        ({"after": {"days": 10}, "at": "end_of_month"}, "1405-08-21 12:00", "1405-09-30"),
        ({"at": "end_of_quarter"}, "1405-07-01 00:00", "1405-09-30"),
        ({"at": "end_of_quarter", "plus": 2}, "1405-08-21 12:00", "1406-03-31"),
        ({"at": "end_of_year"}, "1403-01-01 12:00", "1403-12-30"),
        ({"at": "end_of_year"}, "1405-12-29 23:59", "1405-12-29"),
        ({"at": "end_of_year", "plus": 1}, "1405-08-21 12:00", "1406-12-29"),
        ({"at": "end_of_year", "plus": 3}, "1405-08-21 12:00", "1408-12-30"),
        ({"after": {"months": 5}, "at": "end_of_year", "plus": 1}, "1405-08-21 12:00", "1407-12-29"),
    ],
)
def test_the_end_of_a_period_is_the_last_instant_of_its_last_day(written: Any, start: str, last_day: str) -> None:
    assert end(written, start) == last_of(last_day)


@pytest.mark.parametrize(
    ("written", "start", "last_day"),
    [
        ({"at": "thursday"}, "1405-08-21 12:00", "1405-08-21"),  # that very Thursday
        ({"at": "friday"}, "1405-08-21 12:00", "1405-08-22"),
        ({"at": "wednesday"}, "1405-08-21 12:00", "1405-08-27"),
        ({"at": "thursday", "plus": 2}, "1405-08-21 12:00", "1405-09-05"),
        ({"after": {"days": 1}, "at": "thursday"}, "1405-08-21 12:00", "1405-08-28"),
        ({"at": "08-21"}, "1405-08-21 23:59", "1405-08-21"),  # that very day
        ({"at": "08-20"}, "1405-08-21 00:00", "1406-08-20"),
        ({"at": "۰۱-۰۱"}, "1405-08-21 12:00", "1406-01-01"),
        ({"at": "12-30"}, "1403-01-01 12:00", "1403-12-30"),
        ({"at": "12-30"}, "1404-01-01 12:00", "1404-12-29"),
        ({"at": "12-30"}, "1404-12-29 23:00", "1404-12-29"),
        ({"at": "12-30", "plus": 4}, "1404-12-29 23:00", "1408-12-30"),
        ({"at": "12-29"}, "1403-12-30 12:00", "1404-12-29"),
        ({"after": {"years": 1}, "at": "12-29", "plus": 1}, "1405-08-21 12:00", "1407-12-29"),
    ],
)
def test_a_named_day_is_the_first_on_or_after_the_instant(written: Any, start: str, last_day: str) -> None:
    assert end(written, start) == last_of(last_day)


def test_a_change_of_offset_moves_the_instant_and_not_the_time_of_day() -> None:
    # In London the clocks went forward on 29 March 2026 and go back on 25 October.
    noon = instant("2026-03-28 12:00", LONDON)
    day = read_end(Node({"days": 1}, "", Reading(LONDON)))
    assert day.ends(noon, LONDON) - noon == timedelta(hours=23)
    assert end({"days": 1}, "2026-03-28 12:00", LONDON) == at("2026-03-29", 12)
    assert end({"days": 1}, "2026-03-28 01:30", LONDON) == at("2026-03-29", 2, 30), "01:30 was skipped"
    autumn = instant("2026-10-24 12:00", LONDON)
    assert day.ends(autumn, LONDON) - autumn == timedelta(hours=25)
    assert day.ends(instant("2026-10-24 01:30", LONDON), LONDON) == instant("2026-10-25T00:30+00:00", LONDON), (
        "of the two half past ones it is the first"
    )
    assert day.ends(instant("2026-10-25T01:30+00:00", LONDON), LONDON) == instant("2026-10-26 01:30", LONDON)


def test_a_day_that_begins_past_midnight_begins_where_the_one_before_ended() -> None:
    # On 22 March 2022 Tehran's clocks went from 00:00 to 01:00.
    ends = read_end(Node({"at": "end_of_day"}, "", Reading(TEHRAN))).ends(instant("1401-01-01 12:00", TEHRAN), TEHRAN)
    assert TEHRAN.moment(ends).day == parse_date("1401-01-01")
    assert TEHRAN.moment(ends + timedelta(microseconds=1)) == (parse_date("1401-01-02"), 60, 1)


LENGTHS = st.fixed_dictionaries({"after": st.sampled_from([{"days": 40}, {"weeks": 3}, {"months": 7}, {"years": 2}])})
STOPS = st.fixed_dictionaries(
    {
        "at": st.sampled_from(["end_of_day", "end_of_week", "end_of_month", "end_of_quarter", "end_of_year", "12-30"])
        | st.sampled_from(["friday", "monday", "02-29"]),
        "plus": st.integers(0, 3),
    }
)


@quick
@given(
    st.one_of(LENGTHS, STOPS, st.tuples(LENGTHS, STOPS).map(lambda both: {**both[0], **both[1]})),
    st.integers(0, 7 * 365 * 24 * 60),
)
def test_terms_end_in_the_order_in_which_they_began_and_never_before(written: Any, minutes: int) -> None:
    term = read_end(Node(written, "", Reading(TEHRAN)))
    began = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = term.ends(began, TEHRAN)
    assert ends >= began
    assert term.ends(began + timedelta(hours=7), TEHRAN) >= ends
    if "at" in written:
        assert TEHRAN.moment(ends + timedelta(microseconds=1)).minute == 0


POINTS = {"unit": "points", "name": {"en": "points", "fa": "امتیاز"}}
BOUGHT = "1405-08-21 12:00"


def club(wallet: dict[str, Any], *give: dict[str, Any], **sections: Any) -> Bylaws:
    """A club with one wallet of points and an article that gives into it."""
    return load(document(wallets={"points": {**POINTS, **wallet}}, articles=[article(give=list(give))], **sections))


def lots(bylaws: Bylaws) -> list[Lot]:
    """When what a purchase gives matures and expires, award by award, on the club's clock."""
    story = Story(bylaws)
    ruling = story.buys({"at": BOUGHT, "net": 100_000}).ruling
    found = [bylaws.lot_terms(one, instant(BOUGHT, story.calendar)) for one in ruling.awards]
    return [tuple(end and end.astimezone(TEHRAN.zone).replace(tzinfo=None) for end in lot) for lot in found]  # type: ignore[misc]


FIXED = {"points": {"fixed": 5}}


def test_what_is_given_expires_and_matures_as_its_wallet_says_also_what_multipliers_give() -> None:
    wallet = {"matures": {"days": 14}, "expires": {"after": {"months": 12}, "at": "end_of_month"}}
    whole = (at("1405-09-05", 12), last_of("1406-08-30"))
    assert lots(club(wallet, {"points": {"per": 1000, "give": 1}}, {"multiply": {"by": 2}})) == [whole, whole]


def test_an_award_s_own_terms_come_before_its_wallet_s_each_by_itself() -> None:
    wallet = {"matures": {"days": 14}, "expires": {"months": 12}}
    own = {"points": {"fixed": 5, "expires": {"days": 30}}}
    assert lots(club(wallet, own, FIXED)) == [
        (at("1405-09-05", 12), at("1405-09-21", 12)),
        (at("1405-09-05", 12), at("1406-08-21", 12)),
    ]
    at_once = {"points": {"fixed": 5, "matures": {"at": "end_of_day"}}}
    assert lots(club({}, at_once, FIXED)) == [(last_of("1405-08-21"), None), NEVER]


def test_a_badge_s_gift_has_terms_of_its_own_too() -> None:
    level = {"at": 1, "give": [{"points": {"fixed": 7, "expires": {"days": 1}}}]}
    badges = {"first": {"title": {"en": "First", "fa": "نخست"}, "counter": "orders", "levels": [level]}}
    assert lots(club({}, FIXED, badges=badges)) == [NEVER, (None, at("1405-08-22", 12))]


def test_a_wallet_that_lapses_by_its_activity_has_lots_without_an_end() -> None:
    lapsing = {"expires": {"after": {"months": 6}, "from": "activity"}}
    assert lots(club(lapsing, FIXED, {"points": {"fixed": 5, "expires": {"days": 1}}})) == [
        NEVER,
        (None, at("1405-08-22", 12)),
    ]
    term = club(lapsing, FIXED).wallets["points"].expires
    assert term
    assert term.from_activity
    assert term.ends(instant(BOUGHT, TEHRAN), TEHRAN) == instant("1406-02-21 12:00", TEHRAN)
    by_event = club({"expires": {"after": {"months": 6}, "from": "event"}}, FIXED)
    assert lots(by_event) == [(None, at("1406-02-21", 12))]


def test_what_comes_otherwise_than_by_an_award_has_its_wallet_s_terms() -> None:
    bylaws = club({"expires": {"days": 1}}, {"points": {"fixed": 5, "expires": {"days": 9}}})
    assert bylaws.wallet_terms("points", instant(BOUGHT, TEHRAN)) == (None, instant("1405-08-22 12:00", TEHRAN))
    assert club({}, FIXED).wallet_terms("points", instant(BOUGHT, TEHRAN)) == NEVER


def test_an_amount_of_no_award_of_this_version_is_not_taken_for_one_without_end() -> None:
    with pytest.raises(KeyError):
        club({"expires": {"days": 1}}, FIXED).lot_terms(Given("9", 0, "points", 1, 0, 1), instant(BOUGHT, TEHRAN))


def test_a_wallet_that_says_nothing_is_spent_by_expiry_owes_and_is_not_given_away() -> None:
    wallet = club({}, FIXED).wallets["points"]
    assert (wallet.matures, wallet.expires, wallet.spend, wallet.debt, wallet.transfers) == (
        None,
        None,
        "soonest_expiry",
        "allow",
        False,
    )
    other = club({"spend": "oldest", "debt": "refuse", "transfers": "true"}, FIXED).wallets["points"]
    assert (other.spend, other.debt, other.transfers) == ("oldest", "refuse", True)


def test_returns_wait_for_the_review_unless_the_tiers_say_otherwise() -> None:
    ladder = {"ladder": [{"code": "bronze", "title": {"en": "Bronze", "fa": "برنزی"}}]}
    assert club({}, FIXED, tiers=None).returns == "at_review"
    assert club({}, FIXED, tiers=ladder).returns == "at_review"
    assert club({}, FIXED, tiers={**ladder, "returns": "at_once"}).returns == "at_once"


def test_what_a_return_does_is_told_of_what_the_club_shows() -> None:
    badge = {"title": {"en": "Regular", "fa": "همیشگی"}, "counter": "visits", "levels": [{"at": 5}]}
    told = {
        secret: [
            {lang: plain(phrase) for lang, phrase in part.said[0].phrases.items()}
            for part in sections(club({}, FIXED, tiers=None, badges={"regular": {**badge, "secret": secret}}))
            if part.code == "returns"
        ]
        for secret in (False, True)
    }
    assert told[False] == [
        {
            "en": "When goods are returned, badges are judged anew at the next review.",
            "fa": "با مرجوع شدن کالا، نشان‌های عضو در بازبینی بعدی از نو سنجیده می‌شود.",
        }
    ]
    assert told[True] == [], "a secret badge is not given away"


def test_only_active_members_earn_and_spend_unless_the_document_says_otherwise() -> None:
    nothing = Membership(earns=False, spends=False, wallets="keep")
    active = Membership(earns=True, spends=True, wallets="keep")
    silent = dict.fromkeys(["suspended", "left", "expelled", "deceased"], nothing)
    assert club({}, FIXED).membership == {"active": active, **silent}
    told = club({}, FIXED, membership={"suspended": {"spends": True}, "left": {"wallets": "forfeit"}, "deceased": {}})
    assert told.membership == {
        "active": active,
        **silent,
        "suspended": Membership(spends=True),
        "left": Membership(wallets="forfeit"),
    }


def test_a_wrong_wallet_is_a_fault_and_no_crash_where_an_award_names_it() -> None:
    with pytest.raises(Invalid) as refused:
        club({"rounds": "up"}, {"points": {"fixed": 5, "wallet": "points"}})
    assert [fault.path for fault in refused.value.faults] == ["/wallets/points/rounds"]


def test_every_fault_of_a_wallet_and_of_a_standing_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        club(
            {"matures": {"days": 0}, "expires": {"at": "noon"}, "debt": "maybe"},
            FIXED,
            membership={"left": {"earns": 1, "wallets": "burn"}, "gone": {}},
        )
    assert {fault.path for fault in refused.value.faults} == {
        "/wallets/points/matures/days",
        "/wallets/points/expires/at",
        "/wallets/points/debt",
        "/membership/left/earns",
        "/membership/left/wallets",
        "/membership/gone",
    }


def test_every_day_of_a_leap_year_shares_its_end() -> None:
    for n in range(366):
        start = TEHRAN.instant(date(2024, 3, 20) + timedelta(days=n), 1439)
        ends = read_end(Node({"at": "end_of_year"}, "", Reading(TEHRAN))).ends(start, TEHRAN)
        assert TEHRAN.moment(ends).day == parse_date("1403-12-30")
