"""How long tiers are held: the programmes of five kinds of clubs, lived day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.rules import load
from loyalty.rules.member import known_tier
from tests.rules.stories import Story, article, document, instant

GREGORIAN = {
    "name": {"en": "Club", "fa": "باشگاه"},
    "currency": "IRR",
    "timezone": "Asia/Tehran",
    "calendar": "gregorian",
}


def step(code: str, needs: Any = None, **more: Any) -> dict[str, Any]:
    return {"code": code, "title": {"en": code, "fa": code}, **({"needs": needs} if needs else {}), **more}


def counter(name: str, over: Any, least: int) -> dict[str, Any]:
    return {"counter": {"name": name, "over": over, "at_least": least}}


class Lived(Story):
    """A member whose tier is told on every day that a test asks for."""

    def __init__(self, *ladder: dict[str, Any], club: Any = None, given: Any = None, **tiers: Any) -> None:
        more = {"club": club} if club else {}
        bylaws = load(document(articles=[article()], tiers={"ladder": list(ladder), **tiers}, **more))
        super().__init__(bylaws, given)
        self.moves: list[tuple[str, str | None]] = []

    def spends(self, day: str, net: int) -> str | None:
        self.buys({"at": f"{day} 12:00", "net": net})
        return known_tier(self.bylaws, self.member.tier)

    def at(self, text: str) -> str | None:
        """Where the member stands just after an instant, once the timer has passed it."""
        moves = self.looked_at(instant(text, self.calendar))
        self.moves += [(self.told(move.at), move.after) for move in moves]
        return known_tier(self.bylaws, self.member.tier)

    def told(self, at: datetime | None) -> str:
        assert at
        moment = self.calendar.moment(at)
        return f"{self.calendar.label('day', moment.day)} {moment.minute // 60:02}:{moment.minute % 60:02}"

    @property
    def until(self) -> str | None:
        until = self.member.tenure.until
        return self.told(until) if until else None


BEAUTY = (
    step("insider"),
    step("vib", counter("spend", {"this": "year"}, 350)),
    step("rouge", counter("spend", {"this": "year"}, 1000)),
)
REST_AND_NEXT = {"at": "end_of_year", "plus": 1}


def test_a_beauty_chain_gives_status_for_the_rest_of_the_year_and_the_next() -> None:
    story = Lived(*BEAUTY, holds_for=REST_AND_NEXT, club=GREGORIAN)
    assert story.spends("2026-03-10", 349) == "insider"
    assert story.spends("2026-05-01", 1) == "vib"
    assert story.until == "2027-12-31 23:59"
    assert story.spends("2026-11-30", 650) == "rouge"
    assert story.until == "2027-12-31 23:59"
    assert story.at("2028-01-01 00:00") == "insider"
    assert story.moves == [("2028-01-01 00:00", "insider")]


def test_it_is_earned_anew_when_the_next_year_s_spending_reaches_it() -> None:
    story = Lived(*BEAUTY, holds_for=REST_AND_NEXT, club=GREGORIAN)
    story.spends("2026-03-10", 1000)
    assert story.spends("2027-02-01", 999) == "rouge"
    assert story.until == "2027-12-31 23:59"
    story.spends("2027-12-31", 1)
    assert story.until == "2028-12-31 23:59"
    assert story.at("2028-12-31 23:59") == "rouge"
    assert story.at("2029-01-01 00:00") == "insider"


def test_who_spends_for_a_lower_tier_goes_there_and_holds_it_for_its_own_term() -> None:
    story = Lived(*BEAUTY, holds_for=REST_AND_NEXT, club=GREGORIAN)
    story.spends("2026-03-10", 1000)
    story.spends("2027-06-01", 400)
    assert story.at("2028-01-01 00:00") == "vib"
    assert story.until == "2028-12-31 23:59"
    assert story.at("2029-06-01 00:00") == "insider"
    assert story.moves == [("2028-01-01 00:00", "vib"), ("2029-01-01 00:00", "insider")]


def test_jalali_years_end_on_esfand_30_where_there_is_one() -> None:
    story = Lived(*BEAUTY, holds_for={"at": "end_of_year"})
    story.spends("1403-02-01", 1000)
    assert story.until == "1403-12-30 23:59"
    assert story.at("1403-12-30 23:59") == "rouge"
    assert story.at("1404-01-01 00:00") == "insider"
    assert story.spends("1404-01-02", 1000) == "rouge"
    assert story.until == "1404-12-29 23:59"


def test_downtime_over_two_years_ends_does_each_at_its_own_instant_also_before_a_purchase() -> None:
    ladder = (*BEAUTY[:1], step("vib", counter("spend", {"this": "year"}, 350)), BEAUTY[2])
    terms: dict[str, Any] = {"holds_for": REST_AND_NEXT, "demote": "one_step", "grace": {"days": 30}}
    timer, till = (Lived(*ladder, **terms) for _ in range(2))
    for story in (timer, till):
        story.spends("1403-02-01", 1000)
    for day in ("1405-01-01", "1405-01-31", "1405-02-01", "1406-12-29", "1407-01-30", "1407-01-31", "1407-05-01"):
        timer.at(f"{day} 00:00")
    assert timer.moves == [("1405-01-31 00:00", "vib"), ("1407-01-31 00:00", "insider")]
    assert till.spends("1407-05-01", 1) == "insider"
    timer.spends("1407-05-01", 1)
    assert timer.member == till.member


HOTEL = {
    "any": [counter("spend", {"this": "year"}, 50_000), counter("visits", {"this": "year"}, 3)],
}


def test_a_hotel_asks_for_any_of_nights_and_points() -> None:
    story = Lived(step("member"), step("gold", HOTEL), holds_for=REST_AND_NEXT, club=GREGORIAN)
    story.spends("2026-03-01", 10)
    story.spends("2026-03-02", 10)
    assert story.spends("2026-03-03", 10) == "gold"
    assert story.spends("2027-03-03", 50_000) == "gold"
    assert story.until == "2028-12-31 23:59"


def test_an_airline_asks_for_both_and_begins_anew_on_1_january() -> None:
    both = {"all": [counter("spend", {"this": "year"}, 500), counter("visits", {"this": "year"}, 2)]}
    story = Lived(step("blue"), step("silver", both), holds_for=REST_AND_NEXT, club=GREGORIAN)
    assert story.spends("2026-12-31", 500) == "blue"
    assert story.spends("2027-01-01", 1) == "blue"
    assert story.spends("2027-01-02", 499) == "silver"


SHOP = (
    step("bronze"),
    step("silver", counter("spend", "ever", 100), keep=counter("visits", {"last": {"months": 6}}, 1)),
    step("gold", counter("spend", "ever", 500), keep=counter("visits", {"last": {"months": 6}}, 1)),
)


def test_in_a_persian_shop_each_six_months_without_a_purchase_cost_one_tier() -> None:
    story = Lived(*SHOP, demote="one_step")
    assert story.spends("1404-01-10", 500) == "gold"
    assert story.at("1404-07-09 23:00") == "gold"
    assert story.at("1404-07-10 00:00") == "silver"
    assert story.at("1404-12-01 00:00") == "silver"
    assert story.at("1405-06-01 00:00") == "bronze"
    assert story.moves == [("1404-07-10 00:00", "silver"), ("1405-01-10 00:00", "bronze")]


def test_a_purchase_brings_back_what_it_may_be_kept_by() -> None:
    story = Lived(*SHOP, demote="one_step")
    story.spends("1404-01-10", 500)
    story.at("1404-09-01 00:00")
    assert story.spends("1404-09-02", 1) == "gold"
    assert story.at("1405-03-01 00:00") == "gold"
    assert story.at("1405-03-02 00:00") == "silver"


def test_a_purchase_that_is_not_enough_to_keep_a_tier_does_not_bring_it_back() -> None:
    kept = step("silver", counter("spend", "ever", 100), keep=counter("spend", {"last": {"days": 10}}, 50))
    story = Lived(step("bronze"), kept)
    assert story.spends("1405-08-01", 100) == "silver"
    assert story.at("1405-08-11 00:00") == "bronze"
    assert story.spends("1405-08-12", 49) == "bronze"
    assert story.spends("1405-08-13", 1) == "silver"


def test_a_long_silence_before_a_purchase_costs_what_the_timer_would_have_taken() -> None:
    timer, till = (Lived(*SHOP, demote="one_step") for _ in range(2))
    for story in (timer, till):
        story.spends("1404-01-10", 500)
    day = instant("1404-01-11 00:00", timer.calendar)
    while day <= instant("1405-02-01 00:00", timer.calendar):
        timer.looked_at(day)
        day += timedelta(days=1)
    for story in (timer, till):
        story.spends("1405-02-01", 1)
    assert timer.member == till.member
    assert [tier for _, tier in till.member.earlier_tiers] == ["bronze", "gold", "silver", "bronze"]


def test_grace_gives_time_to_qualify_again() -> None:
    story = Lived(*BEAUTY, holds_for={"at": "end_of_year"}, grace={"months": 2})
    story.spends("1404-01-10", 400)
    assert story.at("1405-01-01 00:00") == "vib"
    assert story.spends("1405-01-20", 350) == "vib"
    assert story.until == "1405-12-29 23:59"
    assert story.member.tenure.grace is None


def test_grace_that_passes_ends_it() -> None:
    story = Lived(*BEAUTY, holds_for={"at": "end_of_year"}, grace={"months": 2})
    story.spends("1404-01-10", 400)
    assert story.at("1405-02-29 23:59") == "vib"
    assert story.at("1405-03-01 00:00") == "insider"


def test_while_qualified_grace_begins_with_the_midnight_on_which_it_is_lost() -> None:
    held = step("silver", counter("spend", {"last": {"days": 30}}, 100), grace={"days": 10})
    story = Lived(step("bronze"), held)
    story.spends("1405-08-01", 100)
    assert story.at("1405-09-01 00:00") == "silver"
    assert story.member.tenure.grace == instant("1405-09-11 00:00", story.calendar)
    assert story.at("1405-09-11 00:00") == "silver"
    assert story.at("1405-09-11 00:01") == "bronze"


def test_at_review_promotes_at_the_last_instant_of_the_month() -> None:
    story = Lived(step("bronze"), step("silver", counter("spend", {"this": "month"}, 100)), promote="at_review")
    assert story.spends("1405-08-10", 100) == "bronze"
    assert story.at("1405-08-30 23:59") == "bronze"
    assert story.at("1405-09-01 00:00") == "silver"
    assert story.at("1405-09-30 23:59") == "silver"
    assert story.at("1405-10-01 00:00") == "bronze"
    assert story.moves == [("1405-09-01 00:00", "silver"), ("1405-10-01 00:00", "bronze")]


def test_a_year_s_review_is_caught_up_before_the_next_purchase() -> None:
    story = Lived(
        step("bronze"),
        step("silver", counter("spend", {"this": "year"}, 100), holds_for=REST_AND_NEXT),
        promote="at_review",
        review="year",
    )
    assert story.spends("1403-08-10", 100) == "bronze"
    assert story.spends("1404-02-01", 1) == "silver"
    assert story.told(story.member.tier_since) == "1404-01-01 00:00"
    assert story.until == "1404-12-29 23:59"


def test_what_counts_since_the_tier_is_not_lost_by_reaching_it() -> None:
    story = Lived(step("bronze"), step("silver", counter("spend", {"since": "tier"}, 100)))
    assert story.spends("1405-08-01", 100) == "silver"
    assert story.at("1406-08-01 00:00") == "silver"


def test_under_a_term_what_counts_since_the_tier_is_asked_at_its_end() -> None:
    ladder = (step("bronze"), step("silver", counter("spend", {"since": "tier"}, 100)))
    lazy, keen = (Lived(*ladder, holds_for={"months": 12}) for _ in range(2))
    for story in (lazy, keen):
        story.spends("1404-07-01", 60)
        story.spends("1404-08-01", 40)
    keen.spends("1404-09-01", 60)
    assert lazy.at("1405-08-02 00:00") == "bronze"
    assert keen.at("1405-08-02 00:00") == "silver"


@pytest.mark.parametrize(("demote", "tier"), [("to_qualified", "insider"), ("one_step", "vib"), ("never", "rouge")])
def test_a_step_may_say_for_itself_where_one_falls(demote: str, tier: str) -> None:
    rouge = {**BEAUTY[2], "demote": demote}
    story = Lived(*BEAUTY[:2], rouge, holds_for={"at": "end_of_year"})
    story.spends("1404-01-10", 1000)
    assert story.at("1405-01-01 00:00") == tier


def test_what_was_given_by_hand_is_a_floor_until_its_date() -> None:
    given = {"floor": {"tier": "vib", "until": "1405-10-30 23:59"}, "counted": [{"on": "1405-08-01", "spend": 1}]}
    story = Lived(*BEAUTY, holds_for={"at": "end_of_year"}, given=given)
    assert story.at("1405-10-30 23:59") == "vib"
    assert story.at("1405-11-01 00:00") == "insider"


def test_beneath_a_floor_the_earned_tier_goes_on_moving() -> None:
    given = {"floor": {"tier": "rouge", "until": "1405-10-30 23:59"}, "counted": [{"on": "1405-08-01", "spend": 1}]}
    story = Lived(*BEAUTY, holds_for={"at": "end_of_year"}, given=given)
    assert story.spends("1405-08-20", 400) == "rouge"
    assert story.at("1405-11-01 00:00") == "vib"
    assert story.until == "1405-12-29 23:59"
    assert story.at("1406-01-01 00:00") == "insider"


def test_a_floor_keeps_a_tier_that_would_be_lost() -> None:
    story = Lived(
        *BEAUTY, holds_for={"at": "end_of_year"}, given={"floor": {"tier": "vib", "until": "1406-03-31 12:00"}}
    )
    assert story.spends("1405-08-20", 1000) == "rouge"
    assert story.at("1406-01-01 00:00") == "vib"
    assert story.at("1406-03-31 12:01") == "insider"


# --- whoever looks, and however often: it comes to the same ---

WINDOWS: Any = st.sampled_from(
    [{"this": "year"}, {"this": "month"}, {"last": {"days": 20}}, {"last": {"months": 2}}, "ever", "membership_year"]
)
TERMS: Any = st.sampled_from(
    [
        {"at": "end_of_year", "plus": 1},
        {"at": "end_of_year"},
        {"at": "end_of_month"},
        {"months": 1},
        {"days": 10},
        {"after": {"days": 3}, "at": "end_of_month"},
        "while_qualified",
    ]
)
GRACES: Any = st.sampled_from([{"days": 5}, {"months": 1}, {"at": "end_of_month"}])
KEPT = st.none() | st.builds(counter, st.just("spend"), WINDOWS, st.sampled_from([1, 50, 120]))
DEMOTES = st.sampled_from(["to_qualified", "one_step", "never"])
HELD = st.fixed_dictionaries({}, optional={"holds_for": TERMS, "grace": GRACES, "demote": DEMOTES})
"""How a step or the ladder holds."""


@st.composite
def ladders(draw: st.DrawFn) -> dict[str, Any]:
    steps = [step("bronze")]
    for code, least in (("silver", 50), ("gold", 120), ("diamond", 200)):
        keep = draw(KEPT)
        own = {"keep": keep} if keep else {}
        steps.append(step(code, counter("spend", draw(WINDOWS), least), **own, **draw(HELD)))
    promote = draw(st.sampled_from([{}, {"promote": "at_review", "review": "year"}, {"promote": "at_review"}]))
    return {"ladder": steps, **draw(HELD), **promote}


@given(ladders(), st.lists(st.tuples(st.integers(0, 300), st.sampled_from([1, 30, 50, 80, 200])), max_size=6))
@settings(max_examples=25, deadline=None)
def test_replaying_is_reviewing(tiers: dict[str, Any], bought: list[tuple[int, int]]) -> None:
    bylaws = load(document(articles=[article()], tiers=tiers))
    timer, till = Story(bylaws), Story(bylaws)
    begun = instant("1403-10-01 00:00", timer.calendar)
    day = 0
    for on, net in sorted(bought):
        at = begun + timedelta(days=on, hours=13)
        while day <= on:
            timer.looked_at(begun + timedelta(days=day))
            day += 1
        for story in (timer, till):
            story.buys({"at": at.isoformat(), "net": net})
        assert till.member == timer.member
    end = begun + timedelta(days=600)
    while day <= 600:
        timer.looked_at(begun + timedelta(days=day))
        day += 1
    till.looked_at(end)
    assert till.member == timer.member
    assert timer.looked_at(end) == ()
