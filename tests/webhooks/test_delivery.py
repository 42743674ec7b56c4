"""What happens in a club reaches a real receiver: signed, once for each event, again after a failure, and on demand."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from loyalty import config
from loyalty.actions.forget_deliveries import forget_deliveries
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.db import transaction
from loyalty.jobs import deliveries, webhooks
from loyalty.jobs.timer import Timer
from loyalty.valkey import connect, valkey
from loyalty.webhooks import shelf
from loyalty.webhooks.messages import TYPES
from loyalty.webhooks.schedule import ATTEMPTS, pause
from tests.rest.conftest import BYLAWS, rows
from tests.webhooks.conftest import registers, sells, sent


def test_a_purchase_is_told_in_the_words_of_the_api(club, receiver, post):
    registers(club, receiver, *TYPES)
    sara = club.enrols(name="سارا")
    answer = sells(club, sara["id"], gross=6_000_000, net=6_000_000)
    publish_bylaws(club.id, BYLAWS, club.clock.now)
    post()

    assert receiver.forged == 0
    assert sorted({heard.type for heard in receiver.heard}) == [
        "badge.earned",
        "bylaws.published",
        "member.joined",
        "points.awarded",
        "tier.changed",
    ]
    assert receiver.of("member.joined")[0]["member"] == sara["id"]
    [award] = answer["awards"]
    [told] = receiver.of("points.awarded")
    assert told == {
        "member": sara["id"],
        "event": answer["id"],
        "wallet": award["wallet"],
        "amount": award["amount"],
        "pending": False,
        "article": award["article"],
        "version": answer["bylaws"],
        "occurred_at": club.clock.now.isoformat().replace("+00:00", "Z"),
    }
    assert receiver.of("badge.earned") == [{"member": sara["id"], "code": "regular", "level": 1, "event": answer["id"]}]
    assert receiver.of("tier.changed")[-1]["to"] == "silver"
    assert receiver.of("bylaws.published")[-1]["version"] == 2
    assert len(set(receiver.ids)) == len(receiver.ids)


def test_every_award_of_a_batch_is_told_once_and_to_its_member(club, receiver, post):
    registers(club, receiver, "points.awarded")
    people = [club.enrols()["id"] for _ in range(3)]
    lines = [{"line": "1", "sku": "milk", "category": "dairy", "quantity": 1, "gross": 1_000_000, "net": 1_000_000}]
    sales = [club.sale(member={"id": member}, lines=lines, gross=..., net=...) for member in (*people, people[0])]
    club.till.post("/purchases/batch", {"purchases": sales})
    post()
    told = [(data["member"], data["wallet"], data["article"], data["amount"]) for data in receiver.of("points.awarded")]
    each = (("cashback", "2", 10_000), ("points", "1", 10))
    assert sorted(told) == sorted((member, *award) for member in (*people, people[0]) for award in each)


def test_a_webhook_hears_what_it_asked_for_and_a_club_without_one_writes_nothing(club, rival, receiver, post):
    registers(club, receiver, "tier.changed")
    for of in (club, rival):
        sells(of, of.enrols()["id"], gross=6_000_000, net=6_000_000)
    post()
    assert {heard.type for heard in receiver.heard} == {"tier.changed"}
    assert rows()["webhook_delivery"] == len(receiver.heard)


def test_the_timer_and_a_worker_bring_it_there(app, club, receiver, work):
    registers(club, receiver, "member.joined")
    club.enrols()
    with connect(config.settings().redis_url) as bell:
        for _ in range(2):  # from the outbox first, then to the receiver
            Timer(app, bell).turn()
            work()
    assert len(receiver.heard) == 1


# --- failures -------------------------------------------------------------------------------------------------------


def test_after_a_500_it_is_tried_again_under_the_same_id(club, receiver, clock, post):
    webhook = registers(club, receiver, "member.joined")
    receiver.answers = [500]
    club.enrols()
    post()
    [delivery] = sent(club, webhook)
    assert (delivery["status"], delivery["attempts"], delivery["answered"], delivery["error"]) == (
        "waiting",
        1,
        500,
        "status",
    )
    assert receiver.heard == []
    post()
    assert receiver.asked == 1  # not before its time

    clock.move(seconds=12)
    post()
    [after] = sent(club, webhook)
    assert (after["status"], after["attempts"], after["answered"], after["error"]) == ("delivered", 2, 204, None)
    assert receiver.ids == [delivery["message"]]
    clock.move(days=1)
    post()
    assert receiver.asked == 2


def test_one_message_that_is_refused_does_not_hold_up_the_next(club, receiver, post):
    registers(club, receiver, "member.joined")
    receiver.answers = [422]
    first, second = club.enrols()["id"], club.enrols()["id"]
    post()
    assert [data["member"] for data in receiver.of("member.joined")] == [second] != [first]


def test_pauses_grow_over_days_and_no_two_messages_keep_step():
    pauses = [pause(n, "msg_1") for n in range(1, ATTEMPTS)]
    assert timedelta(seconds=8) <= pauses[0] <= timedelta(seconds=12)
    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=4)
    assert len({pause(1, f"msg_{n}") for n in range(50)}) == 50


def test_a_message_is_given_up_in_the_end_and_can_still_be_sent_by_hand(club, receiver, clock, post):
    webhook = registers(club, receiver, "member.joined")
    receiver.always = 500
    club.enrols()
    post()
    for _ in range(ATTEMPTS - 1):
        clock.now = datetime.fromisoformat(sent(club, webhook)[0]["next_try"])
        post()
    [delivery] = sent(club, webhook)
    assert (delivery["status"], delivery["attempts"], receiver.asked) == ("given_up", ATTEMPTS, ATTEMPTS)

    club.server.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend")
    post()
    assert receiver.asked == ATTEMPTS + 1


def test_a_receiver_that_fails_for_days_is_disabled_until_a_test_arrives(club, receiver, clock, post):
    clock.move(days=-7)
    webhook = registers(club, receiver, "member.joined")
    receiver.always = 500
    club.enrols()
    post()
    clock.move(days=6)
    post()
    told = club.server.get(f"/webhooks/{webhook['id']}").json
    assert told["disabled_because"] == "failing"
    assert told["failing_since"] < told["disabled_at"]
    asked = receiver.asked
    club.enrols()
    clock.move(days=1)
    post()
    assert receiver.asked == asked  # nothing goes there any longer
    assert [delivery["status"] for delivery in sent(club, webhook)] == ["given_up"]

    receiver.always = 204
    assert club.server.post(f"/webhooks/{webhook['id']}/test").status_code == 202
    post()
    assert receiver.of("webhook.test") == [{"webhook": webhook["id"]}]
    told = club.server.get(f"/webhooks/{webhook['id']}").json
    assert (told["disabled_at"], told["disabled_because"], told["failing_since"]) == (None, None, None)
    club.enrols()
    post()
    assert len(receiver.of("member.joined")) == 1


def test_a_receiver_that_says_it_is_gone_is_believed(club, receiver, post):
    webhook = registers(club, receiver, "member.joined")
    receiver.answers = [410]
    club.enrols()
    club.enrols()
    post()
    assert receiver.asked == 1
    assert club.server.get("/webhooks").json["items"][0]["disabled_because"] == "gone"
    assert [delivery["status"] for delivery in sent(club, webhook)] == ["given_up"] * 2


def test_nothing_signed_follows_a_redirect(club, receivers, post):
    receiver, elsewhere = receivers(), receivers()
    webhook = registers(club, receiver, "member.joined")
    receiver.always, receiver.redirects_to = 307, elsewhere.url
    club.enrols()
    post()
    assert elsewhere.asked == 0
    assert sent(club, webhook)[0]["answered"] == 307


def test_where_nobody_listens_it_is_said(club, receiver, post):
    webhook = registers(club, receiver, "member.joined")
    receiver.close()
    club.enrols()
    post()
    assert (sent(club, webhook)[0]["error"], sent(club, webhook)[0]["answered"]) == ("unreachable", None)


# --- once, though the outbox is heard twice ---------------------------------------------------------------------------


def test_what_the_outbox_delivers_twice_is_sent_once(club, receiver, post, clock):
    registers(club, receiver, *TYPES)
    sells(club, club.enrols()["id"])
    with transaction() as conn:
        kept = conn.execute("SELECT to_jsonb(outbox)::text FROM outbox").fetchall()
    post()
    heard = sorted(receiver.ids)
    with transaction() as conn:  # the deletion is what a crash undoes
        conn.execute(
            "INSERT INTO outbox SELECT r.* FROM unnest(%s::jsonb[]) AS u (told),"
            " jsonb_populate_record(NULL::outbox, told) r",
            [[row for (row,) in kept]],
        )
    clock.move(minutes=1)
    post()
    assert len(kept) >= 4
    assert sorted(receiver.ids) == heard
    assert rows()["outbox"] == 0


def test_what_a_killed_worker_had_taken_falls_due_again_and_its_late_job_does_nothing(club, receiver, clock, work):
    registers(club, receiver, "member.joined")
    club.enrols()
    deliveries.relay(clock.now)
    work()
    taken, lease = shelf.take(clock.now), clock.now + shelf.LEASE
    assert taken
    assert webhooks.relay(clock.move(seconds=100)) == 0
    assert webhooks.relay(clock.move(seconds=21)) == 1
    webhooks.deliver(taken, lease.isoformat())
    assert receiver.asked == 0
    work()
    assert len(receiver.heard) == 1


def test_an_emptied_valkey_loses_nothing(club, receiver, clock, work, post):
    registers(club, receiver, "member.joined")
    club.enrols()
    deliveries.relay(clock.now)
    work()
    webhooks.relay(clock.now)
    valkey().flushdb()
    clock.move(minutes=3)
    post()
    assert len(receiver.heard) == 1


def test_two_relays_at_once_never_take_the_same_webhook(app, club, receiver, clock, work):
    for _ in range(50):
        registers(club, receiver, "member.joined")
    club.enrols()
    deliveries.relay(clock.now)
    work()
    taken: list[int] = []
    ready = threading.Barrier(4)

    def relay() -> None:
        with app.app_context():
            ready.wait()
            for _ in range(5):
                taken.extend(shelf.take(clock.now))

    threads = [threading.Thread(target=relay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 50


# --- replay -----------------------------------------------------------------------------------------------------------


def test_a_message_sent_again_keeps_its_id(club, receiver, clock, post):
    webhook = registers(club, receiver, "member.joined")
    club.enrols()
    post()
    [delivery] = sent(club, webhook)
    answer = club.server.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend")
    assert (answer.status_code, answer.json["status"], answer.json["message"]) == (202, "waiting", delivery["message"])
    clock.move(seconds=2)
    post()
    assert receiver.ids == [delivery["message"]] * 2
    assert receiver.heard[0] == receiver.heard[1]
    assert sent(club, webhook)[0]["status"] == "delivered"


@pytest.mark.parametrize("done", [True, False])
def test_what_is_done_is_forgotten_after_a_month(club, receiver, clock, post, done):
    webhook = registers(club, receiver, "member.joined")
    receiver.always = 204 if done else 500
    club.enrols()
    post()
    forget_deliveries(club.id, clock.now + timedelta(days=29))
    assert len(sent(club, webhook)) == 1
    forget_deliveries(club.id, clock.now + timedelta(days=31))
    assert len(sent(club, webhook)) == (0 if done else 1)
