"""What is done with partners and their programmes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from badges.services import create_achievement, create_issuer
from core.audit import record
from core.database import new_id, session, transaction
from core.errors import InvalidInput
from core.permissions import Duty
from partners.form_building import locked_programme, record_change
from partners.models import Partner, Programme
from partners.rules import DEFAULT_COLOUR, slug_problem
from partners.states import StepKind
from partners.team import add_member as add_member  # with whom a partner begins

PARTNER_NAME_MAX = 80
SUMMARY_MAX = 1_000
BENEFITS_MAX = 12
BENEFIT_MAX = 200

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@transaction()
def create_partner(
    slug: str,
    name: str,
    *,
    colour: str | None = None,
    website: str | None = None,
    admin_email: str | None = None,
    admin_name: str | None = None,
    by: UUID | None,
    at: datetime,
) -> Partner:
    """Create a partner with its badge and its programme, and invite its first admin by mail.

    `slug` is how addresses name it, `colour` is #rrggbb. Raises InvalidInput with what is wrong, Conflict when the slug
    is taken or the admin's address has an account of another kind.
    """
    slug, name, colour = slug.strip().lower(), " ".join(name.split()), (colour or DEFAULT_COLOUR).strip().lower()
    _check(slug, name, colour, website)
    partner = _store(slug, name, colour, website or None, by, at)
    record(
        "partner.created",
        "partner",
        partner.id,
        by=by,
        at=at,
        partner_id=partner.id,
        after={"slug": slug, "name": name},
    )
    if admin_email:
        add_member(partner, admin_email, admin_name or "", Duty.ADMIN, by=by, at=at)
    return partner


def _store(slug: str, name: str, colour: str, website: str | None, by: UUID | None, at: datetime) -> Partner:
    issuer = create_issuer(slug, name, url=website, by=by, at=at)
    badge = create_achievement(issuer.id, f"{name} Expert", _badge_words(name), by=by, at=at)
    partner = Partner(id=issuer.id, slug=slug, name=name, website=website, colour=colour, created_at=at)
    session.add(partner)
    session.flush()
    session.add(_first_programme(partner, badge.id, at))
    session.flush()
    session.refresh(partner)
    return partner


@transaction()
def update_programme(
    programme_id: UUID, *, summary: str, benefits: Iterable[str], by: UUID | None, at: datetime
) -> Programme:
    """Change what a programme says of itself, in its own words. Raises InvalidInput when it is empty or too long."""
    summary = summary.strip()
    lines = [line for text in benefits if (line := " ".join(text.split()))]
    if not 1 <= len(summary) <= SUMMARY_MAX:
        raise InvalidInput(f"A summary has 1 to {SUMMARY_MAX:,} characters; this one has {len(summary):,}.")
    if len(lines) > BENEFITS_MAX or any(len(line) > BENEFIT_MAX for line in lines):
        raise InvalidInput(f"Give at most {BENEFITS_MAX} benefits of at most {BENEFIT_MAX} characters each.")
    programme = locked_programme(programme_id)
    before = {"summary": programme.summary, "benefits": programme.benefits}
    if before == {"summary": summary, "benefits": lines}:
        return programme
    programme.summary, programme.benefits, programme.updated_at = summary, lines, at
    after = {"summary": summary, "benefits": lines}
    record_change("programme.updated", programme, before, after, by, at)
    return programme


def _check(slug: str, name: str, colour: str, website: str | None) -> None:
    problem = slug_problem(slug)
    problems = [] if problem is None else [problem]
    if not 1 <= len(name) <= PARTNER_NAME_MAX:
        problems.append(f"The name has 1 to {PARTNER_NAME_MAX} characters.")
    if not _COLOUR.fullmatch(colour):
        problems.append("The colour is written like #243b7a.")
    if website and not _is_website(website):
        problems.append("The website is an address that begins with https:// or http://.")
    if problems:
        raise InvalidInput(" ".join(problems), "Correct it and try again.")


def _is_website(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text


def _badge_words(name: str) -> str:
    return f"Chosen by {name} as an expert whose work with {name} it has seen and trusts."


def _first_programme(partner: Partner, achievement_id: UUID, at: datetime) -> Programme:
    name = partner.name
    return Programme(
        id=new_id(),
        partner_id=partner.id,
        achievement_id=achievement_id,
        summary=f"Become a verified {name} expert, and be found by clients who look for one.",
        benefits=["A badge that anyone can check", f"A place in {name}'s own directory of experts"],
        steps=[
            _first_step(StepKind.QUESTION, f"What have you built with {name}?", "Two or three sentences are enough."),
            _first_step(StepKind.PORTFOLIO, f"A piece of work with {name}", "Something a client could look at."),
        ],
        created_at=at,
        updated_at=at,
    )


def _first_step(kind: StepKind, prompt: str, hint: str) -> dict[str, Any]:
    key = f"s{new_id().hex[-12:]}"
    return {"key": key, "kind": str(kind), "prompt": prompt, "hint": hint, "required": kind is StepKind.QUESTION}
