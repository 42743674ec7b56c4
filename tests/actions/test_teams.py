"""Teams: joined once, never too full, led by somebody; what members do in them counts on boards and in challenges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.complete_team_runs import complete_team_runs
from loyalty.actions.erase_member import erase_member
from loyalty.actions.fill_boards import fill_boards
from loyalty.actions.found_team import found_team
from loyalty.actions.invite_to_team import invite_to_team
from loyalty.actions.join_team import join_team
from loyalty.actions.leave_team import leave_team
from loyalty.actions.merge_members import merge_members
from loyalty.actions.turn_seasons import turn_seasons
from loyalty.actions.update_member import update_member
from loyalty.actions.update_team import update_team
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection, db
from loyalty.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from loyalty.jobs.deliveries import deliver_due
from loyalty.queries import teams
from loyalty.queries.leaderboard import leaderboard
from loyalty.rules import MemberRef
from loyalty.valkey import valkey
from tests.actions.at_once import at_once
from tests.actions.test_return_purchases import back
from tests.story import BASE, Story, document, title

TEHRAN = Calendar("Asia/Tehran", "jalali")
SETTLED = TEHRAN.instant(parse_date("1405-09-01")) + timedelta(days=30)
DAY = timedelta(days=1)
GOAL = {"counter": {"name": "spend", "over": "run", "at_least": 10_000}}
TOGETHER = {
    "title": title("Together"),
    "by": "team",
    "each": "month",
    "goal": GOAL,
    "give": [{"points": {"fixed": 50}}],
}
BOARD = {"title": title("Teams"), "counter": "spend", "by": "team"}


def club(**more: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "teams": {"size": {"between": [2, 4]}, "join": "open"},
        "challenges": {"together": TOGETHER},
        "leaderboards": {"teams": BOARD},
    }
    return document(BASE, **{**form, **more})


@pytest.fixture
def story(app: Flask) -> Story:
    story = Story(club())
    fill_boards(story.club_id, story.now)
    return story


def ref(member: int) -> MemberRef:
    return MemberRef("id", str(member))


def founds(story: Story, captain: int, name: str = "Falcons") -> int:
    return found_team(story.club_id, name, ref(captain), story.now)


def joins(story: Story, team: int, *members: int) -> None:
    for member in members:
        join_team(story.club_id, team, ref(member), story.now)


def team_of(story: Story, team: int) -> tuple[list[str], str]:
    view = teams.one(story.club_id, team, story.now, "en")
    [captain] = [its.name for its in view.members if its.captain]
    return [its.name for its in view.members], captain


def board(story: Story) -> list[tuple[int, str, int]]:
    deliver_due(story.now)
    db.session.rollback()
    found = leaderboard(story.club_id, "teams", story.now, lang="en")
    return [(item.rank, item.name, item.score) for item in found.items]


def share(story: Story, team: int) -> int:
    [run] = teams.one(story.club_id, team, story.now, "en").challenges
    return run.share


def test_a_team_is_founded_joined_handed_on_and_ends_with_its_last_member(story: Story) -> None:
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    team = founds(story, sara)
    joins(story, team, omid, neda)
    assert team_of(story, team) == (["Sara", "Omid", "Neda"], "Sara")
    update_team(story.club_id, team, "Eagles", ref(neda))
    assert team_of(story, team)[1] == "Neda"
    leave_team(story.club_id, team, neda, story.now)
    assert team_of(story, team) == (["Sara", "Omid"], "Sara")
    update_member(story.club_id, sara, {"status": "expelled"}, story.now)
    assert team_of(story, team) == (["Omid"], "Omid")
    erase_member(story.club_id, omid, story.now)
    with pytest.raises(NotFound):
        team_of(story, team)
    assert founds(story, neda, "eagles") != team


def test_one_is_in_one_team_a_name_plays_once_and_no_team_is_too_full(story: Story) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(6)]
    team = founds(story, people[0])
    with pytest.raises(Conflict, match="in a team already"):
        founds(story, people[0], "Others")
    with pytest.raises(Conflict, match="of this name"):
        founds(story, people[1], "FALCONS")
    joins(story, team, *people[1:4])
    with pytest.raises(LimitReached):
        joins(story, team, people[4])
    with pytest.raises(Conflict, match="in a team already"):
        joins(story, founds(story, people[5], "Others"), people[1])
    with pytest.raises(Invalid):
        update_team(story.club_id, team, None, ref(people[5]))


def test_sixteen_who_join_at_once_leave_no_team_too_full(app: Flask, story: Story) -> None:
    captain, *people = (story.enrols(f"Nr{n}") for n in range(17))
    team = founds(story, captain)
    came = at_once(app, *[lambda its=its: joins(story, team, its) for its in people])  # type: ignore[misc]
    assert came == {"done": 3, "LimitReached": 13}
    assert len(team_of(story, team)[0]) == 4


def test_where_teams_invite_only_who_is_invited_joins(app: Flask) -> None:
    story = Story(club(teams={"size": {"at_most": 4}}))
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    team = founds(story, sara)
    with pytest.raises(Conflict, match="not invited"):
        joins(story, team, omid)
    with pytest.raises(Forbidden):
        invite_to_team(story.club_id, team, ref(omid), story.now, by=neda)
    invite_to_team(story.club_id, team, ref(omid), story.now, by=sara)
    assert [its.name for its in teams.invitations(omid)] == ["Falcons"]
    joins(story, team, omid)
    assert teams.invitations(omid) == []
    leave_team(story.club_id, team, omid, story.now)
    with pytest.raises(Conflict, match="not invited"):
        joins(story, team, omid)


def test_where_the_club_assigns_nobody_joins_by_themselves(app: Flask) -> None:
    story = Story(club(teams={"size": {"at_most": 4}, "join": "assigned"}))
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    team = founds(story, sara)
    with pytest.raises(Conflict, match="The club puts"):
        joins(story, team, omid)
    join_team(story.club_id, team, ref(omid), story.now, by_club=True)
    assert team_of(story, team)[0] == ["Sara", "Omid"]


def test_without_teams_in_the_bylaws_there_are_none(app: Flask) -> None:
    story = Story(document(BASE))
    with pytest.raises(Conflict, match="no teams"):
        founds(story, story.enrols())


def test_a_board_of_teams_is_of_the_mean_so_that_size_alone_wins_nothing(story: Story) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(6)]
    small, large = founds(story, people[0], "Small"), founds(story, people[2], "Large")
    joins(story, small, people[1])
    joins(story, large, *people[3:])
    for member, net in zip(people, (5000, 4000, 3000, 3000, 3000, 3000), strict=True):
        story.buys(member, net)
    assert board(story) == [(1, "Small", 4500), (2, "Large", 3000)]
    star = story.enrols("Star")
    founds(story, star, "Alone")
    story.buys(star, 8000)
    assert board(story) == [(1, "Small", 4500), (2, "Alone", 4000), (3, "Large", 3000)]
    mine = leaderboard(story.club_id, "teams", story.now, around=people[4], lang="en").me
    assert mine
    assert (mine.name, mine.rank) == ("Large", 3)


def test_who_joins_later_lowers_the_mean_and_what_was_done_before_stays_ones_own(story: Story) -> None:
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    team = founds(story, sara)
    joins(story, team, omid)
    story.buys(sara, 5000)
    story.buys(omid, 4000)
    story.buys(neda, 9000)
    assert board(story) == [(1, "Falcons", 4500)]
    story.now += 2 * DAY
    joins(story, team, neda)
    assert board(story) == [(1, "Falcons", 3000)]
    story.buys(neda, 3000)
    assert board(story) == [(1, "Falcons", 4000)]
    story.now += DAY
    leave_team(story.club_id, team, neda, story.now)
    story.buys(neda, 50_000)
    assert board(story) == [(1, "Falcons", 4000)]


def test_of_the_best_only_these_count_and_a_return_is_taken_off(app: Flask) -> None:
    story = Story(club(teams={"size": {"at_most": 9}, "join": "open", "best": 2}))
    fill_boards(story.club_id, story.now)
    people = [story.enrols(f"Nr{n}") for n in range(3)]
    team = founds(story, people[0])
    joins(story, team, *people[1:])
    sales = [story.buys(member, net) for member, net in zip(people, (5000, 1000, 3000), strict=True)]
    assert board(story) == [(1, "Falcons", 4000)]
    back(story, sales[0].id)
    assert board(story) == [(1, "Falcons", 2000)]


def test_emptied_and_rebuilt_a_board_of_teams_is_as_it_was_and_an_ended_team_is_gone(story: Story) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(6)]
    for n in (0, 2, 4):
        joins(story, founds(story, people[n], f"Team {n}"), people[n + 1])
    for n, member in enumerate(people, 1):
        story.buys(member, 1000 * n)
    before = board(story)
    assert before == [(1, "Team 4", 5500), (2, "Team 2", 3500), (3, "Team 0", 1500)]
    valkey().flushdb()
    fill_boards(story.club_id, story.now)
    assert board(story) == before
    for member in people[4:]:
        leave_team(story.club_id, 3, member, story.now)
    assert board(story) == [(1, "Team 2", 3500), (2, "Team 0", 1500)]
    valkey().flushdb()
    fill_boards(story.club_id, story.now)
    assert board(story) == [(1, "Team 2", 3500), (2, "Team 0", 1500)]


def test_a_team_completes_a_challenge_once_and_everybody_in_it_gets_what_it_gives(story: Story) -> None:
    sara, omid, alone = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    team = founds(story, sara)
    joins(story, team, omid)
    story.buys(sara, 6000)
    story.buys(alone, 90_000)
    deliver_due(story.now)
    assert share(story, team) == 60
    story.buys(omid, 5000)
    deliver_due(story.now)
    assert share(story, team) == 100
    assert [story.balance(member) for member in (sara, omid, alone)] == [56, 55, 90]
    story.buys(sara, 20_000)
    deliver_due(story.now)
    assert [story.balance(member) for member in (sara, omid)] == [76, 55]
    story.now += 40 * DAY
    assert share(story, team) == 0
    story.buys(sara, 10_000)
    deliver_due(story.now)
    assert [story.balance(member) for member in (sara, omid)] == [136, 105]
    assert story.books_agree()


def test_what_comes_back_moves_progress_and_what_was_given_stays(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    team = founds(story, sara)
    joins(story, team, omid)
    one = story.buys(sara, 6000)
    deliver_due(story.now)
    back(story, one.id)
    assert share(story, team) == 0
    two = story.buys(omid, 10_000)
    deliver_due(story.now)
    back(story, two.id)
    deliver_due(story.now)
    assert (share(story, team), story.balance(sara), story.balance(omid)) == (100, 50, 50)
    assert story.books_agree()


def test_eight_deliveries_at_once_complete_a_challenge_once(app: Flask, story: Story) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(4)]
    team = founds(story, people[0])
    joins(story, team, *people[1:])
    for member in people:
        story.buys(member, 6000)
    day = TEHRAN.moment(story.now).day
    moved = [(member, [day]) for member in people]
    came = at_once(app, *[lambda: f"{complete_team_runs(story.club_id, moved, story.now)}"] * 8)
    assert came == {"1": 1, "0": 7}
    assert [story.balance(member) for member in people] == [56] * 4


def test_the_members_of_the_first_team_win_the_month(app: Flask) -> None:
    story = Story(club(leaderboards={"teams": {**BOARD, "prizes": [{"give": [{"points": {"fixed": 500}}]}]}}))
    turn_seasons(story.club_id, story.now)
    people = [story.enrols(f"Nr{n}") for n in range(5)]
    for n in (0, 2):
        joins(story, founds(story, people[n], f"Team {n}"), people[n + 1])
    for n, member in enumerate(people, 1):
        story.buys(member, 1000 * n)
    assert turn_seasons(story.club_id, SETTLED) == 1
    assert [story.balance(member) for member in people] == [1, 2, 503, 504, 5]


def test_a_merged_member_s_place_goes_to_the_one_who_goes_on(story: Story) -> None:
    sara, omid, again = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Again")
    team = founds(story, sara)
    joins(story, team, omid)
    merge_members(story.club_id, sara, ref(again), "the same", story.now)
    assert team_of(story, team) == (["Omid", "Again"], "Again")
    row = connection().execute("SELECT count(*) FROM team_member WHERE left_at IS NULL").fetchone()
    assert row == (2,)
