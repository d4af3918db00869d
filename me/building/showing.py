"""A profile's parts in words, as its own page and its previews show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core import wording
from directory.profile import span, when
from freelancers.models import Freelancer
from freelancers.profile.parts import Entry as Stored
from freelancers.profile.parts import key_of
from freelancers.profile.queries import part
from me.building.outline import Listing, Part

VISIBILITY = {
    "public": "Everybody",
    "marketplace": "Clients who are signed in to the marketplace",
    "private": "Only you",
}


@dataclass(frozen=True)
class Shown:
    """One thing on a profile: the `field` it comes from, its `label` where it needs one, and itself as text or list.

    `key` names an entry of a list, and `url` leads to what it is about.
    """

    field: str
    label: str
    text: str = ""
    items: tuple[str, ...] = ()
    key: str | None = None
    detail: str = ""
    url: str | None = None
    #: The id of its picture.
    picture: str | None = None


def shown(person: Freelancer, chosen: Part) -> Iterator[Shown]:
    """Yield what a profile holds of a part; nothing where it is empty."""
    if isinstance(chosen, Listing):
        yield from _entries(person, chosen)
        return
    for field in chosen.fields:
        value = part(person, field)
        if field == "currency":
            continue
        if isinstance(value, list):
            if value:
                yield Shown(field, _LABELS.get(field, ""), items=tuple(value))
        elif value not in (None, ""):
            yield Shown(field, _LABELS.get(field, ""), _worded(person, field, value))


def _worded(person: Freelancer, field: str, value: Any) -> str:
    if field == "hourly_rate_cents":
        return f"{wording.amount(value, person.currency)} per hour"
    if field == "country":
        return wording.country(value)
    if field == "visibility":
        return VISIBILITY[value]
    if field in ("experience_level", "english_level"):
        return wording.capital(value)
    return str(value)


_LABELS: Mapping[str, str] = {
    "title": "Title",
    "overview": "Overview",
    "categories": "Categories",
    "experience_level": "Experience",
    "availability": "Availability",
    "country": "Country",
    "city": "City",
    "timezone": "Time zone",
}


def _entries(person: Freelancer, chosen: Listing) -> Iterator[Shown]:
    for entry in part(person, chosen.key) or ():
        title, details = _IN_WORDS[chosen.key](entry)
        detail = " · ".join(filter(None, details))
        yield Shown(
            chosen.key,
            "",
            title or "Without a name",
            key=key_of(entry),
            detail=detail,
            url=entry.get("url"),
            picture=entry.get("picture"),
        )


Worded = tuple[str | None, tuple[str | None, ...]]


def _employment(entry: Stored) -> Worded:
    title, company = entry.get("title"), entry.get("company")
    return title or company, (company if title else None, span(entry))


def _education(entry: Stored) -> Worded:
    school, degree = entry.get("school"), entry.get("degree")
    return school or degree, (degree if school else None, span(entry))


def _certificate(entry: Stored) -> Worded:
    issued, expires = entry.get("issued_on"), entry.get("expires_on")
    number = entry.get("number")
    return entry.get("name"), (
        entry.get("issuer"),
        f"number {number}" if number else None,
        f"since {when(issued)}" if issued else None,
        f"valid until {when(expires)}" if expires else None,
    )


_IN_WORDS: Mapping[str, Callable[[Stored], Worded]] = {
    "languages": lambda entry: (wording.language(entry["code"]), (entry.get("level"),)),
    "employment": _employment,
    "education": _education,
    "portfolio": lambda entry: (entry.get("title") or entry.get("url"), (entry.get("text"),)),
    "certificates": _certificate,
    "linked_accounts": lambda entry: (entry.get("kind") or entry.get("url"), ()),
    "other_experience": lambda entry: (entry.get("title"), ()),
}
