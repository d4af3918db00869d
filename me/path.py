"""The path to a badge, step by step, and "what if": the checklist as it would be. Rules E-10, C; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request
from werkzeug.wrappers import Response

from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.path import Step, done, other_steps, path
from badges.eligibility.path_words import part
from badges.eligibility.policy import Policy
from badges.eligibility.rules import evaluate, unmet
from badges.models import Award
from badges.queries import as_held, awards_of, facts_of, policy_for
from core import clock
from core.answers import page
from core.errors import NotFound
from core.permissions import Access, allow
from directory.queries import page_of_partner
from freelancers.models import Freelancer
from freelancers.profile.queries import parts_of
from freelancers.rules import ProfileParts
from me.blueprint import blueprint, own_freelancer
from me.standing import own_holds
from partners.application_queries import application_to
from partners.invitation_queries import open_invitations_to
from partners.models import Partner
from partners.queries import addresses_of, partner_by_slug
from partners.rules import shown_to_applicant


@dataclass(frozen=True)
class Own:
    """Somebody and a programme, at a moment: everything that the path is worked out from."""

    policy: Policy
    facts: Facts
    parts: ProfileParts
    at: datetime


@dataclass(frozen=True)
class Place:
    """Where somebody is in a programme: `state` of their application as they may see it (R-2), `award` that is open."""

    partner: Partner
    is_published: bool
    is_invited: bool
    state: str | None
    award: Award | None

    @property
    def can_ask(self) -> bool:
        """Say whether the person may ask to be considered: they are neither invited nor in. Rule I-2."""
        return self.is_published and not self.is_invited and self.state is None and self.award is None


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
    place = _place(freelancer, partner, at)
    badge = place.partner.programme.achievement
    own = Own(policy_for(badge.id, at), facts_of(freelancer.id, badge.issuer_id), parts_of(freelancer), at)
    steps = path(own.policy, own.facts, own.parts, at)
    others = other_steps(own.policy, own.facts, own.parts, at, steps)
    findings = as_held(evaluate(own.policy, own.facts, at), place.award, at)
    return page(
        "me/path.html",
        place=place,
        badge_name=badge.name,
        is_newcomer=own.facts.is_newcomer,
        holds=own_holds(freelancer),
        steps=steps,
        part=part,
        findings=findings,
        titles={finding.key: finding.title for finding in findings},
        options=(*steps, *others),
        what_if=_what_if(own, (*steps, *others)),
    )


def _place(freelancer: Freelancer, slug: str, at: datetime) -> Place:
    """Return where the person is in a programme. Raises NotFound unless it is public, or they are or were in it."""
    partner, landing = partner_by_slug(slug), page_of_partner(slug)
    if partner is None:
        raise NotFound("There is no such programme.")
    programme = partner.programme
    application = application_to(programme.id, freelancer.id)
    awards = [each for each in awards_of(freelancer.id) if each.achievement_id == programme.achievement_id]
    invitations = open_invitations_to(addresses_of(freelancer), at)
    place = Place(
        partner,
        is_published=landing is not None and landing.published_at is not None,
        is_invited=any(each.programme_id == programme.id for each in invitations),
        state=None if application is None or application.withdrawn_at else shown_to_applicant(application.state),
        award=next((each for each in awards if each.closed_at is None), None),
    )
    if not (place.is_published or place.is_invited or application or awards):
        raise NotFound("There is no such programme.")
    return place


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
