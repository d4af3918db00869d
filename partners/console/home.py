"""The first page of a console: what needs attention today, how far people get, what happened last."""

from __future__ import annotations

from datetime import timedelta

from flask import g, url_for
from werkzeug.wrappers import Response

from core import clock
from core.permissions import Access, Duty, allow
from partners import application_queries, funnel, today_queries
from partners.application_queries import Happening
from partners.console.blueprint import blueprint, drafts, own_programme, page
from partners.today import Draft, Item, Move, Today, items, next_move

FUNNEL_DAYS = 90
_SAID = {
    "accepted": "{} accepted your invitation",
    "declined": "{} declined your invitation",
    "applied": "{} sent an application",
    "selected": "{} was selected",
}


@blueprint.get("")
@allow(Access.MEMBER)
def home(partner: str) -> Response:
    """Show how the programme stands today."""
    at, programme = clock.now(), own_programme()
    now, loose = today_queries.today(programme, at), drafts(g.partner)
    how_far = today_queries.funnel(programme, at - timedelta(days=FUNNEL_DAYS))
    stages = funnel.stages(how_far.counts, how_far.median_days)
    return page(
        "partners/console_home.html",
        now=now,
        move=_move(partner, next_move(now, loose, Duty(g.member.duty), at), now, loose),
        items=[_item(partner, each) for each in items(now, at)],
        drafts=loose,
        stages=stages,
        weakest=funnel.weakest(stages),
        funnel_days=FUNNEL_DAYS,
        latest=[_told(partner, each) for each in application_queries.latest(programme.id)],
    )


def _place(partner: str, place: str) -> str:
    """Return where something is dealt with."""
    console = url_for("partners_console.home", partner=partner)
    return {
        "queue": f"{console}/applications",
        "confirm": f"{console}/invitations#confirm",
        "invitations": f"{console}/invitations",
        "interested": f"{console}/invitations#interested",
        "experts": f"{console}/experts",
    }[place]


def _item(partner: str, item: Item) -> dict[str, object]:
    return {"label": item.label, "count": item.count, "clock": item.clock, "url": _place(partner, item.place)}


def _move(partner: str, move: Move, now: Today, loose: tuple[Draft, ...]) -> dict[str, str | None]:
    url: str | None
    if move.place == "oldest":
        url = url_for("partners_console.application", partner=partner, application_id=now.oldest_id)
    elif move.place == "draft":
        url = loose[0].url
    else:
        url = _place(partner, move.place) if move.place else None
    return {"title": move.title, "text": move.text, "label": move.label, "url": url}


def _told(partner: str, happening: Happening) -> dict[str, object]:
    url = happening.application_id and url_for(
        "partners_console.application", partner=partner, application_id=happening.application_id
    )
    return {"title": _SAID[happening.kind].format(happening.name), "at": happening.at, "url": url}
