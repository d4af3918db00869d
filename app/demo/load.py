"""Loads the demo: tells its story in one transaction, so that it is there whole or not at all, and mails nobody."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from app.demo import demand, feeds, visits
from app.demo.accounts import HELD, cast_of
from app.demo.people import DATA, Person, people
from app.demo.plan import Way, ways
from app.demo.stage import Stage, hire_staff
from app.demo.story import Story
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import Policy
from badges.eligibility.rules import evaluate, is_eligible
from badges.models import Award
from badges.queries import base_policy, facts_of_many
from core.database import joined_transaction, session
from core.outbox import OutboxMail
from directory.listing import listed_expression
from freelancers.models import Freelancer
from partners.models import Application, Partner

_LOCK = 0x4C41_5552_454C_0003  # "LAUREL", 3: one load at a time
_ANALYZE_EVENTS = 250
_PUBLIC_DAYS, _SECOND_DAYS, _STAFF_DAYS = 460, 445, 440
#: Of those who can be signed in as, nothing may stand in the way of their part.
_CAST_FACTS = {
    "jss_pct": 96, "visibility": "public", "completeness_stated_pct": 100, "english_level": "fluent",
}  # fmt: skip


class Step(Protocol):
    """Told of each event: what it is, and at first how many there are."""

    def __call__(self, words: str | None = None, total: int | None = None) -> None: ...


@dataclass(frozen=True)
class Summary:
    """What the demo holds."""

    partners: int
    freelancers: int
    applications: int
    badges: int
    listed: int

    def __str__(self) -> str:
        return (
            f"Loaded {self.partners} partners, {self.freelancers:,} freelancers, {self.applications:,} applications "
            f"and {self.badges:,} badges, {self.listed:,} of them listed."
        )


def load(at: datetime, step: Step) -> Summary | None:
    """Load the demo so that it ends at `at`; None, and nothing done, when there is a partner already."""
    with joined_transaction():
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if session.scalar(sa.select(Partner.id).limit(1)) is not None:
            return None
        waiting = set(session.scalars(sa.select(OutboxMail.id).where(OutboxMail.sent_at.is_(None))))
        with _remembered():
            _tell(_story(at), step)
        demand.tell(at)
        _keep_letters_back(waiting, at)
        summary = _summary(at)
    visits.tell(at)  # by itself: a search may look at the directory from another connection
    return summary


def _story(at: datetime) -> Story:
    """Bring in the people, and return what becomes of them."""
    specs: list[dict[str, Any]] = tomllib.loads((DATA / "partners.toml").read_text())["partners"]
    everybody = _with_cast(people(_certificates(specs), at - timedelta(days=_SECOND_DAYS)), specs)
    feeds.import_public(at - timedelta(days=_PUBLIC_DAYS))
    feeds.import_rows((person.row for person in everybody), at - timedelta(days=_SECOND_DAYS))
    random = Random("the story of the demo")  # noqa: S311  # the same story every time; nothing secret
    stage = Stage(random, hire_staff(at - timedelta(days=_STAFF_DAYS)), feeds.ids_by_key())
    chosen = [way for spec in specs for way in _ways(spec, everybody, stage, at)]
    story = Story(stage, at)
    story.partners(specs)
    story.programmes(chosen)
    story.newcomer()
    story.approvals()
    story.identity(everybody, chosen)
    story.feeds(everybody, chosen)
    story.turns(chosen)
    story.trainings(chosen)
    story.upkeep(max(spec["days_ago"] for spec in specs) - 10)
    return story


def _certificates(specs: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the partners' certificates by field of work."""
    found: dict[str, list[str]] = defaultdict(list)
    for spec in specs:
        for field in spec["fields"]:
            found[field].append(spec["certificate"])
    return found


def _with_cast(everybody: Sequence[Person], specs: Sequence[Mapping[str, Any]]) -> list[Person]:
    cast = {key for spec in specs for key in cast_of(spec["slug"])}
    facts = {key: _CAST_FACTS | {"identity_verified": key != HELD.key} for key in cast}
    return [Person(person.field, {**person.row, **facts.get(person.key, {})}) for person in everybody]


def _ways(spec: Mapping[str, Any], everybody: Sequence[Person], stage: Stage, at: datetime) -> list[Way]:
    founded = at - timedelta(days=spec["days_ago"])
    rules = PartnerRules.from_json({"rules": spec["rules"]})
    policy = Policy(base_policy(founded), "the demo's", founded, rules)
    facts = facts_of_many([stage.ids[person.key] for person in everybody], None)
    eligible: dict[str, bool] = {}
    for person in everybody:
        eligible[person.key] = is_eligible(evaluate(policy, facts[stage.ids[person.key]], at))
    return ways(spec, everybody, cast_of(spec["slug"]), lambda person: eligible[person.key], stage.random)


def _tell(story: Story, step: Step) -> None:
    events = story.events()
    for number, event in enumerate(events):
        if number % _ANALYZE_EVENTS == 0:
            session.execute(sa.text("ANALYZE"))  # nobody else sees these rows yet, so the database does not by itself
        event.tell(event.at)
        step(event.words, len(events))


@contextmanager
def _remembered() -> Iterator[None]:
    """Keep in the session what it has loaded: the same few rows are asked for thousands of times."""
    kept: list[object] = []

    def keep(_session: object, row: object) -> None:
        kept.append(row)

    moments = ("loaded_as_persistent", "pending_to_persistent")
    for moment in moments:
        sa.event.listen(session(), moment, keep)
    try:
        yield
    finally:
        for moment in moments:
            sa.event.remove(session(), moment, keep)


def _keep_letters_back(waiting: set[UUID], at: datetime) -> None:
    """Mark the story's mails as sent at their moment; those that waited before it, and any written since, still go."""
    session.flush()
    session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.created_at <= at, OutboxMail.id.not_in(waiting))
        .values(sent_at=OutboxMail.created_at, sealed_secrets=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _summary(at: datetime) -> Summary:
    listed = sa.select(sa.func.count()).select_from(Award).join(Freelancer, Freelancer.id == Award.freelancer_id)
    return Summary(
        partners=_count(Partner),
        freelancers=_count(Freelancer),
        applications=_count(Application),
        badges=_count(Award),
        listed=session.scalar(listed.where(listed_expression(at))) or 0,
    )


def _count(table: type[Partner] | type[Freelancer] | type[Application] | type[Award]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
