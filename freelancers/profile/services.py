"""A person writes their profile, part by part. What the marketplace states is not theirs to write. Rules A-1, C."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.database import session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from freelancers.models import Freelancer, Observation
from freelancers.ownership import among_stated
from freelancers.profile.parts import DOCUMENT, ENTRIES_MAX, Entry, in_order, key_of
from freelancers.profile.queries import part, parts_of
from freelancers.rules import completeness

#: What of a profile is kept with its dates, as a feed's figures are. Section J.
_FIGURES = ("completeness_pct", "hourly_rate_cents")


class StatedByMarketplace(Conflict):
    """The marketplace states this part, so it is changed there."""

    title = "This part comes from the marketplace"

    def __init__(self) -> None:
        super().__init__(
            "The marketplace states this part of your profile, and what it states counts.",
            "Change it there; Laurel follows with the marketplace's next update.",
        )


class ChangedMeanwhile(Conflict):
    """What was to be changed is not what it was any more."""

    title = "This was changed meanwhile"


@transaction()
def write(freelancer_id: UUID, values: Mapping[str, Any], *, by: UUID, at: datetime) -> tuple[str, ...]:
    """Store parts as the person wrote them, by field; return those that changed. Completeness follows. Rule C.

    Raises StatedByMarketplace when one that would change is not theirs to write.
    """
    return _write(locked(freelancer_id), values, by=by, at=at)


@transaction()
def add_entry(freelancer_id: UUID, name: str, entry: Entry, *, by: UUID, at: datetime) -> None:
    """Add an entry to one of the lists; one that says the same is there once. Raises InvalidInput when it is full."""

    def added(entries: list[Entry]) -> list[Entry]:
        if len(entries) >= ENTRIES_MAX and entry not in entries:
            raise InvalidInput(f"There are {ENTRIES_MAX} already, which is all that fit.", "Remove one first.")
        return entries if _has(entries, key_of(entry)) else [*entries, entry]

    _change_list(freelancer_id, name, added, by=by, at=at)


@transaction()
def change_entry(freelancer_id: UUID, name: str, key: str, entry: Entry, *, by: UUID, at: datetime) -> None:
    """Let the entry with this key say something else. Raises ChangedMeanwhile when there is none; again is fine."""

    def changed(entries: list[Entry]) -> list[Entry]:
        if not _has(entries, key) and not _has(entries, key_of(entry)):
            raise ChangedMeanwhile(
                "The entry was changed or removed meanwhile, perhaps by you in another window.",
                "What you typed is kept below. Saving now adds it as a new entry.",
            )
        kept = [each for each in entries if key_of(each) != key_of(entry) or key_of(each) == key]
        return [entry if key_of(each) == key else each for each in kept] if _has(entries, key) else entries

    _change_list(freelancer_id, name, changed, by=by, at=at)


@transaction()
def remove_entry(freelancer_id: UUID, name: str, key: str, *, by: UUID, at: datetime) -> None:
    """Remove the entry with this key; one that is gone already is fine."""
    _change_list(freelancer_id, name, lambda entries: [each for each in entries if key_of(each) != key], by=by, at=at)


def _change_list(
    freelancer_id: UUID, name: str, change: Callable[[list[Entry]], list[Entry]], *, by: UUID, at: datetime
) -> None:
    person = locked(freelancer_id)
    if among_stated(person.stated, [name]):
        raise StatedByMarketplace()
    _write(person, {name: in_order(name, change(list(part(person, name) or ())))}, by=by, at=at)


def _has(entries: list[Entry], key: str) -> bool:
    return any(key_of(each) == key for each in entries)


def locked(freelancer_id: UUID) -> Freelancer:
    """Return a profile with its row locked until the transaction ends. Raises NotFound."""
    chosen = sa.select(Freelancer).where(Freelancer.id == freelancer_id)
    person = session.scalar(chosen.with_for_update().execution_options(populate_existing=True))
    if person is None:
        raise NotFound("There is no such freelancer.")
    return person


def _write(person: Freelancer, values: Mapping[str, Any], *, by: UUID, at: datetime) -> tuple[str, ...]:
    changed = tuple(name for name, value in values.items() if (part(person, name) or None) != (value or None))
    if among_stated(person.stated, changed):
        raise StatedByMarketplace()
    if changed:
        before = figures_of(person)
        for name in changed:
            _set(person, name, values[name])
        follow(person, before, at)
        record("profile.changed", "freelancer", person.id, by=by, at=at, after={"parts": list(changed)})
    return changed


def _set(person: Freelancer, name: str, value: Any) -> None:
    if name in DOCUMENT:
        person.profile = {**person.profile, name: value}
    else:
        setattr(person, name, value)


def figures_of(person: Freelancer) -> list[Any]:
    """Return the figures that follow from what a person writes, as they are before."""
    return [getattr(person, figure) for figure in _FIGURES]


def follow(person: Freelancer, before: list[Any], at: datetime) -> None:
    """Let the figures follow what was written at `at`, and keep those that changed with their date. Rules C, E-3."""
    person.completeness_pct = completeness(parts_of(person)).pct
    person.edited_at = person.updated_at = at
    session.add_all(
        Observation(freelancer_id=person.id, figure=figure, value=getattr(person, figure), observed_at=at)
        for figure, was in zip(_FIGURES, before, strict=True)
        if getattr(person, figure) != was
    )
    session.flush()
