"""Entries with a picture, such as a piece of work: the picture is kept with the entry, and gone with it. Rule A-1."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from PIL import Image

from core.database import new_id, session, transaction
from freelancers.models import Freelancer
from freelancers.profile import services
from freelancers.profile.models import Picture, PictureSize
from freelancers.profile.parts import Entry
from freelancers.profile.pictures import WHOLE, Crop, work_sizes

#: The one list whose entries have pictures.
PORTFOLIO = "portfolio"


@transaction()
def write_piece(
    freelancer_id: UUID, key: str | None, piece: Entry, picture: Image.Image | None, *, by: UUID, at: datetime
) -> None:
    """Add a piece of work, or let the one with this key be so; a picture takes the place of the one that it had.

    Raises what `services.add_entry` and `change_entry` raise.
    """
    services.locked(freelancer_id)
    if picture is not None:
        piece = piece | {"picture": str(_kept(freelancer_id, picture, at))}
    if key is None:
        services.add_entry(freelancer_id, PORTFOLIO, piece, by=by, at=at)
    else:
        services.change_entry(freelancer_id, PORTFOLIO, key, piece, by=by, at=at)
    _forget_unused(freelancer_id)


@transaction()
def remove_piece(freelancer_id: UUID, key: str, *, by: UUID, at: datetime) -> None:
    """Remove a piece of work with its picture; one that is gone already is fine."""
    services.remove_entry(freelancer_id, PORTFOLIO, key, by=by, at=at)
    _forget_unused(freelancer_id)


def _kept(freelancer_id: UUID, picture: Image.Image, at: datetime) -> UUID:
    """Keep a picture, and return its id; the same one again is the one that is there. Rule X-1."""
    sizes = work_sizes(picture)
    digest = hashlib.sha256(sizes[WHOLE]).digest()
    same = sa.select(Picture.id).where(Picture.freelancer_id == freelancer_id, Picture.digest == digest)
    photo_id = session.get_one(Freelancer, freelancer_id).photo_id
    for known in session.scalars(same):
        if known != photo_id:
            return known
    added = Picture(id=new_id(), freelancer_id=freelancer_id, digest=digest, added_at=at, **vars(Crop()))
    session.add(added)
    session.flush()
    session.add_all(PictureSize(picture_id=added.id, side=side, jpeg=jpeg) for side, jpeg in sizes.items())
    session.flush()
    return added.id


def _forget_unused(freelancer_id: UUID) -> None:
    """Delete the pictures that no piece of work shows any more; the photo stays."""
    person = session.get_one(Freelancer, freelancer_id)
    shown = [UUID(each["picture"]) for each in person.profile.get(PORTFOLIO) or () if each.get("picture")]
    mine = sa.delete(Picture).where(Picture.freelancer_id == freelancer_id)
    session.execute(mine.where(Picture.id.not_in([*shown, *([person.photo_id] if person.photo_id else [])])))
