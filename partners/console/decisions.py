"""A console's decisions: on one application, and on many at once with a look at what each would do. Rules R-2, R-3."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, request
from werkzeug.wrappers import Response

from core.errors import InvalidInput
from core.permissions import Access, Duty, allow
from partners import deciding
from partners.console.applications import DECIDABLE, TABS, asked_view, looking, one_of, queue_page
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.people import SIDE_BY_SIDE
from partners.review import deciding_many, queue
from partners.review.deciding_many import MANY_MAX, Decision, Effect
from partners.states import ApplicationState

_SAID = {
    Effect.AWARDED: "{} selected: the badge is theirs from now on",
    Effect.HOLDS: "{} selected who hold the badge already",
    Effect.WAITING: "{} selected: the badge follows once what is open is met",
    Effect.KEPT: "{} kept on file: nobody was told",
    Effect.CHANGED: "{} left as they are, because somebody decided or an applicant withdrew meanwhile",
    Effect.OFF: "{} left as they are, because you declared a conflict of interest",
}


@blueprint.post("/applications/<uuid:application_id>/decision")
@allow(Access.MEMBER, Duty.REVIEWER)
def decide(partner: str, application_id: UUID) -> Response:
    """Select the applicant, or keep the application on file; then on to the next in the queue. Rules R-2, R-3."""
    found, asked, look = one_of(application_id), asked_view(), looking()
    place = queue.place_of(look, asked, found.id)
    decision, name = request.form.get("decision"), found.freelancer.name
    if decision == Decision.SELECT:
        was_kept = request.form.get("seen") == ApplicationState.KEPT
        award = deciding.select(found.id, was_kept=was_kept, **acting())
        flash(_selected(name, awarded=award is not None), "success")
    elif decision == Decision.KEEP:
        reason = request.form.get("reason", "")
        deciding.keep_on_file(found.id, reason=reason, **acting())
        told = f"{name} gets your reason by mail." if reason.strip() else "Nobody was told."
        flash(f"The application of {name} is kept on file. {told}", "success")
    else:
        raise InvalidInput("This decision is not known.", "Go back and press one of the buttons.")
    if place is not None and place.next:
        return back_to("application", application_id=place.next, **asked.query())
    return back_to("applications", **asked.query())


@blueprint.post("/applications/ticked")
@allow(Access.MEMBER, Duty.REVIEWER)
def ticked(partner: str) -> Response:
    """Show what a decision on the ticked applications, or on all of the view, would do; or compare them."""
    asked, look, do = asked_view(), looking(), request.form.get("do")
    ids = queue.ids_in(look, asked, MANY_MAX + 1) if request.form.get("all") == "1" else _ids("id")
    if not ids:
        return queue_page(422, problem="Tick at least one application first.")
    if do == "compare":
        queue.own_ids(look.programme, ids)
        return back_to("compare", id=ids[: SIDE_BY_SIDE + 1], **asked.query())
    if do not in set(Decision) or asked.tab not in DECIDABLE:
        raise InvalidInput("This decision is not known.", "Go back and press one of the buttons.")
    foreseen = deciding_many.foresee(look, ids, Decision(do), asked.tab)
    return page(
        "partners/decisions_preview.html",
        foreseen=foreseen,
        decision=do,
        view=asked,
        tab_label=TABS[asked.tab],
        effects=Effect,
        counts={effect: sum(each.effect is effect for each in foreseen) for effect in Effect},
        mails=sum(each.mails for each in foreseen),
    )


@blueprint.post("/applications/decisions")
@allow(Access.MEMBER, Duty.REVIEWER)
def decide_many(partner: str) -> Response:
    """Decide on all of the applications that were looked at, as far as they are still as they were. Rules R-2, R-3."""
    asked, do = asked_view(), request.form.get("decision")
    if do not in set(Decision) or asked.tab not in DECIDABLE:
        raise InvalidInput("This decision is not known.", "Go back and press one of the buttons.")
    happened = deciding_many.decide_many(own_programme(), _ids("ids"), Decision(do), asked.tab, **acting())
    flash(_told(happened), "success" if any(effect.decides for effect in happened) else "warning")
    return back_to("applications", **asked.query())


def _told(happened: dict[Effect, int]) -> str:
    parts = [_SAID[effect].format(f"{count:,}") for effect, count in happened.items()]
    return f"{'; '.join(parts)}." if parts else "There was nothing to decide."


def _ids(name: str) -> Sequence[UUID]:
    """Return the ids that the form names, in one field or in several. Raises InvalidInput for what is none."""
    words = " ".join(request.form.getlist(name)).split()
    try:
        return [UUID(word) for word in words]
    except ValueError:
        raise InvalidInput("What was sent names something that is no application.", "Go back and try again.") from None


def _selected(name: str, *, awarded: bool) -> str:
    if awarded:
        return f"{name} is selected and holds your badge from now on."
    return f"{name} is selected. The badge follows by itself once the open requirements are met; they know which."
