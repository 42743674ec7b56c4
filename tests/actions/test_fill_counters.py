"""A version that counts something new is filled from history while sales go on; no till ever sees it half filled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.fill_counters import fill_counters, fill_some, take_force
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.config import Settings
from loyalty.db import connection, db, transaction
from loyalty.engines.process import until
from loyalty.errors import Conflict
from loyalty.jobs import duties
from loyalty.queries.bylaws import in_force
from loyalty.queries.filling import filling
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import MemberRef
from tests.actions.at_once import at_once
from tests.story import BASE, Story, article, document, line, title

DAY = timedelta(days=1)
_keys = count(1)
TEA = {"of": "lines", "where": {"sku": "tea"}, "measure": "quantity"}
TEA_DAYS = {"of": "lines", "where": {"sku": "tea"}, "measure": "days"}
MORE = document(
    {**BASE, "limits": [{"per": "member", "every": "year", "at_most": 20, "of": "points"}]},
    article("2", {"points": {"fixed": 7}}, if_={"counter": {"name": "tea", "over": "ever", "at_least": 3}}),
    counters={"tea": TEA, "tea_days": TEA_DAYS},
    badges={"tea": {"title": title("Tea"), "counter": "tea_days", "levels": [{"at": 2}]}},
)
"""Counts tea, the days of tea, and what article 1 gave this year: all of it new."""


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def publish(story: Story, **more: Any) -> Any:
    published = publish_bylaws(story.club_id, MORE, story.now, **more)
    db.session.rollback()
    return published


def version(story: Story) -> int:
    return in_force(story.club_id, story.now).version


def gives_back(story: Story, purchase: int | None, sku: str, units: int = 1) -> None:
    assert purchase
    asked = Return(f"k{next(_keys)}", "s1", story.now, (ReturnedLine(sku, 1000 * units),))
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    assert answer.status == "recorded", answer


def tea(story: Story, member: int, units: int = 1, **more: Any) -> Any:
    return story.buys(member, lines=(line("tea", 1000 * units, units),), **more)


def test_a_member_is_judged_by_what_happened_before_the_club_counted_it(story: Story) -> None:
    sara, dara = story.enrols(), story.enrols()
    tea(story, sara, 2, at=story.now - 3 * DAY)
    kept = tea(story, sara, 2, at=story.now - DAY)
    gives_back(story, kept.id, "tea")
    published = publish(story)
    assert published.filling
    assert version(story) == 1
    fill_counters(story.club_id, lambda: story.now)
    assert version(story) == 2
    assert story.books_agree()
    its = tea(story, sara)
    assert [(given.article, given.amount) for given in its.ruling.awards] == [("1", 1), ("2", 7)]
    assert [step.code for step in its.ruling.badges] == ["tea"]
    assert [given.article for given in tea(story, dara).ruling.awards] == ["1"]
    assert story.books_agree()


def test_a_limit_counts_what_the_article_gave_before_it_had_one(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 17_000)
    publish(story)
    fill_counters(story.club_id, lambda: story.now)
    assert [given.amount for given in story.buys(sara, 9_000).ruling.awards] == [3]
    assert story.books_agree()


def test_it_takes_force_when_it_was_meant_to_or_when_it_is_filled_whichever_is_later(story: Story) -> None:
    story.buys(story.enrols(), 1000)
    publish(story, from_at=story.now + 10 * DAY)
    fill_counters(story.club_id, lambda: story.now)
    assert version(story) == 1
    assert in_force(story.club_id, story.now + 10 * DAY).version == 2


def test_what_takes_days_is_in_force_from_its_end(story: Story) -> None:
    story.buys(story.enrols(), 1000)
    publish(story)
    fill_counters(story.club_id, lambda: story.now + 2 * DAY)
    assert in_force(story.club_id, story.now + DAY).version == 1
    assert in_force(story.club_id, story.now + 2 * DAY).version == 2


def test_another_version_waits_until_it_is_filled(story: Story) -> None:
    story.buys(story.enrols(), 1000)
    publish(story)
    with pytest.raises(Conflict) as refused:
        publish_bylaws(story.club_id, document(), story.now)
    assert refused.value.detail.en.startswith("What version 2 counts is still being filled")


def test_a_club_without_a_purchase_need_not_wait(story: Story) -> None:
    story.enrols()
    assert not publish(story).filling
    assert version(story) == 2


def test_whoever_joins_meanwhile_is_counted(story: Story) -> None:
    story.buys(story.enrols(), 1000)
    publish(story)
    ali = story.enrols()
    tea(story, ali, 4, at=story.now - DAY)
    fill_counters(story.club_id, lambda: story.now)
    assert [step.code for step in tea(story, ali).ruling.badges] == ["tea"]
    assert story.books_agree()


def test_books_agree_halfway_and_goods_come_back_on_both_sides_of_the_mark(story: Story) -> None:
    members = [story.enrols() for _ in range(4)]
    bought = [tea(story, member, 3) for member in members]
    publish(story)
    assert fill_some(story.club_id, 2) == 2
    assert filling(story.club_id) == (2, 4)
    for member, sale in zip(members, bought, strict=True):
        gives_back(story, sale.id, "tea")
        tea(story, member, at=story.now + DAY)
        assert story.books_agree()
    assert take_force(story.club_id, story.now) is None
    fill_counters(story.club_id, lambda: story.now)
    assert story.books_agree()
    assert filling(story.club_id) == (4, 4)


def test_members_merge_and_come_apart_on_both_sides_of_the_mark(story: Story) -> None:
    sara, twin, dara, double = (story.enrols() for _ in range(4))
    for member in (sara, twin, dara, double):
        tea(story, member, 2)
    merge_members(story.club_id, dara, MemberRef("id", str(double)), "same", story.now)
    publish(story)
    assert fill_some(story.club_id, 1) == 1
    merge_members(story.club_id, twin, MemberRef("id", str(sara)), "same", story.now)
    assert story.books_agree()
    unmerge_members(story.club_id, dara, "not the same", story.now)
    assert story.books_agree()
    fill_counters(story.club_id, lambda: story.now)
    unmerge_members(story.club_id, twin, "not the same", story.now)
    assert story.books_agree()


def test_a_member_whom_the_fill_overlooked_is_filled_before_being_judged(story: Story) -> None:
    """As one whose enrolment was under way when the fill looked for the last time."""
    sara = story.enrols()
    tea(story, sara, 3)
    publish(story)
    fill_counters(story.club_id, lambda: story.now)
    with transaction() as conn:
        conn.execute("UPDATE member SET filled = 0 WHERE id = %s", [sara])
        conn.execute("DELETE FROM counter_sum WHERE member_id = %s", [sara])
    assert [given.article for given in tea(story, sara).ruling.awards] == ["1", "2"]
    assert story.books_agree()


def test_sales_and_returns_go_on_while_a_fill_runs(app: Flask, story: Story) -> None:
    members = [story.enrols() for _ in range(12)]
    bought = [tea(story, member, 3).id for member in members]
    publish(story)

    def sells(nth: int) -> None:
        for turn in range(8):
            outcomes = story.records([story.sale(members[(nth + turn + n) % 12], 1000, lines=()) for n in range(3)])
            assert all(outcome.status == "recorded" for outcome in outcomes)
            tea(story, members[(5 * nth + turn) % 12])

    def returns(half: int) -> None:
        for purchase in bought[half::2]:
            gives_back(story, purchase, "tea")

    def fills() -> None:
        while fill_some(story.club_id, 1):
            pass

    works = [lambda nth=nth: sells(nth) for nth in range(4)]
    said = at_once(app, *works, lambda: returns(0), lambda: returns(1), fills, fills)
    assert said == {"done": 8}
    fill_counters(story.club_id, lambda: story.now)
    assert version(story) == 2
    assert filling(story.club_id) == (12, 12)
    assert story.books_agree()


def test_sales_that_began_before_a_version_was_published_are_counted_once(app: Flask, story: Story) -> None:
    """They know nothing of the new counter, and may get the member's lock when it is filled already."""
    sara = story.enrols()
    tea(story, sara)
    db.session.rollback()

    def publishes(sku: str) -> None:
        new = {"of": "lines", "where": {"sku": ["tea", sku]}, "measure": "times"}
        publish_bylaws(story.club_id, document(BASE, counters={"new": new}), story.now)
        fill_counters(story.club_id, lambda: story.now)

    for sku in "abcde":
        said = at_once(app, lambda sku=sku: publishes(sku), *[lambda: tea(story, sara).status] * 4)
        assert said == {"done": 1, "recorded": 4}
        assert story.books_agree()


def test_the_worker_fills_and_goes_on_after_a_kill(story: Story, settings: Settings, tmp_path: Path) -> None:
    """The second batch waits for a till's lock when the first process is killed; nothing is lost or counted twice."""
    members = [story.enrols() for _ in range(130)]
    tea(story, members[0], 3)
    tea(story, members[-1], 3)
    file = tmp_path / "more.json"
    file.write_text(json.dumps(MORE))
    env = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
    }
    with transaction() as till:
        till.execute("SELECT 1 FROM member WHERE id = %s FOR UPDATE", [members[-1]])
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "loyalty.cli",
                "--data",
                str(tmp_path),
                "bylaws",
                "publish",
                str(file),
                "--club",
                "anar",
            ],
            env=env,
        )
        until(lambda: filling(story.club_id) == (100, 130), 60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert version(story) == 1
    assert story.books_agree()
    assert duties.DUTIES["fill_counters"]
    duties.perform(story.club_id, "fill_counters")
    db.session.rollback()
    row = connection().execute("SELECT filling FROM bylaws WHERE version = 2").fetchone()
    assert row == (False,)
    assert filling(story.club_id) == (130, 130)
    assert story.books_agree()
