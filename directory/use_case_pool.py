"""Who stands in a use case: those chosen by hand, and those whom its rule takes. Rule D-1, D-2, D-3.

This is the one place that says so. The use case's page, the search's filter, an expert's own page and the console all
ask here, and the rotation, which draws from `pools`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH

from badges.eligibility.meeting import ENGLISH
from badges.models import Award
from core.bulk import uuids
from core.database import session
from directory.case_rules import CaseRule, rule_of
from directory.experts import COLUMNS, Expert, among_listed, expert_of
from directory.featured import Featured, featured_in
from directory.listing import listed_among_many, listed_expression
from directory.models import UseCase, UseCaseExpert
from directory.pool_rules import Candidate, Ranked, Wanted, ranked, words_of
from directory.turns import Pools
from freelancers.models import Freelancer
from partners.models import Programme

#: So many of those whom a rule takes stand on the use case's page; all are one link away.
SHOWN_BY_RULE = 24
#: A use case with fewer listed experts is thin.
THIN = 3
#: So many are suggested, out of so many of the newest experts.
SUGGESTED, SUGGESTED_FROM = 6, 500
_CURRENCY = "USD"


@dataclass(frozen=True)
class InCase:
    """Who a use case shows: the featured, by hand in the partner's order, by rule in the order of the day.

    Nobody stands there twice; `total` counts all.
    """

    featured: Featured
    chosen: Sequence[Expert]
    by_rule: Sequence[Expert]
    total: int

    @property
    def experts(self) -> Sequence[Expert]:
        """Return everybody who is shown, in order."""
        return [*self.featured.experts, *self.chosen, *self.by_rule]


def fits(rule: CaseRule) -> sa.ColumnElement[bool]:
    """Return whether a freelancer has what a rule asks for; an empty one takes nobody."""
    if rule.is_empty:
        return sa.false()
    asked = {name: sa.literal(value, _ASKED[name]) for name, value in rule.as_json.items()}
    return sa.func.coalesce(sa.and_(*(_has(name, value) for name, value in asked.items())), sa.false())


#: What a rule may ask for, as columns.
_ASKED: Mapping[str, sa.types.TypeEngine[Any]] = MappingProxyType(
    {
        "skills": ARRAY(sa.Text()),
        "countries": ARRAY(sa.Text()),
        "languages": ARRAY(sa.Text()),
        "rate_max_cents": sa.Integer(),
        "score_min_pct": sa.Integer(),
    }
)


def _has(name: str, asked: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return whether a freelancer has one thing that a rule asks for."""
    if name == "skills":
        theirs, wanted = (
            sa.cast(sa.func.lower(sa.cast(each, sa.Text())), ARRAY(sa.Text())) for each in (Freelancer.skills, asked)
        )
        return theirs.bool_op("&&")(wanted)
    if name == "countries":
        return Freelancer.country == sa.any_(asked)
    if name == "languages":
        spoken = sa.func.jsonb_path_query_array(Freelancer.languages, sa.cast("$[*].code", JSONPATH))
        english = sa.and_(sa.literal(ENGLISH) == sa.any_(asked), Freelancer.english_level.is_not(None))
        return sa.or_(spoken.bool_op("?|")(asked), english)
    if name == "rate_max_cents":
        return sa.and_(Freelancer.currency == _CURRENCY, Freelancer.hourly_rate_cents <= asked)
    return Freelancer.jss_pct >= asked


def by_hand(case: UseCase) -> sa.ColumnElement[bool]:
    """Return whether an award stands on the use case's list."""
    return sa.exists().where(UseCaseExpert.award_id == Award.id, UseCaseExpert.use_case_id == case.id).correlate(Award)


def in_use_case(case: UseCase) -> sa.ColumnElement[bool]:
    """Return whether an award, joined with its freelancer, stands in the use case, listed or not."""
    rule = rule_of(case.rule)
    return by_hand(case) if rule.is_empty else sa.or_(by_hand(case), fits(rule))


def pool(case: UseCase, at: datetime) -> sa.Select[UUID]:
    """Return whom a rotation of the use case may draw: everybody in it who is listed at `at`."""
    return among_listed(sa.select(Award.id), case.partner_id, at).where(in_use_case(case))


def pools(case_ids: Collection[UUID], at: datetime) -> Pools:
    """Return the same for many use cases at once: theirs and the award's id."""
    those = UseCase.id == sa.any_(uuids(case_ids))
    of_partner = (Programme, Programme.partner_id == UseCase.partner_id)
    chosen = (
        sa.select(UseCase.id.label("pool_id"), Award.id.label("award_id"))
        .join(*of_partner)
        .join(UseCaseExpert, UseCaseExpert.use_case_id == UseCase.id)
        .join(Award, sa.and_(Award.id == UseCaseExpert.award_id, Award.achievement_id == Programme.achievement_id))
        .where(those, listed_among_many(at))
    )
    columns = [sa.column(name, of) for name, of in _ASKED.items()]
    asked = sa.func.jsonb_to_record(UseCase.rule).table_valued(*columns).render_derived(name="asked", with_types=True)
    ruled = (
        sa.select(UseCase.id, Award.id)
        .join(*of_partner)
        .join(Award, Award.achievement_id == Programme.achievement_id)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .join(asked, sa.true())
        .where(those, UseCase.rule != {}, listed_expression(at))
        .where(*(sa.or_(each.is_(None), _has(each.name, each)) for each in asked.c))
    )
    return chosen.union(ruled)


def count(case: UseCase, at: datetime) -> int:
    """Return how many listed experts stand in the use case."""
    return session.scalar(sa.select(sa.func.count()).select_from(pool(case, at).subquery())) or 0


def experts_of(case: UseCase, at: datetime) -> InCase:
    """Return whom the use case shows at `at`.

    Those taken by rule come in an order that a lot of the day gives, so that each stands first equally often.
    """
    featured = _still_in(case, featured_in(case, at), at)
    others = Award.id != sa.all_(uuids([each.award_id for each in featured.experts]))
    listed = among_listed(sa.select(*COLUMNS), case.partner_id, at).where(others)
    on_list = listed.join(UseCaseExpert, UseCaseExpert.award_id == Award.id)
    in_order = on_list.where(UseCaseExpert.use_case_id == case.id).order_by(UseCaseExpert.position, Award.id)
    chosen = [expert_of(row) for row in session.execute(in_order)]
    rule = rule_of(case.rule)
    if rule.is_empty:
        return InCase(featured, chosen, (), len(featured.experts) + len(chosen))
    day = sa.literal(f"{at.astimezone(UTC):%Y-%m-%d}{case.id}".encode(), sa.LargeBinary())
    lot = sa.func.sha256(day.op("||")(sa.func.uuid_send(Award.id)))
    ruled = listed.where(fits(rule), sa.not_(by_hand(case))).order_by(lot).limit(SHOWN_BY_RULE)
    shown = InCase(featured, chosen, [expert_of(row) for row in session.execute(ruled)], 0)
    return replace(shown, total=len(shown.experts) if len(shown.by_rule) < SHOWN_BY_RULE else count(case, at))


def _still_in(case: UseCase, featured: Featured, at: datetime) -> Featured:
    """Return the featured without those who do not stand in the use case any more: list or rule may have changed."""
    if not featured.experts:
        return featured
    drawn = uuids([each.award_id for each in featured.experts])
    still = set(session.scalars(pool(case, at).where(Award.id == sa.any_(drawn))))
    return replace(featured, experts=[each for each in featured.experts if each.award_id in still])


def cases_of(award: Award) -> list[UseCase]:
    """Return the published use cases that an expert stands in, in their order."""
    partner_id = award.achievement.issuer_id
    published = sa.select(UseCase).where(UseCase.partner_id == partner_id, UseCase.published)
    cases = session.scalars(published.order_by(UseCase.position, UseCase.name)).all()
    if not cases:
        return []
    held = sa.select(*(in_use_case(case) for case in cases)).select_from(Award)
    row = session.execute(held.join(Freelancer, Freelancer.id == Award.freelancer_id).where(Award.id == award.id)).one()
    return [case for case, stands in zip(cases, row, strict=True) if stands]


def suggestions(case: UseCase, said: str, at: datetime) -> list[Ranked]:
    """Return listed experts who would fit a use case that says `said` and are not in it, the best fit first.

    What counts are the skills that its experts share, and the words it uses, in title, overview and skills.
    """
    person = (Freelancer.name, Freelancer.title, Freelancer.overview, Freelancer.skills, Freelancer.jss_pct)
    others = among_listed(sa.select(Award.id, *person), case.partner_id, at).where(sa.not_(in_use_case(case)))
    rows = session.execute(others.order_by(Award.awarded_at.desc(), Award.id).limit(SUGGESTED_FROM)).all()
    sought = words_of(said)
    found = ranked((_candidate(row, sought) for row in rows), wanted(case, at))
    fitting = [each for each in found if any(not reason.startswith("Job Success Score") for reason in each.reasons)]
    return fitting[:SUGGESTED]


def wanted(case: UseCase, at: datetime) -> Wanted:
    """Return the skills of the use case's listed experts, with how many of them have each."""
    theirs = among_listed(sa.select(Freelancer.skills), case.partner_id, at).where(in_use_case(case))
    rows = session.scalars(theirs).all()
    return Wanted(dict(Counter(skill for skills in rows for skill in skills)), len(rows))


def _candidate(row: sa.Row[*tuple[Any, ...]], sought: Sequence[str]) -> Candidate:
    said = " ".join(filter(None, (row.title, row.overview, *row.skills))).lower()
    spoken = [word for word in sought if word in said]
    return Candidate(row.id, row.name, row.skills, spoken, 0, 0, None, row.jss_pct)
