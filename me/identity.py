"""The way to a verified identity: where somebody stands on it, and the two pictures. Rules H-2, H-3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import request, url_for
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import Optional

from core import clock
from core.answers import done, page
from core.errors import DomainError
from core.forms import Form, at_most, trimmed
from core.permissions import Access, allow
from core.sizes import in_memory
from core.uploads import ACCEPTED, FileRefused, accepted
from freelancers.holds import HoldKind
from freelancers.identity import booking, pictures
from freelancers.identity.call_rules import EARLY, CallState, local_time, state_of
from freelancers.identity.models import Ending, IdentityCall, IdentityPicture, PictureKind
from freelancers.identity.rules import NAME_MAX, Declared, Defect, defects, picture_defects
from freelancers.models import Freelancer
from freelancers.queries import VERIFICATION_TIME, open_holds
from me.blueprint import blueprint, own_freelancer


class DocumentForm(Form):
    """A picture of an identity document, and what its holder says of it. What is missing is told with the rest."""

    file = FileField("Picture of your document", render_kw={"accept": ACCEPTED})
    name = StringField("Your name, as the document has it", filters=[trimmed], validators=[at_most(NAME_MAX)])
    expires_on = DateField("Valid until", validators=[Optional()])
    four_corners = BooleanField("All four corners can be seen")
    is_front = BooleanField("It is the front: the side with my photo and my name")


class PictureForm(Form):
    """A picture of the person, for the agent alone. Rule H-5."""

    file = FileField("Picture of yourself", render_kw={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"})


@dataclass(frozen=True)
class OnTheWay:
    """Where somebody stands on the way: by when they are asked to be done, what they sent, and their call."""

    is_verified: bool
    due_at: datetime | None
    is_failed: bool
    kept: dict[PictureKind, IdentityPicture]
    call: IdentityCall | None
    state: CallState | None
    time: str
    may_come_in: bool
    last: Ending | None

    @property
    def is_ready(self) -> bool:
        """Say whether all that a call needs was sent."""
        return len(self.kept) == len(PictureKind)


def on_the_way(person: Freelancer, at: datetime) -> OnTheWay:
    """Return where somebody stands at `at`."""
    holds = {HoldKind(hold.kind): hold for hold in open_holds(person.id)}
    awaiting, call = holds.get(HoldKind.AWAITING_VERIFICATION), booking.open_call_of(person.id)
    last = booking.last_call_of(person.id)
    booked_for = call.booked_for if call else None
    return OnTheWay(
        is_verified=person.identity_verified,
        due_at=awaiting.placed_at + VERIFICATION_TIME if awaiting else None,
        is_failed=HoldKind.VERIFICATION_FAILED in holds,
        kept=pictures.pictures_of(person.id),
        call=call,
        state=state_of(call) if call else None,
        time=local_time(booked_for, person.timezone) if booked_for else "",
        may_come_in=booked_for is not None and at >= booked_for - EARLY,
        last=Ending(last.ending) if last and last.ending else None,
    )


@blueprint.get("/identity")
@allow(Access.FREELANCER)
def identity() -> Response:
    """The way there, step by step, with the one thing to do next. Rule H-2."""
    return identity_page()


def identity_page(refused: DomainError | None = None) -> Response:
    """Return the page of the way, with what was refused on it, if anything was."""
    person, at = own_freelancer(), clock.now()
    words = {"way": on_the_way(person, at), "receipts": pictures.receipts_of(person.id), "refused": refused}
    return page("me/identity.html", refused.status if refused else 200, person=person, why=pictures.WHY_ERASED, **words)


@blueprint.route("/identity/document", methods=["GET", "POST"])
@allow(Access.FREELANCER)
@in_memory
def identity_document() -> Response:
    """Check a document, or send it: either way every defect is told at once, and only a good one is kept. Rule H-3."""
    person, form = own_freelancer(), DocumentForm()
    if not form.is_submitted():
        return _document_page(person, form, None)
    content, declared = _sent(form.file.name), _declared(form)
    is_valid, found = form.validate(), defects(content, declared, person.name, clock.now().date())
    if found or not is_valid:
        return _document_page(person, form, found, 422)
    if request.form.get("action") != "send":
        return _document_page(person, form, found)
    try:
        _keep(person, PictureKind.DOCUMENT, content, declared.expires_on)
    except DomainError as refused:
        return _document_page(person, form, None, form.refuse(refused))
    return done("Your document is with us, under lock. Only the agent of your call sees it.", url_for("me.identity"))


@blueprint.route("/identity/picture", methods=["GET", "POST"])
@allow(Access.FREELANCER)
@in_memory
def identity_picture() -> Response:
    """Send a picture of oneself that only the agent sees; it is no public photo. Rule H-5."""
    person, form = own_freelancer(), PictureForm()
    if not form.is_submitted():
        return _picture_page(person, form, ())
    content = _sent(form.file.name)
    found = picture_defects(content)
    if found or not form.validate():
        return _picture_page(person, form, found, 422)
    try:
        _keep(person, PictureKind.REFERENCE, content, None)
    except DomainError as refused:
        return _picture_page(person, form, (), form.refuse(refused))
    return done("Your picture is with us, under lock. Only the agent of your call sees it.", url_for("me.identity"))


@blueprint.post("/identity/document/remove")
@allow(Access.FREELANCER)
def remove_identity_document() -> Response:
    """Take the document back. Rule H-3."""
    return _take_back(PictureKind.DOCUMENT)


@blueprint.post("/identity/picture/remove")
@allow(Access.FREELANCER)
def remove_identity_picture() -> Response:
    """Take the reference picture back. Rule H-3."""
    return _take_back(PictureKind.REFERENCE)


def _take_back(kind: PictureKind) -> Response:
    try:
        pictures.take_back(own_freelancer().id, kind, clock.now())
    except DomainError as refused:
        return identity_page(refused)
    return done("The picture is deleted. The receipt is below.", url_for("me.identity"))


def _keep(person: Freelancer, kind: PictureKind, content: bytes, valid_until: date | None) -> None:
    """Keep a picture without where and with what it was taken. Raises FileRefused."""
    file = accepted("picture", content)
    if kind is PictureKind.REFERENCE and file.kind.mimetype == "application/pdf":
        raise FileRefused("A PDF is no picture of a person.", "Send a PNG or JPEG.")
    pictures.send(person.id, kind, file, valid_until, by=current_user.id, at=clock.now())


def _sent(name: str) -> bytes:
    sent = request.files.get(name)
    return sent.read() if sent else b""


def _declared(form: DocumentForm) -> Declared:
    return Declared(
        name=form.name.data or "",
        expires_on=form.expires_on.data,
        four_corners=form.four_corners.data,
        is_front=form.is_front.data,
    )


def _document_page(
    person: Freelancer, form: DocumentForm, found: tuple[Defect, ...] | None, status: int = 200
) -> Response:
    return page("me/identity_document.html", status, person=person, form=form, found=found)


def _picture_page(person: Freelancer, form: PictureForm, found: tuple[Defect, ...], status: int = 200) -> Response:
    return page("me/identity_picture.html", status, person=person, form=form, found=found)
