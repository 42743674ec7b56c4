"""What the pages say of a club, read without scripts."""

import re
from datetime import timedelta

from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.db import transaction
from loyalty.rules import MemberRef
from loyalty.rules.ruling import Given
from tests.admin.conftest import BREAD, BYLAWS, MILK, text_of
from tests.books import Books

LATENESS = timedelta(days=30)


def read(desk, address, **query):
    answer = desk.get(address, query_string={"lang": "en", **query})
    assert answer.status_code == 200, answer.text
    return text_of(answer)


def test_the_overview_sets_this_month_beside_the_same_days_of_the_last(negar, anar, sara):
    # It is 12 Aban, and 800,000 toman were sold on 8 Mehr.
    page = read(negar, anar.page())
    assert "1–12 Aban 1405" in page
    assert "Each change is against 1–12 Mehr 1405" in page
    assert "Net sales 5,572,000 toman 596% more" in page
    assert "Purchases 3 200% more" in page
    assert "New members 0 nothing yet" in page
    assert "Issued: points 557 596% more" in page
    assert "points 637 ever issued: 637 points" in page
    assert "12 Aban 1405: 1 purchase, 72,000 toman" in page


def test_the_overview_is_persian_as_well(negar, anar, sara):
    page = text_of(negar.get(f"{anar.page()}?lang=fa"))
    assert "۱ تا ۱۲ آبان ۱۴۰۵" in page
    assert "فروش خالص ۵٬۵۷۲٬۰۰۰ تومان ۵۹۶٪ بیشتر" in page


def test_members_are_counted_on_every_step(negar, anar, sara):
    anar.enrols("علی رضایی")
    page = read(negar, anar.page())
    assert "2 members, 2 active" in page
    assert "Bronze 1, 50%" in page
    assert "Silver 1, 50%" in page
    assert "Gold 0, 0%" in page


def test_what_waits_is_said_and_leads_there(negar, anar, sara, clock):
    assert "Nothing waits for you." in read(negar, anar.page())
    anar.buys(None, 990000)
    anar.buys(sara, 450000, at=clock.now - timedelta(days=40), lateness=LATENESS)
    page = read(negar, anar.page())
    assert "One purchase has no member." in page
    assert "One purchase came too late" in page
    aside = read(negar, anar.page("purchases"), show="aside")
    assert "came too late" in aside
    assert "no member" in aside
    assert "99,000 toman" in aside


def test_messages_left_lying_are_told(negar, anar, sara, clock):
    with transaction() as conn:
        conn.execute(
            "INSERT INTO outbox (club_id, type, data, created_at, due_at) VALUES (%s, 'x', '{}', %s, %s)",
            [anar.id, clock.now, clock.now],
        )
    assert "worker" not in read(negar, anar.page())
    clock.move(minutes=11)
    assert "is the worker running?" in read(negar, anar.page())


def test_a_version_to_come_is_announced(negar, anar, sara, clock):
    publish_bylaws(anar.id, BYLAWS, clock.now, from_at=clock.now + timedelta(days=3), note="For the winter")
    assert "Version 2 of the bylaws takes force on 15 Aban 1405." in read(negar, anar.page())
    page = read(negar, anar.page("bylaws"))
    assert "Version 2 to come" in page
    assert "Version 1 in force since ever" in page
    assert "For the winter" in page


def test_a_club_in_which_nothing_happened_yet_says_what_to_do(desk, elm):
    desk.signs_in(elm.owner)
    page = read(desk, elm.page())
    assert "No purchases yet. The first one appears here." in page
    assert "No members yet." in page
    assert "US$" in page
    for where in ("members", "purchases"):
        assert "yet." in read(desk, elm.page(where))
    assert "Nothing is set aside" in read(desk, elm.page("purchases"), show="aside")


def test_a_club_without_bylaws_says_so(desk, anar, clock):
    with transaction() as conn:
        conn.execute("DELETE FROM bylaws")
    desk.signs_in(anar.owner)
    assert "publish the first version" in read(desk, anar.page())
    assert "publish the first version" in read(desk, anar.page("bylaws"))


def test_sales_long_ago_are_told_where_the_chart_would_be_empty(negar, anar, sara, clock):
    clock.move(days=5)
    clock.move(days=120)
    negar.signs_in(anar.owner)
    assert "No purchases in these 90 days. The latest was on 12 Aban 1405." in read(negar, anar.page())


def test_the_bylaws_read_as_sentences_with_marked_slots(negar, anar):
    page = negar.get(f"{anar.page('bylaws')}?lang=en")
    for role in ("when", "if", "then"):
        assert f'class="slot {role}"' in page.text
    both = negar.get(f"{anar.page('bylaws')}?lang=en&text=both").text
    assert 'lang="fa" dir="rtl"' in both
    assert 'lang="en" dir="ltr"' in both
    assert "مادهٔ ۳" in both
    assert "Article 3" in both


def test_a_member_is_found_by_whatever_they_are_known_by(negar, anar, sara, clock):
    anar.enrols("علی رضایی", card="SHOPCARD1")
    for known in ("سارا", "محمدي", "+989123456789", "0912 345 6789", "۰۹۱۲۳۴۵۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "sara-7"):
        found = read(negar, anar.page("members"), q=known)
        assert "سارا محمدی" in found, known
        assert "علی" not in found, known
    assert "علی رضایی" in read(negar, anar.page("members"), q="shop-card-1")


def test_the_list_of_members_goes_on_page_by_page(negar, anar):
    for n in range(30):
        anar.enrols(f"عضو {n:02}")
    first = negar.get(anar.page("members"))
    assert first.text.count("main-link") == 25
    following = re.search(r'href="([^"]+cursor=[^"]+)"', first.text)[1].replace("&amp;", "&")
    assert negar.get(following).text.count("main-link") == 5
    assert negar.get(f"{anar.page('members')}?cursor=nonsense").status_code == 422


def test_a_member_from_all_sides(negar, anar, sara):
    page = read(negar, anar.page("members", sara))
    assert "سارا محمدی" in page
    assert "Silver" in page
    assert "points 637 637 ever earned" in page
    assert "Purchases 4 6,372,000 toman" in page
    assert "Base points 72,000 toman holds 7 × 10,000 toman; 7 × 1 = 7 points +7 points" in page
    assert "Buyers of the month Rank 1" in page
    assert "Always with us" in page
    assert "+989123456789" in page


def test_a_purchase_is_explained_article_by_article(negar, anar, sara):
    answer = negar.get(anar.page("purchases"), query_string={"lang": "en"})
    assert "anar-004" in text_of(answer)
    with transaction() as conn:
        (purchase,) = conn.execute("SELECT id FROM purchase WHERE receipt = 'anar-004'").fetchone()
    page = read(negar, anar.page("purchases", purchase))
    assert "+7 points" in page
    assert "1 of 3 articles gave" in page
    assert "What gave Article 1 Base points" in page
    assert "What gave nothing, and why" in page
    assert "Article 3 Dairy on a quiet morning" in page
    assert "held: the basket includes at least 50,000 toman of goods in category “dairy”" in page
    assert "did not hold: " in page
    assert "saw: " in page
    assert "شیر ۱ لیتری" in page
    assert "Paid: bank card 72,000 toman" in page


def test_purchases_are_narrowed_by_store_and_by_days_in_any_digits(negar, anar, sara):
    assert "4" not in read(negar, anar.page("purchases"), store="web").partition("Receipt")[2].partition("anar-003")[0]
    days = read(negar, anar.page("purchases"), **{"from": "۱۴۰۵-۰۸-۱۱", "until": "1405/08/12"})
    assert "anar-003" in days
    assert "anar-004" in days
    assert "anar-002" not in days
    assert "anar-001" in read(negar, anar.page("purchases"), until="2026-10-01")
    assert "Write the day as" in read(negar, anar.page("purchases"), until="yesterday")


def test_a_purchase_set_aside_says_why_it_gave_nothing(negar, anar, sara, clock):
    late = anar.buys(sara, 450000, at=clock.now - timedelta(days=40), lateness=LATENESS)
    unclaimed = anar.buys(None, 990000)
    assert "came after the lateness window" in read(negar, anar.page("purchases", late))
    assert "Nobody has claimed this purchase yet" in read(negar, anar.page("purchases", unclaimed))


def test_a_second_club_can_be_changed_to(negar, anar, elm, clock):
    from loyalty.actions.create_person import create_person

    create_person(elm.id, anar.owner, clock.now)
    assert elm.page() in negar.get(anar.page()).text
    assert "Elm Records" in read(negar, elm.page())


def test_names_are_never_taken_for_markup(negar, anar, sara):
    hostile = anar.enrols("<script>alert(1)</script>")
    for page in (anar.page("members"), anar.page("members", hostile), f"{anar.page('members')}?q=<script>"):
        assert "<script>alert" not in negar.get(page).text


def test_what_is_not_there_is_said_in_both_languages(negar, anar):
    assert "There is no such member." in text_of(negar.get(f"{anar.page('members', 9)}?lang=en"))
    assert "چنین عضوی نیست." in text_of(negar.get(f"{anar.page('members', 9)}?lang=fa"))


TIMED = {
    **BYLAWS,
    "wallets": {
        **BYLAWS["wallets"],
        "points": {**BYLAWS["wallets"]["points"], "matures": {"days": 14}, "expires": {"months": 12}},
    },
}


def test_a_members_page_tells_every_figure_of_a_wallet(negar, anar, clock):
    publish_bylaws(anar.id, TIMED, clock.now)
    books, lena = Books(anar.id), anar.enrols("لنا")
    spent = anar.buys(lena, 3_000_000)
    clock.move(days=20)
    negar.signs_in(anar.owner)
    assert books.spends(lena, 25, clock.now)
    assert books.holds(lena, 2, clock.now)
    books.returns(spent, clock.now, net=3_000_000, key="R-7")
    anar.buys(lena, 4_000_000)
    page = read(negar, anar.page("members", lena))
    assert "points 0 40 ever earned 40 points pending 27 points owed" in page
    assert "Held for payments 2 points Owed by the member 27 points Earned 40 points Spent 25 points" in page
    assert "Expires after 30 Aban 1406 40 points" in page
    assert "Return R-7 of receipt anar-001: 3 points less than it had given. −3 points" in page
    assert "25 points was spent. −25 points" in page
    persian = text_of(negar.get(f"{anar.page('members', lena)}?lang=fa"))
    assert "بدهی عضو ۲۷ امتیاز" in persian
    assert "مرجوعی R-7 از رسید anar-001: ۳ امتیاز کمتر از آنچه داده بود. −۳ امتیاز" in persian


def test_the_page_of_a_merged_member_leads_to_the_one_who_goes_on(negar, anar, sara, clock):
    second_card = anar.enrols("Sara's second card")
    assert "goes on" not in read(negar, anar.page("members", second_card))
    merge_members(anar.id, second_card, MemberRef("id", str(sara)), "One person", clock.now)
    answer = negar.get(f"{anar.page('members', second_card)}?lang=en")
    assert "Merged into another member, who goes on for this one: سارا محمدی" in text_of(answer)
    assert f'href="{anar.page("members", sara)}"' in answer.text


def test_a_purchase_shows_what_came_back_and_what_is_kept(negar, anar, sara, clock):
    books = Books(anar.id)
    milk_and_bread = anar.buys(sara, 720000, lines=(MILK, BREAD))
    assert "Returns" not in read(negar, anar.page("purchases", milk_and_bread))
    books.returns(
        milk_and_bread, clock.now, net=300000, key="R-7", left={"lines": {"1": 1000, "2": 1500}},
        awards=[Given("1", 0, "points", 4, 420000, 4)],
    )  # fmt: skip
    page = read(negar, anar.page("purchases", milk_and_bread))
    assert "Receipt anar-005 returned in part" in page
    assert "For what is kept +4 points" in page
    assert "Return R-7 −30,000 toman" in page
    assert "Kept, net 42,000 toman" in page
    assert "× 2 · 1 kept" in page
    assert "returned in part" in read(negar, anar.page("purchases"))
    mistake = anar.buys(sara, 1_000_000)
    books.returns(mistake, clock.now, net=1_000_000, kind="void", reason="The wrong card")
    page = read(negar, anar.page("purchases", mistake))
    assert "undone" in page
    assert "Nothing is left of it" in page
    assert "The wrong card" in page


def test_what_was_undone_or_came_back_is_no_sale_of_the_members(negar, anar, sara, clock):
    books = Books(anar.id)
    back = anar.buys(sara, 1_000_000)
    books.returns(back, clock.now, net=400_000, left={"net": 600_000}, awards=[Given("1", 0, "points", 6, 600000, 6)])
    mistake = anar.buys(sara, 5_000_000)
    books.returns(mistake, clock.now, net=5_000_000, kind="void")
    page = read(negar, anar.page("members", sara))
    assert "Purchases 5 6,432,000 toman" in page
    overview = read(negar, anar.page())
    assert "Issued: points 563" in overview
    assert "points 643 ever issued: 643 points" in overview


def test_the_overview_tells_what_became_of_what_was_issued(negar, anar, sara, clock):
    Books(anar.id).spends(sara, 100, clock.now)
    page = read(negar, anar.page())
    assert "points 537 ever issued: 637 points spent: 100 points" in page


def test_the_list_of_members_shows_no_point_past_its_end(negar, anar, clock):
    publish_bylaws(anar.id, TIMED, clock.now)
    lena = anar.enrols("لنا")
    anar.buys(lena, 3_000_000)
    clock.move(days=14)
    negar.signs_in(anar.owner)
    assert "30 points" in read(negar, anar.page("members"))
    clock.move(days=366)
    negar.signs_in(anar.owner)
    assert " 0 points" in read(negar, anar.page("members"))
