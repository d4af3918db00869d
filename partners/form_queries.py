"""What is asked about the answers to an application form's steps."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.database import session
from partners.models import Application, ApplicationFile


def answered_counts(programme_id: UUID) -> dict[str, int]:
    """Return how many applications, drafts among them, answer each step of the programme, in words or with a file."""
    theirs = (Application.programme_id == programme_id, Application.withdrawn_at.is_(None))
    written = sa.select(Application.id, sa.func.jsonb_object_keys(Application.answers).label("key")).where(*theirs)
    attached = sa.select(Application.id, ApplicationFile.step_key).join(ApplicationFile).where(*theirs)
    keys = sa.union(written, attached).subquery()  # a step with both is answered once
    counted = sa.select(keys.c.key, sa.func.count().label("answered")).group_by(keys.c.key)
    return {row.key: row.answered for row in session.execute(counted)}
