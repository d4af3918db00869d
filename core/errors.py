"""What can go wrong in the domain, each error with the way on. `app/errors.py` turns them into answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.languages import later

_GONE = later("The address may be mistyped, or what was here is gone.")


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one part of what was sent: where it stands, such as `rules[1].value`, and what to mend."""

    field: str
    detail: str


@dataclass(frozen=True)
class WayOn:
    """A page of ours that somebody goes to from an error, and what its button says."""

    label: str
    url: str


class DomainError(Exception):
    """Something a person can understand and act on: what happened, why, and what to do next.

    `status` is the HTTP status, `title` what happened in a few words, `detail` why, `next_step` what to do. `errors`
    name the parts that are wrong, where there are several, `way_on` is where to go, and `headers` go with the answer.
    """

    status = 400
    title = "That did not work"
    errors: tuple[FieldError, ...] = ()
    way_on: WayOn | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, detail: str, next_step: str = "", *, title: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step
        if title is not None:
            self.title = title

    @property
    def advice(self) -> str:
        """Return why, and what to do, as one text: for a field, a line or a flash, which have no title."""
        return f"{self.detail} {self.next_step}".strip()


class NotFound(DomainError):
    """There is no such thing, or it is not yours: the two look the same. Rule X-4."""

    status = 404
    title = later("There is nothing here")

    def __init__(self, detail: str = _GONE, next_step: str = ""):
        super().__init__(detail, next_step)


class NotAllowed(DomainError):
    """The person is known, but this is not theirs to do."""

    status = 403
    title = "This is not yours to do"


class Conflict(DomainError):
    """Somebody, or a second click, was there first; nothing was changed."""

    status = 409
    title = "This has changed meanwhile"


class InvalidInput(DomainError):
    """What was sent cannot be used; `detail` says what and where."""

    status = 422
    title = later("Please check what you entered")
