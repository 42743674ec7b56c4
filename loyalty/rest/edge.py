"""Where bytes become values: bodies and query strings read strictly, before anything is looked up."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request
from webargs.flaskparser import FlaskParser

from loyalty import phones
from loyalty.errors import Fault, Invalid
from loyalty.rest.access import caller
from loyalty.rest.problems import Malformed, UnsupportedMediaType
from loyalty.schemas.fields import Base, read
from loyalty.schemas.said import pointer
from loyalty.values import Text


class Edge(FlaskParser):
    """Reads what an operation declares by a schema class; faults are raised as `Problem`s, never half answered."""

    def parse(self, argmap: Any, *_: Any, location: str | None = None, **__: Any) -> Any:
        """The body or the query, loaded by the schema."""
        data = query() if location == "query" else json_body()
        return loaded(argmap, data)


def loaded(schema: type[Base], data: Any) -> Any:
    """Data loaded by a schema in the caller's country.

    Raises:
        Invalid: with every fault and its place.
    """
    return read(schema, data, region())


def region() -> str:
    """The country whose phone numbers need no prefix at this caller."""
    return phones.region_of(caller().timezone)


def json_body() -> Any:
    """The body as parsed JSON.

    Raises:
        UnsupportedMediaType: not sent as JSON.
        Malformed: not JSON in UTF-8.
    """
    if not request.is_json:
        raise UnsupportedMediaType(
            Text("Send the body as application/json.", "محتوا را به صورت application/json بفرستید.")
        )
    try:
        return json.loads(request.get_data(cache=False).decode(), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Malformed(Text("The body is not UTF-8.", "متن درخواست UTF-8 نیست.")) from None
    except json.JSONDecodeError as error:
        raise Malformed(
            Text(
                "The body is not JSON: line {line}, column {column}.",
                "متن درخواست JSON نیست: سطر {line}، ستون {column}.",
            ).with_(line=error.lineno, column=error.colno)
        ) from None
    except (ValueError, RecursionError):
        raise Malformed(Text("The body is not JSON that can be read.", "متن درخواست JSON خواندنی نیست.")) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def query() -> dict[str, str]:
    """The query string; a parameter given twice is refused, because one of them would be ignored."""
    given = request.args.to_dict(flat=False)
    twice = Text("This is given more than once.", "این بیش از یک بار آمده است.")
    faults = [Fault(pointer("", name), twice) for name, values in given.items() if len(values) > 1]
    if faults:
        raise Invalid(faults)
    return {name: values[0] for name, values in given.items()}
