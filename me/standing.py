"""How somebody stands, gathered for their pages: holds, invitations, applications, badges, requirements, score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from badges.eligibility.findings import Finding
from badges.eligibility.rules import unmet
from badges.foresight import outlook
from badges.models import Award, AwardStatus
from badges.queries import awards_of, base_checklist, base_policy, checklist
from badges.standing import LIVE, status, suspended_since
from directory.queries import home_partners
from freelancers.holds import HOLDS, Contracts, HoldKind, Proposals, stops
from freelancers.models import Freelancer, Hold
from freelancers.queries import open_holds, score_history
from me.score import Score, Seen, score
from partners.application_queries import applications_of
from partners.invitation_queries import interests_of, open_invitations_to
from partners.models import Application, Invitation
from partners.queries import addresses_of
from partners.rules import shown_to_applicant
from partners.states import ApplicationState

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class OwnHold:
    """An open hold as its holder reads it. Rule H-6."""

    kind: str
    name: str
    reason: str
    since_at: datetime
    stops: tuple[str, ...]
    keeps: str
    lifted_when: str
    decided_by: str


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
    asked_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """All of it, at one moment."""

    name: str
    holds: tuple[OwnHold, ...]
    invitations: Sequence[Invitation]
    applications: tuple[OwnApplication, ...]
    badges: tuple[OwnBadge, ...]
    findings: tuple[Finding, ...]
    score: Score
    offers: tuple[Offer, ...]


def standing(freelancer: Freelancer, at: datetime) -> Standing:
    """Return how the freelancer stands at `at`."""
    invitations = open_invitations_to(addresses_of(freelancer), at)
    applications = own_applications(freelancer, at)
    badges = own_badges(freelancer, at)
    return Standing(
        name=freelancer.name,
        holds=own_holds(freelancer),
        invitations=invitations,
        applications=applications,
        badges=badges,
        findings=base_checklist(freelancer.id, at),
        score=own_score(freelancer, at),
        offers=_offers(freelancer, invitations, applications, badges, at),
    )


def own_holds(freelancer: Freelancer) -> tuple[OwnHold, ...]:
    """Return the person's open holds. Rule H-6."""
    return tuple(_own_hold(hold) for hold in open_holds(freelancer.id))


def _own_hold(hold: Hold) -> OwnHold:
    kind = HoldKind(hold.kind)
    terms = HOLDS[kind]
    return OwnHold(
        kind=kind,
        name=terms.name,
        reason=hold.reason,
        since_at=hold.placed_at,
        stops=stops([kind]),
        keeps=f"{_PROPOSALS[terms.proposals]} {_CONTRACTS[terms.contracts]}".strip(),
        lifted_when=terms.lifted_when,
        decided_by=terms.decided_by,
    )


_PROPOSALS = {
    Proposals.KEPT: "Proposals that are out are kept.",
    Proposals.CANCELLED: "Proposals that were out are cancelled.",
}
_CONTRACTS = {
    Contracts.GO_ON: "Your contracts go on.",
    Contracts.FINISH_ONLY: "You finish running contracts, and take no new ones.",
    Contracts.NONE: "",
}


def own_badges(freelancer: Freelancer, at: datetime) -> tuple[OwnBadge, ...]:
    """Return every badge the person holds or held, the newest first, with what is open for those that need it."""
    held_since = [hold.placed_at for hold in open_holds(freelancer.id)]
    return tuple(_own_badge(award, held_since, at) for award in awards_of(freelancer.id))


def _own_badge(award: Award, held_since: Sequence[datetime], at: datetime) -> OwnBadge:
    state = status(award, bool(held_since), at)
    needs_something = state in (AwardStatus.GRACE, AwardStatus.SUSPENDED)
    findings = checklist(award.freelancer_id, award.achievement_id, at) if needs_something else ()
    since = suspended_since(award, held_since, at) if state is AwardStatus.SUSPENDED else None
    ahead = outlook(award.freelancer_id, award.achievement_id, at) if state in LIVE else ()
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


def own_score(freelancer: Freelancer, at: datetime) -> Score:
    """Return the person's Job Success Score, its margin and its history. Section J."""
    seen = [
        Seen(each.observed_at, None if each.value is None else int(each.value)) for each in score_history(freelancer.id)
    ]
    seen.sort(key=lambda each: each.at)
    base = base_policy(at)
    return score(freelancer.jss_pct, freelancer.jss_observed_at, base.min_jss_pct, seen, base.warn_margin_pts)


def _offers(
    freelancer: Freelancer,
    invitations: Sequence[Invitation],
    applications: Sequence[OwnApplication],
    badges: Sequence[OwnBadge],
    at: datetime,
) -> tuple[Offer, ...]:
    """Return the published programmes that the person is neither invited to nor in. Rule I-2."""
    inside = {invitation.programme.partner.slug for invitation in invitations}
    inside |= {badge.award.achievement.issuer.slug for badge in badges if badge.award.closed_at is None}
    inside |= {each.partner_slug for each in applications if each.state != ApplicationState.WITHDRAWN}
    # Who withdrew an application since they asked may ask again.
    withdrew = {each.partner_slug: each.saved_at for each in applications if each.state == ApplicationState.WITHDRAWN}
    asked = {
        interest.partner.slug: interest.asked_at
        for interest in interests_of(freelancer.id)
        if interest.asked_at > withdrew.get(interest.partner.slug, _NEVER)
    }
    return tuple(
        Offer(partner.slug, partner.name, partner.intro, partner.colour, asked.get(partner.slug))
        for partner in home_partners(at)
        if partner.slug not in inside
    )
