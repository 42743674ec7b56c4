"""Notices leave by e-mail and text message: with consent, not by night, not too often, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from loyalty import outbox
from loyalty.actions.forget_notices import forget_notices
from loyalty.actions.update_member import update_member
from loyalty.config import settings
from loyalty.db import transaction
from loyalty.jobs import notices
from loyalty.jobs.deliveries import HANDLERS
from loyalty.notices import sending
from tests.notices.conftest import PHONE, SARA, Telling, decides, messages, put_back

AGREED = {"email": True, "sms": True}


@pytest.fixture
def club(app, clock, channels) -> Telling:
    club = Telling(clock)
    decides(club.club_id, clock.now)
    return club


@pytest.fixture
def sara(club) -> int:
    return club.enrols("سارا", email=SARA, phone=PHONE, consents=AGREED, lang="fa")


def test_a_tier_reaches_the_member_by_a_real_mail_server_in_her_language(club, sara, channels, post):
    club.buys(sara, 150_000)
    post()
    letters = {letter["Subject"]: letter for letter in channels.office.to(SARA)}
    assert set(letters) == {"به سطح نقره‌ای رسیدید", "نشان تازهٔ شما: مشتری همیشگی (مرتبهٔ ۱)"}
    letter = letters["به سطح نقره‌ای رسیدید"]
    plain, html = (part.get_content() for part in letter.iter_parts())
    assert "سارا عزیز، سلام." in plain
    assert "در باشگاه انار به سطح نقره‌ای رسیدید" in plain
    assert 'dir="rtl"' in html
    assert letter["From"] == "باشگاه انار <club@anar.example>"
    assert letter["Message-ID"].endswith("@anar.example>")
    assert [text.to for text in channels.texts] == [PHONE, PHONE]
    assert channels.texts[0].body.startswith("باشگاه انار\n")


def test_an_english_reader_is_written_to_in_english(club, channels, post):
    ann = club.enrols("Ann", email="ann@example.com", consents=AGREED, lang="en")
    club.buys(ann, 150_000)
    post()
    assert "You are Silver now" in channels.subjects


def test_what_the_outbox_delivers_twice_is_one_e_mail(club, sara, clock, channels, post):
    club.buys(sara, 150_000)
    ids = outbox.take(clock.now)
    kept = messages()
    outbox.deliver(ids, HANDLERS, clock.now)
    post()
    put_back(kept)
    outbox.deliver(ids, HANDLERS, clock.now)
    post()
    assert len(channels.office.letters) == len(set(channels.subjects)) == 2


def test_without_consent_it_stands_in_the_feed_alone(club, channels, post):
    kian = club.enrols("Kian", email="kian@example.com", consents={"email": False})
    club.buys(kian, 150_000)
    post()
    assert len(club.feed(kian)) == 2
    assert club.sendings() == []
    assert channels.office.letters == []


def test_nothing_leaves_before_the_club_says_so(app, clock, channels, post):
    club = Telling(clock)
    sara = club.enrols("Sara", email=SARA, consents=AGREED)
    club.buys(sara, 150_000)
    post()
    assert len(club.feed(sara)) == 2
    assert channels.office.letters == []


def test_a_kind_that_the_club_keeps_to_the_feed_is_not_sent_and_one_without_channels_not_noted(
    club, sara, clock, channels, post
):
    decides(club.club_id, clock.now, kinds={"badge_earned": ["app"], "tier_reached": []})
    club.buys(sara, 150_000)
    post()
    assert [key.split(":")[0] for key in club.feed(sara)] == ["badge_earned"]
    assert channels.office.letters == []


@pytest.mark.parametrize(
    ("noted", "leaves"),
    [
        ("2026-11-01 20:00", "2026-11-02 05:30"),  # half past eleven in Tehran
        ("2026-11-01 21:30", "2026-11-02 05:30"),  # one o'clock, the next day already
        ("2026-11-02 05:29", "2026-11-02 05:30"),
        ("2026-11-02 05:30", "2026-11-02 05:30"),
        ("2026-11-01 18:29", "2026-11-01 18:29"),
        ("2026-11-01 18:30", "2026-11-02 05:30"),  # ten in the evening
    ],
)
def test_what_falls_into_quiet_hours_over_midnight_waits_for_their_end(
    club, sara, clock, channels, post, noted, leaves
):
    decides(club.club_id, clock.now, quiet={"from": "22:00", "until": "09:00"})
    clock.now = datetime.fromisoformat(noted).replace(tzinfo=UTC)
    club.now = clock.now
    club.buys(sara, 150_000)
    post()
    end = datetime.fromisoformat(leaves).replace(tzinfo=UTC)
    if clock.now < end:
        assert channels.office.letters == []
        clock.now = end - timedelta(minutes=1)
        post()
        assert channels.office.letters == []
    clock.now = end
    post()
    assert len(channels.office.letters) == 2


def test_what_was_due_while_nothing_ran_does_not_leave_by_night(club, sara, clock, channels, post):
    decides(club.club_id, clock.now, quiet={"from": "22:00", "until": "09:00"})
    club.buys(sara, 150_000)
    club.deliver()
    clock.now = datetime(2026, 11, 1, 22, 0, tzinfo=UTC)
    post()
    assert channels.office.letters == []
    clock.now = datetime(2026, 11, 2, 5, 30, tzinfo=UTC)
    post()
    assert len(channels.office.letters) == 2


def test_beyond_the_caps_it_stands_in_the_feed_alone(club, sara, clock, channels, post):
    decides(club.club_id, clock.now, channels={"email": {"on": True, "day": 1, "week": 2}}, kinds={"badge_earned": []})
    told = 0
    for _ in range(3):  # Sunday, Monday and Tuesday of one week
        for _ in range(2):
            told += 1
            with transaction() as conn:
                conn.execute("UPDATE member SET tier = NULL")
                outbox.send(
                    "tier.changed",
                    club.club_id,
                    [(sara, {"from": "bronze", "to": "silver", "at": clock.move(minutes=1).isoformat()})],
                    clock.now,
                )
            post()
        clock.move(days=1)
    assert len(club.feed(sara)) == told == 6
    assert len(channels.office.letters) == 2
    assert [because for _, channel, because in club.sendings() if channel == "email"] == [
        None,
        "cap",
        None,
        "cap",
        "cap",
        "cap",
    ]


def test_a_server_that_is_busy_is_tried_again_and_the_letter_keeps_its_id(club, sara, clock, channels, post):
    decides(club.club_id, clock.now, kinds={"badge_earned": []})
    channels.office.answers = ["451 later"]
    club.buys(sara, 150_000)
    post()
    assert channels.office.letters == []
    with transaction() as conn:
        kept = conn.execute("SELECT message_id, attempts, error FROM notice_sending WHERE channel = 'email'").fetchone()
    assert kept[1:] == (1, "OSError: 451 later")
    clock.move(seconds=30)
    post()
    [letter] = channels.office.letters
    assert letter["Message-ID"] == f"<{kept[0]}@anar.example>"


def test_a_server_that_is_away_is_asked_now_and_then_and_costs_no_other_channel(club, sara, clock, channels, post):
    channels.office.answers = ["451 later"] * 100
    people = [club.enrols(f"m{n}", email=f"m{n}@example.com", consents=AGREED) for n in range(30)]
    club.records([club.sale(who, 150_000) for who in [sara, *people]])
    post()
    assert channels.office.asked == 1
    assert len(channels.texts) == 2
    for asked in (2, 3, 4):
        post()
        clock.move(seconds=21)
        post()
        assert channels.office.asked == asked
    channels.office.answers = []
    clock.move(seconds=50)
    post()
    assert len(channels.office.letters) == 2 * 31


def test_an_address_that_does_not_exist_is_given_up_at_once(club, sara, clock, channels, post):
    channels.office.answers = ["550 nobody here"] * 2
    club.buys(sara, 150_000)
    post()
    assert {because for _, channel, because in club.sendings() if channel == "email"} == {"refused"}
    clock.move(days=1)
    post()
    assert channels.office.asked == 2


def test_a_server_that_never_answers_is_given_up_in_the_end(club, sara, clock, channels, post):
    channels.office.close()
    decides(club.club_id, clock.now, kinds={"badge_earned": []})
    club.buys(sara, 150_000)
    for _ in range(sending.ATTEMPTS * 3):
        post()
        clock.move(hours=9)
    assert ("failed") in {because for *_, because in club.sendings()}
    assert len(channels.texts) == 1


def test_who_takes_consent_back_meanwhile_is_not_written_to(club, sara, clock, channels, post):
    club.buys(sara, 150_000)
    club.deliver()
    update_member(club.club_id, sara, {"consents": {"email": False}}, clock.now)
    post()
    assert channels.office.letters == []
    assert {because for _, channel, because in club.sendings() if channel == "email"} == {"consent"}
    assert len(channels.texts) == 2


def test_a_job_that_was_killed_is_done_by_another_and_a_late_one_finds_nothing(club, sara, clock, channels, work):
    club.buys(sara, 150_000)
    club.deliver()
    ids = sending.take("email", clock.now)  # and then nothing more is heard of whoever took them
    lease = clock.now + sending.LEASE
    assert len(ids) == notices.relay(clock.move(seconds=100)) == 2  # the text messages alone
    assert notices.relay(clock.move(seconds=21)) == len(ids)
    notices.deliver("email", ids, lease.isoformat())
    assert channels.office.letters == []
    work()
    assert len(channels.office.letters) == 2


def test_letters_name_the_page_where_they_can_be_stopped(club, sara, channels, post, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "loyalty", replace(settings(), base_url="https://anar.example"))
    club.buys(sara, 150_000)
    post()
    letter = channels.office.letters[0]
    assert letter["List-Unsubscribe"] == "<https://anar.example/m/anar/notices>"
    assert "https://anar.example/m/anar/notices" in letter.get_body(("plain",)).get_content()


def test_what_was_told_long_ago_is_forgotten(club, sara, clock, post):
    club.buys(sara, 150_000)
    post()
    forget_notices(club.club_id, clock.move(days=91))
    assert club.sendings() == []
    assert len(club.feed(sara)) == 2
    forget_notices(club.club_id, clock.move(days=310))
    assert club.feed(sara) == []
