"""The audit log: who changed what, when, from what to what, and why. It can only grow. Rule X-2.

One thing is taken out of it: what an event says about somebody who left. Who did what, and when, stays. Rule X-3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.bulk import insert_rows
from core.database import Model, changed, new_id, session, table_of

#: Run by the migration: rows of the log can be neither changed nor deleted, by anybody who uses this database.
APPEND_ONLY_SQL = (
    """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log can only grow (rule X-2)'; END $$""",
    """CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
)

#: Run by a later migration: an event can be blanked as a whole, and changed in no other way.
BLANKS_ONLY_SQL = (
    "DROP TRIGGER audit_events_append_only ON audit_events",
    """CREATE TRIGGER audit_events_append_only BEFORE DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
    """CREATE TRIGGER audit_events_blanks_only BEFORE UPDATE ON audit_events FOR EACH ROW
    WHEN (NEW.before <> '{}' OR NEW.after <> '{}' OR NEW.reason IS NOT NULL
        OR (NEW.id, NEW.at, NEW.actor_id, NEW.action, NEW.subject_type, NEW.subject_id, NEW.partner_id)
        IS DISTINCT FROM (OLD.id, OLD.at, OLD.actor_id, OLD.action, OLD.subject_type, OLD.subject_id, OLD.partner_id))
    EXECUTE FUNCTION refuse_audit_change()""",
)


class AuditEvent(Model):
    """One change. Rule X-2."""

    __tablename__ = "audit_events"
    __table_args__ = (
        sa.Index("ix_audit_events_subject", "subject_type", "subject_id", "at"),
        sa.Index("ix_audit_events_partner", "partner_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    #: The acting user; None is the machine itself (a sweep, a rotation, an import).
    actor_id: Mapped[UUID | None]
    #: A verb with its package, such as `award.suspended`.
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    #: The partner concerned, for what a partner may see of its own log. Rule X-4.
    partner_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None]


_ADD = sa.insert(table_of(AuditEvent))


def record(
    action: str,
    subject_type: str,
    subject_id: UUID,
    *,
    by: UUID | None,
    at: datetime,
    partner_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add one event to the log, in the current transaction. Values must be JSON-ready. Rule X-2."""
    event = {
        "id": new_id(),
        "at": at,
        "actor_id": by,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "partner_id": partner_id,
        "before": before or {},
        "after": after or {},
        "reason": reason,
    }
    session.execute(_ADD, event)


def record_many(events: Sequence[Mapping[str, Any]], *, by: UUID | None, at: datetime) -> None:
    """Add many events to the log in one statement, each with the other columns of AuditEvent. Rule X-2."""
    if events:
        session.execute(
            insert_rows(AuditEvent, [{"id": new_id(), "at": at, "actor_id": by, **event} for event in events])
        )


def forget(about: sa.ColumnElement[bool]) -> int:
    """Blank what events say about somebody who left: values and reasons. Return how many events. Rule X-3."""
    says = sa.or_(AuditEvent.before != {}, AuditEvent.after != {}, AuditEvent.reason.is_not(None))
    blank = sa.update(AuditEvent).where(says, about).values(before={}, after={}, reason=None)
    return changed(blank.execution_options(synchronize_session=False))
