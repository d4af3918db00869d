"""The call: what one's device needs, now or at a time of one's own choice, the wait room, and the way in. Rule H-2."""

from __future__ import annotations

from datetime import date, datetime

from flask import request, url_for
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core import clock
from core.answers import base_url, done, page
from core.errors import Conflict, DomainError
from core.permissions import Access, allow
from freelancers.feed import names
from freelancers.identity import agents, booking, queue
from freelancers.identity.booking import SlotTaken
from freelancers.identity.browsers import browser_in
from freelancers.identity.call_rules import CallState, local_time, state_of, zone_of
from freelancers.identity.meeting import Side, calendar_entry
from freelancers.identity.models import IdentityCall
from freelancers.identity.views import MAY_LISTEN, meetings
from me.blueprint import blueprint, own_freelancer
from me.identity import identity_page

#: The page of somebody who waits asks again so often.
ASKS_AGAIN_S = 15


@blueprint.get("/identity/device")
@allow(Access.FREELANCER)
def identity_device() -> Response:
    """Say what a call needs, and look whether this device has it: in words, and with a script by trying. Rule H-2."""
    own_freelancer()
    browser = browser_in(request.headers.get("User-Agent", ""), clock.now().date())
    shown = page("me/identity_device.html", browser=browser)
    shown.headers["Permissions-Policy"] = MAY_LISTEN
    return shown


@blueprint.post("/identity/call")
@allow(Access.FREELANCER)
def call_now() -> Response:
    """Come in for a call now, with the next agent who is free."""
    try:
        booking.call_now(own_freelancer(), clock.now())
    except DomainError as refused:
        return identity_page(refused)
    return redirect(url_for("me.identity_wait"), 303)


@blueprint.get("/identity/times")
@allow(Access.FREELANCER)
def identity_times() -> Response:
    """Show the times that can be booked, on the person's own clock."""
    return _times_page()


@blueprint.post("/identity/times")
@allow(Access.FREELANCER)
def book_time() -> Response:
    """Book a time, or move the booked call to it, once. Of two who want the last place one has it."""
    person, at, call = own_freelancer(), clock.now(), _own_call()
    try:
        begins_at = _moment(request.form.get("time", ""))
        if call is None:
            call = booking.book(person, begins_at, at)
        else:
            call = booking.move(call.id, begins_at, by=current_user.id, at=at)
    except DomainError as refused:
        return _times_page(refused)
    assert call.booked_for is not None
    said = f"Your call is on {local_time(call.booked_for, person.timezone)}. A mail with it is on its way."
    return done(said, url_for("me.identity"))


@blueprint.post("/identity/call/off")
@allow(Access.FREELANCER)
def call_off() -> Response:
    """Call off a call that no agent has yet."""
    try:
        booking.call_off(_some_call().id, by=current_user.id, at=clock.now())
    except DomainError as refused:
        return identity_page(refused)
    return done("Your call is called off. What you sent is kept for now.", url_for("me.identity"))


@blueprint.get("/identity/call.ics")
@allow(Access.FREELANCER)
def call_calendar() -> Response:
    """Return the booked call as an entry for a calendar."""
    call = _some_call()
    if call.booked_for is None:
        raise Conflict("Your call is not booked for a time.", "Look at your identity page.")
    entry = calendar_entry(call, f"{base_url()}{url_for('me.identity')}", clock.now())
    answer = Response(entry, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="identity-call.ics"'
    return answer


@blueprint.post("/identity/call/in")
@allow(Access.FREELANCER)
def come_in() -> Response:
    """Come into the wait room for a booked call, from ten minutes before it on."""
    try:
        booking.arrive(_some_call().id, clock.now())
    except DomainError as refused:
        return identity_page(refused)
    return redirect(url_for("me.identity_wait"), 303)


@blueprint.get("/identity/wait")
@allow(Access.FREELANCER)
def identity_wait() -> Response:
    """The wait room: the place in the queue, and the way in as soon as an agent has the call.

    That it is open is the one thing it changes: whoever closed it is not called.
    """
    at, call = clock.now(), _own_call()
    state = state_of(call) if call else CallState.ENDED
    if call is None or state not in (CallState.WAITING, CallState.TALKING):
        return redirect(url_for("me.identity"), 303)
    queue.stay(call.id, at)
    shown = page(
        "me/identity_wait.html",
        state=state,
        place=queue.place_of(call, at),
        link=meetings().link(call, Side.PERSON) if state is CallState.TALKING else None,
        next_agent=local_time(soon, own_freelancer().timezone) if (soon := _nobody_before(at)) else None,
        asks_again_s=ASKS_AGAIN_S,
    )
    shown.headers["Refresh"] = str(ASKS_AGAIN_S)
    return shown


@blueprint.post("/identity/call/cut-off")
@allow(Access.FREELANCER)
def call_cut_off() -> Response:
    """Say that the call broke off: the next agent who is free calls, before all others."""
    try:
        queue.cut_off(_some_call().id, clock.now())
    except DomainError as refused:
        return identity_page(refused)
    return redirect(url_for("me.identity_wait"), 303)


def _own_call() -> IdentityCall | None:
    return booking.open_call_of(own_freelancer().id)


def _some_call() -> IdentityCall:
    call = _own_call()
    if call is None:
        raise Conflict("You have no call now.", "Come in for one, or book a time, on your identity page.")
    return call


def _nobody_before(at: datetime) -> datetime | None:
    """Return when agents are there again, where none offers time now."""
    soon = agents.next_on_shift(at)
    return soon if soon is not None and soon > at else None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SlotTaken() from None
    if found.tzinfo is None:
        raise SlotTaken()
    return found


def _times_page(refused: DomainError | None = None) -> Response:
    person, at = own_freelancer(), clock.now()
    named = request.values.get("zone") or person.timezone
    zone = zone_of(named) or zone_of("UTC")
    assert zone is not None
    days: dict[date, list[datetime]] = {}
    for begins_at in booking.open_times(at):
        local = begins_at.astimezone(zone)
        days.setdefault(local.date(), []).append(local)
    day = _chosen_day(request.values.get("day", ""), days)
    return page(
        "me/identity_times.html", refused.status if refused else 200, refused=refused, zone=zone.key,
        zones=sorted({*names.timezone_names().values(), "UTC"}), days=list(days), day=day,
        times=days.get(day, []) if day else [], call=_own_call(),
    )  # fmt: skip


def _chosen_day(text: str, days: dict[date, list[datetime]]) -> date | None:
    try:
        chosen = date.fromisoformat(text)
    except ValueError:
        chosen = None
    return chosen if chosen in days else next(iter(days), None)
