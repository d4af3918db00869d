"""What can be wrong with a request of a program, each with the way on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from badges.eligibility.partner_rules import MAX_DEPTH
from core.errors import DomainError, FieldError, InvalidInput


class WrongMediaType(DomainError):
    """The body is of a kind, or packed in a way, that this address does not take."""

    status = 415
    title = "This kind of body is not taken here"

    def __init__(self, detail: str, next_step: str, **headers: str) -> None:
        super().__init__(detail, next_step)
        self.headers = headers


class TooMuch(DomainError):
    """More was sent than is taken in one request."""

    status = 413
    title = "That is too much at once"


class Unreadable(DomainError):
    """The body is cut off or damaged."""

    status = 400
    title = "The body cannot be read"


class NestedTooDeeply(InvalidInput):
    """Groups within groups within groups, deeper than a document is read at all."""

    title = "This policy cannot be used"

    def __init__(self) -> None:
        what = f"is nested too deeply, groups can stand {MAX_DEPTH} deep"
        super().__init__(f"The body {what}.", "Correct what is named and try again.")
        self.errors = (FieldError("", what),)


class BodyRefused(InvalidInput):
    """The parts of the body are not those that are taken; `errors` names each."""

    title = "The body has parts that are missing or not known"

    def __init__(self, messages: Any) -> None:
        self.errors = tuple(_flat(messages, ""))
        super().__init__("; ".join(f"{each.field}: {each.detail}" for each in self.errors), "Correct what is named.")


def _flat(messages: Any, place: str) -> Iterator[FieldError]:
    """Yield marshmallow's messages, which are nested as the document is, each with its place."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = f"[{name}]" if isinstance(name, int) else f".{name}"
            yield from _flat(inner, f"{place}{step}".lstrip("."))
    elif isinstance(messages, list):
        for each in messages:
            yield from _flat(each, place)
    else:
        yield FieldError("" if place == "_schema" else place.removesuffix("._schema"), str(messages))
