"""Pages of accounts: signing in and out, and passwords."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from accounts import services
from accounts.errors import LinkEnded, SignInFailed, TooManyTries
from accounts.forms import ChangePasswordForm, ForgotForm, NewPasswordForm, SignInForm
from accounts.models import Role
from accounts.queries import user_of_password_link
from accounts.rules import local_path
from accounts.sessions import sign_in_person, sign_out_person
from core import clock
from core.answers import done, page
from core.permissions import Access, allow

blueprint = Blueprint("accounts", __name__)

#: Where everybody's own pages begin; served by `app/start.py`, which knows them all.
START = "/start"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow(Access.ANYONE)
def sign_in() -> Response:
    """Sign somebody in, and lead them to `?next=` (a path of ours) or to their own pages."""
    target = local_path(request.values.get("next"))
    form = SignInForm()
    if request.method != "POST":
        return redirect(target or START) if current_user.is_authenticated else _sign_in_page(form, target, 200)
    if not form.validate():
        return _sign_in_page(form, target, 422)
    try:
        sign_in_person(services.authenticate(form.email.data, form.password.data, clock.now()), clock.now())
    except (SignInFailed, TooManyTries) as error:
        return _refused(form, target, error)
    return redirect(target or START, 303)


def _refused(form: SignInForm, target: str | None, error: SignInFailed | TooManyTries) -> Response:
    answer = _sign_in_page(form, target, form.refuse(error))
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _sign_in_page(form: SignInForm, target: str | None, status: int) -> Response:
    return page("accounts/sign_in.html", status, form=form, next_url=target)


@blueprint.post("/sign-out")
@allow(Access.ANYONE)
def sign_out() -> Response:
    """End this browser's sign-in for good."""
    sign_out_person(clock.now())
    return done("You are signed out.", url_for("accounts.sign_in"))


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@allow(Access.ANYONE)
def forgot_password() -> Response:
    """Mail a link for choosing a new password; the answer is the same whether or not the address has an account."""
    form = ForgotForm(email=current_user.email if current_user.is_authenticated else None)
    if request.method != "POST":
        return page("accounts/forgot_password.html", form=form)
    if not form.validate():
        return page("accounts/forgot_password.html", 422, form=form)
    services.send_password_link(form.email.data, clock.now())
    return page("accounts/link_sent.html", email=form.email.data)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@allow(Access.ANYONE)
def choose_password(token: str) -> Response:
    """Let the link's owner choose a password. Opening the page does not use the link up: mail scanners open links."""
    user = user_of_password_link(token, clock.now())
    if user is None:
        return page("accounts/link_ended.html", LinkEnded.status, error=LinkEnded())
    form = NewPasswordForm()
    form.email = user.email
    if request.method != "POST":
        return page("accounts/choose_password.html", form=form, owner=user)
    if not form.validate():
        return page("accounts/choose_password.html", 422, form=form, owner=user)
    return _choose(token, form.password.data)


def _choose(token: str, password: str) -> Response:
    at = clock.now()
    try:
        user = services.choose_password(token, password, at)
    except LinkEnded as error:
        return page("accounts/link_ended.html", error.status, error=error)
    sign_in_person(user, at)
    return done("Your password is set, and you are signed in.", START)


@blueprint.route("/account", methods=["GET", "POST"])
@allow(Access.SIGNED_IN)
def account() -> Response:
    """One's own account: the address, and a new password. Freelancers have theirs among their own pages."""
    if current_user.role == Role.FREELANCER:
        return redirect("/me/account", 303)
    return own_password_page("accounts/account.html", home=START)


def own_password_page(template: str, **words: Any) -> Response:
    """Show the form for one's own password, or change it: other sign-ins end, this one goes on under a new token.

    Each front room shows it in its own layout; `template` is given `form`, `person` and `words`.
    """
    form = ChangePasswordForm()
    form.email = current_user.email
    status = 200
    if request.method == "POST":
        status = (form.validate() and _change_own_password(form)) or 422
        if status == 303:
            return done("Your password is changed. Everywhere else you are signed out.", request.path)
    return page(template, status, form=form, person=current_user, **words)


def _change_own_password(form: ChangePasswordForm) -> int:
    """Return 303 when it is changed, or else the status of the form that comes back with what is wrong."""
    at = clock.now()
    try:
        user = services.authenticate(form.email, form.current.data, at)
    except SignInFailed as error:
        form.current.errors = ["This is not your password now."]
        return error.status
    except TooManyTries as error:
        return form.refuse(error)
    services.change_password(user.id, form.password.data, at, by=user.id)
    sign_in_person(user, at)
    return 303
