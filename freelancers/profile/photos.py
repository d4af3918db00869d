"""The photo of a profile: brought, cut out anew, taken away, unless a hold or the marketplace forbids it. H, A-1."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from PIL import Image

from core import wording
from core.audit import record
from core.database import new_id, session, transaction
from core.errors import Conflict, NotFound
from freelancers.capabilities import Stop, capabilities
from freelancers.holds import Action
from freelancers.models import Freelancer
from freelancers.ownership import is_stated
from freelancers.profile.models import Picture, PictureSize
from freelancers.profile.pictures import PHOTO_SIDES, WHOLE, WORK_SIDES, Crop, first_crop, photo_sizes, reopened
from freelancers.profile.services import StatedByMarketplace, figures_of, follow, locked
from freelancers.queries import open_holds


class PhotoHeld(Conflict):
    """A hold stops the change: `detail` says which, why and since when, `next_step` what lifts it. Rule H-6."""

    title = "Your photo cannot be changed now"

    def __init__(self, stops: tuple[Stop, ...]) -> None:
        said = (
            f"A hold ({stop.terms.name}) stops it since {wording.day(stop.since_at)}: {stop.reason}" for stop in stops
        )
        super().__init__(" ".join(said), " ".join(dict.fromkeys(stop.terms.lifted_when for stop in stops)))
        self.stops = stops


def stops_of(person: Freelancer) -> tuple[Stop, ...]:
    """Return the holds that stop somebody from changing their photo. Rule H."""
    [found] = [each for each in capabilities(open_holds(person.id)).all if each.action is Action.CHANGE_PHOTO]
    return found.stopped_by


@transaction()
def use_photo(freelancer_id: UUID, picture: Image.Image, *, by: UUID, at: datetime) -> Picture:
    """Let the picture be somebody's photo, cut out in the middle; the same one again changes nothing.

    Raises PhotoHeld and StatedByMarketplace.
    """
    person = _changeable(freelancer_id)
    crop = first_crop(picture)
    sizes = photo_sizes(picture, crop)
    digest = hashlib.sha256(sizes[WHOLE]).digest()
    former = photo_of(person)
    if former is not None and former.digest == digest:
        return former
    photo = Picture(id=new_id(), freelancer_id=person.id, digest=digest, added_at=at, **vars(crop))
    session.add(photo)
    session.flush()
    _keep(photo.id, sizes)
    _let_be(person, photo.id, "photo.used", by=by, at=at)
    if former is not None:
        session.delete(former)
        session.flush()
    return photo


@transaction()
def cut_out(freelancer_id: UUID, crop: Crop, *, by: UUID, at: datetime) -> None:
    """Cut the photo out of its picture anew. Raises NotFound without a photo, PhotoHeld and StatedByMarketplace."""
    person = _changeable(freelancer_id)
    photo = photo_of(person)
    if photo is None:
        raise NotFound("There is no photo of yours to cut out.", "Choose one first.")
    if Crop(photo.x_pct, photo.y_pct, photo.zoom_pct) == crop:
        return
    whole = jpeg_of(photo.id, WHOLE)
    assert whole is not None
    session.execute(sa.delete(PictureSize).where(PictureSize.picture_id == photo.id))
    _keep(photo.id, photo_sizes(reopened(whole), crop) | {WHOLE: whole})
    for name, value in vars(crop).items():
        setattr(photo, name, value)
    _let_be(person, photo.id, "photo.cut_out", by=by, at=at)


@transaction()
def remove_photo(freelancer_id: UUID, *, by: UUID, at: datetime) -> None:
    """Take the photo away, with the picture; none is fine. Raises PhotoHeld and StatedByMarketplace."""
    person = _changeable(freelancer_id)
    if person.photo_id is None:
        return
    gone = person.photo_id
    _let_be(person, None, "photo.removed", by=by, at=at)
    session.execute(sa.delete(Picture).where(Picture.id == gone))


def jpeg_of(picture_id: UUID, side: int) -> bytes | None:
    """Return a picture in one size; None when there is no such picture or size."""
    return session.scalar(
        sa.select(PictureSize.jpeg).where(PictureSize.picture_id == picture_id, PictureSize.side == side)
    )


def _changeable(freelancer_id: UUID) -> Freelancer:
    person = locked(freelancer_id)
    if stops := stops_of(person):
        raise PhotoHeld(stops)
    if is_stated(person.stated, "photo_url"):
        raise StatedByMarketplace()
    return person


def _keep(picture_id: UUID, sizes: Mapping[int, bytes]) -> None:
    session.add_all(PictureSize(picture_id=picture_id, side=side, jpeg=jpeg) for side, jpeg in sizes.items())
    session.flush()


def _let_be(person: Freelancer, photo_id: UUID | None, action: str, *, by: UUID, at: datetime) -> None:
    before = figures_of(person)
    person.photo_id = photo_id
    follow(person, before, at)
    record(action, "freelancer", person.id, by=by, at=at)


def photo_of(person: Freelancer) -> Picture | None:
    """Return the photo that somebody brought, and how it is cut out; None without one."""
    return session.get(Picture, person.photo_id) if person.photo_id else None


def public_picture(picture_id: UUID, side: int) -> bytes | None:
    """Return a picture in one of its sizes if everybody may see it now: the profile is public, and nothing hides it."""
    whose = sa.select(Picture.freelancer_id).where(Picture.id == picture_id).scalar_subquery()
    person = session.scalar(sa.select(Freelancer).where(Freelancer.id == whose))
    if person is None or side not in _public_sides(person, picture_id) or person.visibility != "public":
        return None
    may_be_shown = person.account_state == "active" and capabilities(open_holds(person.id)).may(Action.BE_SHOWN)
    return jpeg_of(picture_id, side) if may_be_shown else None


def _public_sides(person: Freelancer, picture_id: UUID) -> tuple[int, ...]:
    """Return the sizes in which a picture is shown: of a photo never the whole, of which only what is cut out is."""
    if person.photo_id == picture_id:
        return () if person.photo_url else PHOTO_SIDES
    shown = [piece.get("picture") for piece in person.profile.get("portfolio") or ()]
    return WORK_SIDES if str(picture_id) in shown else ()


def whole_pictures(freelancer_id: UUID) -> list[bytes]:
    """Return every picture that somebody brought, as it is kept before anything is cut out. Rule X-3."""
    whole = sa.select(PictureSize.jpeg).join(Picture, Picture.id == PictureSize.picture_id)
    mine = whole.where(Picture.freelancer_id == freelancer_id, PictureSize.side == WHOLE)
    return list(session.scalars(mine.order_by(Picture.added_at, Picture.id)))


def own_jpeg(freelancer_id: UUID, picture_id: UUID, side: int) -> bytes | None:
    """Return a picture in one size if it is this person's; None otherwise. Rule X-4."""
    mine = sa.select(Picture.id).where(Picture.id == picture_id, Picture.freelancer_id == freelancer_id)
    return None if session.scalar(mine) is None else jpeg_of(picture_id, side)
