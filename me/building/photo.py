"""The photo of one's own profile: chosen, cut out, taken away. Rules A-1, H, H-6."""

from __future__ import annotations

import functools
from collections.abc import Callable

from flask import request, url_for
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import RangeInput

from badges.sweep import sweep
from core import clock
from core.answers import done, page
from core.errors import InvalidInput, NotFound
from core.forms import Form
from core.permissions import Access, allow
from freelancers.models import Freelancer
from freelancers.ownership import is_stated
from freelancers.profile import photos
from freelancers.profile.models import Picture
from freelancers.profile.pictures import ACCEPTED, RULE, WHOLE, ZOOM_MAX_PCT, Crop, taken
from me.blueprint import blueprint, own_freelancer


class PhotoForm(Form):
    """A picture to be one's photo."""

    file = FileField("Picture", description=RULE, render_kw={"accept": ACCEPTED})


def _slider(label: str, least: int, most: int) -> IntegerField:
    checks = [InputRequired("Choose a place."), NumberRange(least, most, f"From {least} to {most}.")]
    return IntegerField(label, validators=checks, widget=RangeInput(step=1))


class CropForm(Form):
    """The square that is shown of a picture."""

    x_pct = _slider("Left or right", 0, 100)
    y_pct = _slider("Up or down", 0, 100)
    zoom_pct = _slider("Zoom", 100, ZOOM_MAX_PCT)


@blueprint.route("/profile/photo", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def photo() -> Response:
    """Choose a photo; it is cut out in the middle, and can be cut out anew then."""
    person, form = own_freelancer(), PhotoForm()
    if not form.is_submitted():
        return _photo(person, form)
    if not form.validate():
        return _photo(person, form, 422)
    try:
        picture = taken(sent_in(form.file.name))
    except InvalidInput as error:
        form.file.errors = [error.advice]
        return _photo(person, form, error.status)
    return _saved(person, functools.partial(photos.use_photo, person.id, picture), "Your photo is saved.")


def sent_in(field: str) -> bytes:
    """Return what is in the file that came with the request; nothing without one."""
    file = request.files.get(field)
    if file is None:
        return b""
    with file.stream as stream:
        return stream.read()


@blueprint.post("/profile/photo/crop")
@allow(Access.FREELANCER)
def cut_out_photo() -> Response:
    """Cut the photo out of its picture anew."""
    person, form = own_freelancer(), CropForm()
    if not form.validate():
        return _photo(person, PhotoForm(formdata=None), 422, crop=form)
    crop = Crop(form.x_pct.data, form.y_pct.data, form.zoom_pct.data)
    return _saved(person, functools.partial(photos.cut_out, person.id, crop), "Your photo is cut out so.")


@blueprint.post("/profile/photo/remove")
@allow(Access.FREELANCER)
def remove_photo() -> Response:
    """Take the photo away; none is fine."""
    person = own_freelancer()
    return _saved(person, functools.partial(photos.remove_photo, person.id), "Your photo is removed.")


@blueprint.get("/profile/photo/<int:side>.jpg")
@allow(Access.FREELANCER)
def own_photo(side: int) -> Response:
    """Return one's own photo, which may be one that nobody else sees."""
    person = own_freelancer()
    jpeg = photos.jpeg_of(person.photo_id, side) if person.photo_id else None
    if jpeg is None:
        raise NotFound()
    return Response(jpeg, mimetype="image/jpeg")


def _saved(person: Freelancer, save: Callable[..., object], said: str) -> Response:
    at, person_id = clock.now(), person.id
    save(by=current_user.id, at=at)
    sweep(at, freelancer_id=person_id)
    return done(said, url_for("me.photo"))


def _photo(person: Freelancer, form: PhotoForm, status: int = 200, crop: CropForm | None = None) -> Response:
    used = photos.photo_of(person)
    return page(
        "me/profile_photo.html",
        status,
        person=person,
        form=form,
        used=used,
        crop=crop or (_crop_form(used) if used else None),
        stated=is_stated(person.stated, "photo_url"),
        stops=photos.stops_of(person),
        whole=WHOLE,
    )


def _crop_form(used: Picture) -> CropForm:
    return CropForm(formdata=None, data={"x_pct": used.x_pct, "y_pct": used.y_pct, "zoom_pct": used.zoom_pct})
