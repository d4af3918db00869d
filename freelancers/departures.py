"""Who left, by fingerprints that tell nobody who it was: so that no feed and no list brings them back. Rule X-3.

A fingerprint is SHA-256 over a key of this service and an e-mail address or a marketplace key. Without SECRET_KEY it
cannot be guessed from a list of addresses. A new SECRET_KEY forgets them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import day_of
from core.database import Model, new_id, session
from core.secrets import sealer

#: What the marketplace's key of somebody who left begins with, in place of their own.
GONE = "left:"


class Departure(Model):
    """An address or a marketplace key of somebody who left."""

    __tablename__ = "departures"

    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    #: The same for all that one person was known as, so that they can come back as a whole.
    departure_id: Mapped[UUID] = mapped_column(index=True)
    left_on: Mapped[date]


def fingerprint(known_as: str) -> bytes:
    """Return what an address or a marketplace key is remembered by: 32 bytes. In SQL: `fingerprint_sql`."""
    return hashlib.sha256(fingerprint_key() + known_as.lower().encode()).digest()


def fingerprint_sql(known_as: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bytes]:
    """Return `fingerprint` of a column."""
    key = sa.literal(fingerprint_key(), sa.LargeBinary())
    return sa.func.sha256(key.op("||")(sa.func.convert_to(sa.func.lower(known_as), "UTF8")), type_=sa.LargeBinary())


def has_left(known_as: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
    """Return whether a column names somebody who left."""
    return sa.exists().where(Departure.fingerprint == fingerprint_sql(known_as))


def those_who_left(known_as: Collection[str]) -> frozenset[str]:
    """Return which of these addresses or keys are of somebody who left."""
    by_print = {fingerprint(each): each for each in known_as}
    found = session.scalars(sa.select(Departure.fingerprint).where(Departure.fingerprint.in_(list(by_print))))
    return frozenset(by_print[each] for each in found)


def note_departure(known_as: Collection[str], at: datetime) -> None:
    """Remember that whoever was known so has left."""
    together = {"departure_id": new_id(), "left_on": day_of(at)}
    rows = [{"fingerprint": fingerprint(each), **together} for each in sorted({each.lower() for each in known_as})]
    session.execute(insert(Departure).on_conflict_do_nothing(), rows)


def welcome_back(known_as: str) -> None:
    """Forget that somebody left, under whatever they were known: they came back by themselves."""
    theirs = sa.select(Departure.departure_id).where(Departure.fingerprint == fingerprint(known_as))
    session.execute(sa.delete(Departure).where(Departure.departure_id.in_(theirs)))


def is_gone(marketplace_id: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Return whether a profile is what is left of somebody who left."""
    return marketplace_id.startswith(GONE, autoescape=True)


def fingerprint_key() -> bytes:
    """Return what goes before an address or a key, so that a fingerprint says nothing without SECRET_KEY."""
    return sealer().signature("departures", b"")
