"""Pages of badges: the public page of each, its image, and the check. Rules B-2..B-4.

Each answer is worked out anew and carries a strong ETag: a cache may keep it, but asks every time whether it still
holds, so a change shows with the next request. Design decision 5.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from badges.checking.checking import check
from badges.checking.fetching import NotFetched
from badges.checking.sources import OurSources
from badges.credentials.baking import baked_png, svg_element
from badges.credentials.views import baked, keys, open_to_all, site
from badges.design.pictures import drawing_of, picture_of, size_asked
from badges.forms import BroughtForm
from badges.public import read_reference, shown_badge
from badges.sharing import qr_code, sharing
from core import clock
from core.answers import base_url, public
from core.answers import page as page_of
from core.errors import DomainError
from core.languages import here, in_every_language
from core.permissions import Access, allow

blueprint = Blueprint("badges", __name__)


@blueprint.get("/badges/<uuid:award>")
@allow(Access.PUBLIC)
@in_every_language
def page(award: UUID) -> Response:
    """The public page of a badge. Rule B-4."""
    badge = shown_badge(award, clock.now())
    address = site().badge(award)
    return public(render_template("badges/award.html", badge=badge, address=address, share=sharing(badge, address)))


@blueprint.get("/badges/<uuid:award>/qr.svg")
@allow(Access.PUBLIC)
def code(award: UUID) -> Response:
    """A QR code of the badge's address, whether or not there is such a badge: it says no more than the address."""
    return public(qr_code(site().badge(award)), "image/svg+xml")


@blueprint.get("/badges/<uuid:award>.svg")
@allow(Access.PUBLIC)
def image(award: UUID) -> Response:
    """The badge as an image for any page, with the badge inside; grey, with the word, when it does not count. B-3.

    `?size=32` and `?size=96` are drawn for these sizes.
    """
    badge, inside = shown_badge(award, clock.now()), baked(award)
    element = "" if inside is None else svg_element(inside)
    return open_to_all(drawing_of(badge, size_asked(request.args.get("size")), element), "image/svg+xml")


@blueprint.get("/badges/<uuid:award>.png")
@allow(Access.PUBLIC)
def picture(award: UUID) -> Response:
    """The same image for whoever cannot show drawings, with the badge inside as well. Rule B-3."""
    badge, inside = shown_badge(award, clock.now()), baked(award)
    bare = picture_of(badge, size_asked(request.args.get("size")))
    return open_to_all(bare if inside is None else baked_png(bare, inside), "image/png")


@blueprint.post("/badges/verify")
@allow(Access.PUBLIC)
@in_every_language
def verify_brought() -> Response:
    """Check what somebody brings, of any issuer: an address, text, or a file. It changes nothing and knows nobody."""
    form = BroughtForm()
    if not form.validate():
        return page_of("badges/verify.html", 422, form=form)
    sources = OurSources(site(), keys(), clock.now())
    try:
        data = form.data_brought(sources, base_url(), str(urlsplit(request.host_url).hostname))
    except NotFetched as error:
        form.badge.errors = [str(error)]
        return page_of("badges/verify.html", 422, form=form)
    if isinstance(data, UUID):
        return redirect(here(url_for("badges.page", award=data)), 303)
    report = check(data, sources, clock.now())
    return page_of("badges/checked.html", report=report, ours=site().badge(""), form=BroughtForm(formdata=None))


@blueprint.get("/badges/verify")
@allow(Access.PUBLIC)
@in_every_language
def verify() -> Response:
    """Check a badge by its address or identifier, and say what a check tells."""
    form = BroughtForm(request.args)
    if "badge" not in request.args:
        return public(render_template("badges/verify.html", form=form))
    if form.validate():
        try:
            award = read_reference(form.badge.data, base_url(), str(urlsplit(request.host_url).hostname))
            shown_badge(award, clock.now())
            return redirect(here(url_for("badges.page", award=award)), 303)
        except DomainError as error:
            form.badge.errors = [error.detail]
    return public(render_template("badges/verify.html", form=form), status=422)
