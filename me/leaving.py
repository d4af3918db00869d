"""A copy of all that is held about somebody, and leaving. Rule X-3."""

from __future__ import annotations

from flask import render_template, url_for
from flask_login import current_user, logout_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from accounts.errors import SignInFailed, TooManyTries
from accounts.services import authenticate
from core import clock
from core.answers import download, page
from core.permissions import Access, allow
from me.blueprint import blueprint, own_freelancer
from me.forms import LeaveForm
from me.standing import own_badges
from privacy.exporting import copy_of, packed
from privacy.leaving import leave


@blueprint.get("/account/export")
@allow(Access.FREELANCER)
def take_along() -> Response:
    """Everything held about somebody, as a ZIP."""
    at = clock.now()
    copy = copy_of(own_freelancer().id, at)
    to_read = render_template("privacy/export.html", copy=copy)
    return download(packed(copy, to_read), f"laurel-about-you-{at:%Y-%m-%d}.zip", "application/zip")


@blueprint.route("/account/leave", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def leave_laurel() -> Response:
    """Say what leaving takes away and what stays; with the password, leave."""
    person, form, at = own_freelancer(), LeaveForm(), clock.now()
    status = 200
    if form.is_submitted():
        status = (form.validate() and _leave(form)) or 422
        if status == 303:
            return redirect(url_for("me.left"), 303)
    ends = [each for each in own_badges(person, at) if each.award.closed_at is None]
    return page("me/leave.html", status, form=form, ends=ends)


@blueprint.get("/left")
@allow(Access.PUBLIC)
def left() -> Response:
    """The last page somebody sees."""
    return page("me/left.html")


def _leave(form: LeaveForm) -> int:
    """Return 303 once they have left, or else the status of the form that comes back with what is wrong."""
    at = clock.now()
    try:
        user = authenticate(current_user.email, form.password.data, at)
    except SignInFailed as error:
        form.password.errors = ["This is not your password."]
        return error.status
    except TooManyTries as error:
        return form.refuse(error)
    leave(own_freelancer().id, by=user.id, at=at)
    logout_user()
    return 303
