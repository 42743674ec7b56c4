"""A purchase given back: to the point, by the version of the sale, however it is split."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.expire_points import expire_points
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection, db
from loyalty.returning import Answer
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import MemberRef
from loyalty.values import Shown
from tests.actions.test_record_purchases import statements
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, article, document, line, title

DAY = timedelta(days=1)
LADDER = {
    "ladder": [
        {"code": "bronze", "title": title("Bronze")},
        {
            "code": "silver",
            "title": title("Silver"),
            "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 50_000}},
        },
    ],
    "returns": "at_once",
}
_keys = count(1)


def back(
    story: Story, purchase: int | None, *lines: tuple[str, int], key: str | None = None, at: Any = None, **how: Any
) -> Answer:
    """Something comes back: lines by quantity, an amount, or (if nothing is said) all of it."""
    db.session.rollback()
    returned = tuple(ReturnedLine(name, quantity * 1000) for name, quantity in lines)
    every = not lines and "amount" not in how
    asked = Return(key or f"ret-{next(_keys)}", "s1", at or story.now, returned, all=every, **how)
    assert purchase is not None
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    return answer


def refused(answer: Answer) -> tuple[str, list[str]]:
    assert answer.problem is not None
    return answer.problem.code, [fault.path for fault in answer.problem.faults]


def kept(story: Story, member: int, wallet: str = "points") -> Shown:
    row = (
        connection()
        .execute(
            "SELECT available, earned, pending, held, debt FROM balance WHERE member_id = %s AND wallet = %s",
            [member, wallet],
        )
        .fetchone()
    )
    return Shown(*row) if row else Shown()


def counted(story: Story, member: int) -> dict[str, int]:
    """What the member's counters say over all time, by measure."""
    rows = connection().execute(
        "SELECT coalesce(definition ->> 'returned_too', '') || (definition ->> 'measure'), value FROM counter_sum"
        " JOIN counter ON counter.id = counter_id WHERE member_id = %s AND grain = 0",
        [member],
    )
    return dict(rows.fetchall())


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def test_a_line_comes_back_and_the_points_that_its_amount_had_made(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 10_900, 2), line("milk", 5_500)))
    assert kept(story, sara).available == 16
    answer = back(story, sale.id, ("tea", 1))
    assert answer.taken
    assert answer.taken.reversed == {"points": 6}  # 16,400 gave 16; 5,450 + 5,500 = 10,950 gives 10
    assert kept(story, sara) == Shown(available=10, earned=10)
    assert counted(story, sara)["amount"] == 10_950
    back(story, sale.id)
    assert kept(story, sara) == Shown()
    assert counted(story, sara)["amount"] == counted(story, sara)["days"] == 0
    assert story.books_agree()


def test_a_hundred_returns_of_one_take_back_exactly_what_one_return_of_a_hundred_takes(app: Flask) -> None:
    bylaws = document(
        BASE,
        article("2", {"multiply": {"by": "5/4"}}, if_={"basket": {"of": "net", "at_least": 30_000}}),
        article("3", {"cashback": {"percent": "1.7"}}),
        article("4", {"points": {"fixed": 3}}, if_={"basket": {"of": "net", "less_than": 20_000}}),
    )
    slowly, at_once = Story(bylaws, "slowly"), Story(bylaws, "at-once")
    sara, lena = slowly.enrols(), at_once.enrols()
    goods = (line("nut", 99_777, 150), line("tea", 3_210))
    one, other = slowly.buys(sara, lines=goods), at_once.buys(lena, lines=goods)
    for _ in range(100):
        back(slowly, one.id, ("nut", 1))
    back(at_once, other.id, ("nut", 100))
    for wallet in ("points", "cashback"):
        assert kept(slowly, sara, wallet) == kept(at_once, lena, wallet)
    assert counted(slowly, sara) == counted(at_once, lena)
    assert slowly.books_agree()
    assert at_once.books_agree()
    for story, sale in ((slowly, one), (at_once, other)):
        back(story, sale.id)
    assert kept(slowly, sara) == kept(at_once, lena) == Shown()
    assert slowly.books_agree()


def test_what_is_kept_may_newly_meet_a_condition_and_then_the_difference_is_given(app: Flask) -> None:
    story = Story(document(article("1", {"points": {"fixed": 7}}, if_={"basket": {"of": "net", "at_most": 10_000}})))
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 9_000), line("milk", 4_000)))
    assert kept(story, sara).available == 0
    answer = back(story, sale.id, ("milk", 1))
    assert answer.taken
    assert answer.taken.given == {"points": 7}
    assert kept(story, sara).available == 7
    assert story.books_agree()


def test_a_basket_without_lines_comes_back_by_amount(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, 10_000)
    assert refused(back(story, sale.id, amount=10_001)) == ("invalid", ["/amount"])
    assert refused(back(story, sale.id, ("1", 1))) == ("invalid", ["/lines"])
    back(story, sale.id, amount=2_500)
    assert kept(story, sara).available == 7
    back(story, sale.id, amount=7_500)
    assert kept(story, sara).available == 0
    assert refused(back(story, sale.id)) == ("invalid", ["/all"])
    assert counted(story, sara) == {"amount": 0, "days": 0}
    assert story.books_agree()


def test_more_than_is_left_or_twice_the_same_is_refused_and_nothing_is_written(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 9_000, 2), line("milk", 4_000)))
    back(story, sale.id, ("tea", 1))
    assert refused(back(story, sale.id, ("tea", 2))) == ("invalid", ["/lines/0/quantity"])
    assert refused(back(story, sale.id, ("milk", 1), ("milk", 1))) == ("invalid", ["/lines/1/line"])
    assert refused(back(story, sale.id, ("honey", 1))) == ("invalid", ["/lines/0/line"])
    assert refused(back(story, sale.id, ("tea", 1), at=START - DAY)) == ("invalid", ["/occurred_at"])
    assert refused(back(story, 10**9)) == ("not_found", [])
    assert kept(story, sara).available == 8
    assert story.books_agree()


def test_the_same_return_again_changes_nothing_and_another_under_its_key_is_a_conflict(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 9_000, 3),))
    first = back(story, sale.id, ("tea", 1), key="R1")
    again = back(story, sale.id, ("tea", 1), key="R1")
    assert (again.status, again.id) == ("repeated", first.id)
    assert again.taken
    assert first.taken
    assert again.taken.stored() == first.taken.stored()
    assert refused(back(story, sale.id, ("tea", 2), key="R1")) == ("conflict", ["/return"])
    assert kept(story, sara).available == 6
    assert story.books_agree()


def test_points_that_are_spent_become_debt_which_the_next_earning_pays(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, 30_000)
    story.loses(sara, 25)
    answer = back(story, sale.id)
    assert answer.taken
    assert (answer.taken.reversed, answer.taken.owed) == ({"points": 5}, {"points": 25})
    assert kept(story, sara).debt == 25
    assert story.buys(sara, 20_000).wallets["points"] == Shown(0, 20, 0, 0, 5)
    assert story.buys(sara, 20_000).wallets["points"] == Shown(15, 40, 0, 0, 0)
    assert story.books_agree()


def policy(how: str) -> Story:
    return Story(document(wallets={"points": {**POINTS["points"], "debt": how}, **CASHBACK}), f"club-{how}")


def test_a_wallet_may_let_go_of_what_was_spent_and_any_split_lets_go_of_the_same(app: Flask) -> None:
    story = policy("clamp")
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    goods = (line("tea", 20_000, 2), line("milk", 10_000))
    for member, split in ((sara, True), (lena, False)):
        sale = story.buys(member, lines=goods)
        story.loses(member, 25)
        if split:
            back(story, sale.id, ("tea", 1))
            back(story, sale.id, ("milk", 1))
            last = back(story, sale.id)
        else:
            last = back(story, sale.id)
        assert last.taken
        assert kept(story, member) == Shown()
        assert sum(row[0] for row in forgiven(member)) == 25
    assert story.books_agree()


def forgiven(member: int) -> list[Any]:
    return connection().execute("SELECT forgiven FROM balance WHERE member_id = %s", [member]).fetchall()


def test_a_wallet_may_refuse_a_debt_unless_the_till_says_why_it_must_be(app: Flask) -> None:
    story = policy("refuse")
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 20_000, 2),))
    story.loses(sara, 15)
    answer = back(story, sale.id)
    assert refused(answer) == ("insufficient_balance", [])
    assert kept(story, sara) == Shown(5, 20)
    assert counted(story, sara)["amount"] == 20_000
    assert story.books_agree()
    answer = back(story, sale.id, debt="allow", reason="broken on arrival")
    assert answer.status == "recorded"
    assert kept(story, sara).debt == 15
    assert story.books_agree()


def test_in_a_batch_a_refused_return_leaves_the_others_and_itself_as_they_were(app: Flask) -> None:
    story = policy("refuse")
    sara = story.enrols()
    one, two = (story.buys(sara, lines=(line("tea", 10_000, 2),)) for _ in range(2))
    story.loses(sara, 12)
    db.session.rollback()
    asked = [
        (sale.id, Return(f"k{n}", "s1", story.now, (ReturnedLine("tea", quantity * 1000),)))
        for n, (sale, quantity) in enumerate(((one, 2), (two, 1), (two, 1), (one, 1)))
    ]
    answers = return_purchases(story.club_id, [(p or 0, asked) for p, asked in asked], story.now)
    assert [answer.status for answer in answers] == ["refused", "recorded", "refused", "refused"]
    assert kept(story, sara) == Shown(3, 15)
    assert story.books_agree()


def test_a_return_takes_the_pending_first_and_counts_what_expired_as_taken(app: Flask) -> None:
    wallets = {"points": {**POINTS["points"], "matures": {"days": 14}, "expires": {"days": 30}}, **CASHBACK}
    story = Story(document(wallets=wallets))
    sara = story.enrols()
    old = story.buys(sara, 10_000, at=START - 20 * DAY)
    new = story.buys(sara, 10_000)
    assert kept(story, sara) == Shown(10, 20, 10)
    back(story, new.id, amount=4_000)
    assert kept(story, sara) == Shown(10, 16, 6)
    story.now = START + 12 * DAY  # the old lot has expired, the new one still waits
    answer = back(story, old.id)
    assert answer.taken
    assert answer.taken.reversed == {"points": 10}
    assert kept(story, sara) == Shown(0, 6, 6)
    assert story.books_agree()


def test_an_old_purchase_is_judged_again_by_the_version_that_judged_it(story: Story) -> None:
    sara = story.enrols()
    sale = story.buys(sara, lines=(line("tea", 10_000, 2),))
    publish_bylaws(story.club_id, document(article("1", {"points": {"per": 1000, "give": 5}})), START + DAY)
    story.now = START + 2 * DAY
    newer = story.buys(sara, lines=(line("tea", 10_000, 2),))
    assert kept(story, sara).available == 60
    back(story, sale.id, ("tea", 1))
    assert kept(story, sara).available == 55
    back(story, newer.id, ("tea", 1))
    assert kept(story, sara).available == 30
    assert story.books_agree()


def test_limits_and_budgets_get_their_room_back_in_their_own_period(app: Flask) -> None:
    limits = [
        {"per": "member", "every": "day", "at_most": 15, "of": "points"},
        {"per": "club", "every": "month", "at_most": 25, "of": "points"},
    ]
    story = Story(document({**BASE, "limits": limits}))
    sara, lena, mina = (story.enrols(name) for name in ("Sara", "Lena", "Mina"))
    first = story.buys(sara, 12_000)
    assert story.buys(sara, 9_000).wallets["points"].available == 15
    assert story.buys(lena, 12_000).wallets["points"].available == 10
    assert story.buys(mina, 12_000).wallets == {}
    back(story, first.id, at=START + 3 * DAY)
    assert story.buys(mina, 15_000).wallets["points"].available == 12
    assert story.buys(sara, 9_000).wallets["points"].available == 3
    assert story.books_agree()


def test_the_nth_purchase_counts_what_was_returned_later_and_days_of_shopping_do_not(app: Flask) -> None:
    third = article("2", {"points": {"fixed": 100}}, if_={"nth_purchase": {"n": 3}})
    story = Story(document(BASE, third))
    sara = story.enrols()
    back(story, story.buys(sara, 1_000).id)
    story.buys(sara, 1_000)
    same_day = story.buys(sara, 1_000, at=START + DAY)
    assert kept(story, sara).available == 102
    assert counted(story, sara)["days"] == 2
    other = story.buys(sara, 1_000, at=START + DAY)
    back(story, same_day.id, at=START + 2 * DAY)
    assert counted(story, sara)["days"] == 2
    back(story, other.id, at=START + 2 * DAY)
    assert counted(story, sara)["days"] == 1
    assert counted(story, sara)["truetimes"] == 4
    assert story.books_agree()


GIFT = {"points": {"fixed": 50}}
BADGES = {
    "big": {"title": title("Big"), "counter": "spend", "levels": [{"at": 20_000}, {"at": 60_000, "give": [GIFT]}]},
    "owl": {"title": title("Owl"), "on": "purchase", "if": {"basket": {"of": "net", "at_least": 40_000}}},
}


def badges(member: int) -> dict[str, int]:
    rows = connection().execute("SELECT code, max(level) FROM badge_level WHERE member_id = %s GROUP BY code", [member])
    return dict(rows.fetchall())


def test_tier_and_badges_go_at_once_with_what_they_gave_where_the_bylaws_say_so(app: Flask) -> None:
    story = Story(document(BASE, tiers=LADDER, badges=BADGES))
    sara = story.enrols()
    story.buys(sara, 25_000)
    sale = story.buys(sara, lines=(line("tea", 40_000, 4),))
    assert (story.tier(sara), badges(sara), kept(story, sara).available) == ("silver", {"big": 2, "owl": 1}, 115)
    answer = back(story, sale.id, ("tea", 1))
    assert answer.taken
    assert answer.taken.tier == ("silver", "silver")
    assert answer.taken.badges == [("big", 2), ("owl", 1)]
    assert answer.taken.reversed == {"points": 60}
    assert kept(story, sara).available == 55
    answer = back(story, sale.id)
    assert answer.taken
    assert answer.taken.tier == ("silver", "bronze")
    assert (story.tier(sara), badges(sara), kept(story, sara).available) == ("bronze", {"big": 1}, 25)
    assert story.books_agree()


def test_a_badge_that_a_later_purchase_carries_stays(app: Flask) -> None:
    story = Story(document(BASE, tiers=LADDER, badges=BADGES))
    sara = story.enrols()
    first = story.buys(sara, 65_000)
    story.buys(sara, 65_000)
    back(story, first.id)
    assert badges(sara) == {"big": 2}  # the owl was the first one's own
    assert story.tier(sara) == "silver"
    assert kept(story, sara).available == 115
    assert story.books_agree()


CASHBACK_BACK = article("2", {"cashback": {"percent": "10"}})


def pays(story: Story, member: int, amount: int, receipt: str, store: str | None = "s1") -> int:
    db.session.rollback()
    payment = Payment(MemberRef("id", str(member)), amount, receipt, store)
    return pay_from_wallet(story.club_id, "cashback", payment, story.now).id


def test_what_was_paid_from_a_wallet_comes_back_in_proportion_to_what_is_kept(app: Flask) -> None:
    wallets = {**POINTS, "cashback": {**CASHBACK["cashback"], "expires": {"days": 60}}}
    story = Story(document(CASHBACK_BACK, wallets=wallets))
    sara = story.enrols()
    story.buys(sara, 10_000)
    pays(story, sara, 700, "r-2")
    sale = story.buys(sara, receipt="r-2", lines=(line("tea", 3_000, 3), line("milk", 1_000)))
    assert kept(story, sara, "cashback").available == 700  # 1,000 − 700 + 400
    answer = back(story, sale.id, ("tea", 1))
    assert answer.taken
    assert (answer.taken.restored, answer.taken.reversed) == ({"cashback": 175}, {"cashback": 100})
    answer = back(story, sale.id)
    assert answer.taken
    assert answer.taken.restored == {"cashback": 525}
    assert kept(story, sara, "cashback").available == 1_000
    [(end,)] = connection().execute("SELECT DISTINCT expires_at FROM lot WHERE available > 0").fetchall()
    assert end == START + 60 * DAY
    assert story.books_agree()


def test_whoever_paid_gets_it_back_though_another_bought(app: Flask) -> None:
    story = Story(document(CASHBACK_BACK))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    story.buys(lena, 10_000)
    pays(story, lena, 600, "r-2", store=None)
    pays(story, lena, 300, "r-3")
    sale = story.buys(sara, 5_000, receipt="r-3")
    answer = back(story, sale.id)
    assert answer.taken
    assert answer.taken.restored == {"cashback": 300}
    assert kept(story, lena, "cashback").available == 400
    assert kept(story, sara, "cashback") == Shown()
    own = story.buys(lena, 5_000, receipt="r-2")  # named by its receipt alone, and her own
    assert kept(story, lena, "cashback").available == 900
    back(story, own.id, amount=2_500)
    assert kept(story, lena, "cashback").available == 950  # + 300 − 250
    assert story.books_agree()


def test_what_comes_back_into_a_wallet_that_lapsed_meanwhile_begins_to_count_anew(app: Flask) -> None:
    idle = {"expires": {"after": {"days": 30}, "from": "activity"}}
    story = Story(document(CASHBACK_BACK, wallets={**POINTS, "cashback": {**CASHBACK["cashback"], **idle}}))
    sara = story.enrols()
    story.buys(sara, 10_000)
    pays(story, sara, 700, "r-2")
    sale = story.buys(sara, 5_000, receipt="r-2")
    story.now = START + 40 * DAY
    back(story, sale.id)
    assert kept(story, sara, "cashback").available == 700
    story.now = START + 69 * DAY
    expire_points(story.club_id, story.now, story.now)
    assert kept(story, sara, "cashback").available == 700
    story.now = START + 71 * DAY
    db.session.rollback()
    expire_points(story.club_id, story.now, story.now)
    assert kept(story, sara, "cashback").available == 0
    assert story.books_agree()


def test_returns_out_of_order_end_as_in_order(app: Flask) -> None:
    ends = []
    for days in ((3, 1), (1, 3)):
        story = Story(document(BASE, tiers=LADDER), f"club-{days[0]}")
        sara = story.enrols()
        sale = story.buys(sara, lines=(line("tea", 60_900, 2), line("milk", 5_500)))
        story.now = START + 5 * DAY
        for day, name in zip(days, ("tea", "milk") if days == (3, 1) else ("milk", "tea"), strict=True):
            back(story, sale.id, (name, 1), at=START + day * DAY)
        ends.append((kept(story, sara), counted(story, sara), story.tier(sara)))
        assert story.books_agree()
    assert ends[0] == ends[1]


def test_a_return_that_comes_before_an_earlier_one_ends_as_in_order(app: Flask) -> None:
    wallets = {"points": {**POINTS["points"], "matures": {"days": 3}, "expires": {"days": 8}}, **CASHBACK}
    bylaws = document(
        BASE,
        article("2", {"multiply": {"by": "2"}}, if_={"basket": {"of": "net", "at_least": 30_000}}),
        wallets=wallets,
        tiers=LADDER,
        badges=BADGES,
    )
    ends = []
    for code, days in (("in-order", (1, 4, 6)), ("last-first", (6, 4, 1)), ("mixed", (4, 6, 1))):
        story = Story(bylaws, code)
        sara = story.enrols()
        sale = story.buys(sara, lines=(line("tea", 60_000, 6), line("milk", 5_500)))
        story.now = START + 7 * DAY
        for day in days:
            returned = back(story, sale.id, ("tea", 1 + day // 4), at=START + day * DAY)
            assert returned.status == "recorded"
        lots = connection().execute(
            "SELECT pending, available, expired, expires_at FROM lot WHERE member_id = %s ORDER BY id", [sara]
        )
        ends.append((kept(story, sara), counted(story, sara), badges(sara), story.tier(sara), lots.fetchall()))
        assert story.books_agree()
    assert ends[0] == ends[1] == ends[2]


def test_a_batch_of_returns_costs_the_same_statements_for_one_and_for_two_hundred(app: Flask) -> None:
    limits = [{"per": "club", "every": "month", "at_most": 100_000, "of": "points"}]
    wallets = {"points": {**POINTS["points"], "matures": {"days": 3}}, **CASHBACK}
    story = Story(document({**BASE, "limits": limits}, wallets=wallets, tiers=LADDER, badges=BADGES))
    members = [story.enrols(f"M{n}") for n in range(40)]
    sales = story.records([story.sale(members[n % 40], lines=(line("tea", 65_000, 5),)) for n in range(201)])
    numbers = [sale.id or 0 for sale in sales]
    db.session.rollback()

    def returned(purchases: list[int]) -> int:
        asked = [(id_, Return(f"b{id_}", "s1", story.now, (ReturnedLine("tea", 4000),))) for id_ in purchases]
        with statements() as sent:
            answers = return_purchases(story.club_id, asked, story.now)
        assert {answer.status for answer in answers} == {"recorded"}
        return len(sent)

    one = returned(numbers[:1])
    assert returned(numbers[1:]) == one < 40
    assert story.books_agree()
