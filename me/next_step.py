"""The one thing that is most worth doing next, said on top of a freelancer's home. Pure: what stands comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from badges.eligibility.rules import unmet
from badges.models import AwardStatus
from freelancers.approval.findings import SubmissionState
from freelancers.holds import LIFTED_BY_VERIFYING
from me.standing import OwnApplication, OwnBadge, Standing
from partners.states import ApplicationState


@dataclass(frozen=True)
class Step:
    """What to do next: a heading, a sentence or two, and where; without `label` and `url` it is not done here."""

    title: str
    text: str
    label: str | None = None
    url: str | None = None
    by: datetime | None = None
    #: It is done by a press on the button, not by following a link.
    is_post: bool = False


def next_step(standing: Standing) -> Step:
    """Return what to do next: what stops everything first, then what has an end, then what waits."""
    return next(step for find in _IN_ORDER if (step := find(standing)))


def _hold(standing: Standing) -> Step | None:
    if not standing.holds:
        return None
    hold = next((hold for hold in standing.holds if hold.kind in LIFTED_BY_VERIFYING), None)
    if hold is not None:
        return Step(f"Your account is on hold: {hold.name}", hold.lifted_when, "Verify your identity", "/me/identity")
    hold = standing.holds[0]
    return Step(
        f"Your account is on hold: {hold.name}",
        hold.lifted_when,
        "What it stops, and how to appeal",
        f"/me/holds/{hold.id}",
    )


def _grace(standing: Standing) -> Step | None:
    badge = _first(standing, AwardStatus.GRACE)
    if badge is None:
        return None
    return Step(
        f"Keep your badge: {badge.name}",
        _open_points(badge),
        "The way back, step by step",
        _path_to(badge),
        badge.award.grace_ends_at,
    )


def _invitation(standing: Standing) -> Step | None:
    if not standing.invitations:
        return None
    invitation = standing.invitations[0]
    text = (
        f"The link to answer is in the mail that went to {invitation.email}. It shows the programme and how you stand."
    )
    return Step(
        f"{invitation.programme.partner.name} invites you",
        text,
        "Send me the link again",
        f"/me/invitations/{invitation.id}/send",
        invitation.expires_at,
        is_post=True,
    )


def _draft(standing: Standing) -> Step | None:
    draft = _application(standing, ApplicationState.DRAFT)
    if draft is None:
        return None
    text = "It is saved as far as you got. Nobody sees it until you send it."
    return Step(
        f"Finish your application to {draft.partner_name}",
        text,
        "Go on with it",
        f"/me/applications/{draft.id}",
    )


def _waiting(standing: Standing) -> Step | None:
    waiting = _application(standing, ApplicationState.WAITING)
    if waiting is None:
        return None
    points = " ".join(finding.next_step or "" for finding in waiting.waits_for)
    text = f"Your badge follows by itself when every requirement is met. {points}".strip()
    return Step(f"{waiting.partner_name} has selected you", text, "What is open", f"/me/applications/{waiting.id}")


def _letter(standing: Standing) -> Step | None:
    if standing.approval is not SubmissionState.DECLINED:
        return None
    text = "Your profile is not approved yet. The letter has every reason, and how to mend it."
    return Step("Mend your profile, and submit it again", text, "Read the letter", "/me/approval")


def _submission(standing: Standing) -> Step | None:
    if not standing.may_submit:
        return None
    text = "All that its approval asks for is there. A decision normally comes within 24 hours."
    return Step("Submit your profile", text, "Look at it once more, and submit it", "/me/approval#submit")


def _suspended(standing: Standing) -> Step | None:
    badge = _first(standing, AwardStatus.SUSPENDED)
    if badge is None:
        return None
    title = f"Your badge is suspended: {badge.name}"
    return Step(title, _open_points(badge), "The way back, step by step", _path_to(badge))


def _requirement(standing: Standing) -> Step | None:
    still_open = unmet(standing.findings)
    if not still_open:
        return None
    finding = still_open[0]
    return Step(
        finding.title,
        f"{finding.sentence} {finding.next_step or ''}".strip(),
        "All requirements",
        "#requirements",
    )


def _ahead(standing: Standing) -> Step | None:
    badge = next((each for each in standing.badges if each.ahead), None)
    if badge is None:
        return None
    text = f"{' '.join(badge.ahead)} Nothing has happened yet."
    return Step(f"Look ahead: {badge.name}", text, "Your badges", "/me/badges")


def _interest(standing: Standing) -> Step | None:
    if not any(offer.asked_at is None for offer in standing.offers) or standing.applications or standing.badges:
        return None
    if not all(finding.asked for finding in standing.findings):  # what a newcomer is spared, another partner asks for
        return None
    text = "You meet what the marketplace asks of every expert. Tell a partner that you would like to be invited."
    return Step("Ask a partner to consider you", text, "Programmes", "#programmes")


def _nothing(standing: Standing) -> Step:
    under = _application(standing, "under_consideration")
    if under is not None:
        text = f"Your application is with {under.partner_name}. If you are selected, you get an e-mail."
        return Step("There is nothing to do now", text)
    return Step("There is nothing to do now", "Keep your profile as it is. We write to you when anything changes.")


_IN_ORDER: tuple[Callable[[Standing], Step | None], ...] = (
    _hold, _grace, _invitation, _draft, _waiting, _letter, _submission, _suspended, _requirement, _ahead, _interest,
    _nothing,
)  # fmt: skip


def _first(standing: Standing, state: AwardStatus) -> OwnBadge | None:
    return next((badge for badge in standing.badges if badge.state is state), None)


def _application(standing: Standing, state: str) -> OwnApplication | None:
    return next((application for application in standing.applications if application.state == state), None)


def _open_points(badge: OwnBadge) -> str:
    return " ".join(f"{finding.sentence} {finding.next_step or ''}".strip() for finding in badge.open)


def _path_to(badge: OwnBadge) -> str:
    return f"/me/path/{badge.award.achievement.issuer.slug}"
