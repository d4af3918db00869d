"""What is done with a badge's design and with a logo. A draft touches no badge until it is used. Rule B-3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.design.checks import remarks
from badges.design.logos import Logo
from badges.design.models import BadgeDesign, IssuerLogo, IssuerLogoSize
from badges.design.queries import DRAWN_SIDE, design_by_id, draft, logo_in_size, used_logo
from badges.design.rules import Design, Mark, design_of
from badges.models import Achievement
from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict


class NotReadable(Conflict):
    """The design cannot be read, so it is not used."""

    title = "The design cannot be used yet"


@transaction()
def save_draft(achievement_id: UUID, design: Design, *, by: UUID | None, at: datetime) -> None:
    """Keep a design to go on with. No badge changes."""
    words = {"content": design.as_json, "made_at": at, "made_by": by}
    upsert = insert(BadgeDesign).values(id=new_id(), achievement_id=achievement_id, **words)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["achievement_id"], index_where=BadgeDesign.published_at.is_(None), set_=words
        )
    )


@transaction()
def use_draft(achievement_id: UUID, *, by: UUID | None, at: datetime) -> bool:
    """Let every badge of the achievement wear the draft, from the next request on; say whether there was one.

    Raises NotReadable with what must be changed first.
    """
    found = draft(achievement_id)
    if found is None:
        return False
    issuer_id = _issuer_of(achievement_id)
    design, logo_id = design_of(found.content), used_logo(issuer_id)
    _check(design, logo_in_size(logo_id, DRAWN_SIDE))
    of_draft = (BadgeDesign.id == found.id, BadgeDesign.published_at.is_(None))
    kept = logo_id if design.mark is Mark.LOGO else None
    if not changed(sa.update(BadgeDesign).where(*of_draft).values(published_at=at, logo_id=kept)):
        return False
    _record("badge.redesigned", issuer_id, by=by, at=at, after=design.as_json)
    return True


@transaction()
def discard_draft(achievement_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Forget the draft; badges stay as they are. None is fine."""
    session.execute(
        sa.delete(BadgeDesign).where(BadgeDesign.achievement_id == achievement_id, BadgeDesign.published_at.is_(None))
    )


@transaction()
def use_again(achievement_id: UUID, design_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Return to a design that was used before, with the logo of then; a draft stays. Raises NotFound."""
    earlier = design_by_id(achievement_id, design_id)
    again = BadgeDesign(
        id=new_id(),
        achievement_id=achievement_id,
        content=earlier.content,
        logo_id=earlier.logo_id,
        made_at=at,
        made_by=by,
        published_at=at,
    )
    session.add(again)
    session.flush()
    _record("badge.design_restored", _issuer_of(achievement_id), by=by, at=at, after=earlier.content)


@transaction()
def use_logo(issuer_id: UUID, sizes: Mapping[int, Logo], *, by: UUID | None, at: datetime) -> UUID:
    """Use a logo from now on; designs that were published with an earlier one keep that."""
    _replace(issuer_id, at)
    largest = sizes[max(sizes)]
    logo = IssuerLogo(
        id=new_id(),
        issuer_id=issuer_id,
        opaque=largest.opaque,
        edge=largest.edge,
        colour=largest.colour,
        added_at=at,
        added_by=by,
    )
    session.add(logo)
    session.flush()
    session.add_all(
        IssuerLogoSize(logo_id=logo.id, side=side, width=each.width, height=each.height, png=each.png)
        for side, each in sizes.items()
    )
    session.flush()
    _record("logo.used", issuer_id, by=by, at=at, after={"logo": str(logo.id)})
    return logo.id


@transaction()
def drop_logo(issuer_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Use no logo from now on, but the initial; badges keep what they wear. None is fine."""
    if _replace(issuer_id, at):
        _record("logo.dropped", issuer_id, by=by, at=at)


def _replace(issuer_id: UUID, at: datetime) -> bool:
    used = (IssuerLogo.issuer_id == issuer_id, IssuerLogo.replaced_at.is_(None))
    return bool(changed(sa.update(IssuerLogo).where(*used).values(replaced_at=at)))


def _check(design: Design, logo: Logo | None) -> None:
    blocking = [each for each in remarks(design, logo) if each.blocks]
    if blocking:
        raise NotReadable(" ".join(each.text for each in blocking), " ".join(each.advice for each in blocking))


def _issuer_of(achievement_id: UUID) -> UUID:
    return session.get_one(Achievement, achievement_id).issuer_id


def _record(
    action: str, issuer_id: UUID, *, by: UUID | None, at: datetime, after: dict[str, Any] | None = None
) -> None:
    record(action, "partner", issuer_id, by=by, at=at, partner_id=issuer_id, after=after)
