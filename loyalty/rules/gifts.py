"""What is given without a purchase, at the end of a story or in a draw: fixed amounts, badges, runs, messages."""

from __future__ import annotations

from typing import Final

from loyalty.rules.awards.counted import Counted
from loyalty.rules.awards.earn import Earn
from loyalty.rules.awards.effects import GiveBadge, GiveMessage, HandOut
from loyalty.rules.catalogue import read_award
from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Slot
from loyalty.rules.reading import Node
from loyalty.rules.types import Reads
from loyalty.rules.voice import Voice
from loyalty.values import Text


def _read(node: Node) -> Award:
    award = read_award(node)
    fixed = isinstance(award, Earn | Counted) and award.how == "fixed"
    if not fixed and not isinstance(award, GiveBadge | GiveMessage | HandOut):
        raise node.bad(
            Text(
                "There is no purchase here: only fixed amounts, rewards, tickets, pieces, badges, challenges and"
                " messages are given.",
                "اینجا خریدی در کار نیست: تنها مقدار ثابت، جایزه، بلیت، تکه، نشان، چالش و پیام داده می‌شود.",
            )
        )
    return award


GIFTS: Final = Reads("awards", lambda node: node.every(_read, least=1))


def said_gifts(gifts: tuple[Award, ...], voice: Voice) -> str:
    """They as nouns: `100 points and the badge “Founder”`."""
    return voice.listed([its.text for gift in gifts for its in gift.phrase(voice) if isinstance(its, Slot)])
