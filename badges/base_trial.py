"""What another base policy would do to everybody, before anybody asks for it. Rule E-13."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.refusals import PolicyRefused, within
from badges.queries import base_policy
from badges.simulation import Change, Shift, everybody_by_country

#: Stands for no issuer at all: nobody joined through it, so nobody counts as a newcomer.
NOBODY = UUID(int=0)
_GRACE = "grace_days"


def trial(content: Mapping[str, Any], at: datetime) -> tuple[BasePolicy, Shift]:
    """Return the policy that `content` (JSON) makes of the one in force, and what it would do to everybody now.

    Raises PolicyRefused with all that is wrong, each with its place in `policy`.
    """
    now = base_policy(at)
    before = now.to_json()
    given = {**before, "label": "the policy sent", "effective_at": at.isoformat(), **content}
    if isinstance(given[_GRACE], dict):
        given[_GRACE] = {**before[_GRACE], **given[_GRACE]}
    try:
        then = BasePolicy.from_json(given)
    except PolicyRefused as refused:
        raise PolicyRefused(within("policy", refused.defects)) from None
    return then, everybody_shift(now, then, at)


def everybody_shift(now: BasePolicy, then: BasePolicy, at: datetime) -> Shift:
    """Return how many of all freelancers meet the one and the other base policy, alone."""
    change = Change(Policy.of_base(now), Policy.of_base(then), NOBODY, NOBODY, at)
    return sum(everybody_by_country(change).values(), Shift())
