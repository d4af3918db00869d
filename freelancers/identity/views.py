"""Rooms of our own for calls, where no meeting service is set: two browsers that talk to each other directly. Rule H-2.

Laurel carries two letters between them, in which each says how it can be reached; picture and sound never come here.
Whoever has the signed address of a call that is on is in: it is shown to the person and to the agent alone.
"""

from __future__ import annotations

import json

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from core.answers import page
from core.errors import Conflict, InvalidInput, NotFound
from core.permissions import Access, allow
from core.secrets import sealer
from freelancers.identity import letters
from freelancers.identity.call_rules import CallState, state_of
from freelancers.identity.meeting import Elsewhere, Meetings, OwnRooms, Side
from freelancers.identity.models import IdentityCall

blueprint = Blueprint("identity", __name__, url_prefix="/meet")

#: A page that may use the camera and the microphone, where all others may not.
MAY_LISTEN = "camera=(self), microphone=(self), geolocation=()"
LETTER_MAX = 60_000  # characters


def meetings() -> Meetings:
    """Return where calls are held: at LAUREL_MEETING_URL, or here."""
    url = current_app.extensions["laurel_settings"].meeting_url
    return Elsewhere(url) if url else _rooms()


@blueprint.get("/<room>")
@allow(Access.ANYONE)
def meet(room: str) -> Response:
    """The room: oneself, the other, and a word on what to do when nothing is seen."""
    call, side = _open(room)
    is_on = state_of(call) is CallState.TALKING
    name = call.freelancer.name if side is Side.AGENT else None
    shown = page("freelancers/room.html", room=room, side=side, is_on=is_on, name=name, ice=_ice())
    shown.headers["Permissions-Policy"] = MAY_LISTEN
    return shown


@blueprint.get("/<room>/letters")
@allow(Access.ANYONE)
def read_letters(room: str) -> Response:
    """Return what the two have written to each other."""
    call, _ = _open(room)
    is_on = state_of(call) is CallState.TALKING
    found = {"is_on": is_on, "offer": call.offer if is_on else None, "answer": call.answer if is_on else None}
    return Response(json.dumps(found), mimetype="application/json")


@blueprint.post("/<room>/letters")
@allow(Access.ANYONE)
def write_letter(room: str) -> Response:
    """Take the letter of one of the two: the agent offers, the person answers."""
    call, side = _open(room)
    text = request.form.get("letter", "")
    if not text or len(text) > LETTER_MAX:
        raise InvalidInput("There is no letter, or it is too long.", "Load the page again.")
    if not letters.write(call.id, side, text, request.form.get("to", "")):
        raise Conflict("The call is not on, or the other has begun anew.", "Load the page again.")
    return Response(status=204)


def _open(room: str) -> tuple[IdentityCall, Side]:
    """Return the call and the side of an address that we signed. Raises NotFound for any other."""
    known = _rooms().read(room)
    call = letters.call_of(known[0]) if known else None
    if known is None or call is None:
        raise NotFound()
    return call, known[1]


def _rooms() -> OwnRooms:
    return OwnRooms(current_app.extensions["laurel_settings"].base_url, sealer())


def _ice() -> str:
    return str(current_app.extensions["laurel_settings"].meeting_stun or "")
