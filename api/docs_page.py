"""The description as people read it: chapters, operations with an example each, shapes and problems. Pure.

It is made from the OpenAPI document that programs get, so the two cannot differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A part of a shape, or an argument: what it is called, of what kind it is, and what it means."""

    name: str
    kind: str
    about: str
    required: bool
    shape: str | None = None


@dataclass(frozen=True)
class Operation:
    """One request that can be made."""

    id: str
    method: str
    path: str
    title: str
    about: str
    scope: str | None
    for_staff: bool
    arguments: tuple[Row, ...]
    body: str
    takes: str | None
    gives: str | None
    curl: str
    answer: str | None


@dataclass(frozen=True)
class Chapter:
    """Operations about one thing."""

    id: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Shape:
    """What an object consists of."""

    name: str
    rows: tuple[Row, ...]


def chapters(spec: Json) -> tuple[Chapter, ...]:
    """Return every operation, by chapter, in the order of the description."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, methods in spec["paths"].items():
        for method, said in methods.items():
            if method != "parameters":
                arguments = (*methods.get("parameters", ()), *said.get("parameters", ()))
                found[said["tags"][0]].append(_operation(spec, path, method, said, arguments))
    return tuple(Chapter(_anchor(title), title, tuple(each)) for title, each in found.items() if each)


def shapes(spec: Json) -> tuple[Shape, ...]:
    """Return the shapes that operations take and give, by name; of an error once."""
    named = spec["components"]["schemas"]
    return tuple(Shape(name, tuple(_rows(named[name]))) for name in sorted(_used(spec)) if "properties" in named[name])


def _operation(spec: Json, path: str, method: str, said: Json, arguments: tuple[Json, ...]) -> Operation:
    body, answer = said.get("requestBody", {}), _content(said["responses"]["200"])
    sent = _content(body)
    scopes = said["security"][0]["token"]
    example = answer.get("example")
    return Operation(
        id=said["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        title=said["summary"],
        about=said.get("description", ""),
        scope=scopes[0] if scopes else None,
        for_staff=said["x-access"] == "staff_program",
        arguments=tuple(_argument(each) for each in arguments),
        body=body.get("description", ""),
        takes=_shape(sent.get("schema", {})),
        gives=_shape(answer["schema"]),
        curl=_curl(spec["servers"][0]["url"], path, method.upper(), body),
        answer=json.dumps(example, ensure_ascii=False, indent=2) if example else None,
    )


def _argument(said: Json) -> Row:
    where = "in the address" if said["in"] == "path" else f"in a {said['in']}"
    return Row(said["name"], where, said.get("description", ""), bool(said.get("required")))


def _content(said: Json) -> Json:
    content: Mapping[str, Json] = said.get("content", {})
    return next(iter(content.values()), {})


def _curl(base_url: str, path: str, method: str, body: Json) -> str:
    """Return the request as it is made on a command line."""
    filled = re.sub(r"\{(\w+)\}", lambda found: _EXAMPLES.get(found[1], found[1]), path)
    begin = "curl" if method == "GET" else f"curl -X {method}"
    lines = [f'{begin} -H "Authorization: Bearer $TOKEN"']
    for kind, content in body.get("content", {}).items():
        lines += [f'-H "Content-Type: {kind}"', _data(content)]
    return " \\\n  ".join((*lines, f"{base_url}{filled}"))


def _data(content: Json) -> str:
    example = content.get("example", {})
    return "--data-binary @profiles.ndjson" if isinstance(example, str) else f"-d '{json.dumps(example)}'"


_EXAMPLES = {
    "marketplace_id": "m-1001",
    "partner": "northwind",
    "receipt_id": "019d8f5e-0b1a-7c3e-9d2f-3a4b5c6d7e8f",
    "version_id": "019d8f5e-1c2b-7d4f-8e3a-4b5c6d7e8f90",
}


def _shape(schema: Json) -> str | None:
    inner = schema.get("items", schema)
    either = (inner, *inner.get("anyOf", ()), *inner.get("oneOf", ()), *inner.get("allOf", ()))
    return next((each["$ref"].rpartition("/")[2] for each in either if "$ref" in each), None)


def _rows(schema: Json) -> Iterator[Row]:
    required = schema.get("required", ())
    for name, said in schema["properties"].items():
        yield Row(name, _kind(said), said.get("description", ""), name in required, _shape(said))


def _kind(said: Json) -> str:
    """Return in a few words of what kind a value is."""
    if "enum" in said:
        return f"one of {', '.join(map(str, said['enum']))}"
    if (shape := _shape(said)) is not None:
        return f"list of {shape}" if said.get("type") == "array" else shape
    kinds = said.get("type", "any JSON")
    one, *rest = kinds if isinstance(kinds, list) else [kinds]
    words = str({"date-time": "moment", "date": "day", "uuid": "UUID"}.get(said.get("format", ""), one))
    if one == "array":
        words = f"list of {_kind(said['items'])}"
    return f"{words} or null" if "null" in rest else words


def _used(spec: Json) -> set[str]:
    """Return the names of all shapes that paths lead to, directly or through others."""
    waiting, found = set(_names_in(spec["paths"])) | {"Problem"}, set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_names_in(spec["components"]["schemas"][name])) - found
    return found


def _names_in(document: Any) -> list[str]:
    return re.findall(r"#/components/schemas/(\w+)", json.dumps(document))


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
