"""The path to a badge, step by step, and "what if": the checklist as it would be. Rules E-10, C; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.path import Step, done, other_steps, path
from badges.eligibility.path_words import part
from badges.eligibility.policy import Policy
from badges.eligibility.rules import evaluate, unmet
from badges.models import Award
from badges.queries import achievement, awards_of, checklist, facts_of, open_award, policy_for
from core import clock
from core.errors import NotFound
from core.permissions import Access, allow
from directory.queries import home_partners
from freelancers.models import Freelancer
from freelancers.rules import ProfileParts
from me.blueprint import blueprint, own_freelancer, page
from me.profile import parts_of
from me.standing import own_holds
from partners.application_queries import application_to
from partners.invitation_queries import open_invitations_to
from partners.models import Partner
from partners.queries import addresses_of, partner_by_slug
from partners.rules import shown_to_applicant
from partners.states import ApplicationState


@dataclass(frozen=True)
class Own:
    """Somebody and a programme, at a moment: everything that the path is worked out from."""

    policy: Policy
    facts: Facts
    parts: ProfileParts
    at: datetime


@dataclass(frozen=True)
class WhatIf:
    """What was asked, and what would be. `findings` is None while nothing is asked; `changed` are their keys."""

    score: str
    chosen: frozenset[str]
    problem: str | None = None
    findings: tuple[Finding, ...] | None = None
    changed: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """What would be open still."""
        return unmet(self.findings or ())


@blueprint.get("/path/<partner>")
@allow(Access.FREELANCER)
def path_to_badge(partner: str) -> Response:
    """What to do for a programme's badge, in order; and how one would stand if something changed."""
    freelancer, at = own_freelancer(), clock.now()
    found = _partner(freelancer, partner, at)
    badge = found.programme.achievement_id
    own = _own(freelancer, badge, at)
    steps = path(own.policy, own.facts, own.parts, at)
    others = other_steps(own.policy, own.facts, own.parts, at, steps)
    findings = checklist(freelancer.id, badge, at)
    return page(
        "me/path.html",
        partner=found,
        badge_name=achievement(badge).name,
        award=open_award(badge, freelancer.id),
        state=_state(found, freelancer),
        is_newcomer=own.facts.is_newcomer,
        is_invited=_is_invited(found, freelancer, at),
        can_ask=_can_ask(found, freelancer, at),
        holds=own_holds(freelancer),
        steps=steps,
        part=part,
        findings=findings,
        titles={finding.key: finding.title for finding in findings},
        options=(*steps, *others),
        what_if=_what_if(own, (*steps, *others)),
    )


def _partner(freelancer: Freelancer, slug: str, at: datetime) -> Partner:
    """Return a partner whose programme is open to everybody's eyes, or in which the person is. Raises NotFound."""
    found = partner_by_slug(slug)
    if found is None:
        raise NotFound("There is no such programme.")
    awards: list[Award] = awards_of(freelancer.id)
    is_in = (
        any(each.slug == slug for each in home_partners(at))
        or application_to(found.programme.id, freelancer.id) is not None
        or any(each.achievement_id == found.programme.achievement_id for each in awards)
        or _is_invited(found, freelancer, at)
    )
    if not is_in:
        raise NotFound("There is no such programme.")
    return found


def _is_invited(partner: Partner, freelancer: Freelancer, at: datetime) -> bool:
    invitations = open_invitations_to(addresses_of(freelancer), at)
    return any(each.programme_id == partner.programme.id for each in invitations)


def _can_ask(partner: Partner, freelancer: Freelancer, at: datetime) -> bool:
    """Say whether the person may ask to be considered: they are neither invited nor in. Rule I-2."""
    is_in = _state(partner, freelancer) is not None or open_award(partner.programme.achievement_id, freelancer.id)
    is_open = any(each.slug == partner.slug for each in home_partners(at))
    return is_open and not is_in and not _is_invited(partner, freelancer, at)


def _own(freelancer: Freelancer, achievement_id: UUID, at: datetime) -> Own:
    facts = facts_of(freelancer.id, achievement(achievement_id).issuer_id)
    return Own(policy_for(achievement_id, at), facts, parts_of(freelancer), at)


def _state(partner: Partner, freelancer: Freelancer) -> str | None:
    """Return how the person's application stands, as they may see it, or None without one. Rule R-2."""
    found = application_to(partner.programme.id, freelancer.id)
    shown = None if found is None else shown_to_applicant(found.state)
    return None if shown == ApplicationState.WITHDRAWN else shown


def _what_if(own: Own, options: Iterable[Step]) -> WhatIf:
    """Return the checklist as it would be with what the address asks for. Nothing is stored."""
    asked = frozenset(request.args.getlist("if"))
    chosen = [step for step in options if step.key in asked]
    keys = frozenset(step.key for step in chosen)
    text = request.args.get("score", "").strip()
    if text and not (text.isascii() and text.isdigit() and int(text[:4]) <= 100):
        return WhatIf(text[:20], keys, "A score is a whole number from 0 to 100.")
    if not text and not chosen:
        return WhatIf("", frozenset())
    then = done(chosen, own.policy, own.facts, own.parts, own.at)
    if text:
        then = replace(then, jss_pct=int(text), first_scored_at=then.first_scored_at or own.at)
    words = [f"your Job Success Score were {int(text)} %"] if text else []
    words += [f"“{step.title}” were done" for step in chosen]
    now, findings = evaluate(own.policy, own.facts, own.at), evaluate(own.policy, then, own.at)
    changed = frozenset(a.key for a, b in zip(now, findings, strict=True) if (a.met, a.value) != (b.met, b.value))
    shown = tuple(_imagined(each) if each.key in changed else each for each in findings)
    return WhatIf(text, keys, None, shown, changed, tuple(words))


def _imagined(finding: Finding) -> Finding:
    """Return a finding without what was seen: nobody saw this."""
    return replace(finding, value="", observed_at=None)
