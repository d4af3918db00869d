"""The queue of applications as somebody looks at it, each one's neighbours in it, and its clock. Rules R-4, R-5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import ARRAY

from badges.eligibility.sql import met_expressions
from badges.queries import policy_for
from core.bulk import uuids
from core.database import session
from core.errors import NotFound
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from freelancers.models import Freelancer
from partners.application_queries import lies_in, of_issuer
from partners.models import Application, Programme
from partners.review.models import Review
from partners.review.queries import is_off
from partners.review.rules import Stage, Way
from partners.review.scoring import Scoring, scoring
from partners.review.view import Met, Order, Reviews, View
from partners.states import Queue
from partners.today_queries import CLOCK_DAYS as CLOCK_DAYS
from partners.today_queries import decided_lately, decision_days

Asked = ColumnElement[bool]


@dataclass(frozen=True)
class Queued:
    """An application in a queue: the requirements its applicant meets of how many, and how far its reviews are.

    `is_off`: a conflict of interest takes whoever looks off it.
    """

    application: Application
    met: int
    total: int
    waiting_days: int
    stage: Stage
    reviews: int
    score_hundredths: int | None
    is_off: bool

    @property
    def updated_since(self) -> bool:
        """Say whether the applicant changed something since it was kept on file. Rule R-4."""
        kept = self.application.kept_at
        return kept is not None and self.application.updated_at > kept


@dataclass(frozen=True)
class Glance:
    """What is needed of an application to rank it among many."""

    application_id: UUID
    name: str
    skills: Sequence[str]
    jss_pct: int | None
    met: int
    score_hundredths: int | None
    total: int


@dataclass(frozen=True)
class Place:
    """Where an application stands in a queue: its number of how many, and what is before and after it."""

    number: int
    of: int
    previous: UUID | None
    next: UUID | None


@dataclass(frozen=True)
class Clock:
    """How quickly a team decides. `median_days` is of the last CLOCK_DAYS, None where nothing was decided. Rule R-5."""

    median_days: float | None
    decided: int
    waiting: int
    oldest_days: int | None


@dataclass(frozen=True)
class Looking:
    """Who looks at a programme's queue, when, and how it reviews: what the queries below are about."""

    programme: Programme
    way: Way
    user_id: UUID
    at: datetime


def queue(looking: Looking, view: View, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Queued]:
    """Return what the view shows, a page at a time."""
    reading = _reading(looking)
    key, descending = _key(view.order, reading)
    chosen = _chosen(sa.select(*_columns(reading), *key), reading, view)
    if cursor:
        chosen = chosen.where(after(cursor, *key, descending=descending))
    rows = session.execute(chosen.order_by(*_ordered(key, descending)).limit(size + 1)).all()
    found = page_of(rows, lambda row: row[_COLUMNS:], size)
    return Page([_queued(row, reading) for row in found.items], found.next_cursor)


def queued(looking: Looking, application_ids: Sequence[UUID]) -> Sequence[Queued]:
    """Return these applications of the programme as the queue shows them, whatever queue they lie in, as ordered."""
    reading = _reading(looking)
    chosen = reading.scores.joined(
        sa.select(*_columns(reading))
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(
            Application.programme_id == looking.programme.id,
            Application.id == sa.any_(uuids(application_ids)),
            Application.submitted_at.is_not(None),
            Application.withdrawn_at.is_(None),
        )
    )
    rows = {row[0].id: _queued(row, reading) for row in session.execute(chosen)}
    return [rows[each] for each in dict.fromkeys(application_ids) if each in rows]


def own_ids(programme: Programme, application_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return the ids as they are, if all are of applications to the programme. Raises NotFound. Rule X-4."""
    wanted = set(application_ids)
    own = sa.select(sa.func.count()).where(
        Application.programme_id == programme.id,
        Application.submitted_at.is_not(None),
        Application.id == sa.any_(uuids(wanted)),
    )
    if session.scalar(own) != len(wanted):
        raise NotFound()
    return application_ids


def ids_in(looking: Looking, view: View, limit: int) -> Sequence[UUID]:
    """Return the applications that the view shows, in its order, at most `limit` of them."""
    reading = _reading(looking)
    chosen = _chosen(sa.select(Application.id), reading, view).order_by(*_ordered(*_key(view.order, reading)))
    return list(session.scalars(chosen.limit(limit)))


def glances(looking: Looking, view: View, limit: int) -> list[Glance]:
    """Return what the view shows at a glance, in its order, at most `limit` of it."""
    reading = _reading(looking)
    person = (Freelancer.name, Freelancer.skills, Freelancer.jss_pct)
    columns = (Application.id, *person, reading.met, reading.scores.score)
    chosen = _chosen(sa.select(*columns), reading, view).order_by(*_ordered(*_key(view.order, reading)))
    rows = session.execute(chosen.limit(limit))
    return [Glance(each, name, skills, jss, met, score, reading.total) for each, name, skills, jss, met, score in rows]


def counted(looking: Looking, view: View) -> int:
    """Return how many applications the view shows."""
    return session.scalar(_chosen(sa.select(sa.func.count()), _reading(looking), view)) or 0


def place_of(looking: Looking, view: View, application_id: UUID) -> Place | None:
    """Return where an application stands in the view, or None when it does not show there."""
    reading = _reading(looking)
    order = _ordered(*_key(view.order, reading))
    columns = (
        Application.id,
        sa.func.row_number().over(order_by=order).label("number"),
        sa.func.count().over().label("of"),
        sa.func.lag(Application.id).over(order_by=order).label("previous"),
        sa.func.lead(Application.id).over(order_by=order).label("next"),
    )
    lined_up = _chosen(sa.select(*columns), reading, view).subquery("lined_up")
    found = session.execute(sa.select(*list(lined_up.c)[1:]).where(lined_up.c.id == application_id)).one_or_none()
    return None if found is None else Place(*found)


def clock_of(programme_id: UUID, at: datetime) -> Clock:
    """Return how quickly the programme's applications are decided on, and how long the oldest has waited. Rule R-5."""
    waits = lies_in(Queue.TO_DECIDE)
    row = session.execute(
        sa.select(
            decision_days(at),
            sa.func.count().filter(decided_lately(at)),
            sa.func.count().filter(waits),
            sa.func.min(Application.submitted_at).filter(waits),
        ).where(
            Application.programme_id == programme_id,
            Application.submitted_at.is_not(None),
            Application.withdrawn_at.is_(None),
        )
    ).one()
    median, decided, waiting, oldest = row
    return Clock(median, decided, waiting, oldest and _days_since(oldest, at))


def countries_in(programme_id: UUID, tab: Queue) -> list[str]:
    """Return the countries that applicants of a queue live in."""
    lived_in = session.scalars(
        sa.select(Freelancer.country)
        .join(Application, Application.freelancer_id == Freelancer.id)
        .where(Application.programme_id == programme_id, lies_in(tab), Freelancer.country.is_not(None))
        .distinct()
    )
    return [country for country in lived_in if country]


@dataclass(frozen=True)
class _Reading:
    """What the rows of a query are asked: how many requirements there are and are met, and what reviews come to."""

    looking: Looking
    total: int
    met: ColumnElement[int]
    scores: Scoring


def _reading(looking: Looking) -> _Reading:
    programme, at = looking.programme, looking.at
    asked = met_expressions(policy_for(programme.achievement_id, at), at, **of_issuer(programme))
    met = sum((sa.cast(is_met, sa.Integer) for _, is_met in asked), sa.literal(0))
    return _Reading(looking, len(asked), met, scoring(programme.id, looking.way))


def _columns(reading: _Reading) -> tuple[Any, ...]:
    scores = reading.scores
    return Application, reading.met, scores.stage, scores.count, scores.score, is_off(reading.looking.user_id)


#: How many of them there are.
_COLUMNS = 6


def _chosen(columns: sa.Select[*tuple[Any, ...]], reading: _Reading, view: View) -> Any:
    chosen = reading.scores.joined(
        columns.select_from(Application)
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .where(Application.programme_id == reading.looking.programme.id, lies_in(view.tab))
    )
    return chosen.where(*_filters(reading, view))


def _filters(reading: _Reading, view: View) -> list[Asked]:
    found: list[Asked] = []
    if view.q:
        found.append(_words(view.q))
    if view.country:
        found.append(Freelancer.country == view.country)
    if view.skill:
        lowered = sa.cast(sa.func.lower(sa.cast(Freelancer.skills, sa.Text())), ARRAY(sa.Text()))
        found.append(lowered.contains([view.skill.lower()]))
    if view.met:
        all_met = reading.met == reading.total
        found.append(all_met if view.met is Met.ALL else sa.not_(all_met))
    if view.reviews:
        found.append(_reviews(reading, view.reviews))
    if view.updated:
        found.append(Application.updated_at > sa.func.coalesce(Application.kept_at, Application.submitted_at))
    return found


def _words(text: str) -> Asked:
    """Return whether the words stand in a name, a title, a skill or an answer, whatever their case."""
    places = (
        Freelancer.name,
        Freelancer.title,
        sa.func.array_to_string(Freelancer.skills, " "),
        sa.cast(Application.answers, sa.Text()),
    )
    lowered = (sa.func.lower(sa.func.coalesce(place, "")) for place in places)
    return sa.or_(*(place.contains(text.lower(), autoescape=True) for place in lowered))


def _reviews(reading: _Reading, wanted: Reviews) -> Asked:
    user_id = reading.looking.user_id
    if wanted is not Reviews.MINE:
        return reading.scores.stage == wanted.value
    own = sa.exists().where(Review.application_id == Application.id, Review.reviewer_id == user_id)
    not_all = reading.scores.stage != Stage.DONE.value
    return sa.and_(not_all, sa.not_(own.correlate(Application)), sa.not_(is_off(user_id)))


def _key(order: Order, reading: _Reading) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    """Return the columns that an order goes by, and whether they go down. Whoever waits longest breaks a tie."""
    waiting: tuple[Any, ...] = (Application.submitted_at, Application.id)
    first: Mapping[Order, tuple[ColumnElement[Any], ...]] = {
        Order.SCORE: (-sa.func.coalesce(reading.scores.score, 0, type_=sa.Integer()),),
        Order.MET: (-sa.cast(reading.met, sa.Integer()),),
        Order.NAME: (sa.func.lower(Freelancer.name, type_=sa.Text()),),
    }
    return (*first.get(order, ()), *waiting), order is Order.NEWEST


def _ordered(key: tuple[ColumnElement[Any], ...], descending: bool) -> list[ColumnElement[Any]]:
    return [each.desc() for each in key] if descending else list(key)


def _queued(row: Any, reading: _Reading) -> Queued:
    application, met, stage, count, score, off = row[:_COLUMNS]
    at = reading.looking.at
    waited = _days_since(application.submitted_at or at, at)
    return Queued(application, met, reading.total, waited, Stage(stage), count, score, off)


def _days_since(moment: datetime, at: datetime) -> int:
    return max(0, (at.date() - moment.date()).days)
