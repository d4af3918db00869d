"""The letter on a profile: approved, or declined with every reason. Rules A-3, X-1."""

from __future__ import annotations

from datetime import datetime

from core.outbox import enqueue
from freelancers.approval.models import Submission
from freelancers.approval.supply_rules import SkillState
from freelancers.queries import address_of


def tell(decided: Submission, at: datetime) -> bool:
    """Send the letter; say whether there is an address to send it to."""
    person = decided.freelancer
    address = address_of(person)
    if address is None:
        return False
    template = "approval_approved" if decided.is_approved else "approval_declined"
    reasons = [
        {"name": each.name, "where": each.where, "what": each.what, "why": each.why, "mend": each.mend}
        for each in decided.letter
    ]
    full = [each for each in decided.skills_seen if each.state is SkillState.FULL and not decided.is_invited]
    words = {
        "name": person.name,
        "reasons": reasons,
        "words": decided.words,
        "full": [{"name": each.name, "open_related": list(each.open_related)} for each in full],
        "path": "/me/approval",
    }
    enqueue(template, address, words, key=f"approval:{decided.id}", at=at)
    return True
