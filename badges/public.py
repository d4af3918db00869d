"""What the public sees of a badge, and what a check of one answers. Rules B-2..B-4.

Of the holder only what is public on their profile: the name and the profile's address, and neither while the profile is
not public, the account not active, or a hold keeps it from being shown. That a badge is in grace is its holder's
business: to everybody else it is active. What is hidden looks like what does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from badges.credentials.choosing import choice_of, evidence_in
from badges.credentials.documents import Evidence
from badges.eligibility.base_rules import ACTIVE as ACCOUNT_ACTIVE
from badges.eligibility.rules import describe, describe_newcomers
from badges.models import Award, AwardStatus
from badges.queries import policy_for
from badges.standing import status_expression, suspended_since
from core import wording
from core.database import session
from core.errors import InvalidInput, NotFound
from core.languages import gettext as _
from core.languages import later
from freelancers.holds import Action, HoldKind, may
from freelancers.models import Freelancer, Hold

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


#: How a badge that does not count stands: with the day of it, and where that is not known.
_ENDINGS = {
    AwardStatus.SUSPENDED: (
        later(
            "This badge is suspended since %(day)s: something that it asks for is not met. "
            "It does not count now, and comes back by itself as soon as everything is met again."
        ),
        later(
            "This badge is suspended: something that it asks for is not met. "
            "It does not count now, and comes back by itself as soon as everything is met again."
        ),
    ),
    AwardStatus.REVOKED: (
        later("This badge was revoked on %(day)s. It does not count any more."),
        later("This badge was revoked. It does not count any more."),
    ),
    AwardStatus.EXPIRED: (
        later("The time of this badge was over on %(day)s. It does not count any more."),
        later("The time of this badge was over. It does not count any more."),
    ),
}


class NotShown(NotFound):
    """There is no badge, or its holder hides it: the two look the same. Rule B-4."""

    def __init__(self) -> None:
        super().__init__(
            _("No badge is shown at this address. It may be mistyped, or its holder chose not to show it."),
            _("Ask the person who gave you the address. If they hold the badge, they can show it again at any time."),
        )


@dataclass(frozen=True)
class ShownBadge:
    """A badge as anybody may see it. `since` is when it stopped to count; None while it counts, or not known."""

    id: UUID
    achievement_id: UUID
    name: str
    description: str
    issuer: str
    issuer_url: str | None
    status: AwardStatus
    since: datetime | None
    awarded_at: datetime
    expires_at: datetime | None
    holder: str | None
    holder_url: str | None
    #: The marketplace has checked who the holder is. Rule H-4.
    holder_verified: bool = False
    criteria: tuple[str, ...] = ()
    newcomers: str = ""
    #: What the holder chose to show for it.
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_active(self) -> bool:
        """Say whether the badge counts."""
        return self.status is AwardStatus.ACTIVE

    @property
    def sentence(self) -> str:
        """Return how it stands, for somebody who wants to rely on it."""
        if self.status is AwardStatus.ACTIVE:
            on = wording.day(self.awarded_at)
            return _("%(issuer)s awarded this badge on %(day)s, and it counts today.", issuer=self.issuer, day=on)
        day = wording.day(self.since) if self.since else ""
        said, undated = _ENDINGS[self.status]
        return _(said, day=day) if day else _(undated)


def shown_badge(award_id: UUID, at: datetime) -> ShownBadge:
    """Return what the public sees of a badge at `at`. Raises NotShown, alike for none and for a hidden one."""
    row = session.execute(
        sa.select(Award, status_expression(at))
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.id == award_id, Award.hidden_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotShown()
    award, status = row[0], AwardStatus(row[1])
    holds = session.execute(
        sa.select(Hold.kind, Hold.placed_at).where(Hold.freelancer_id == award.freelancer_id, Hold.lifted_at.is_(None))
    ).all()
    is_public = _is_public(award.freelancer, [HoldKind(kind) for kind, _ in holds])
    policy = policy_for(award.achievement_id, min(at, award.closed_at or at))
    return ShownBadge(
        id=award.id,
        achievement_id=award.achievement_id,
        name=award.achievement.name,
        description=award.achievement.description,
        issuer=award.achievement.issuer.name,
        issuer_url=award.achievement.issuer.url,
        status=AwardStatus.ACTIVE if status is AwardStatus.GRACE else status,
        since=_since(award, status, [placed_at for _, placed_at in holds], at),
        awarded_at=award.awarded_at,
        expires_at=award.expires_at,
        holder=award.freelancer.name if is_public else None,
        holder_url=award.freelancer.profile_url if is_public else None,
        holder_verified=is_public and award.freelancer.identity_verified,
        criteria=describe(policy),
        newcomers=describe_newcomers(policy),
        evidence=evidence_in(choice_of(award.id), award.freelancer) if is_public else (),
    )


def read_reference(text: str, base_url: str, also_host: str) -> UUID:
    """Return which badge somebody means by its address or identifier. Raises InvalidInput saying what is wrong.

    An address elsewhere than at `base_url`, or the host by which we were just reached, is not checked, however much it
    looks like one of ours.
    """
    text = text.strip()
    host = urlsplit(text).hostname if _reads_as_address(text) else None
    if host is not None and host not in (urlsplit(base_url).hostname, also_host):
        raise InvalidInput(
            _(
                "That address belongs to %(host)s, not to us. Ours begin with %(ours)s/badges/.",
                host=host,
                ours=base_url,
            )
        )
    found = _UUID.findall(text)
    if len(found) == 1:
        return UUID(found[0])
    if found:
        raise InvalidInput(_("There is more than one badge in that. Paste one at a time."))
    raise InvalidInput(
        _(
            "That is not the address of a badge: it has no identifier such as %(id)s.",
            id="01900000-0000-7000-8000-000000000001",
        )
    )


def _reads_as_address(text: str) -> bool:
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _is_public(person: Freelancer, holds: list[HoldKind]) -> bool:
    return person.visibility == "public" and person.account_state == ACCOUNT_ACTIVE and may(Action.BE_SHOWN, holds)


def _since(award: Award, status: AwardStatus, holds_placed_at: list[datetime], at: datetime) -> datetime | None:
    if status is AwardStatus.SUSPENDED:
        return suspended_since(award, holds_placed_at, at)
    return {AwardStatus.REVOKED: award.revoked_at, AwardStatus.EXPIRED: award.expires_at}.get(status)
