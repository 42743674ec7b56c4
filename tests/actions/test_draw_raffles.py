"""Tickets are earned, lost with a return, and drawn at the end of their day: once, and by what holds then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.draw_raffles import any_to_draw, draw_raffles
from loyalty.actions.erase_member import erase_member
from loyalty.actions.expire_points import expire_points
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.reverse_redemption import reverse_redemption
from loyalty.actions.tell_public_value import tell_public_source, tell_public_value
from loyalty.acts import By
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection
from loyalty.errors import Conflict
from loyalty.issuing import Issuer
from loyalty.queries.statement import statement
from loyalty.redeeming import Asked
from loyalty.rewards import draws
from loyalty.rewards.draws import Draw
from loyalty.rules import MemberRef
from loyalty.values import Text
from tests.actions.test_return_purchases import back
from tests.story import BASE, Story, article, document, title

TEHRAN = Calendar("Asia/Tehran", "jalali")
ABAN = parse_date("1405-08-30")
"""The last day of the month in which a test begins."""
OVER = TEHRAN.instant(ABAN + timedelta(days=1))
TICKETS = article("2", {"tickets": {"raffle": "monthly", "per": 1000, "give": 1}})
PRIZES = [{"give": [{"points": {"fixed": 5000}}, {"badge": "lucky"}, {"message": title("You won")}]}]
ISSUER = Issuer("the key of an instance in a test")


def raffle(**more: Any) -> dict[str, Any]:
    named = {"en": "Monthly", "fa": "ماهانه"}
    return {"monthly": {"title": named, "draw": {"each": "month"}, "prizes": PRIZES, **more}}


def bylaws(**more: Any) -> dict[str, Any]:
    badges = {"lucky": {"title": title("Lucky")}}
    return document(BASE, TICKETS, badges=badges, raffles=raffle(**more))


def club(**more: Any) -> Story:
    """A club whose timer has seen that there is a raffle."""
    story = Story(bylaws(**more))
    assert draw(story, story.now) == 0
    return story


@pytest.fixture
def story(app: Flask) -> Story:
    return club()


def drawn(story: Story, day: date = ABAN) -> Draw:
    found = draws.of_day(connection(), story.club_id, "monthly", day)
    assert found
    return found


def winners(story: Story, day: date = ABAN) -> list[int | None]:
    return [its["member"] for its in drawn(story, day).winners or []]


def draw(story: Story, at: datetime = OVER) -> int:
    return draw_raffles(story.club_id, at)


def test_tickets_are_counted_like_points_and_the_winner_gets_the_prize(story: Story) -> None:
    sara = story.enrols()
    bought = story.buys(sara, 3500)
    assert [(its.wallet, its.amount) for its in bought.ruling.awards] == [("points", 3), ("tickets/monthly", 3)]  # type: ignore[union-attr]
    assert drawn(story).closed_at is None
    assert draw(story) == 1
    its = drawn(story)
    assert (its.holders, its.tickets, winners(story)) == (1, 3, [sara])
    assert story.balance(sara) == 5003
    told = connection().execute("SELECT type, occurred_at FROM event WHERE member_id = %s", [sara]).fetchall()
    assert told == [("prize", OVER)]
    badge = connection().execute("SELECT code FROM badge_level WHERE member_id = %s", [sara]).fetchall()
    assert badge == [("lucky",)]
    assert draw(story) == 0
    assert not any_to_draw(story.club_id, OVER)
    assert story.books_agree()


def test_the_statement_says_what_was_won_and_of_tickets_what_they_were_for(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 1000)
    draw(story)
    expire_points(story.club_id, OVER, OVER)
    items, _ = statement(story.club_id, sara)
    said = {(its.wallet, its.kind): (its.title, its.sentence) for its in items}
    prize = Text("Raffle “Monthly”, prize 1", "قرعه‌کشی «ماهانه»، جایزهٔ ۱")
    [won] = [its for its in items if its.title == prize]
    assert (won.amount, won.sentence.en) == (5000, "a fixed 5,000 points")
    assert "1 ticket in the raffle “Monthly”" in said["tickets/monthly", "awarded"][1].en
    assert "بلیت قرعه‌کشی «ماهانه»" in said["tickets/monthly", "awarded"][1].fa
    assert ("tickets/monthly", "expired") in said
    assert story.books_agree()


def test_who_returns_gives_the_tickets_back_before_the_draw_and_nothing_after_it(story: Story) -> None:
    sara, ali = story.enrols(), story.enrols("Ali")
    first, second = story.buys(sara, 5000), story.buys(ali, 2000)
    back(story, first.id)
    draw(story)
    assert (drawn(story).tickets, winners(story)) == (2, [ali])
    story.now = OVER + timedelta(days=1)
    back(story, second.id)
    assert winners(story) == [ali], "what was drawn is drawn"
    assert story.books_agree()


def test_a_late_sale_after_the_draw_has_tickets_for_nothing(story: Story) -> None:
    sara, ali = story.enrols(), story.enrols("Ali")
    story.buys(sara, 1000)
    draw(story)
    before, story.now = story.now, OVER + timedelta(hours=1)
    story.buys(ali, 9000, at=before)
    assert draw(story, story.now) == 0
    expire_points(story.club_id, story.now, story.now)
    assert (drawn(story).tickets, story.balance(ali, "tickets/monthly")) == (1, 0)
    assert story.books_agree()


def test_after_downtime_every_month_is_drawn_with_its_own_tickets(story: Story) -> None:
    sara, ali = story.enrols(), story.enrols("Ali")
    story.buys(sara, 1000)
    story.now = OVER + timedelta(days=3)
    story.buys(ali, 2000)
    draw(story, story.now)
    azar = parse_date("1405-09-30")
    story.now = TEHRAN.instant(azar + timedelta(days=9))
    expire_points(story.club_id, story.now, story.now)
    draw(story, story.now)
    assert (winners(story), winners(story, azar)) == ([sara], [ali])
    assert (drawn(story).tickets, drawn(story, azar).tickets) == (1, 2)
    assert drawn(story, azar).committed_at < drawn(story, azar).ends_at
    assert story.books_agree()


def test_the_condition_is_looked_at_for_every_holder_when_it_is_drawn(app: Flask) -> None:
    story = club(**{"if": {"counter": {"name": "spend", "over": {"this": "month"}, "at_least": 5000}}})
    busy = [story.enrols(str(n)) for n in range(3)]
    small, gone = story.enrols("Ali"), story.enrols("Reza")
    for member in [*busy, gone]:
        story.buys(member, 5000)
    story.buys(small, 4000)
    draw(story)
    assert (drawn(story).holders, drawn(story).tickets) == (4, 20)
    assert small not in winners(story)
    assert story.books_agree()


def test_one_wins_once_and_what_nobody_is_left_for_falls_to_nobody(app: Flask) -> None:
    prizes = [{"give": [{"points": {"fixed": 100}}]}, {"give": [{"cashback": {"fixed": 7}}], "winners": 5}]
    story = club(prizes=prizes)
    members = [story.enrols(str(n)) for n in range(3)]
    for n, member in enumerate(members, 1):
        story.buys(member, 1000 * n)
    draw(story)
    assert sorted(winners(story)) == members  # type: ignore[type-var]
    assert [its["prize"] for its in drawn(story).winners or []] == [1, 2, 2]
    assert sorted(story.balance(member, "cashback") for member in members) == [0, 7, 7]
    assert story.books_agree()


def test_a_draw_holds_by_the_version_that_was_in_force_when_it_was_committed_to(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 1000)
    poorer = bylaws(prizes=[{"give": [{"points": {"fixed": 1}}]}])
    publish_bylaws(story.club_id, poorer, story.now + timedelta(minutes=1))
    draw(story)
    assert story.balance(sara) == 5001
    assert story.books_agree()


def test_tickets_of_whoever_goes_on_as_another_are_together(story: Story) -> None:
    sara, second = story.enrols(), story.enrols("Sara again")
    story.buys(sara, 1000)
    story.buys(second, 2000)
    merge_members(story.club_id, second, MemberRef("id", str(sara)), "The same person", story.now)
    draw(story)
    assert (drawn(story).holders, drawn(story).tickets, winners(story)) == (1, 3, [sara])
    assert story.books_agree()


def offers(story: Story, **more: Any) -> None:
    content = {"raffle": "monthly", "tickets": 3}
    reward = NewReward("three", Text("Three tickets", "سه بلیت"), "raffle", points=10, content=content, **more)
    create_reward(story.club_id, reward, By(key=1), story.now)


def test_tickets_are_bought_with_points_and_given_back_until_they_are_drawn(story: Story) -> None:
    offers(story)
    sara = story.enrols()
    adjust_points(story.club_id, sara, Adjustment("points", 25, "Start"), story.now)
    one, other = (redeem_reward(story.club_id, sara, Asked("three"), ISSUER, story.now) for _ in range(2))
    assert (one.codes, story.balance(sara, "tickets/monthly"), story.balance(sara)) == ([], 6, 5)
    reverse_redemption(story.club_id, one.id, story.now)
    assert (story.balance(sara, "tickets/monthly"), story.balance(sara)) == (3, 15)
    draw(story)
    assert (drawn(story).tickets, winners(story)) == (3, [sara])
    with pytest.raises(Conflict, match="used already"):
        reverse_redemption(story.club_id, other.id, OVER + timedelta(minutes=1))
    assert story.books_agree()


def test_no_tickets_are_sold_for_a_raffle_that_is_over(app: Flask) -> None:
    story = club(draw="1405-08-10")
    offers(story)
    sara = story.enrols()
    adjust_points(story.club_id, sara, Adjustment("points", 25, "Start"), story.now)
    story.now += timedelta(days=1)
    with pytest.raises(Conflict, match="drawn already"):
        redeem_reward(story.club_id, sara, Asked("three"), ISSUER, story.now)
    assert story.books_agree()


INDEX = Text("The index of the exchange on the next trading day", "شاخص بورس در روز معاملاتی بعد")


def test_a_draw_waits_for_the_public_value_that_was_announced(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 1000)
    tell_public_source(story.club_id, "monthly", ABAN, INDEX, story.now)
    with pytest.raises(Conflict, match="once the draw is closed"):
        tell_public_value(story.club_id, "monthly", ABAN, "2,345,678", story.now)
    assert draw(story) == 0
    assert drawn(story).digest is not None, "its entries are fixed before anybody knows the value"
    assert not any_to_draw(story.club_id, OVER)
    later = OVER + timedelta(hours=14)
    with pytest.raises(Conflict, match="closed"):
        tell_public_source(story.club_id, "monthly", ABAN, INDEX, later)
    tell_public_value(story.club_id, "monthly", ABAN, "2,345,678", later)
    assert winners(story) == [sara]
    tell_public_value(story.club_id, "monthly", ABAN, "2,345,678", later)
    with pytest.raises(Conflict, match="Another value"):
        tell_public_value(story.club_id, "monthly", ABAN, "1", later)
    assert story.balance(sara) == 5001
    assert story.books_agree()


def test_who_is_erased_between_closing_and_drawing_wins_nothing(story: Story) -> None:
    sara, ali = story.enrols(), story.enrols("Ali")
    story.buys(sara, 1000)
    story.buys(ali, 1000)
    tell_public_source(story.club_id, "monthly", ABAN, INDEX, story.now)
    draw(story)
    for member in (sara, ali):
        erase_member(story.club_id, member, OVER)
    tell_public_value(story.club_id, "monthly", ABAN, "7", OVER + timedelta(hours=1))
    assert winners(story) == [None]
    assert story.books_agree()


def test_what_was_won_can_still_be_explained_once_the_winner_is_erased(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 1000)
    draw(story)
    erase_member(story.club_id, sara, OVER)
    told = connection().execute("SELECT data ->> 'prize' FROM event WHERE type = 'prize'").fetchone()
    assert told == ("raffle:monthly:1",)
    assert story.books_agree()


def test_months_that_passed_while_nothing_ran_are_drawn_too(story: Story) -> None:
    sara = story.enrols()
    story.now = OVER + timedelta(days=40)
    story.buys(sara, 3000, at=OVER + timedelta(days=1))
    assert draw(story, story.now) == 2
    azar = parse_date("1405-09-30")
    assert (winners(story), winners(story, azar)) == ([], [sara])
    assert drawn(story, azar).committed_at == story.now, "and the draw says that it was committed to late"
    assert drawn(story, parse_date("1405-10-30")).drawn_at is None
    assert story.books_agree()
