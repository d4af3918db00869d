"""The list behind a partner's page: filters, text, counts, and pages that keep their order. Rules D-2, D-6."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, REGCONFIG, TSQUERY

from badges.eligibility.meeting import ENGLISH
from badges.models import Award
from core.database import session
from core.paging import PAGE_SIZE, Page
from core.wording import country, language
from directory.experts import COLUMNS, Expert, among_listed, expert_of
from directory.filters import Filters, Place
from directory.models import UseCase, UseCaseExpert
from freelancers.models import Freelancer

#: More skills than this help nobody in a list to choose from; the rarest are found by the search.
SKILLS_OFFERED = 150
#: The currency that the highest rate is asked for in; who is paid in another cannot be compared.
RATE_CURRENCY = "USD"

ANY = Filters()
_SIMPLE = sa.cast(sa.literal_column("'simple'"), REGCONFIG)


@dataclass(frozen=True)
class Found(Page[Expert]):
    """One page of those who fit; `total` is how many fit in all, `start` how many come before this page."""

    total: int = 0
    start: int = 0


@dataclass(frozen=True)
class Options:
    """What can be chosen among the listed: (value, words) in the order of the words."""

    skills: Sequence[tuple[str, str]] = ()
    countries: Sequence[tuple[str, str]] = ()
    languages: Sequence[tuple[str, str]] = ()


def listed(
    partner_id: UUID, at: datetime, filters: Filters = ANY, place: Place | None = None, size: int = PAGE_SIZE
) -> Found:
    """Return a page of the partner's listed experts who pass `filters`, from `place` on. Rules D-2, D-6.

    Whoever matches the text in name, title or skills comes before those who match it in their overview alone. Within
    that the order is shuffled by the day of the first page; see `directory.filters.Place`.
    """
    day = place.day if place else f"{at:%Y-%m-%d}"
    mark = sa.func.md5(sa.cast(Award.id, sa.Text) + day).label("mark")
    fitting = among_listed(sa.select(*COLUMNS, _tier(filters.q), mark), partner_id, at)
    fitting = fitting.where(*_conditions(partner_id, filters).values())
    pool = fitting.cte("pool")
    total = sa.select(sa.func.count()).select_from(pool).scalar_subquery()
    page = sa.select(pool, total.label("total")).order_by(pool.c.tier, pool.c.mark).limit(size + 1)
    if place:
        page = page.where(
            sa.tuple_(pool.c.tier, pool.c.mark) > sa.tuple_(sa.literal(place.tier), sa.literal(place.mark))
        )
    rows = session.execute(page).all()
    start = place.seen if place else 0
    more = Place(day, rows[size - 1].tier, rows[size - 1].mark, start + size).cursor() if len(rows) > size else None
    return Found([expert_of(row) for row in rows[:size]], more, rows[0].total if rows else 0, start)


def loosened(partner_id: UUID, at: datetime, filters: Filters) -> Mapping[str, int]:
    """Return for each filter that is set how many experts would be shown without it; only those that show any."""
    conditions = _conditions(partner_id, filters)
    counts = [
        sa.func.count().filter(sa.and_(sa.true(), *(kept for name, kept in conditions.items() if name != dropped)))
        for dropped in filters.active
    ]
    found = session.execute(among_listed(sa.select(*counts), partner_id, at)).one()
    return {name: count for name, count in zip(filters.active, found, strict=True) if count}


def options(partner_id: UUID, at: datetime) -> Options:
    """Return what the partner's listed experts can be filtered by, all from one statement."""
    person = (Freelancer.country, Freelancer.skills, Freelancer.languages, Freelancer.english_level)
    pool = among_listed(sa.select(Award.id, *person), partner_id, at).cte("pool")
    rows = session.execute(sa.union_all(_skills_of(pool), _countries_of(pool), *_languages_of(pool))).all()
    return Options(
        _sorted((value, value) for kind, value in rows if kind == "skill"),
        _sorted((value, country(value)) for kind, value in rows if kind == "country"),
        _sorted({(value, language(value)) for kind, value in rows if kind == "language"}),
    )


def _skills_of(pool: sa.CTE) -> sa.Select[str, str]:
    """Return the skills that most have, each as most of them write it."""
    skill = sa.func.unnest(pool.c.skills, type_=sa.Text()).column_valued("skill", joins_implicitly=True)
    written = sa.func.mode().within_group(skill)
    found = sa.select(sa.literal_column("'skill'", sa.Text), written).select_from(pool).group_by(sa.func.lower(skill))
    return found.order_by(sa.func.count().desc(), sa.func.lower(skill)).limit(SKILLS_OFFERED)


def _countries_of(pool: sa.CTE) -> sa.Select[str, str]:
    return sa.select(sa.literal_column("'country'"), pool.c.country).where(pool.c.country.is_not(None)).distinct()


def _languages_of(pool: sa.CTE) -> tuple[sa.Select[str, str], sa.Select[str, str]]:
    """Return the languages listed, and English where it is known by its level alone."""
    spoken = sa.func.jsonb_array_elements(pool.c.languages, type_=JSONB()).column_valued(
        "spoken", joins_implicitly=True
    )
    kind = sa.literal_column("'language'", sa.Text)
    listed_ones = sa.select(kind, spoken["code"].astext).select_from(pool).distinct()
    return listed_ones, sa.select(kind, sa.literal(ENGLISH)).where(pool.c.english_level.is_not(None)).distinct()


def _conditions(partner_id: UUID, filters: Filters) -> dict[str, sa.ColumnElement[bool]]:
    """Return what each filter that is set asks of an expert, by the filter's name."""
    asked: dict[str, sa.ColumnElement[bool]] = {}
    if filters.q:
        asked["q"] = _has(Freelancer.words, filters.q)
    if filters.skill:
        skill = sa.func.unnest(Freelancer.skills, type_=sa.Text()).column_valued("skill")
        asked["skill"] = sa.exists().where(sa.func.lower(skill) == sa.func.lower(filters.skill))
    if filters.country:
        asked["country"] = Freelancer.country == filters.country
    if filters.language:
        asked["language"] = _speaks(filters.language)
    if filters.rate_max_cents is not None:
        asked["rate_max_cents"] = sa.and_(
            Freelancer.currency == RATE_CURRENCY, Freelancer.hourly_rate_cents <= filters.rate_max_cents
        )
    if filters.use_case:
        asked["use_case"] = _is_chosen_for(partner_id, filters.use_case)
    return asked


def _speaks(code: str) -> sa.ColumnElement[bool]:
    spoken = Freelancer.languages.contains([{"code": code}])
    return sa.or_(spoken, Freelancer.english_level.is_not(None)) if code == ENGLISH else spoken


def _is_chosen_for(partner_id: UUID, slug: str) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            UseCaseExpert.award_id == Award.id,
            UseCaseExpert.use_case_id == UseCase.id,
            UseCase.partner_id == partner_id,
            UseCase.slug == slug,
        )
        .correlate(Award)
    )


def _tier(q: str) -> sa.ColumnElement[int]:
    """Return 0 for who has the words in name, title or skills, and 1 for who has them in the overview alone."""
    if not q:
        return sa.literal_column("0").label("tier")
    heading = sa.func.ts_filter(Freelancer.words, sa.literal_column("'{a}'::\"char\"[]"))
    return sa.case((_has(heading, q), 0), else_=1).label("tier")


def _has(words: sa.SQLColumnExpression[Any], q: str) -> sa.ColumnElement[bool]:
    """Return whether `words`, as `freelancers/words.py` makes them, have those of `q`: words, "phrases", or, -not.

    Beginnings of three letters and more are enough: each quoted word of the query's text form gets the mark for that;
    PostgreSQL has no other way to say both.
    """
    plain = sa.cast(sa.func.websearch_to_tsquery(_SIMPLE, q), sa.Text)
    begun = sa.func.regexp_replace(plain, r"('[^' ]{3,}')(?=[ )]|$)", r"\1:*", "g")
    return words.bool_op("@@")(sa.cast(begun, TSQUERY))


def _sorted(choices: Iterable[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return sorted(choices, key=lambda choice: choice[1].casefold())
