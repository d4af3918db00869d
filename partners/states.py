"""The states that invitations and applications go through, and the kinds of steps. Pure: no database."""

from __future__ import annotations

from enum import StrEnum


class StepKind(StrEnum):
    """What a step of an application asks for. Rule R-1."""

    QUESTION = "question"
    CERTIFICATE = "certificate"
    TRAINING = "training"
    EXPERIENCE = "experience"
    PORTFOLIO = "portfolio"
    FILE = "file"


class InvitationState(StrEnum):
    """Where an invitation stands; derived from its moments."""

    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ApplicationState(StrEnum):
    """Where an application stands, for the partner. Its applicant sees fewer: `partners.rules.shown_to_applicant`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    KEPT = "kept_on_file"
    WAITING = "waiting"
    SELECTED = "selected"
    WITHDRAWN = "withdrawn"


class Queue(StrEnum):
    """The heaps that a partner's applications lie in. Drafts and withdrawn ones lie in none. Rule R-4."""

    TO_DECIDE = "to_decide"
    KEPT = "kept"
    WAITING = "waiting"
    SELECTED = "selected"
