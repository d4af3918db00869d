"""Who a person is in every table: their ids, their addresses, and whatever is theirs. Rule X-3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from core.database import session
from core.errors import NotFound
from freelancers.departures import GONE
from freelancers.models import Freelancer
from partners.models import Invitation
from privacy.held import HELD, Held

#: Their rows in these two are found by all the others'.
_FOUND_BY_THINGS = ("outbox_mails",)
_TYPES: dict[str, Any] = {
    "freelancer": sa.Uuid(),
    "user": sa.Uuid(),
    "addresses": sa.ARRAY(sa.Text()),
    "things": sa.ARRAY(sa.Uuid()),
    "at": sa.DateTime(timezone=True),
}


@dataclass(frozen=True)
class Person:
    """Somebody who has a profile here: `addresses` in lower case, `things` the ids of every row that is theirs."""

    freelancer: UUID
    user: UUID | None
    name: str
    marketplace_id: str
    addresses: list[str]
    things: list[UUID]

    @property
    def has_left(self) -> bool:
        """Say whether nothing but an anonymous row is left of them."""
        return self.marketplace_id.startswith(GONE)

    def given(self) -> dict[str, Any]:
        """Return what the conditions of `HELD` are asked with."""
        return {name: getattr(self, name) for name in ("freelancer", "user", "addresses", "things")}


def person_of(freelancer_id: UUID) -> Person:
    """Return who somebody is. Raises NotFound."""
    found = session.get(Freelancer, freelancer_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such freelancer.")
    account = session.get(User, found.user_id) if found.user_id else None
    answered = session.scalars(sa.select(Invitation.email).where(Invitation.freelancer_id == found.id))
    addresses = {each.lower() for each in (found.email, account and account.email, *answered) if each}
    person = Person(found.id, found.user_id, found.name, found.marketplace_id, sorted(addresses), [])
    person.things.extend(_things_of(person))
    return person


def rows_where(sql: str) -> sa.TextClause:
    """Return a statement with the binds of a person's conditions typed."""
    asked = [sa.bindparam(name, type_=kind) for name, kind in _TYPES.items() if f":{name}" in sql]
    return sa.text(sql).bindparams(*asked)


def rows_of(held: Held, person: Person) -> Sequence[dict[str, Any]]:
    """Return the rows of a table that are theirs, whole, as JSON has them."""
    theirs = f"SELECT to_jsonb(t) FROM {held.table} t WHERE {held.theirs}"  # noqa: S608 -- from `HELD` alone
    return session.scalars(rows_where(theirs), person.given()).all()


def _things_of(person: Person) -> list[UUID]:
    """Return the ids of all rows that are theirs, of tables whose rows have one."""
    has_id = set(
        session.scalars(
            sa.text(
                "SELECT table_name FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND column_name = 'id' AND data_type = 'uuid'"
            )
        )
    )
    asked = [each for each in HELD if each.table in has_id and each.table not in _FOUND_BY_THINGS]
    every = " UNION ".join(f"SELECT t.id FROM {each.table} t WHERE {each.theirs}" for each in asked)  # noqa: S608 -- from `HELD` alone
    return list(session.scalars(rows_where(every), person.given()))
