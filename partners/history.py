"""What happened to an application, for the partner's team. Pure. Rule R-4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
