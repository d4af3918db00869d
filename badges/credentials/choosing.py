"""What a holder lets their badge carry besides a fingerprint: their name, and what they show for it. Rules B-1, B-4.

Chosen are addresses; what stands in the badge is what their profile says of them now. So a piece that leaves the
profile leaves the badge, and while the profile is not public the badge carries none of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.credentials.documents import Evidence
from badges.credentials.linked_data import cleaned
from badges.credentials.models import BadgeChoice
from badges.models import Award
from core.audit import record
from core.database import changed, session, transaction
from core.errors import InvalidInput
from freelancers.models import Freelancer

PUBLIC = "public"
_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f<>\"{}|^`\\]{1,900}")
_PIECES_MAX = 20


@dataclass(frozen=True)
class Choice:
    """What a holder chose; nothing of it unless they say so. `pieces` are addresses of portfolio pieces."""

    shows_name: bool = False
    shows_profile: bool = False
    pieces: tuple[str, ...] = ()

    def in_numbers(self) -> dict[str, Any]:
        """Return it for the audit log, which nobody can take anything out of again: without what was chosen. X-3."""
        return {"shows_name": self.shows_name, "shows_profile": self.shows_profile, "pieces": len(self.pieces)}


def profile_of(person: Freelancer) -> str | None:
    """Return where somebody's profile is, if that is an address that can stand in a badge."""
    return person.profile_url if _ADDRESS.fullmatch(person.profile_url or "") else None


def pieces_of(person: Freelancer) -> list[Evidence]:
    """Return the portfolio pieces that can be shown: those with an address, each once."""
    found: dict[str, Evidence] = {}
    for piece in person.profile.get("portfolio") or ():
        address = piece.get("url") or ""
        if _ADDRESS.fullmatch(address):
            found.setdefault(address, Evidence(address, cleaned(piece.get("title") or "").strip() or address))
    return list(found.values())[:_PIECES_MAX]


def choice_of(award_id: UUID) -> Choice:
    """Return what the holder of a badge chose."""
    found = session.get(BadgeChoice, award_id)
    return Choice() if found is None else as_chosen(found)


def as_chosen(row: BadgeChoice) -> Choice:
    """Return a row as a Choice."""
    return Choice(row.shows_name, row.shows_profile, tuple(row.pieces))


def name_in(choice: Choice, person: Freelancer) -> str | None:
    """Return the name that a badge carries, if any."""
    return (cleaned(person.name).strip() or None) if choice.shows_name and person.visibility == PUBLIC else None


def evidence_in(choice: Choice, person: Freelancer) -> tuple[Evidence, ...]:
    """Return what a badge carries as evidence: of what was chosen, what is on the profile still."""
    if person.visibility != PUBLIC:
        return ()
    profile = profile_of(person) if choice.shows_profile else None
    of_profile = () if profile is None else (Evidence(profile, "Profile on the marketplace"),)
    return (*of_profile, *(piece for piece in pieces_of(person) if piece.address in choice.pieces))


@transaction()
def choose(award: Award, choice: Choice, *, by: UUID | None, at: datetime) -> None:
    """Keep what the holder chose; nothing at all forgets it. The badge says so from its next request on. B-4, X-2.

    Raises InvalidInput for what is not on their profile.
    """
    _check(choice, award.freelancer)
    before = choice_of(award.id)
    if choice == before:
        return
    values = {**vars(choice), "pieces": list(choice.pieces)}
    if choice == Choice():
        changed(sa.delete(BadgeChoice).where(BadgeChoice.award_id == award.id))
    else:
        store = insert(BadgeChoice).values(award_id=award.id, **values)
        session.execute(store.on_conflict_do_update(index_elements=["award_id"], set_=values))
    session.expire_all()
    record(
        "award.contents_chosen",
        "award",
        award.id,
        by=by,
        at=at,
        partner_id=award.achievement.issuer_id,
        before=before.in_numbers(),
        after=choice.in_numbers(),
    )


def _check(choice: Choice, person: Freelancer) -> None:
    on_profile: Sequence[str] = [piece.address for piece in pieces_of(person)]
    if any(piece not in on_profile for piece in choice.pieces):
        raise InvalidInput("One of the pieces is not on your profile any more.", "Choose from those that are.")
    if choice.shows_profile and profile_of(person) is None:
        raise InvalidInput("Your profile has no address that could be shown.", "Leave that out.")
