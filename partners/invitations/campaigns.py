"""Open campaign links: whoever has one may accept, as long as there are places and its end has not come. Rule I-3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from core.audit import record
from core.clock import day_of
from core.database import changed, new_id, session, transaction
from core.errors import InvalidInput, NotFound
from core.secrets import token_hash
from core.wording import day
from partners.invitations.codes import campaign_code, named_in
from partners.invitations.models import Campaign
from partners.models import Programme

CAP_MAX, NAME_MAX, LENGTH_MAX = 100_000, 80, timedelta(days=366)


@transaction()
def open_campaign(programme: Programme, name: str, cap: int, last_day: date, *, by: UUID, at: datetime) -> Campaign:
    """Open a link with so many places, which works through `last_day` in UTC. Raises InvalidInput."""
    if not name or len(name) > NAME_MAX:
        raise InvalidInput(f"A campaign's name has 1 to {NAME_MAX} characters.", "Give it a short name.")
    if not 1 <= cap <= CAP_MAX:
        raise InvalidInput(f"A campaign has 1 to {CAP_MAX:,} places.", "Choose a number of places.")
    latest = day_of(at + LENGTH_MAX)
    if not day_of(at) <= last_day <= latest:
        raise InvalidInput(f"The last day lies between today and {day(latest)}.", "Choose a day.")
    campaign_id = new_id()
    campaign = Campaign(
        id=campaign_id,
        programme_id=programme.id,
        name=name,
        token_hash=token_hash(campaign_code(campaign_id)),
        cap=cap,
        ends_at=datetime.combine(last_day + timedelta(days=1), time(), at.tzinfo),
        created_by=by,
        created_at=at,
    )
    session.add(campaign)
    session.flush()
    after = {"name": name, "cap": cap, "ends_at": campaign.ends_at.isoformat()}
    record("campaign.created", "campaign", campaign_id, by=by, at=at, partner_id=programme.partner_id, after=after)
    return campaign


@transaction()
def end_campaign(campaign_id: UUID, *, by: UUID, at: datetime) -> None:
    """Let a campaign's link work no more; who accepted stays. Ended already is fine."""
    still_open = (Campaign.id == campaign_id, Campaign.withdrawn_at.is_(None))
    if changed(sa.update(Campaign).where(*still_open).values(withdrawn_at=at)):
        partner_id = session.get_one(Campaign, campaign_id).programme.partner_id
        record("campaign.ended", "campaign", campaign_id, by=by, at=at, partner_id=partner_id)


def take_place(campaign_id: UUID, at: datetime) -> bool:
    """Take one of the places in the current transaction; say whether there was one. Ask last: others wait for it."""
    place = sa.update(Campaign).where(Campaign.id == campaign_id, *is_open(at)).values(taken=Campaign.taken + 1)
    return changed(place.execution_options(synchronize_session=False)) == 1


def is_open(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which a campaign's link works."""
    return Campaign.withdrawn_at.is_(None), Campaign.ends_at > at, Campaign.taken < Campaign.cap


def campaign_of_token(token: str) -> Campaign | None:
    """Return the campaign whose link carries `token`, however it stands."""
    if named_in(token) is None:  # as the links of single invitations are: nothing is looked up
        return None
    return session.scalar(sa.select(Campaign).where(Campaign.token_hash == token_hash(token)))


def campaigns_of(programme_id: UUID) -> Sequence[Campaign]:
    """Return the programme's campaigns, the latest first."""
    chosen = sa.select(Campaign).where(Campaign.programme_id == programme_id)
    return session.scalars(chosen.order_by(Campaign.created_at.desc(), Campaign.id)).all()


def campaign_of(programme_id: UUID, campaign_id: UUID) -> Campaign:
    """Return a campaign of the programme. Raises NotFound for any other. Rule X-4."""
    chosen = sa.select(Campaign).where(Campaign.id == campaign_id, Campaign.programme_id == programme_id)
    if (found := session.scalar(chosen)) is None:
        raise NotFound()
    return found


def works(campaign: Campaign, at: datetime) -> bool:
    """Say whether a campaign's link works: `is_open` for one that is at hand."""
    return campaign.withdrawn_at is None and campaign.ends_at > at and campaign.taken < campaign.cap


def link_path(campaign: Campaign) -> str | None:
    """Return where the link leads; None after a change of SECRET_KEY, when nobody can work it out any more."""
    code = campaign_code(campaign.id)
    return f"/invitations/{code}" if token_hash(code) == campaign.token_hash else None
