"""JSON schemas of the OpenAPI document as rows of a table, and as examples."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from loyalty.values import Text

_DEEPEST: Final = 4
_EXAMPLES: Final = {
    "date-time": "2026-11-12T15:00:00Z",
    "date": "1992-08-12",
}
_OF_TYPE: Final[dict[str, Any]] = {"integer": 1, "number": 1, "boolean": True, "string": "…", "null": None}


class FieldRow(NamedTuple):
    """A field, indented by `depth` under the object that holds it."""

    name: str
    type: str
    required: bool
    about: Text
    depth: int


def rows(schema: dict[str, Any], spec: dict[str, Any], depth: int = 0) -> list[FieldRow]:
    """An object's fields, and under each the fields of the objects inside."""
    schema = _resolved(schema, spec)
    found: list[FieldRow] = []
    if depth > _DEEPEST:
        return found
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        found.append(FieldRow(name, _type(inner, spec), name in required, about(inner), depth))
        found += rows(_inside(inner, spec), spec, depth + 1)
    if isinstance(schema.get("additionalProperties"), dict) and not schema.get("properties"):
        found += rows(schema["additionalProperties"], spec, depth)
    return found


def about(told: dict[str, Any]) -> Text:
    """What the document tells of a field or an operation."""
    return Text(told.get("description", ""), told.get("x-description-fa", ""))


def example(schema: dict[str, Any], spec: dict[str, Any], depth: int = 0) -> Any:
    """A value of the schema: as its fields say by `example`, else something of the right type."""
    if "example" in schema:
        return schema["example"]
    schema = _resolved(schema, spec)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    kind = _kinds(schema)[0]
    if kind == "array":
        return [] if depth > _DEEPEST else [example(schema.get("items", {}), spec, depth + 1)]
    if kind == "object":
        return _object(schema, spec, depth)
    return _EXAMPLES.get(schema.get("format", ""), _OF_TYPE[kind])


def _object(schema: dict[str, Any], spec: dict[str, Any], depth: int) -> dict[str, Any]:
    """Required fields, and those for which an example is written."""
    required = schema.get("required", [])
    found = {
        name: example(inner, spec, depth + 1)
        for name, inner in schema.get("properties", {}).items()
        if name in required or "example" in inner or "array" in _kinds(inner)
    }
    further = schema.get("additionalProperties")
    if not found and isinstance(further, dict) and "$ref" in further:
        found = {"points": example(further, spec, depth + 1)}
    return found


def _inside(schema: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The object within a list, a map or a choice with null."""
    schema = _resolved(schema, spec)
    if "items" in schema:
        return _inside(schema["items"], spec)
    further = schema.get("additionalProperties")
    return _resolved(further, spec) if isinstance(further, dict) and "$ref" in further else schema


def _resolved(schema: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference, alone or in a choice with null, stands for."""
    for choice in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(choice, ()):
            if option.get("type") != "null":
                return _resolved(option, spec)
    if "$ref" in schema:
        target: dict[str, Any] = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return _resolved(target, spec)
    return schema


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    return kind if isinstance(kind, list) else [kind]


def _type(schema: dict[str, Any], spec: dict[str, Any]) -> str:
    choices = [option for key in ("anyOf", "oneOf") for option in schema.get(key, ())]
    if choices:
        return " | ".join(dict.fromkeys(_type(option, spec) for option in choices))
    found = _resolved(schema, spec)
    kinds = _kinds(found)
    if kinds[0] == "array":
        kinds = [f"[{_type(found.get('items', {}), spec)}]", *kinds[1:]]
    if found.get("format"):
        kinds = [f"{kinds[0]} ({found['format']})", *kinds[1:]]
    return " | ".join(kinds)
