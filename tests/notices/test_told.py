"""What happens to members reaches their feeds: once, whatever is delivered twice, and only where it still stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyalty import outbox
from loyalty.actions.capture_redemption import capture_redemption
from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.find_near import find_near
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.jobs.deliveries import HANDLERS
from loyalty.redeeming import Asked
from loyalty.values import Text
from tests.actions.test_draw_raffles import ISSUER, OVER, draw
from tests.actions.test_draw_raffles import bylaws as raffle_bylaws
from tests.actions.test_record_purchases import statements
from tests.actions.test_return_purchases import back
from tests.notices.conftest import GAME, Telling, messages, put_back
from tests.story import article, document, title


@pytest.fixture
def club(app, clock) -> Telling:
    return Telling(clock)


def kinds(feed: list[str]) -> list[str]:
    return [key.split(":")[0] for key in feed]


def test_a_tier_and_a_badge_are_told_with_the_purchase_that_brought_them(club):
    sara = club.enrols()
    club.buys(sara, 150_000)
    club.deliver()
    assert sorted(kinds(club.feed(sara))) == ["badge_earned", "tier_reached"]


def test_what_the_outbox_delivers_twice_is_told_once(club, clock):
    sara = club.enrols()
    club.buys(sara, 150_000)
    ids = outbox.take(clock.now)
    kept = messages()
    outbox.deliver(ids, HANDLERS, clock.now)
    once = club.feed(sara)
    put_back(kept)
    outbox.deliver(ids, HANDLERS, clock.now)
    assert club.feed(sara) == once
    assert len(once) == 2


def test_of_several_levels_at_once_the_highest_is_told(app, clock):
    badges = {"big": {"title": title("Big"), "counter": "spend", "over": "ever", "levels": [{"at": 10}, {"at": 20}]}}
    club = Telling(clock, document(badges=badges))
    sara = club.enrols()
    club.buys(sara, 100_000)
    club.deliver()
    assert club.feed(sara) == ["badge_earned:big:2"]


def test_what_came_back_before_anybody_was_told_is_told_to_nobody(club, clock):
    sara = club.enrols()
    sold = club.buys(sara, 150_000)
    assert sold.status == "recorded"
    with transaction() as conn:
        conn.execute("DELETE FROM badge_level")
    club.deliver()
    assert "badge_earned" not in kinds(club.feed(sara))


def test_a_tier_that_is_lost_is_told_too(club, clock):
    sara = club.enrols()
    sold = club.buys(sara, 150_000)
    club.deliver()
    back(club, sold.id)
    club.deliver()
    assert kinds(club.feed(sara)).count("tier_lost") == 1


def test_history_is_no_news(club, clock):
    sara = club.enrols()
    club.records([club.sale(sara, 150_000, at=clock.now - timedelta(days=40))], importing=True)
    club.deliver()
    assert club.feed(sara) == []


def test_of_a_member_who_left_nothing_is_told(club, clock):
    sara = club.enrols()
    club.buys(sara, 150_000)
    with transaction() as conn:
        conn.execute("UPDATE member SET status = 'deceased'")
    club.deliver()
    assert club.feed(sara) == []


def test_a_challenge_a_streak_and_a_reward_that_the_bylaws_give_are_told(app, clock):
    goal = {"counter": {"name": "visits", "over": "run", "at_least": 1}}
    sections = {
        "challenges": {"first": {"title": title("First"), "goal": goal}},
        "streaks": {
            "weekly": {
                "title": title("Weekly"),
                "counter": "visits",
                "every": "week",
                "at_least": 1,
                "milestones": [{"at": 2, "give": [{"points": {"fixed": 5}}]}],
            }
        },
    }
    club = Telling(clock, document(article("1", {"reward": {"code": "tea", "fixed": 1}}), **GAME, **sections))
    create_reward(club.club_id, NewReward("tea", Text("Tea", "چای"), "goods"), By(), clock.now)
    sara = club.enrols()
    club.buys(sara, 10_000, at=clock.now - timedelta(days=7))
    club.buys(sara, 10_000)
    club.deliver()
    assert kinds(club.feed(sara)).count("reward_ready") == 2
    assert set(kinds(club.feed(sara))) == {"badge_earned", "challenge_completed", "reward_ready", "streak_reached"}


def test_a_batch_costs_as_many_statements_as_one(club, clock):
    people = [club.enrols(f"m{n}") for n in range(30)]
    club.buys(people[0], 150_000)
    with statements() as one:
        club.deliver()
    club.records([club.sale(who, 150_000) for who in people[1:]])
    with statements() as many:
        club.deliver()
    assert len(many) <= len(one)


def test_a_reward_that_was_redeemed_is_told_when_it_is_issued_not_when_it_is_held(club, clock):
    create_reward(club.club_id, NewReward("tea", Text("Tea", "چای"), "goods"), By(), clock.now)
    sara = club.enrols()
    held = redeem_reward(club.club_id, sara, Asked("tea"), ISSUER, clock.now, hold=True)
    club.deliver()
    assert club.feed(sara) == []
    capture_redemption(club.club_id, held.id, ISSUER, clock.now)
    club.deliver()
    assert club.feed(sara) == [f"reward_ready:{held.id}"]


def test_who_wins_a_raffle_is_told_what_and_nobody_of_tickets_that_end(app, clock):
    club = Telling(clock, raffle_bylaws())
    sara = club.enrols()
    draw(club, clock.now)
    club.buys(sara, 3500)
    clock.now = OVER - timedelta(hours=3)
    find_near(club.club_id, clock.now)
    assert club.feed(sara) == []
    clock.now = OVER
    assert draw(club, clock.now) == 1
    club.deliver()
    assert "raffle_won:monthly:2026-11-21:1" in club.feed(sara)
    with transaction() as conn:
        [slots] = conn.execute("SELECT slots FROM notice WHERE kind = 'raffle_won'").fetchone()
    assert slots["prize"]["en"].startswith("5,000 points")
    assert slots["raffle"]["fa"] == "ماهانه"
