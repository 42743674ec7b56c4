"""What is odd about the game that bylaws tell of: challenges, the story, raffles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loyalty.rules.awards.effects import HandOut
from loyalty.rules.bylaws import Bylaws
from loyalty.rules.compare import never
from loyalty.rules.conditions.logic import All
from loyalty.rules.finding import Finding, day_said
from loyalty.rules.goals import Happened
from loyalty.rules.kinds import Condition
from loyalty.rules.things import piece_wallet, raffle_of
from loyalty.values import Text


def of_game(bylaws: Bylaws, today: date) -> Iterator[Finding]:
    """Everything odd, in the order of the document."""
    yield from _challenges(bylaws, today)
    yield from _story(bylaws)
    yield from _raffles(bylaws, today)
    yield from _sets(bylaws)


def _challenges(bylaws: Bylaws, today: date) -> Iterator[Finding]:
    told = {its for chapter in story.chapters for its in chapter.challenges} if (story := bylaws.game.story) else set()
    for code, challenge in bylaws.challenges.items():
        path, named = f"/challenges/{code}", Text(f"“{challenge.title.en}”", f"«{challenge.title.fa}»")
        impossible = [n for n, step in enumerate(challenge.steps) if never(step) or _test_never(step)]
        if challenge.until and challenge.until < today:
            said = Text("Challenge {c} ended on {day}.", "چالش {c} در {day} پایان یافته است.")
            message = said.with_(c=named, day=day_said(challenge.until, bylaws.club.calendar))
            yield Finding("out_of_date", f"{path}/until", message)
        elif impossible:
            place = f"/steps/{impossible[0]}" if challenge.stepwise else "/goal"
            said = Text("Nobody can complete challenge {c}.", "هیچ عضوی نمی‌تواند چالش {c} را به پایان برساند.")
            yield Finding("unreachable_goal", path + place, said.with_(c=named))
        elif code in told:  # once for each member, whenever that may be: so a story is told
            if challenge.until or (challenge.start == "handed_out" and challenge.lasts):
                said = Text(
                    "Whoever misses the end of challenge {c} never gets further in the story.",
                    "هر که پایان چالش {c} را از دست بدهد در داستان دیگر پیش نمی‌رود.",
                )
                yield Finding("missable", path, said.with_(c=named))
        elif challenge.start == "automatic" and not (challenge.each or challenge.until):
            said = Text(
                "Challenge {c} has no end: each member can complete it once, whenever that may be.",
                "چالش {c} پایانی ندارد: هر عضو یک بار، هر زمان که باشد، می‌تواند آن را کامل کند.",
            )
            yield Finding("no_limit", path, said.with_(c=named))
        elif challenge.start == "handed_out" and not (challenge.lasts or challenge.until):
            said = Text(
                "A run of challenge {c} that is handed out without “until” has no end.",
                "دوری از چالش {c} که بدون «until» سپرده شود پایانی ندارد.",
            )
            yield Finding("no_limit", path, said.with_(c=named))


def _test_never(step: Condition) -> bool:
    """Whether what one event must do can never be done; of several that are asked for one is enough to be missing."""
    if isinstance(step, Happened):
        return step.asked.condition is not None and never(step.asked.condition)
    return isinstance(step, All) and any(map(_test_never, step.value))


def _story(bylaws: Bylaws) -> Iterator[Finding]:
    """A story leads from chapter to chapter, and ends."""
    story = bylaws.game.story
    if story is None:
        said = Text(
            "There is no story: nothing leads members from a beginning to an end.",
            "داستانی در کار نیست: چیزی اعضا را از آغازی به پایانی نمی‌برد.",
        )
        yield Finding("no_story", "/story", said)
        return
    for place, chapter in enumerate(story.chapters):
        if not chapter.challenges:
            said = Text(
                "Chapter {c} has no challenge: nothing leads on from it.",
                "فصل {c} چالشی ندارد: چیزی از آن به بعد راه نمی‌برد.",
            )
            title = Text(f"“{chapter.title.en}”", f"«{chapter.title.fa}»")
            yield Finding("dead_end", f"/story/chapters/{place}", said.with_(c=title))
    handed = {its.challenge for _, give in bylaws.gifts() for its in give if isinstance(its, HandOut)}
    for code in story.chapters[0].challenges:
        if bylaws.challenges[code].start == "handed_out" and code not in handed:
            said = Text(
                "The story begins with {c}, which nobody gets unless somebody hands it out.",
                "داستان با {c} آغاز می‌شود که تا کسی آن را نسپارد به هیچ عضوی نمی‌رسد.",
            )
            title = bylaws.challenges[code].title
            message = said.with_(c=Text(f"“{title.en}”", f"«{title.fa}»"))
            yield Finding("dead_end", "/story/chapters/0/challenges", message)
    if story.end is None:
        yield Finding("endless_story", "/story", Text("The story has no end.", "داستان پایان ندارد."))


def _raffles(bylaws: Bylaws, today: date) -> Iterator[Finding]:
    given = {raffle_of(wallet) for wallet in bylaws.given_wallets()}
    for code, raffle in bylaws.game.raffles.items():
        title = Text(f"“{raffle.title.en}”", f"«{raffle.title.fa}»")
        if code not in given:
            said = Text(
                "Nothing gives tickets of the raffle {r}: they only come with rewards of the catalogue.",
                "هیچ بخشی بلیت قرعه‌کشی {r} نمی‌دهد: بلیت تنها از راه پاداش‌های فهرست به دست می‌آید.",
            )
            yield Finding("no_tickets", f"/raffles/{code}", said.with_(r=title))
        if isinstance(raffle.draw, date) and raffle.draw < today:
            said = Text("The raffle {r} was drawn on {day}.", "قرعه‌کشی {r} در {day} پایان یافته است.")
            message = said.with_(r=title, day=day_said(raffle.draw, bylaws.club.calendar))
            yield Finding("out_of_date", f"/raffles/{code}/draw", message)


def _sets(bylaws: Bylaws) -> Iterator[Finding]:
    given = bylaws.given_wallets()
    for code, collection in bylaws.game.sets.items():
        missing = [its.title for its in collection.pieces if piece_wallet(code, its.code) not in given]
        if missing:
            said = Text(
                "Nothing gives the piece {p} of the set {s}: nobody can complete it.",
                "هیچ بخشی تکهٔ {p} از مجموعهٔ {s} را نمی‌دهد؛ کسی نمی‌تواند آن را کامل کند.",
            )
            named = [Text(f"“{its.en}”", f"«{its.fa}»") for its in (missing[0], collection.title)]
            yield Finding("no_pieces", f"/sets/{code}", said.with_(p=named[0], s=named[1]))
