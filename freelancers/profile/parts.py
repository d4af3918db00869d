"""The parts that a person writes: what each may hold, and how it is kept. Pure. Rules A-1, C."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from freelancers.feed import record
from freelancers.feed.values import distinct
from freelancers.ownership import IN_PROFILE

Entry = dict[str, Any]

EXPERIENCE_LEVELS = ("entry", "intermediate", "expert")
CATEGORIES = (
    "Accounting and consulting",
    "Administration and support",
    "Customer service",
    "Data science and analytics",
    "Design and creative work",
    "Engineering and architecture",
    "IT and networking",
    "Legal work",
    "Sales and marketing",
    "Translation",
    "Web, mobile and software",
    "Writing",
)
#: Kept in the document `Freelancer.profile`, the rest as columns. The first two no feed states.
DOCUMENT = ("experience_level", "categories", *IN_PROFILE)
#: More entries than this tell nobody anything; a feed may bring more.
ENTRIES_MAX = 50
SKILLS_MAX = 50
_DIGITS = 16


class OwnPiece(record.PortfolioItem, frozen=True):
    """A portfolio item with what only people write: words to it, and a picture by its id."""

    text: str | None = None
    picture: str | None = None


#: The parts that are lists of entries, and what an entry is.
LISTS: Mapping[str, type[record.Part]] = {
    "employment": record.Employment,
    "education": record.Education,
    "portfolio": OwnPiece,
    "certificates": record.Certificate,
    "linked_accounts": record.LinkedAccount,
    "other_experience": record.OtherExperience,
    "languages": record.Language,
}


def entry_of(part: str, said: Mapping[str, Any]) -> Entry:
    """Return an entry as it is stored, from what was said of it; what is empty counts as not said."""
    entry = msgspec.convert({key: value for key, value in said.items() if value}, LISTS[part])
    return {key: value for key, value in msgspec.to_builtins(entry).items() if value is not None}


def key_of(entry: Mapping[str, Any]) -> str:
    """Return what an entry is called by in addresses: it changes with every change of the entry.

    So whoever edits an entry that was changed meanwhile is told, and adding the same twice adds it once.
    """
    said = {key: value for key, value in entry.items() if value is not None}
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()[:_DIGITS]


def in_order(part: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return entries as a profile shows them: what goes on or ended last comes first; others as they were added.

    A language stands there once: the level that was said last counts.
    """
    listed = list({each["code"]: each for each in entries}.values() if part == "languages" else entries)
    if part in ("employment", "education"):
        listed.sort(key=lambda each: (each.get("to") or "9999", each.get("from") or ""), reverse=True)
    return listed


def skills_of(typed: str, known: Mapping[str, str]) -> list[str]:
    """Return the skills in a text, one a line or between commas, each once, and named as others name it.

    `known` holds the name in use for each name in lower case. Raises BadValue for what can be no skill.
    """
    return distinct([known.get(name.lower(), name) for name in split(typed)])


def split(typed: str) -> list[str]:
    """Return what stands on the lines of a text, or between its commas."""
    return [name.strip() for name in typed.replace(",", "\n").split("\n") if name.strip()]


def digest_of(values: Mapping[str, Any]) -> str:
    """Return what tells whether these parts were changed meanwhile."""
    return key_of({name: value or None for name, value in values.items()})
