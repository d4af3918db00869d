"""A console's lists of people to invite: bring one in, look at every row, write the letter, send, hold, stop. I-5."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, g, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from core import clock
from core.answers import base_url, pager
from core.errors import DomainError, InvalidInput
from core.permissions import Access, Duty, allow
from core.placeholders import filled
from core.sizes import takes
from core.wording import plural
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.invitation_forms import OUTCOME_HEAPS, OUTCOME_WORDS, InviteForm, LetterForm
from partners.console.invitations import list_page
from partners.invitations import letters, lists, pacing, reading, sending
from partners.invitations.models import InvitationList
from partners.rules import Outcome

#: A hundred thousand rows with room for many columns.
LIST_MAX_BYTES = 12_000_000
_TAKEN = {"pause": pacing.pause, "resume": pacing.resume, "stop": pacing.stop}
_SAID = {
    "pause": "Held. Nothing more leaves until you let it go on.",
    "resume": "It goes on, at the same pace.",
    "stop": "Stopped. What had not left is withdrawn; what left stays valid.",
}


@blueprint.post("/invitations/lists")
@allow(Access.MEMBER, Duty.MANAGER)
@takes(LIST_MAX_BYTES)
def bring_list(partner: str) -> Response:
    """Take a list in and lead to what each row will do. Nothing is sent. Rule I-5."""
    form = InviteForm()
    if not form.validate():
        return list_page(form, 422)
    if (brought := form.brought()) is None:
        form.addresses.errors = ["Write at least one address, or choose a file."]
        return list_page(form, 422)
    try:
        found = lists.bring(own_programme(), *brought, form.message.data, **acting())
    except InvalidInput as refused:
        (form.addresses if not brought[1] else form.file).errors = [refused.advice]
        return list_page(form, refused.status)
    return back_to("invitation_list", list_id=found.id)


@blueprint.get("/invitations/lists/<uuid:list_id>")
@allow(Access.MEMBER)
def invitation_list(partner: str, list_id: UUID) -> Response:
    """Show what each row of a list will do, or how far it is sent."""
    return _page_of(_own(list_id))


@blueprint.post("/invitations/lists/<uuid:list_id>/columns")
@allow(Access.MEMBER, Duty.MANAGER)
def choose_columns(partner: str, list_id: UUID) -> Response:
    """Read the list once more, with its columns as they are said to be."""
    found = _own(list_id)
    roles = [role if role in reading.ROLES else "" for role in request.form.getlist("role")]
    lists.read_anew(found.id, roles, "titles" in request.form, clock.now())
    flash("The list was read once more.", "success")
    return back_to("invitation_list", list_id=found.id)


@blueprint.route("/invitations/lists/<uuid:list_id>/letter", methods=["GET", "POST"])
@allow(Access.MEMBER, Duty.MANAGER)
def letter(partner: str, list_id: UUID) -> Response:
    """Write with which words and how fast a list is sent, see it as a recipient will, and try it on oneself."""
    found = _own(list_id)
    if request.method != "POST":
        return _letter_page(found, _form_of(found), 200)
    form = LetterForm()
    if not form.validate():
        return _letter_page(found, form, 422)
    try:
        return _written(found, form)
    except DomainError as refused:
        return _letter_page(found, form, form.refuse(refused))


@blueprint.post("/invitations/letters/<uuid:letter_id>/remove")
@allow(Access.MEMBER, Duty.MANAGER)
def remove_letter(partner: str, letter_id: UUID) -> Response:
    """Forget a kept letter."""
    letters.forget(letter_id, own_programme().id, g.partner.id, **acting())
    flash("The letter is forgotten.", "success")
    return back_to("invitations")


@blueprint.post("/invitations/lists/<uuid:list_id>/send")
@allow(Access.MEMBER, Duty.MANAGER)
def send_list(partner: str, list_id: UUID) -> Response:
    """Send what was shown."""
    found = sending.send(_own(list_id).id, **acting())
    if found.mails:
        flash(f"{plural(found.mails, 'invitation is', 'invitations are')} on the way.", "success")
    else:
        flash("Nothing was sent: nobody is left to write to.", "warning")
    return back_to("invitation_list", list_id=found.id)


@blueprint.post("/invitations/lists/<uuid:list_id>/<any(pause, resume, stop):pacing>")
@allow(Access.MEMBER, Duty.MANAGER)
def pace_list(partner: str, list_id: UUID, pacing: str) -> Response:
    """Hold what has not left, let it go on, or stop it."""
    found = _own(list_id)
    _TAKEN[pacing](found.id, **acting())
    flash(_SAID[pacing], "success")
    return back_to("invitation_list", list_id=found.id)


@blueprint.post("/invitations/lists/<uuid:list_id>/drop")
@allow(Access.MEMBER, Duty.MANAGER)
def drop_list(partner: str, list_id: UUID) -> Response:
    """Forget a list that was not sent."""
    lists.drop(_own(list_id).id)
    flash("The list is forgotten. Nothing was sent.", "success")
    return back_to("invitations")


def _own(list_id: UUID) -> InvitationList:
    return lists.list_of(own_programme().id, list_id)


def _page_of(found: InvitationList) -> Response:
    at, text = clock.now(), request.args.get("outcome")
    chosen = Outcome(text) if text in set(Outcome) else None
    rows = lists.rows_of(found.id, chosen, request.args.get("cursor"))
    return page(
        "partners/invitation_list.html",
        found=found,
        progress=pacing.progress(found, at),
        rows=rows.items,
        pages=pager(rows, "partners_console.invitation_list", partner=g.partner.slug, list_id=found.id,
                    outcome=chosen and chosen.value),
        counts={outcome: found.counts[outcome] for outcome in Outcome if outcome in found.counts},
        chosen=chosen,
        words=OUTCOME_WORDS,
        heaps=OUTCOME_HEAPS,
        paces=letters.PACES,
        **_table(found),
    )  # fmt: skip


def _table(found: InvitationList) -> dict[str, Any]:
    """Return the columns and first rows of a table that can still be read anew."""
    columns = reading.Columns.of_json(found.columns)
    shown = reading.examples(lists.beginning_of(found.id), columns) if columns.separator and not found.sent_at else []
    return {"columns": columns, "examples": shown, "roles": reading.ROLES}


def _form_of(found: InvitationList) -> LetterForm:
    kept = request.args.get("letter")
    words: Any = letters.letter_of(own_programme().id, _uuid(kept)) if kept else found
    return LetterForm(
        subject=words.subject,
        body=words.body,
        message=found.message,
        per_hour=found.per_hour or 0,
        reminds=found.reminds,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("There is no such letter.", "Choose one of the list.") from None


def _written(found: InvitationList, form: LetterForm) -> Response:
    at, action = clock.now(), request.form.get("action")
    words = (form.subject.data, form.body.data)
    found = letters.write(found.id, *words, form.message.data, form.per_hour.data, form.reminds.data, at=at)
    if form.name.data:
        letters.keep(found.programme_id, g.partner.id, form.name.data, *words, **acting())
    if action == "look":
        return back_to("letter", list_id=found.id)
    if action == "test":
        letters.try_on(found, letters.sample_row(found, None), current_user, at)
        flash(f"A test is on its way to {current_user.email}.", "success")
        return back_to("letter", list_id=found.id)
    flash("The letter is kept with the list.", "success")
    return back_to("invitation_list", list_id=found.id)


def _letter_page(found: InvitationList, form: LetterForm, status: int) -> Response:
    at = clock.now()
    row = letters.sample_row(found, request.args.get("place", type=int))
    words = letters.words_for(found, row, at) | {"base_url": base_url(), "path": "/invitations/…", "filled": filled}
    return page(
        "partners/invitation_letter.html",
        status,
        found=found,
        form=form,
        row=row,
        subject=_part("subject_line", words),
        shown=render_template("email/invitation.txt", **words).strip(),
        kept=letters.letters_of(own_programme().id),
    )


def _part(block: str, words: dict[str, Any]) -> str:
    """Return one block of the mail's text: its subject."""
    template = current_app.jinja_env.get_template("email/invitation.txt")
    context = template.new_context(words)
    "".join(template.root_render_func(context))
    return " ".join("".join(template.blocks[block](context)).split())
