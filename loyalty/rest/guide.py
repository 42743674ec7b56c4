"""The API's documents for people: one page of our own, drawn on the server from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from flask import Blueprint as PlainBlueprint
from flask import Flask, render_template, request

from loyalty import errors, web
from loyalty.errors import Problem
from loyalty.rest import problems
from loyalty.rest.api import Api
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.describe import FieldRow, about, example, rows
from loyalty.values import Text

PROBLEMS: Final[tuple[type[Problem], ...]] = (
    errors.Invalid,
    errors.CurrencyMismatch,
    errors.NotFound,
    errors.Conflict,
    errors.InsufficientBalance,
    errors.Unauthorized,
    errors.Forbidden,
    errors.TooLarge,
    errors.RateLimited,
    errors.Unavailable,
    problems.Malformed,
    problems.MethodNotAllowed,
    problems.UnsupportedMediaType,
    problems.Internal,
)

KEYS: Final = {
    "server": ("sk_…", Text("server", "سرور")),
    "till": ("tk_…", Text("till", "صندوق")),
    "publishable": ("pk_…", Text("publishable", "منتشرشدنی")),
}


class Operation(NamedTuple):
    """One operation as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: Text
    about: Text
    keys: list[tuple[str, Text]]
    parameters: list[FieldRow]
    body: list[FieldRow]
    answers: list[tuple[str, Text]]
    """Status and what it means."""
    answer: list[FieldRow]
    request_example: str
    answer_example: str


class Part(NamedTuple):
    """A section of the page."""

    anchor: str
    title: Text
    about: Text
    operations: list[Operation]


class Guide:
    """The OpenAPI document arranged for reading; made when the page is first asked for."""

    def __init__(self, api: Api, sections: Sequence[Blueprint]) -> None:
        self._api, self._sections = api, sections

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The OpenAPI document."""
        spec: dict[str, Any] = self._api.spec.to_dict()
        return spec

    @cached_property
    def parts(self) -> list[Part]:
        """Its operations by section, in the sections' order."""
        by_tag: dict[str, list[Operation]] = {}
        for path, methods in self.spec["paths"].items():
            for method, told in methods.items():
                if method != "parameters":
                    shared = methods.get("parameters", [])
                    by_tag.setdefault(told["tags"][0], []).append(self._operation(path, method, told, shared))
        return [Part(f"section-{blp.name.lower()}", blp.title, blp.about, by_tag[blp.name]) for blp in self._sections]

    def _operation(self, path: str, method: str, told: dict[str, Any], shared: list[Any]) -> Operation:
        schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        success = min(code for code in told["responses"] if code.startswith("2"))
        answered = told["responses"][success].get("content", {}).get("application/json", {}).get("schema")
        parameters = [
            FieldRow(
                one["name"],
                str(one["schema"].get("type", "string")),
                bool(one.get("required")),
                about({**one.get("schema", {}), **one}),
                0,
            )
            for one in [*shared, *told.get("parameters", [])]
        ]
        return Operation(
            anchor=f"{method}-{path.removeprefix('/api/v1/').translate(_NO_MARKS)}",
            method=method.upper(),
            path=path,
            summary=Text(told["summary"], told["x-summary-fa"]),
            about=about(told),
            keys=[KEYS[kind] for kind in told["x-keys"]],
            parameters=parameters,
            body=rows(schema, self.spec) if schema else [],
            answers=[(code, self._meaning(code, told)) for code in sorted(told["responses"]) if code != "default"],
            answer=rows(answered, self.spec) if answered else [],
            request_example=_json(example(schema, self.spec)) if schema else "",
            answer_example=_json(example(answered, self.spec)) if answered else "",
        )

    def _meaning(self, code: str, told: dict[str, Any]) -> Text:
        if code in told["x-answers-fa"]:
            return Text(told["responses"][code]["description"], told["x-answers-fa"][code])
        return _TITLES[int(code)]


_TITLES: Final = {problem.status: problem.title for problem in reversed(PROBLEMS)}
"""What a refusal's status means; of several codes with one status the first is the common one."""
_NO_MARKS: Final = str.maketrans({"{": None, "}": None, "/": "-"})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def register(app: Flask, api: Api, sections: Sequence[Blueprint]) -> None:
    """Serve the page at /api/docs."""
    web.init_app(app)
    guide = Guide(api, sections)
    pages = PlainBlueprint("api-guide", __name__)

    @pages.get(problems.DOCS)
    def docs() -> str:
        return render_template(
            "api_docs.html", parts=guide.parts, problems=PROBLEMS, keys=KEYS, base=request.host_url.rstrip("/")
        )

    app.register_blueprint(pages)
