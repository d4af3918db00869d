"""How somebody stands, gathered for their pages: holds, invitations, applications, badges, requirements, score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from badges.closeness import ScoreSeen
from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate, unmet
from badges.foresight import outlook, scores_of_many
from badges.models import Award, AwardStatus
from badges.queries import (
    as_held,
    awards_of,
    base_policy,
    checklist,
    facts_of,
    joined_issuer,
    policies_for,
)
from badges.standing import LIVE, awards_and_status, suspended_since
from directory.queries import published_pages
from freelancers.approval.findings import SubmissionState
from freelancers.approval.submissions import latest_submission
from freelancers.approval.submitting import is_ready
from freelancers.capabilities import Stop, capabilities
from freelancers.identity.pictures import pictures_of
from freelancers.models import Freelancer, Hold
from freelancers.queries import open_holds
from me.score import Score, score
from me.way import OwnWay, ways_of
from partners.application_queries import applications_of
from partners.invitation_queries import interests_of, is_invited, open_invitations_to
from partners.models import Application, Invitation, Partner
from partners.queries import addresses_of
from partners.rules import shown_to_applicant
from partners.states import ApplicationState

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class OwnBadge:
    """An award as its holder sees it. `open` are the requirements not met, for one that is in grace or suspended.

    `ahead` says what will soon be lost, for one that is live. Section J.
    """

    award: Award
    state: AwardStatus
    open: tuple[Finding, ...]
    suspended_since: datetime | None
    ahead: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What was awarded."""
        return self.award.achievement.name

    @property
    def partner_name(self) -> str:
        """Who awarded it."""
        return self.award.achievement.issuer.name


@dataclass(frozen=True)
class OwnApplication:
    """An application as its applicant sees it: never more than `shown_to_applicant` says. Rule R-2."""

    id: UUID
    partner_slug: str
    partner_name: str
    state: str
    saved_at: datetime
    sent_at: datetime | None
    waits_for: tuple[Finding, ...]


@dataclass(frozen=True)
class Offer:
    """A programme that somebody is not in yet; `asked_at` is when they asked to be considered. Rule I-2."""

    slug: str
    name: str
    intro: str
    colour: str
    logo_url: str | None
    asked_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """All of it, at one moment."""

    name: str
    #: How a new profile's approval stands; None where none is needed, or nothing was submitted yet.
    approval: SubmissionState | None
    #: Whether a new profile, never submitted, has all that its approval asks for.
    may_submit: bool
    holds: tuple[Stop, ...]
    invitations: Sequence[Invitation]
    applications: tuple[OwnApplication, ...]
    badges: tuple[OwnBadge, ...]
    findings: tuple[Finding, ...]
    ways: tuple[OwnWay, ...]
    score: Score
    offers: tuple[Offer, ...]


def standing(freelancer: Freelancer, at: datetime) -> Standing:
    """Return how the freelancer stands at `at`."""
    invitations = open_invitations_to(addresses_of(freelancer), at)
    applications, base = applications_of(freelancer.id), base_policy(at)
    known = _known(freelancer)
    badges, holds = _own_badges(known, at), capabilities(known.holds).holds
    findings = evaluate(Policy.of_base(base), known.facts, at)
    return Standing(
        name=freelancer.name,
        approval=_approval_of(freelancer),
        may_submit=is_ready(freelancer, is_invited=is_invited(freelancer.id, addresses_of(freelancer), at), at=at),
        holds=holds,
        invitations=invitations,
        applications=tuple(_own_application(application, at) for application in applications),
        badges=badges,
        findings=findings,
        ways=ways_of(freelancer, findings, holds, pictures_of(freelancer.id)),
        score=_own_score(known, base),
        offers=_offers(freelancer.id, invitations, applications, (badge.award for badge in badges)),
    )


def _approval_of(freelancer: Freelancer) -> SubmissionState | None:
    """Return how a new profile's approval stands: None where it is not needed, or nothing was submitted yet. A-1."""
    last = latest_submission(freelancer.id) if freelancer.is_provisional else None
    return last.state if last else None


@dataclass(frozen=True)
class _Known:
    """What is known of the person, read once for all their badges; `through` is the issuer by whom they joined."""

    freelancer: Freelancer
    holds: Sequence[Hold]
    scores: Sequence[ScoreSeen]
    facts: Facts
    through: UUID | None

    def facts_for(self, issuer_id: UUID) -> Facts:
        """Return the same for one issuer of badges. Rule E-7."""
        return replace(self.facts, joined_through_issuer=issuer_id == self.through)


def _known(freelancer: Freelancer) -> _Known:
    through = joined_issuer(freelancer.id)
    scores = scores_of_many([freelancer.id])[freelancer.id]
    return _Known(freelancer, open_holds(freelancer.id), scores, facts_of(freelancer.id, through), through)


def own_holds(freelancer: Freelancer) -> tuple[Stop, ...]:
    """Return the person's open holds. Rule H-6."""
    return capabilities(open_holds(freelancer.id)).holds


def own_badges(freelancer: Freelancer, at: datetime) -> tuple[OwnBadge, ...]:
    """Return every badge the person holds or held, the newest first, with what is open for those that need it."""
    return _own_badges(_known(freelancer), at)


def _own_badges(known: _Known, at: datetime) -> tuple[OwnBadge, ...]:
    held = awards_and_status(known.freelancer.id, at)
    policies = policies_for({award.achievement_id for award, _ in held}, at)
    return tuple(_own_badge(award, state, policies[award.achievement_id], known, at) for award, state in held)


def _own_badge(award: Award, state: AwardStatus, policy: Policy, known: _Known, at: datetime) -> OwnBadge:
    facts = known.facts_for(award.achievement.issuer_id)
    needs_something = state in (AwardStatus.GRACE, AwardStatus.SUSPENDED)
    findings = as_held(evaluate(policy, facts, at), award, at) if needs_something else ()
    held_since = [hold.placed_at for hold in known.holds]
    since = suspended_since(award, held_since, at) if state is AwardStatus.SUSPENDED else None
    ahead = outlook(policy, facts, known.scores, at) if state in LIVE else ()
    return OwnBadge(award, state, unmet(findings), since, ahead)


def own_applications(freelancer: Freelancer, at: datetime) -> tuple[OwnApplication, ...]:
    """Return the person's applications, the latest first, as they may see them. Rule R-2."""
    return tuple(_own_application(application, at) for application in applications_of(freelancer.id))


def _own_application(application: Application, at: datetime) -> OwnApplication:
    programme, waits = application.programme, application.state is ApplicationState.WAITING
    findings = checklist(application.freelancer_id, programme.achievement_id, at) if waits else ()
    return OwnApplication(
        id=application.id,
        partner_slug=programme.partner.slug,
        partner_name=programme.partner.name,
        state=shown_to_applicant(application.state),
        saved_at=application.updated_at,
        sent_at=application.submitted_at,
        waits_for=unmet(findings),
    )


def _own_score(known: _Known, base: BasePolicy) -> Score:
    """Return the person's Job Success Score, its margin and its history. Section J."""
    person = known.freelancer
    return score(person.jss_pct, person.jss_observed_at, base.min_jss_pct, known.scores, base.warn_margin_pts)


def offer_of(freelancer: Freelancer, slug: str, at: datetime) -> Offer | None:
    """Return the programme of the partner called `slug`, if the person may ask to be considered there. Rule I-2."""
    invitations = open_invitations_to(addresses_of(freelancer), at)
    offers = _offers(freelancer.id, invitations, applications_of(freelancer.id), awards_of(freelancer.id))
    return next((offer for offer in offers if offer.slug == slug), None)


def _offer(partner: Partner, intro: str, asked_at: datetime | None) -> Offer:
    return Offer(partner.slug, partner.name, intro, partner.colour, partner.logo_url, asked_at)


def _offers(
    freelancer_id: UUID,
    invitations: Iterable[Invitation],
    applications: Iterable[Application],
    awards: Iterable[Award],
) -> tuple[Offer, ...]:
    """Return the published programmes that the person is neither invited to nor in. Rule I-2."""
    inside = {invitation.programme.partner_id for invitation in invitations}
    inside |= {award.achievement.issuer_id for award in awards if award.closed_at is None}
    # Who withdrew an application since they asked may ask again.
    withdrew = {each.programme.partner_id: each.withdrawn_at for each in applications if each.withdrawn_at}
    inside |= {each.programme.partner_id for each in applications if each.withdrawn_at is None}
    asked = {
        interest.partner_id: interest.asked_at
        for interest in interests_of(freelancer_id)
        if interest.asked_at > withdrew.get(interest.partner_id, _NEVER)
    }
    return tuple(
        _offer(page.partner, page.intro, asked.get(page.partner_id))
        for page in published_pages()
        if page.partner_id not in inside
    )
