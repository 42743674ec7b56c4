"""The story that carries the club's challenges: chapters one after the other, and an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.gifts import GIFTS, said_gifts
from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import TITLE, Field, Many, NameOf, Reads, bilingual, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text

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

    def phrase(self, voice: Voice) -> Phrase:
        """`A story in 3 chapters.`"""
        n = len(self.chapters)
        return (
            voice.pick(
                f"A story in {voice.number(n)} {'chapter' if n == 1 else 'chapters'}.",
                f"داستانی در {voice.number(n)} فصل.",
            ),
        )


def _chapter(node: Node) -> Chapter:
    return Chapter(**read_fields(node, Chapter.fields))


def read_story(node: Node) -> Story:
    """The story; a challenge carries one chapter only.

    Raises:
        Bad: something of it is wrong; every fault is noted.
    """
    node.unbuilt(Text("The story", "داستان"))
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
