"""`/me/profile`: the profile as it stands, and a form for each part of it. Rules A-1, C, X-1."""

from __future__ import annotations

import functools
from collections.abc import Callable
from uuid import UUID

from flask import url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from badges.sweep import sweep
from badges.vouched import vouched
from core import clock
from core.answers import done, page
from core.errors import InvalidInput, NotFound
from core.permissions import Access, allow
from freelancers.models import Freelancer
from freelancers.ownership import is_stated
from freelancers.profile import services, work
from freelancers.profile.parts import Entry, entry_of, key_of
from freelancers.profile.photos import own_jpeg
from freelancers.profile.pictures import taken
from freelancers.profile.queries import part, parts_of
from me.blueprint import blueprint, own_freelancer
from me.building import audiences as audiences
from me.building import photo as photo
from me.building.entry_forms import EntryForm
from me.building.forms import PartForm
from me.building.outline import LISTINGS, PARTS, Listing, Part, outline
from me.building.photo import sent_in
from me.building.showing import Shown, shown
from me.profile import meter

_OF_PARTS = f"any({','.join(sorted(PARTS))})"
_OF_LISTINGS = f"any({','.join(sorted(LISTINGS))})"


@blueprint.get("/profile")
@allow(Access.FREELANCER)
def profile() -> Response:
    """Everything on somebody's profile, what it gives, and what is the marketplace's. Rules A-1, C."""
    person = own_freelancer()
    found = meter(parts_of(person))
    return page(
        "me/profile.html",
        person=person,
        meter=found,
        photo_is_stated=is_stated(person.stated, "photo_url"),
        parts=outline(),
        shown=functools.partial(shown, person),
        verified=vouched(person, clock.day_of(clock.now())),
    )


@blueprint.route(f"/profile/<{_OF_PARTS}:part_name>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def profile_part(part_name: str) -> Response:
    """One part of the profile, to be read and written."""
    person, chosen = own_freelancer(), PARTS[part_name]
    form = chosen.form.of(person, filled=False)
    if not form.is_submitted():
        return _part(person, chosen, chosen.form.of(person, filled=True))
    if not chosen.is_open(person):
        raise services.StatedByMarketplace()
    if not form.validate():
        return _part(person, chosen, form, 422)
    if form.was.data and form.was.data != form.digest(person) and _differs(person, form):
        form.was.data = form.digest(person)
        return _part(person, chosen, form, form.refuse(_meanwhile()), was=tuple(shown(person, chosen)))
    write = functools.partial(services.write, person.id, form.values())
    return _saved(person, write, part_name)


def _meanwhile() -> services.ChangedMeanwhile:
    return services.ChangedMeanwhile(
        "This part was changed meanwhile, perhaps by you in another window: what it says now is shown first.",
        "What you typed here is kept below; saving it now replaces the other.",
    )


def _differs(person: Freelancer, form: PartForm) -> bool:
    return any((part(person, name) or None) != (value or None) for name, value in form.values().items())


@blueprint.route(f"/profile/<{_OF_LISTINGS}:listing>/add", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def add_entry(listing: str) -> Response:
    """Add an entry to one of the lists."""
    person, chosen = _listing(listing)
    form = chosen.entry()
    if not form.is_submitted():
        return _entry(person, chosen, form)
    if not form.validate():
        return _entry(person, chosen, form, 422)
    entry = entry_of(listing, form.values())
    try:
        return _saved(person, _writing(person, listing, None, entry), listing)
    except InvalidInput as error:
        return _entry(person, chosen, form, form.refuse(error))


@blueprint.route(f"/profile/<{_OF_LISTINGS}:listing>/<entry>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def change_entry(listing: str, entry: str) -> Response:
    """Change an entry of one of the lists; what was changed meanwhile is not overwritten. Rule X-1."""
    person, chosen = _listing(listing)
    stored = next((each for each in part(person, listing) or () if key_of(each) == entry), None)
    form = chosen.entry()
    if not form.is_submitted():
        if stored is None:
            raise NotFound("This entry is not on your profile any more.", "Go back to your profile.")
        form.fill(stored)
        return _entry(person, chosen, form, key=entry)
    if not form.validate():
        return _entry(person, chosen, form, 422, key=entry)
    said = entry_of(listing, form.kept(stored or {}) | form.values())
    try:
        return _saved(person, _writing(person, listing, entry, said), listing)
    except services.ChangedMeanwhile as error:
        return _entry(person, chosen, form, form.refuse(error))
    except InvalidInput as error:
        status = form.refuse(error)
        return _entry(person, chosen, form, status, key=entry)


def _writing(person: Freelancer, listing: str, key: str | None, entry: Entry) -> Callable[..., None]:
    """Return what adds an entry, or changes the one with this key. Raises FileRefused for a picture that is none."""
    if listing == work.PORTFOLIO:
        content = sent_in("picture")
        return functools.partial(work.write_piece, person.id, key, entry, taken(content) if content else None)
    if key is None:
        return functools.partial(services.add_entry, person.id, listing, entry)
    return functools.partial(services.change_entry, person.id, listing, key, entry)


@blueprint.get("/profile/pictures/<uuid:picture_id>/<int:side>.jpg")
@allow(Access.FREELANCER)
def own_picture(picture_id: UUID, side: int) -> Response:
    """Return one of one's own pictures."""
    jpeg = own_jpeg(own_freelancer().id, picture_id, side)
    if jpeg is None:
        raise NotFound()
    return Response(jpeg, mimetype="image/jpeg")


@blueprint.post(f"/profile/<{_OF_LISTINGS}:listing>/<entry>/remove")
@allow(Access.FREELANCER)
def remove_entry(listing: str, entry: str) -> Response:
    """Remove an entry; one that is gone already is fine."""
    person, _ = _listing(listing)
    remove: Callable[..., None] = functools.partial(services.remove_entry, person.id, listing, entry)
    if listing == work.PORTFOLIO:
        remove = functools.partial(work.remove_piece, person.id, entry)
    return _saved(person, remove, listing, "It is removed.")


def _listing(name: str) -> tuple[Freelancer, Listing]:
    """Return the signed-in person and a list that is theirs to write. Raises StatedByMarketplace."""
    person, chosen = own_freelancer(), LISTINGS[name]
    if not chosen.is_open(person):
        raise services.StatedByMarketplace()
    return person, chosen


def _part(person: Freelancer, chosen: Part, form: PartForm, status: int = 200, was: tuple[Shown, ...] = ()) -> Response:
    stated = [each for each in shown(person, chosen) if each.field in chosen.stated(person)]
    return page("me/profile_part.html", status, person=person, part=chosen, form=form, stated=stated, was=was)


def _entry(person: Freelancer, chosen: Listing, form: EntryForm, status: int = 200, key: str | None = None) -> Response:
    return page("me/profile_entry.html", status, person=person, part=chosen, form=form, key=key)


def _saved(person: Freelancer, save: Callable[..., object], name: str, said: str = "Saved.") -> Response:
    """Save, let the person's badges follow at once, and lead back to where the part stands. Rule E-11."""
    at, person_id = clock.now(), person.id
    save(by=current_user.id, at=at)
    sweep(at, freelancer_id=person_id)
    return done(said, url_for("me.profile", _anchor=name))
