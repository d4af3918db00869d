"""A profile as it was submitted: what is looked at, and compared when it comes again. Pure. Rules A-1, A-4.

Left out is what never counts towards approval: picture, skill tests, payment, score and earnings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from core import wording

#: The lists of a profile, in the order in which they are shown, by name.
LISTS: Mapping[str, str] = {
    "employment": "Employment",
    "education": "Education",
    "portfolio": "Portfolio",
    "certificates": "Certificates",
    "other_experience": "Other experience",
    "linked_accounts": "Linked accounts",
}
#: Any one of these says where somebody's skills come from.
BACKGROUND = ("employment", "education", "portfolio", "certificates", "other_experience")
#: What an entry of a list says of itself, in the order in which it is read.
_SAID = (
    "title", "name", "degree", "company", "school", "issuer", "kind", "number", "url", "description", "issued_on",
    "expires_on",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """What somebody submitted. Lists hold a line of words for each entry, by the keys of LISTS."""

    name: str
    email: str | None = None
    title: str | None = None
    overview: str | None = None
    skills: tuple[str, ...] = ()
    rate: str | None = None
    languages: tuple[str, ...] = ()
    country: str | None = None
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the snapshot as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Snapshot:
        """Return what `to_json` wrote."""
        lists = {name: tuple(lines) for name, lines in data["lists"].items()}
        return cls(**{**data, "skills": tuple(data["skills"]), "languages": tuple(data["languages"]), "lists": lists})


class Profile(Protocol):
    """As much of `freelancers.models.Freelancer` as is looked at."""

    name: Any
    email: Any
    title: Any
    overview: Any
    skills: Any
    hourly_rate_cents: Any
    currency: Any
    languages: Any
    english_level: Any
    country: Any
    profile: Any


def snapshot(person: Profile) -> Snapshot:
    """Return what somebody's profile says now."""
    rate = person.hourly_rate_cents
    kept = person.profile or {}
    return Snapshot(
        name=person.name,
        email=person.email,
        title=person.title,
        overview=person.overview,
        skills=tuple(person.skills or ()),
        rate=f"{wording.amount(rate, person.currency)} an hour" if rate else None,
        languages=tuple(_spoken(each) for each in _languages(person)),
        country=person.country and wording.country(person.country),
        lists={name: lines for name in LISTS if (lines := _lines(kept.get(name) or ()))},
    )


def _languages(person: Profile) -> list[Mapping[str, str | None]]:
    """Return the languages, with English first where it is stated by itself (E-5) and not among them."""
    listed = list(person.languages or ())
    if person.english_level and not any(each["code"] == "en" for each in listed):
        return [{"code": "en", "level": person.english_level}, *listed]
    return listed


def _spoken(language: Mapping[str, str | None]) -> str:
    name = wording.language(str(language["code"]))
    return f"{name}: {language['level']}" if language.get("level") else name


def _lines(entries: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    lines = []
    for entry in entries:
        said = [str(entry[key]) for key in _SAID if entry.get(key)]
        if entry.get("from") or entry.get("to"):
            said.append(f"{entry.get('from') or '?'} to {entry.get('to') or 'now'}")
        lines.append(", ".join(said))
    return tuple(line for line in lines if line)
