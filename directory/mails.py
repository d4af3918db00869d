"""Mails to experts about their place in a directory. Each tells why, and how to answer. Rule E-12."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from badges.models import Award
from core import wording
from core.database import session
from core.outbox import enqueue
from directory.models import Feature, Removal
from freelancers.queries import address_of
from partners.models import Partner


def tell_removed(award: Award, removal: Removal, at: datetime) -> None:
    """Tell an expert that they are no longer in the directory, why, and how to answer. Rules D-7, E-12."""
    _send("listing_removed", award, at, key=f"listing.removed:{removal.id}", why=removal.reason)


def tell_restored(award: Award, removal_id: object, at: datetime) -> None:
    """Tell an expert that they are in the directory again."""
    _send("listing_restored", award, at, key=f"listing.restored:{removal_id}")


def tell_unfeatured(award: Award, feature: Feature, at: datetime) -> None:
    """Tell an expert that they were taken out of the featured ones, why, and how to answer. Rules D-7, E-12."""
    _send("feature_removed", award, at, key=f"feature.removed:{feature.id}", why=feature.remove_reason)


def tell_pinned(award: Award, feature: Feature, at: datetime) -> None:
    """Tell an expert that the partner features them by hand, and until when. Rule D-2."""
    until = wording.day(feature.ends_at)
    _send("feature_pinned", award, at, key=f"feature.pinned:{feature.id}:{feature.ends_at:%Y-%m-%dT%H:%M}", until=until)


def _send(template: str, award: Award, at: datetime, *, key: str, **words: Any) -> None:
    person = award.freelancer
    address = address_of(person)
    if address is None:
        return
    partner = session.get_one(Partner, award.achievement.issuer_id)
    context = {
        "name": person.name,
        "badge": award.achievement.name,
        "partner": partner.name,
        "page_path": f"/experts/{partner.slug}",
        "listing_path": f"/experts/{partner.slug}/people/{person.id}",
        # Without an account there is nowhere to answer but the mail itself.
        "answer_path": f"/me/listings/{award.id}" if person.user_id else None,
    }
    enqueue(template, address, context | words, key=key, at=at)
