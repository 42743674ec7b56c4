"""How far a member is, in words: what is missing to the next tier, and how much of a badge is done."""

from __future__ import annotations

from datetime import datetime

from loyalty import formats
from loyalty.queries.clubs import ClubView
from loyalty.queries.views import BadgeView, Progress, TierStep
from loyalty.rules.bylaws import Bylaws
from loyalty.values import LANGS, Lang, Text


def measured(value: int, unit: str, club: ClubView, lang: Lang) -> str:
    """A counter's figure: money in the club's way, quantities without their thousandths, days with their noun."""
    match unit:
        case "money":
            return formats.money(value, club.unit, lang)
        case "quantity":
            return formats.quantity(value, lang)
        case "days":
            return formats.counted(value, Text("day", "روز").to(lang), "days", lang)
        case _:
            return formats.number(value, lang)


def until(at: datetime, club: ClubView) -> Text:
    """Until when a tier is the member's: its last day."""
    day = club.calendar.moment(at).day
    last = Text(formats.day(day, club.calendar, "en"), formats.day(day, club.calendar, "fa"))
    return Text("Yours until {day}", "تا {day} از آنِ شماست").with_(day=last)


def missing(step: TierStep, bylaws: Bylaws, club: ClubView) -> Text:
    """What is missing to a step of the ladder: «۲۲٬۵۰۰٬۰۰۰ تومان تا یاقوت مانده».

    Where any of several needs is enough it is the nearest one's; where all are needed, all that are open.
    """
    still = [need for need in step.needs if need.share < 100]
    if not still:
        return step.sentence
    nearest = max(still, key=lambda need: need.share)
    if step.share == nearest.share:
        still = [nearest]
    left = Text(*(formats.listed([_left(need, bylaws, club, lang) for need in still], lang) for lang in ("en", "fa")))
    return Text("{left} to go until {tier}", "{left} تا {tier} مانده").with_(left=left, tier=step.title)


def done_of(badge: BadgeView, bylaws: Bylaws, club: ClubView) -> Text | None:
    """How much of a badge's next level is done, «۱۲ از ۲۰ روز»; None for one that comes at once or is complete."""
    terms = bylaws.badges.get(badge.code)
    if terms is None or terms.counter is None or badge.next is None:
        return None

    def said(lang: Lang) -> str:
        has, needed = (measured(value, terms.unit, club, lang) for value in (badge.value, badge.needed))
        noun = needed.rpartition(" ")[2]
        has = has.removesuffix(f" {noun}") if noun and terms.unit in ("money", "days") else has
        return Text("{has} of {needed}", "{has} از {needed}").to(lang).format(has=has, needed=needed)

    return Text(**{lang: said(lang) for lang in LANGS})


def _left(need: Progress, bylaws: Bylaws, club: ClubView, lang: Lang) -> str:
    unit = bylaws.unit(bylaws.counters[need.counter])
    figure = measured(need.needed - need.value, unit, club, lang)
    if unit in ("money", "days"):
        return figure
    return (
        Text("{figure} more ({name})", "{figure} تای دیگر ({name})")
        .to(lang)
        .format(figure=figure, name=need.name.to(lang))
    )
