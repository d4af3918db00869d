"""What happened to an application, and between a person and a partner, for the partner's team. Pure. Rule R-4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from uuid import UUID


class Invited(Protocol):
    """The moments of the invitation that an application came from."""

    @property
    def sent_at(self) -> datetime: ...
    @property
    def accepted_at(self) -> datetime | None: ...


class Applied(Protocol):
    """The moments of an application."""

    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def reviewed_at(self) -> datetime | None: ...
    @property
    def kept_at(self) -> datetime | None: ...
    @property
    def kept_by(self) -> UUID | None: ...
    @property
    def selected_at(self) -> datetime | None: ...
    @property
    def selected_by(self) -> UUID | None: ...
    @property
    def award_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class Step:
    """One thing that happened, in a few words."""

    at: datetime
    title: str
    state: str = "done"
    text: str | None = None


#: What the log's events are to the team, by their action; those of the team name who did it. Others are not told.
TOLD: Mapping[str, str] = MappingProxyType(
    {
        "interest.shown": "Asked to be considered",
        "invitation.sent": "Invited",
        "invitation.sent_again": "Invited again",
        "invitation.withdrawn": "Invitation withdrawn",
        "invitation.confirmation_asked": "Asked to answer an invitation from another account",
        "invitation.person_confirmed": "Confirmed as the person invited",
        "invitation.accepted": "Accepted the invitation",
        "invitation.declined": "Declined the invitation",
        "application.submitted": "Sent the application, or changes to it",
        "application.opened_for_review": "First opened",
        "application.reviewed": "Scored",
        "application.noted": "Commented on",
        "application.conflict_declared": "Conflict of interest declared",
        "application.conflict_lifted": "Conflict of interest lifted",
        "application.kept_on_file": "Kept on file",
        "application.reason_sent": "Reason sent",
        "application.selected": "Selected",
        "application.awarded": "Everything was met: the badge followed",
        "application.withdrawn": "Withdrew the application",
        "award.awarded": "Badge given",
        "award.grace_began": "In grace: a requirement was lost",
        "award.grace_shortened": "Grace shortened",
        "award.grace_cleared": "Everything is met again",
        "award.suspended": "Badge suspended",
        "award.reinstated": "Badge reinstated",
        "award.revoked": "Badge revoked",
        "award.revocation_answered": "Answered the revocation",
        "award.expired": "Badge expired",
        "award.hidden": "Hid the badge from the public",
        "award.unhidden": "Showed the badge to the public again",
        "listing.removed": "Taken out of the directory",
        "listing.restored": "Back in the directory",
        "listing.answered": "Answered the removal from the directory",
        "feature.pinned": "Featured by hand",
        "feature.removed": "No longer featured",
        "feature.answered": "Answered the end of the feature",
    }
)


def told(at: datetime, action: str, who: str | None, reason: str | None) -> Step | None:
    """Return an event of the log as the team reads it, `who` being its member who did it; None for what is not told."""
    title = TOLD.get(action)
    return None if title is None else Step(at, f"{title} by {who}" if who else title, text=reason)


def history(application: Applied, invitation: Invited | None, names: Mapping[UUID, str]) -> tuple[Step, ...]:
    """Return what happened, the oldest first. `names` are those of the team's accounts by id."""
    sent = application.submitted_at
    changed = application.updated_at if sent and application.updated_at > sent else None
    selected = "Selected by {}" if application.award_id else "Selected by {}, waiting for open requirements"
    moments = (
        (invitation and invitation.sent_at, "Invited"),
        (invitation and invitation.accepted_at, "Accepted the invitation"),
        (sent, "Application sent"),
        (application.reviewed_at, "First opened by your team"),
        (changed, "Answers changed by the applicant"),
        (application.kept_at, f"Kept on file by {_name(application.kept_by, names)}"),
        (application.selected_at, selected.format(_name(application.selected_by, names))),
    )
    happened = (Step(at, title) for at, title in moments if at)
    return tuple(sorted(happened, key=lambda step: step.at))


def _name(user_id: UUID | None, names: Mapping[UUID, str]) -> str:
    return names.get(user_id, "somebody") if user_id else "somebody"
