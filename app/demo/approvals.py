"""New profiles on their way to approval: praise alone, one that was mended, perhaps an earlier account. A-1..A-5."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Role
from accounts.services import create_user
from app.demo.accounts import ASKS, EXPERT, PASSWORDS
from app.demo.stage import Stage
from core.database import session
from freelancers.approval.deciding import Decision, decide
from freelancers.approval.findings import Kind
from freelancers.approval.submissions import latest_submission
from freelancers.approval.submitting import Sent, submit
from freelancers.models import Freelancer
from freelancers.queries import freelancer_by_email
from freelancers.services import register_newcomer

_PRAISE = (
    "I am a dedicated professional with many years of experience. Quality and deadlines matter to me more than "
    "anything, and my clients always come back. Tell me what you need, and I will find the best solution for you."
)
_OWN = (
    "I set menus, price lists and wine cards for hotels on Lake Garda, in three languages, with allergens where "
    "the law wants them. Eleven houses change theirs with me every season; the printer in Arco gets files that "
    "need no call."
)
_KITCHENS = (
    "Kitchens for canteens and ships: layouts, ventilation and cold chains in Revit, with the makers' own "
    "families. The last one feeds two thousand people in a shipyard, and its cook drew the first sketch with me."
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the marketplace does not know yet, and what they write of themselves."""

    name: str
    address: str
    title: str
    overview: str
    skills: tuple[str, ...]
    password: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


ASKING = Newcomer(
    ASKS.name, ASKS.address, "Typesetter", _PRAISE, ("Typesetting", "InDesign"), PASSWORDS[Role.FREELANCER]
)
WAITING = Newcomer("Tomas Reuter", "tomas.reuter@example.org", "Professional freelancer", _PRAISE, ("Excel",))
AGAIN = Newcomer("J. Singh", EXPERT.address.replace("@", "+new@"), "Kitchen planner", _KITCHENS, ("Revit",))


def arrive(person: Newcomer, at: datetime) -> None:
    """Make an account, and fill in the profile."""
    user = create_user(person.address, person.name, Role.FREELANCER, person.password, by=None, at=at)
    made = register_newcomer(person.name, person.address, user.id, at=at)
    made.title, made.overview, made.skills = person.title, person.overview, list(person.skills)
    made.hourly_rate_cents, made.country = 3_500, "IT"
    made.languages = [{"code": "it", "level": "native"}, {"code": "en", "level": "fluent"}]
    made.profile = {"employment": [{"title": person.title, "company": "On their own", "from": "2017"}]}
    session.flush()


def send(person: Newcomer, note: str, at: datetime) -> None:
    """Submit the profile as it is."""
    found = _known(person)
    before = latest_submission(found.id)
    assert found.user_id is not None
    submit(found.id, Sent(before.number if before else 0, note), is_invited=False, by=found.user_id, at=at)


def decline(on: Stage, person: Newcomer, at: datetime) -> None:
    """Have somebody of the staff write the letter."""
    waits = latest_submission(_known(person).id)
    assert waits is not None
    words = "Please say for whom you set what, and in which languages."
    decide(waits.id, Decision(False, frozenset({Kind.OVERVIEW_GENERIC}), words), by=on.staff_id, at=at)


def mend(person: Newcomer, _at: datetime) -> None:
    """Put facts in the place of praise."""
    _known(person).overview = _OWN
    session.flush()


def _known(person: Newcomer) -> Freelancer:
    found = freelancer_by_email(person.address)
    assert found is not None
    return found
