"""Where a freelancer's own pages hang, and whose they are."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.answers import page
from freelancers.models import Freelancer
from freelancers.queries import freelancer_of_user

blueprint = Blueprint("me", __name__, url_prefix="/me")


class NoProfile(Exception):
    """The account is a freelancer's, and no profile of the marketplace belongs to it yet."""


def own_freelancer() -> Freelancer:
    """Return the profile of the signed-in person. Raises NoProfile, which every page here answers with a word on it."""
    freelancer = freelancer_of_user(current_user.id)
    if freelancer is None:
        raise NoProfile()
    return freelancer


@blueprint.errorhandler(NoProfile)
def explain_no_profile(_: NoProfile) -> Response:
    """Say what is missing, on the home page; whatever else was asked for leads there."""
    if request.endpoint != "me.home":
        return redirect(url_for("me.home"), 303)
    return page("me/no_profile.html", person=current_user)
