"""How somebody looks at a queue: which one, what is left out, in which order. Pure.

It is read from an address that anybody may write, so what cannot be understood is left out and never fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from partners.states import Queue

E = TypeVar("E", bound=StrEnum)

TEXT_MAX = 200
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class Met(StrEnum):
    """How an applicant stands with what is asked today."""

    ALL = "all"
    OPEN = "open"


class Reviews(StrEnum):
    """How far the reviews are, and what of it is mine."""

    #: A review of mine is asked for.
    MINE = "mine"
    NONE = "none"
    PARTLY = "partly"
    TIE = "tie"
    DONE = "done"


class Order(StrEnum):
    """What comes first."""

    WAITING = "waiting"
    NEWEST = "newest"
    SCORE = "score"
    MET = "met"
    NAME = "name"


ORDERS: Mapping[Order, str] = MappingProxyType(
    {
        Order.WAITING: "Longest waiting",
        Order.NEWEST: "Newest",
        Order.SCORE: "Best reviewed",
        Order.MET: "Most requirements met",
        Order.NAME: "Name",
    }
)
MET: Mapping[Met, str] = MappingProxyType({Met.ALL: "All met", Met.OPEN: "Some open"})
REVIEWS: Mapping[Reviews, str] = MappingProxyType(
    {
        Reviews.MINE: "Waiting for mine",
        Reviews.NONE: "None yet",
        Reviews.PARTLY: "One of two",
        Reviews.TIE: "A third is needed",
        Reviews.DONE: "All in",
    }
)


@dataclass(frozen=True)
class View:
    """Which applications to show. Empty text and None mean: any."""

    tab: Queue = Queue.TO_DECIDE
    q: str = ""
    country: str = ""
    skill: str = ""
    met: Met | None = None
    reviews: Reviews | None = None
    #: Only those whose applicant changed something since they were kept on file. Rule R-4.
    updated: bool = False
    order: Order = Order.WAITING

    @property
    def is_filtered(self) -> bool:
        """Say whether anything of the queue is left out."""
        return replace(self, tab=Queue.TO_DECIDE, order=Order.WAITING) != View()

    def query(self) -> dict[str, str]:
        """Return the view as the query of an address, without what is not set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = View()
        set_ = {name: value for name, value in values.items() if value != getattr(plain, name)}
        return {name: "1" if value is True else str(value) for name, value in set_.items()}

    def on(self, tab: Queue) -> View:
        """Return the same view of another queue."""
        return replace(self, tab=tab)


def read(given: Mapping[str, str]) -> View:
    """Return the view that an address asks for."""
    country = given.get("country", "").strip().upper()
    return View(
        tab=_one_of(Queue, given.get("tab")) or Queue.TO_DECIDE,
        q=_text(given.get("q")),
        country=country if _COUNTRY.fullmatch(country) else "",
        skill=_text(given.get("skill")),
        met=_one_of(Met, given.get("met")),
        reviews=_one_of(Reviews, given.get("reviews")),
        updated=given.get("updated") == "1",
        order=_one_of(Order, given.get("order")) or Order.WAITING,
    )


def _one_of(kind: type[E], text: str | None) -> E | None:
    return kind(text) if text in set(kind) else None


def _text(text: str | None) -> str:
    text = " ".join((text or "").replace("\x00", "").split())[:TEXT_MAX]
    return text.encode("utf-8", "ignore").decode()  # half a character cannot be asked of the database
