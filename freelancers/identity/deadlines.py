"""Seven days to verify one's identity: after them the hold for "not done" takes the place of the notice. Rule H-2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from core import wording
from core.audit import record
from core.database import session, transaction
from freelancers.holds import HoldKind
from freelancers.identity.models import IdentityCall
from freelancers.identity.outcomes import replace_hold
from freelancers.models import Hold
from freelancers.queries import VERIFICATION_TIME

_BATCH = 100


def hold_overdue(at: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Hold everybody whose seven days are over and who has no call that was asked for within them; return how many."""
    held = 0
    while not stopped() and (some := _hold_some(at)):
        held += some
    return held


@transaction()
def _hold_some(at: datetime) -> int:
    in_time = sa.exists().where(
        IdentityCall.freelancer_id == Hold.freelancer_id,
        IdentityCall.ended_at.is_(None),
        IdentityCall.asked_at <= Hold.placed_at + VERIFICATION_TIME,
    )
    overdue = sa.select(Hold).where(
        Hold.kind == str(HoldKind.AWAITING_VERIFICATION),
        Hold.lifted_at.is_(None),
        Hold.placed_at <= at - VERIFICATION_TIME,
        ~in_time,
    )
    found = session.scalars(overdue.order_by(Hold.id).limit(_BATCH).with_for_update(skip_locked=True)).all()
    for hold in found:
        last_day = wording.moment(hold.placed_at + VERIFICATION_TIME)
        reason = (
            f"You were asked to verify your identity by {last_day}, and no call was booked or begun by then. "
            f"It had been asked because: {hold.reason}"
        )
        replace_hold(hold.freelancer_id, reason, by=None, at=at)
        record("identity.not_done", "freelancer", hold.freelancer_id, by=None, at=at, reason=reason)
    return len(found)
