"""The staff's home. Partners, freelancers, imports and logs have modules of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from werkzeug.wrappers import Response

from core import clock
from core.answers import page
from core.permissions import Access, allow
from freelancers.approval.submissions import waiting as profiles_waiting
from freelancers.identity import figures as identity_figures
from freelancers.models import FeedImport
from freelancers.queries import Counts, Show, counts
from freelancers.support.queries import waiting as letters_waiting
from partners.queries import all_partners
from staff import (
    approval_pages,
    figures,
    freelancer_pages,
    hold_pages,
    identity_pages,
    import_pages,
    log,
    log_pages,
    partner_pages,
    policy_pages,
    receipt_pages,
    skill_pages,
    stop_pages,
    suggestion_pages,
    support_pages,
    token_pages,
    way_pages,
)
from staff.blueprint import blueprint

__all__ = [
    "approval_pages",
    "blueprint",
    "freelancer_pages",
    "hold_pages",
    "identity_pages",
    "import_pages",
    "log_pages",
    "partner_pages",
    "policy_pages",
    "receipt_pages",
    "skill_pages",
    "stop_pages",
    "suggestion_pages",
    "support_pages",
    "token_pages",
    "way_pages",
]

LATEST = 8


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody of the staff: how much of it, and where it is."""

    label: str
    count: int
    url: str


@blueprint.get("")
@allow(Access.STAFF)
def home() -> Response:
    """The marketplace today: its figures, what waits for somebody, and what happened last."""
    at = clock.now()
    people, mails, last = counts(at), figures.mail_counts(), figures.last_import()
    return page(
        "staff/home.html",
        people=people,
        partners=len(all_partners()),
        awards=figures.awards_by_status(at),
        mails=mails,
        last_import=last,
        waiting=_waiting(people, mails, last, at),
        latest=log.entries(size=LATEST).items,
    )


def _waiting(people: Counts, mails: figures.MailCounts, last: FeedImport | None, at: datetime) -> list[Waiting]:
    """Return what somebody should look at, without what there is none of."""
    freelancers, imports = "staff.freelancers", url_for("staff.imports")
    refused = last.refused if last else 0
    headless = figures.partners_nobody_can_run()
    old_days = (at - last.started_at).days if last and at - last.started_at > figures.FEED_IS_OLD else 0
    letters, profiles = letters_waiting(at), profiles_waiting(at)
    verifying, identity = identity_figures.now(at), url_for("staff.identity")
    every = (
        Waiting("Answers to people that are late", letters.late, url_for("staff.support")),
        Waiting("Profiles to approve that are late", profiles.late, url_for("staff.approvals")),
        Waiting("Profiles to approve", profiles.open, url_for("staff.approvals")),
        Waiting("Letters to support", letters.open, url_for("staff.support")),
        Waiting("Mails given up", mails.given_up, url_for("staff.mail", heap="given_up")),
        Waiting("People in the wait room of verification", verifying.waiting, identity),
        Waiting("Verifications that wait for a second agent", verifying.second_looks, identity),
        Waiting("Verifications not done in time", people.overdue, url_for(freelancers, show=Show.OVERDUE)),
        Waiting("Partners without an admin who can sign in", headless, url_for("staff.partners")),
        Waiting("Newcomers the feed has not named yet", people.newcomers, url_for(freelancers, show=Show.NEWCOMERS)),
        Waiting("Rows refused in the last feed import", refused, imports),
        Waiting("Days since the last feed import", old_days, imports),
    )
    return [each for each in every if each.count]
