"""What profiles often say, as an example to whoever asks for it. Rule E-6."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core.database import session
from freelancers.models import Freelancer

#: So many profiles are enough for an example, however many there are.
SAMPLE = 20_000
MOST = 8


def often(fact: str) -> tuple[str, ...]:
    """Return what is named most often for a fact that is asked for by name; nothing for all others."""
    if fact not in _NAMED:
        return ()
    column, item = _NAMED[fact]
    sample = sa.select(column.label("source")).where(column.is_not(None)).limit(SAMPLE).subquery()
    said = sa.select(item(sample.c.source).label("said")).select_from(sample).subquery()
    counted = (
        sa.select(said.c.said)
        .where(sa.func.coalesce(said.c.said, "") != "")
        .group_by(said.c.said)
        .order_by(sa.func.count().desc(), said.c.said)
        .limit(MOST)
    )
    return tuple(session.scalars(counted))


def _each(source: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.func.unnest(source, type_=sa.Text())


def _each_name(source: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    is_list = sa.func.jsonb_typeof(source) == "array"
    listed = sa.case((is_list, source), else_=sa.literal_column("'[]'::jsonb"))
    name: sa.ColumnElement[str] = sa.type_coerce(sa.func.jsonb_array_elements(listed), JSONB())["name"].astext
    return name


def _itself(source: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return source


_NAMED: Mapping[str, Any] = MappingProxyType(
    {
        "skills": (Freelancer.skills, _each),
        **dict.fromkeys(("skill_jobs", "skill_hours", "skill_earnings"), (Freelancer.skills, _each)),
        "certificate": (Freelancer.profile["certificates"], _each_name),
        "availability": (Freelancer.availability, _itself),
        **dict.fromkeys(("timezone", "timezone_overlap"), (Freelancer.timezone, _itself)),
    }
)
