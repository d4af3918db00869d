"""Which of a partner's people passed a training or review: one person, or a pasted list with a preview. Rules E-6, X-4.

A partner notes it of its own people alone: those who applied, accepted its invitation, asked for one, or hold its
badge. Of everybody else, and of whoever withdrew their application (rule R-4) before it noted anything, it does not
even learn whether they are on the marketplace.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from badges.attesting import Said, attest, checked
from badges.eligibility.conditions import leaves
from badges.eligibility.facts import folded
from badges.models import Attestation, Award
from badges.passed import passed_by
from badges.queries import policy_for, scheduled_rules
from core.database import session, transaction
from core.errors import InvalidInput, NotFound
from freelancers.models import Freelancer
from partners.models import Application, Interest, Invitation, Programme
from partners.rule_draft import from_json

LINES_MAX = 2_000
_TITLES = frozenset({"email", "e-mail", "mail", "address", "id", "marketplace id", "marketplace_id", "who", "person"})


class Noting(StrEnum):
    """What a line of a list does."""

    NEW = "new"
    NOTED = "noted"
    NOT_YOURS = "not_yours"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Line:
    """One line of a list: whom it names, what it says they passed, and what noting it does."""

    number: int
    text: str
    outcome: Noting
    said: Said | None = None
    person: Freelancer | None = None
    problem: str | None = None


def preview(programme: Programme, text: str, said: Said, at: datetime) -> list[Line]:
    """Return what each line of a pasted list does. Changes nothing. Raises InvalidInput for too long a list.

    A line is a marketplace id or an e-mail address; after a comma it may have its own day on which it was passed, and
    after another the last day on which it counts. Where it has none, `said` has them.
    """
    lines = list(_lines(text, said, at))
    if len(lines) > LINES_MAX:
        raise InvalidInput(f"This list has more than {LINES_MAX:,} lines.", f"Send it in parts of {LINES_MAX:,}.")
    found = _own_people(programme, {line.text for line in lines})
    known = passed_by([person.id for person in found.values() if person], programme.partner_id)
    noted = {
        (person, each.kind, folded(each.name), each.passed_on) for (person, _), all_ in known.items() for each in all_
    }
    return list(_judged(lines, found, noted))


@transaction()
def note_list(programme: Programme, lines: Sequence[Line], *, by: UUID | None, at: datetime) -> int:
    """Keep what a preview would; return how much is new."""
    said = [(line.person.id, line.said) for line in lines if line.outcome is Noting.NEW and line.person and line.said]
    return attest(programme.partner_id, said, by=by, at=at)


@transaction()
def note(programme: Programme, freelancer_id: UUID, said: Said, *, by: UUID | None, at: datetime) -> int:
    """Keep that one of the partner's own people passed something. Raises NotFound and InvalidInput."""
    own_person(programme, freelancer_id)
    return attest(programme.partner_id, [(freelancer_id, said)], by=by, at=at)


def own_person(programme: Programme, freelancer_id: UUID) -> Freelancer:
    """Return one of the partner's own people. Raises NotFound for anybody else. Rule X-4."""
    own = sa.select(Freelancer).where(Freelancer.id == freelancer_id, _is_own(programme))
    found = session.scalar(own)
    if found is None:
        raise NotFound()
    return found


def asked_for(programme: Programme, at: datetime) -> list[tuple[str, str]]:
    """Return the trainings and reviews that the programme asks for, now and later, by kind and name."""
    later = [each for version in scheduled_rules(programme.achievement_id, at) for each in from_json(version.content)]
    asked = leaves((*policy_for(programme.achievement_id, at).rules.requirements, *later))
    return list(dict.fromkeys((each.fact, each.text) for each in asked if each.fact in ("training", "review")))


def _lines(text: str, said: Said, at: datetime) -> Iterator[Line]:
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        cells = [cell.strip() for cell in _cells(raw)]
        if not any(cells) or (number == 1 and cells[0].casefold() in _TITLES):
            continue
        try:
            own = [date.fromisoformat(cell) if cell else None for cell in cells[1:3]]
            passed_on, expires_on = [*own, None, None][:2]
            day, end = passed_on or said.passed_on, expires_on or said.expires_on
            each = checked(replace(said, passed_on=day, expires_on=end), at)
        except InvalidInput as refused:
            yield Line(number, cells[0], Noting.UNREADABLE, problem=refused.advice)
        except ValueError:
            yield Line(number, cells[0], Noting.UNREADABLE, problem="Write days as 2026-03-15.")
        else:
            yield Line(number, cells[0], Noting.NEW, each)


def _cells(line: str) -> list[str]:
    separator = next((mark for mark in ("\t", ";", ",") if mark in line), ",")
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [""])
    except csv.Error:  # a cell longer than any address
        return [line]


def _judged(
    lines: Sequence[Line], found: dict[str, Freelancer | None], noted: set[tuple[UUID, str, str, date]]
) -> Iterator[Line]:
    seen = set()
    for line in lines:
        person = found.get(line.text.lower())
        if line.said is None:
            yield line
        elif person is None:
            yield replace(line, outcome=Noting.NOT_YOURS)
        elif (key := (person.id, line.said.kind, folded(line.said.name), line.said.passed_on)) in seen:
            yield replace(line, outcome=Noting.DUPLICATE, person=person)
        else:
            seen.add(key)
            yield replace(line, outcome=Noting.NOTED if key in noted else Noting.NEW, person=person)


def _own_people(programme: Programme, who: Collection[str]) -> dict[str, Freelancer | None]:
    """Return the partner's own people by what names them, in lower case; None for an address that two of them have."""
    wanted = sa.literal([text.lower() for text in who], sa.ARRAY(sa.Text()))
    account = sa.select(User.email).where(User.id == Freelancer.user_id).correlate(Freelancer).scalar_subquery()
    names = (sa.func.lower(Freelancer.marketplace_id), sa.func.lower(Freelancer.email), account)
    rows = session.execute(
        sa.select(Freelancer, account).where(_is_own(programme), sa.or_(*(name == sa.any_(wanted) for name in names)))
    )
    found: dict[str, Freelancer | None] = {}
    for person, address in rows:
        for name in {(each or "").lower() for each in (person.marketplace_id, person.email, address)}:
            found[name] = person if found.get(name, person) is person else None
    return found


def _is_own(programme: Programme) -> sa.ColumnElement[bool]:
    """Return whether a freelancer is one of the partner's own; found from the partner's side, which is the shorter."""
    applied = sa.select(Application.freelancer_id).where(
        Application.programme_id == programme.id,
        Application.submitted_at.is_not(None),
        Application.withdrawn_at.is_(None),
    )
    holds = sa.select(Award.freelancer_id).where(Award.achievement_id == programme.achievement_id)
    withdrew = sa.select(Application.freelancer_id).where(
        Application.programme_id == programme.id, Application.withdrawn_at.is_not(None)
    )
    accepted = sa.select(Invitation.freelancer_id).where(
        Invitation.programme_id == programme.id,
        Invitation.accepted_at.is_not(None),
        Invitation.freelancer_id.is_not(None),
        Invitation.freelancer_id.not_in(withdrew),
    )
    asked = sa.select(Interest.freelancer_id).where(Interest.partner_id == programme.partner_id)
    # Of whom it noted something it can still take that back.
    noted = sa.select(Attestation.freelancer_id).where(Attestation.issuer_id == programme.partner_id)
    return Freelancer.id.in_(sa.union(applied, holds, accepted, asked, noted))
