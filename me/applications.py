"""A freelancer's applications: the list, and each one to fill in, send, change and withdraw. Rules R-1, R-2, R-4."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.answers import done, download, page
from core.permissions import Access, allow
from core.uploads import FileKind
from me.answering import Answering
from me.blueprint import blueprint, own_freelancer
from me.standing import own_applications
from partners import applying, files
from partners.application_queries import file_of, own_application
from partners.applying import ChangedElsewhere
from partners.models import Application


@blueprint.get("/applications")
@allow(Access.FREELANCER)
def applications() -> Response:
    """All of somebody's applications."""
    return page("me/applications.html", applications=own_applications(own_freelancer(), clock.now()))


@blueprint.get("/applications/<uuid:application_id>")
@allow(Access.FREELANCER)
def application(application_id: UUID) -> Response:
    """One application, with the live checklist beside it. It shows no more than `shown_to_applicant` says. Rule R-2."""
    return Answering(_own(application_id)).shown()


@blueprint.post("/applications/<uuid:application_id>")
@allow(Access.FREELANCER)
def save_application(application_id: UUID) -> Response:
    """Save a draft as far as it goes, or send it; once it was sent, bring it up to date. Rules R-1, R-4, X-1."""
    answering = Answering(_own(application_id))
    try:
        if take := request.form.get("take"):
            return answering.take(take)
        return answering.save(to_send=request.form.get("action") != "save")
    except ChangedElsewhere as error:
        return answering.both(error)


@blueprint.post("/applications/<uuid:application_id>/draft")
@allow(Access.FREELANCER)
def save_draft(application_id: UUID) -> Response:
    """Save a draft while it is typed; the answer is for the page's script. Rule X-1."""
    return jsonify(Answering(_own(application_id)).saved_while_typing())


@blueprint.get("/applications/<uuid:application_id>/files/<uuid:file_id>")
@allow(Access.FREELANCER)
def application_file(application_id: UUID, file_id: UUID) -> Response:
    """A file of one's own application, to be saved."""
    file = file_of(_own(application_id).id, file_id)
    return download(files.content_of(file), file.name, FileKind(file.kind).mimetype)


@blueprint.post("/applications/<uuid:application_id>/withdraw")
@allow(Access.FREELANCER)
def withdraw_application(application_id: UUID) -> Response:
    """Withdraw an application; its answers and files go with it. Rule R-4."""
    found = _own(application_id)
    applying.withdraw_application(found.id, clock.now())
    return done(f"Your application to {found.programme.partner.name} is withdrawn.", url_for("me.applications"))


def _own(application_id: UUID) -> Application:
    return own_application(own_freelancer().id, application_id)
