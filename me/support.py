"""What a freelancer writes to support, and what they were answered."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from core import clock
from core.answers import done, page, pager
from core.errors import DomainError, NotFound
from core.forms import Form, at_most, reason_field, trimmed
from core.permissions import Access, allow
from freelancers.capabilities import stop_of
from freelancers.models import Hold
from freelancers.queries import hold_of
from freelancers.support import appeals, queries, threads
from freelancers.support.forms import AppealForm
from freelancers.support.models import Thread
from freelancers.support.rules import ABOUT_NAMES, TITLE_MAX, About
from me.blueprint import blueprint, own_freelancer

_MISSING = "Write what you want to say."


class LetterForm(Form):
    """Something to write to support about. A hold has a page of its own, where it is appealed."""

    about = SelectField(
        "What it is about",
        choices=[SelectChoice(each.value, ABOUT_NAMES[each]) for each in About if each is not About.HOLD],
        validators=[InputRequired("Choose one.")],
    )
    title = StringField(
        "Subject", filters=[trimmed], validators=[DataRequired("Say in a few words what."), at_most(TITLE_MAX)]
    )
    text = reason_field("Your message", _MISSING)


class ReplyForm(Form):
    """Some more words in a thread."""

    text = reason_field("Your message", _MISSING)


@blueprint.context_processor
def unread() -> dict[str, object]:
    """Let the navigation say how many answers wait to be read."""
    return {"unread_answers": lambda: queries.unread_of_user(current_user.id)}


@blueprint.get("/support")
@allow(Access.FREELANCER)
def support() -> Response:
    """Everything somebody wrote to support, the latest first."""
    found = queries.threads_of(own_freelancer().id, request.args.get("cursor"))
    new = queries.unread_among([thread.id for thread in found.items])
    return page("me/support.html", threads=found.items, new=new, pages=pager(found, "me.support"))


@blueprint.route("/support/new", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def write_to_support() -> Response:
    """Write to support about something; `?about=` says what, where a page leads here."""
    person, form = own_freelancer(), LetterForm()
    if request.method != "POST":
        form.about.data = request.args.get("about", About.OTHER.value)
        return page("me/support_new.html", form=form)
    if not form.validate():
        return page("me/support_new.html", 422, form=form)
    written = (About(form.about.data), form.title.data, form.text.data)
    try:
        thread = threads.open_thread(person.id, *written, by=current_user.id, at=clock.now())
    except DomainError as refused:
        return page("me/support_new.html", form.refuse(refused), form=form)
    return done("Sent. The answer comes here, and by e-mail.", url_for("me.support_thread", thread_id=thread.id))


@blueprint.get("/support/<uuid:thread_id>")
@allow(Access.FREELANCER)
def support_thread(thread_id: UUID) -> Response:
    """One thread, which counts as read with that."""
    thread = _own(thread_id)
    if thread.hold_id:
        return redirect(url_for("me.hold", hold_id=thread.hold_id))
    threads.seen_by_person(thread.id, clock.now())
    return page("me/support_thread.html", thread=thread, form=ReplyForm())


@blueprint.post("/support/<uuid:thread_id>")
@allow(Access.FREELANCER)
def reply_to_support(thread_id: UUID) -> Response:
    """Write some more; a closed thread is open again. Rule H-6."""
    thread, form = _own(thread_id), ReplyForm()
    if not form.validate():
        return page("me/support_thread.html", 422, thread=thread, form=form)
    try:
        threads.write(thread.id, form.text.data, by=current_user.id, at=clock.now())
    except DomainError as refused:
        return page("me/support_thread.html", form.refuse(refused), thread=thread, form=form)
    return done("Sent. The answer comes here, and by e-mail.", url_for("me.support_thread", thread_id=thread_id))


@blueprint.post("/support/<uuid:thread_id>/close")
@allow(Access.FREELANCER)
def close_thread(thread_id: UUID) -> Response:
    """Say that it is settled."""
    threads.close(_own(thread_id).id, by=current_user.id, at=clock.now())
    return done("Closed. Write in it again whenever you need to.", url_for("me.support"))


@blueprint.route("/holds/<uuid:hold_id>", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def hold(hold_id: UUID) -> Response:
    """A hold: why, since when, what lifts it, and its appeal. Rule H-6."""
    found, form = hold_of(own_freelancer().id, hold_id), AppealForm()
    if found is None:
        raise NotFound()
    if request.method != "POST":
        if thread := queries.thread_of_hold(found.id):
            threads.seen_by_person(thread.id, clock.now())
        return _hold_page(found, form, 200)
    if not form.validate():
        return _hold_page(found, form, 422)
    try:
        appeals.appeal(found.id, form.text.data, by=current_user.id, at=clock.now())
    except DomainError as refused:
        return _hold_page(found, form, form.refuse(refused))
    return done("Your appeal is with the marketplace's staff.", url_for("me.hold", hold_id=hold_id))


def _hold_page(found: Hold, form: AppealForm, status: int) -> Response:
    thread = queries.thread_of_hold(found.id)
    return page("me/hold.html", status, hold=found, stop=stop_of(found), thread=thread, form=form)


def _own(thread_id: UUID) -> Thread:
    """Return a thread of the signed-in person. Raises NotFound for any other. Rule X-4."""
    thread = queries.thread_of(own_freelancer().id, thread_id)
    if thread is None:
        raise NotFound()
    return thread
