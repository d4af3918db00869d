"""What tests of badges share."""

from __future__ import annotations

import pytest

from badges.models import BasePolicyVersion
from core.database import new_id


@pytest.fixture
def base_policy_from(session):
    """Store a base policy, in force from its own date on."""

    def store(policy):
        session.add(
            BasePolicyVersion(
                effective_at=policy.effective_at,
                content=policy.to_json(),
                created_at=policy.effective_at,
                created_by=new_id(),
            )
        )
        session.commit()
        return policy

    return store
