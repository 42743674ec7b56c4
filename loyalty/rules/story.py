"""The story that carries the club's challenges: chapters one after the other, and an end."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from loyalty.rules.gifts import GIFTS, said_gifts
from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import TITLE, Field, Many, NameOf, Reads, bilingual, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.ruling import Ruling

TELLING: Final = Reads("bilingual", lambda node: bilingual(node, longest=2000))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; whoever has done its challenges reads the next."""

    title: Text
    text: Text
    challenges: tuple[str, ...] = ()
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("text", TELLING, Text("Text", "متن")),
        Field("challenges", Many(NameOf("challenges")), Text("Challenges", "چالش‌ها"), ()),
    )

    def phrase(self, voice: Voice) -> Phrase:
        """What it tells, and what leads on from it."""
        names = voice.listed([voice.pick(f"“{name}”", f"«{name}»") for name in self.challenges])
        if not names:
            return (voice.text(self.text),)
        if voice.lang == "fa":
            return (self.text.fa, "فصل بعد پس از", voice.if_(names), "آغاز می‌شود.")
        return (self.text.en, "It goes on after", voice.if_(names), ".")


@dataclass(frozen=True, slots=True)
class End:
    """How the story ends, and what that gives."""

    text: Text
    give: tuple[Award, ...] = ()
    fields: ClassVar[tuple[Field, ...]] = (
        Field("text", TELLING, Text("Text", "متن")),
        Field("give", GIFTS, Text("Give", "بده"), ()),
    )

    def phrase(self, voice: Voice) -> Phrase:
        """The end's text, and what it gives."""
        gifts = said_gifts(self.give, voice)
        if not gifts:
            return (voice.text(self.text),)
        if voice.lang == "fa":
            return (self.text.fa, "در پایان،", voice.then(gifts), "داده می‌شود.")
        return (self.text.en, "Whoever comes so far gets", voice.then(gifts), ".")


@dataclass(frozen=True, slots=True)
class Story:
    """Its chapters in order; without an end it is endless, which is odd but no fault."""

    title: Text
    chapters: tuple[Chapter, ...]
    end: End | None = None
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field(
            "chapters",
            Reads("chapters", lambda node: node.every(_chapter, least=1)),
            Text("Chapters", "فصل‌ها"),
        ),
        Field("end", Reads("end", lambda node: End(**read_fields(node, End.fields))), Text("End", "پایان"), None),
    )

    def named_prizes(self) -> Iterator[NamedPrize]:
        """What its end gives."""
        if self.end and self.end.give:
            said = Text("The end of “{s}”", "پایان «{s}»")
            yield NamedPrize(STORY_END, said.with_(s=self.title), self.end.give)

    def phrase(self, voice: Voice) -> Phrase:
        """`A story in 3 chapters.`"""
        n = len(self.chapters)
        return (
            voice.pick(
                f"A story in {voice.number(n)} {'chapter' if n == 1 else 'chapters'}.",
                f"داستانی در {voice.number(n)} فصل.",
            ),
        )


STORY_END: Final = "story:end"
"""The name of the prize at the end."""


def chapter_reached(story: Story, completed: Mapping[str, int]) -> int:
    """How many chapters are done, one after the other."""
    done = 0
    for chapter in story.chapters:
        if not chapter.challenges or not all(completed.get(code) for code in chapter.challenges):
            break
        done += 1
    return done


def opened(story: Story, ruling: Ruling, completed: Mapping[str, int]) -> Iterator[Chapter]:
    """The chapters that a ruling opens; `completed` are the times after it."""
    before = dict(completed)
    for its in ruling.completed:
        before[its.challenge] -= 1
    yield from story.chapters[chapter_reached(story, before) + 1 : chapter_reached(story, completed) + 1]


def ended(story: Story, ruling: Ruling, completed: Mapping[str, int]) -> bool:
    """Whether a ruling has completed the last challenge that was missing; `completed` are the times after it."""
    asked = [code for chapter in story.chapters for code in chapter.challenges]
    if not asked or not all(completed.get(code) for code in asked):
        return False
    times = Counts(its.challenge for its in ruling.completed)
    return any(times[code] and completed[code] == times[code] for code in asked)


def _chapter(node: Node) -> Chapter:
    return Chapter(**read_fields(node, Chapter.fields))


def read_story(node: Node) -> Story:
    """The story; a challenge carries one chapter only.

    Raises:
        Bad: something of it is wrong; every fault is noted.
    """
    story = Story(**read_fields(node, Story.fields))
    seen: set[str] = set()
    for place, chapter in enumerate(story.chapters):
        if again := seen & set(chapter.challenges):
            name = sorted(again)[0]
            raise (
                node.child("chapters", node.value["chapters"])
                .items()[place]
                .bad(Text(f"An earlier chapter has “{name}” already.", f"«{name}» در فصلی پیش از این آمده است."))
            )
        seen |= set(chapter.challenges)
    return story
