"""What is asked about freelancers, their figures over time, and their holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from accounts.models import User
from core.database import session
from core.paging import PAGE_SIZE, Page, decode_cursor, page_of
from freelancers.departures import is_gone
from freelancers.holds import HoldKind
from freelancers.models import FeedImport, Freelancer, Hold, Observation

#: So long has somebody whose identity is to be verified. Rule H-2.
VERIFICATION_TIME = timedelta(days=7)


class Show(StrEnum):
    """Whom a list of freelancers shows."""

    EVERYBODY = "everybody"
    HELD = "held"
    #: Asked to verify their identity, and not done within the time. Rule H-2.
    OVERDUE = "overdue"
    #: Registered through an invitation, and not named by the feed yet.
    NEWCOMERS = "newcomers"
    WITHOUT_ADDRESS = "without_address"


@dataclass(frozen=True)
class Counts:
    """How many freelancers there are, and of how many each thing is true; `holds` counts holds, not people."""

    freelancers: int
    holds: int
    overdue: int
    newcomers: int
    without_address: int


def freelancer_by_id(freelancer_id: UUID) -> Freelancer | None:
    """Return a freelancer, or None."""
    return session.get(Freelancer, freelancer_id)


def freelancer_of_user(user_id: UUID) -> Freelancer | None:
    """Return the profile of whoever signs in with this account, or None."""
    return session.scalar(sa.select(Freelancer).where(Freelancer.user_id == user_id))


def freelancer_by_email(email: str) -> Freelancer | None:
    """Return the profile with this address, in whatever case it is written; of several, the one that has an account."""
    return session.scalar(
        sa.select(Freelancer)
        .where(Freelancer.email == email.strip().lower())
        .order_by(Freelancer.user_id.is_(None), Freelancer.is_provisional, Freelancer.created_at, Freelancer.id)
        .limit(1)
    )


def address_of(person: Freelancer) -> str | None:
    """Return where mail reaches somebody: the address they sign in with, or else the one the marketplace knows."""
    account = session.get(User, person.user_id) if person.user_id else None
    return account.email if account else person.email


def open_holds(freelancer_id: UUID) -> list[Hold]:
    """Return the holds that are open on an account, the oldest first. Rule H-1."""
    return list(
        session.scalars(
            sa.select(Hold)
            .where(Hold.freelancer_id == freelancer_id, Hold.lifted_at.is_(None))
            .order_by(Hold.placed_at, Hold.id)
        )
    )


class OpenHold(NamedTuple):
    """What a hold says to whoever is held."""

    id: UUID
    kind: str
    reason: str
    placed_at: datetime
    ends_at: datetime | None


_HOLDS_OF_USER = (
    sa.select(Hold.id, Hold.kind, Hold.reason, Hold.placed_at, Hold.ends_at)
    .join(Freelancer, Freelancer.id == Hold.freelancer_id)
    .where(Freelancer.user_id == sa.bindparam("user_id"), Hold.lifted_at.is_(None))
    .order_by(Hold.placed_at, Hold.id)
)


def open_holds_of_user(user_id: UUID) -> list[OpenHold]:
    """Return the holds that are open on the profile of whoever signs in with this account, the oldest first."""
    return [OpenHold._make(row) for row in session.execute(_HOLDS_OF_USER, {"user_id": user_id})]


def lifted_holds(freelancer_id: UUID) -> list[Hold]:
    """Return the holds that are over, the last lifted first."""
    return list(
        session.scalars(
            sa.select(Hold)
            .where(Hold.freelancer_id == freelancer_id, Hold.lifted_at.is_not(None))
            .order_by(Hold.lifted_at.desc(), Hold.id)
        )
    )


def hold_by_id(hold_id: UUID) -> Hold | None:
    """Return a hold, open or lifted, or None."""
    return session.get(Hold, hold_id)


def holds_that_end(at: datetime) -> list[Hold]:
    """Return the open holds whose time is over at `at`, the first to end first."""
    over = (Hold.lifted_at.is_(None), Hold.ends_at <= at)
    return list(session.scalars(sa.select(Hold).where(*over).order_by(Hold.ends_at, Hold.id)))


def hold_of(freelancer_id: UUID, hold_id: UUID) -> Hold | None:
    """Return a hold if it is, or was, on this account, or None."""
    return session.scalar(sa.select(Hold).where(Hold.id == hold_id, Hold.freelancer_id == freelancer_id))


def score_history(freelancer_id: UUID) -> list[Observation]:
    """Return every Job Success Score that was seen, the oldest first; one without a value went away. Section J."""
    return list(
        session.scalars(
            sa.select(Observation)
            .where(Observation.freelancer_id == freelancer_id, Observation.figure == "jss_pct")
            .order_by(Observation.observed_at, Observation.id)
        )
    )


def counts(at: datetime) -> Counts:
    """Return how many freelancers and open holds there are."""
    overdue = sa.select(sa.func.count(Hold.freelancer_id.distinct())).where(*_overdue(at))
    holds = sa.select(sa.func.count()).select_from(Hold).where(Hold.lifted_at.is_(None))
    row = session.execute(
        sa.select(
            sa.func.count(),
            holds.scalar_subquery(),
            overdue.scalar_subquery(),
            sa.func.count().filter(Freelancer.is_provisional),
            sa.func.count().filter(_is_without_address()),
        ).select_from(Freelancer)
    ).one()
    return Counts(*row)


def search(
    text: str, show: Show, country: str | None, at: datetime, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Freelancer]:
    """Return freelancers by name, a page at a time.

    `text` is the beginning of a name's word, an e-mail address or a marketplace id; empty means everybody.
    """
    here = ~is_gone(Freelancer.marketplace_id)
    chosen = sa.select(Freelancer).where(here, *_matching(text.strip().lower(), text.strip()), _shown(show, at))
    if country:
        chosen = chosen.where(Freelancer.country == country)
    if cursor:
        chosen = chosen.where(_after(*decode_cursor(cursor, str, UUID)))
    rows = session.execute(chosen.add_columns(_NAME).order_by(_BY_NAME, Freelancer.id).limit(size + 1)).all()
    page = page_of([(person, name) for person, name in rows], lambda row: (row[1], row[0].id), size)
    return Page([person for person, _ in page.items], page.next_cursor)


# Names in the order of their letters' codes, which `~<~` compares and `ix_freelancers_name` holds, so that a page is
# read from the index, whatever the database's collation.
_NAME = sa.func.lower(Freelancer.name)
_BY_NAME = sa.text("lower(freelancers.name) USING ~<~")


def _after(name: str, freelancer_id: UUID) -> ColumnElement[bool]:
    """Return whether a row comes after the one with this lower-case name and id."""
    later = sa.or_(_NAME.op("~>~")(name), Freelancer.id > freelancer_id)
    return sa.and_(_NAME.op("~>=~", is_comparison=True)(name), later)


def holds_open_on(freelancer_ids: Sequence[UUID]) -> dict[UUID, list[Hold]]:
    """Return the open holds of these people; who has none is left out."""
    found: dict[UUID, list[Hold]] = {}
    held = sa.select(Hold).where(Hold.freelancer_id.in_(freelancer_ids), Hold.lifted_at.is_(None))
    for hold in session.scalars(held.order_by(Hold.placed_at, Hold.id)):
        found.setdefault(hold.freelancer_id, []).append(hold)
    return found


def countries() -> list[str]:
    """Return the codes of all countries that freelancers live in."""
    rows = sa.select(Freelancer.country).where(Freelancer.country.is_not(None)).distinct()
    return [code for code in session.scalars(rows) if code]


def latest_imports(limit: int = 50) -> list[FeedImport]:
    """Return the last imports of a feed, the newest first."""
    return list(
        session.scalars(sa.select(FeedImport).order_by(FeedImport.started_at.desc(), FeedImport.id.desc()).limit(limit))
    )


def _matching(lower: str, exact: str) -> tuple[ColumnElement[bool], ...]:
    if not lower:
        return ()
    name = sa.func.lower(Freelancer.name)
    return (
        sa.or_(
            name.startswith(lower, autoescape=True),
            name.contains(f" {lower}", autoescape=True),
            Freelancer.email.startswith(lower, autoescape=True),
            Freelancer.marketplace_id.startswith(exact, autoescape=True),
        ),
    )


def _shown(show: Show, at: datetime) -> ColumnElement[bool]:
    return {
        Show.EVERYBODY: sa.true(),
        Show.HELD: _with_hold(Hold.lifted_at.is_(None)),
        Show.OVERDUE: _with_hold(*_overdue(at)),
        Show.NEWCOMERS: Freelancer.is_provisional.is_(True),
        Show.WITHOUT_ADDRESS: _is_without_address(),
    }[show]


def _with_hold(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.exists().where(Hold.freelancer_id == Freelancer.id, *conditions).correlate(Freelancer)


def _overdue(at: datetime) -> tuple[ColumnElement[bool], ...]:
    is_old = Hold.placed_at <= at - VERIFICATION_TIME
    return Hold.lifted_at.is_(None), Hold.kind == HoldKind.AWAITING_VERIFICATION.value, is_old


def _is_without_address() -> ColumnElement[bool]:
    return sa.and_(Freelancer.email.is_(None), Freelancer.user_id.is_(None))
