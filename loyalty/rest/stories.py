"""The club's story, as a member has come in it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.errors import NotFound
from loyalty.queries.story import ChapterView, StoryView, story
from loyalty.rest import answers
from loyalty.rest.access import caller
from loyalty.rest.answers import TextSchema, at, both, many, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import reply
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Story", "داستان"),
    __name__,
    Text(
        "The story that carries the club's challenges: chapters that open one after the other, and an end.",
        "داستانی که چالش‌های باشگاه را پیش می‌برد: فصل‌هایی که یکی پس از دیگری باز می‌شوند، و پایانی.",
    ),
)


class StoryChallengeSchema(Schema):
    """A challenge of a chapter."""

    code = answers.text()
    title = both()
    done = fields.Boolean(required=True)
    share = whole(metadata=told("Of the run that is shown; a floored percentage.", "از دوری که نشان داده می‌شود؛ درصد."))


class ChapterSchema(Schema):
    """A chapter; its text is told once it opens."""

    title = both()
    text = fields.Nested(TextSchema, required=True, allow_none=True)
    state = answers.text(metadata={"enum": ["done", "open", "closed"]})
    share = whole(
        metadata=told("A floored percentage; 100 means done.", "درصد، رو به پایین گرد شده؛ ۱۰۰ یعنی انجام شده.")
    )
    challenges = many(StoryChallengeSchema)


class EndSchema(Schema):
    """The end."""

    text = fields.Nested(
        TextSchema, required=True, allow_none=True, metadata=told("Told at the end.", "در پایان گفته می‌شود.")
    )
    gives = fields.Nested(TextSchema, required=True, allow_none=True)
    reached_at = at(allow_none=True)


class StorySchema(Schema):
    """The story as far as it has come."""

    title = both()
    chapters = many(ChapterSchema)
    end = fields.Nested(EndSchema, required=True, allow_none=True)


@blp.operation(
    "GET",
    f"{MEMBER}/story",
    Text("A member's story", "داستان عضو"),
    Text(
        "The chapters in their order, each done, open or closed, with its challenges; and the end. A club without a"
        " story answers 404.",
        "فصل‌ها به ترتیب، هر یک انجام‌شده، باز یا بسته، با چالش‌هایش؛ و پایان. باشگاه بی‌داستان پاسخ ۴۰۴ می‌دهد.",
    ),
    {200: StorySchema},
)
def shown(member_id: int) -> Response:
    """The story as far as the member has come."""
    found = story(caller().club_id, member_id, now())
    if found is None:
        raise NotFound(Text("This club tells no story.", "این باشگاه داستانی ندارد."))
    return reply(_told(found))


def _told(its: StoryView) -> dict[str, Any]:
    end = its.end and {"text": its.end.text, "gives": its.end.gives, "reached_at": its.end.reached_at}
    return {"title": its.title, "chapters": [_chapter(one) for one in its.chapters], "end": end}


def _chapter(its: ChapterView) -> dict[str, Any]:
    return {
        "title": its.title,
        "text": its.text,
        "state": its.state,
        "share": its.share,
        "challenges": [
            {
                "code": one.code,
                "title": one.title,
                "done": one.done,
                "share": 100 if one.done else one.run.share if one.run else 0,
            }
            for one in its.challenges
        ],
    }
