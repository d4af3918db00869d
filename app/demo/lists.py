"""How the demo's partners invite many: lists brought in and sent, one that waits, and open links. Rules I-3, I-5."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import StringIO

from app.demo.people import Person
from app.demo.stage import Stage, note_sent
from badges.models import Award
from core.clock import day_of
from core.database import session
from partners.invitations.campaigns import open_campaign
from partners.invitations.lists import bring
from partners.invitations.sending import send
from partners.open_link import mark_campaign_opened

#: Who brings in lists: rounds of so many people or more.
SLUG, MANY = "quernstone", 3
#: Written down at a fair; the last two rows are mistakes.
_MET_AT_A_FAIR = (
    ("Noor Haddad", "noor.haddad@example.net"),
    ("Benedikt Falk", "benedikt.falk@example.net"),
    ("Chiara Moretti", "chiara.moretti@example.net"),
    ("Oluwaseun Adeyemi", "oluwaseun.adeyemi@example.net"),
    ("Yuki Tanabe", "yuki.tanabe@example.net"),
    ("Noor Haddad", "Noor.Haddad@example.net"),
    ("Marek Dvorak", "marek.dvorak(at)example.net"),
)


def invite_list(stage: Stage, slug: str, people: Sequence[Person], at: datetime) -> None:
    """Bring a round in as a file, and send it."""
    programme, by = stage.partners[slug].programme, stage.admin(slug)
    rows = ((str(person.row["name"]), person.email) for person in people)
    found = bring(programme, _file(rows), f"round-{at:%Y-%m-%d}.csv", stage.specs[slug]["message"], by=by, at=at)
    send(found.id, by=by, at=at)
    note_sent(stage, slug, people, at)


def bring_one_more(stage: Stage, slug: str, at: datetime) -> None:
    """Bring a file in that is looked at, and not sent yet: some on it have the badge already."""
    experts = [session.get_one(Award, award_id).freelancer for (of, _), award_id in stage.awards.items() if of == slug]
    rows = [*_MET_AT_A_FAIR, *((each.name, str(each.email)) for each in experts[:2])]
    bring(stage.partners[slug].programme, _file(rows), "spring-fair.csv", None, by=stage.admin(slug), at=at)


def open_link(stage: Stage, slug: str, name: str, places: int, days: int, at: datetime) -> None:
    """Open a link that works for so many days, and have somebody look at it."""
    last_day = day_of(at + timedelta(days=days))
    link = open_campaign(stage.partners[slug].programme, name, places, last_day, by=stage.admin(slug), at=at)
    mark_campaign_opened(link, at + timedelta(hours=5))


def _file(rows: Iterable[tuple[str, str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([("Name", "E-mail"), *rows])
    return text.getvalue().encode()
