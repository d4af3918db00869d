"""The kept pool: which use cases lack experts, and who of those kept on file would fit one. Rules D-1, R-4, X-4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core.bulk import uuids
from core.database import session
from directory import use_case_pool, versions
from directory.content import content_of
from directory.models import UseCase
from directory.pool_rules import Candidate, ranked, words_of
from directory.pool_rules import Ranked as Ranked
from freelancers.models import Freelancer
from partners.models import Application
from partners.review import queue
from partners.review.queue import Looking
from partners.review.view import View

#: So many of those kept on file are ranked at once, the longest waiting first.
RANKED_MAX = 2_000


@dataclass(frozen=True)
class Lacking:
    """A use case and how many listed experts stand in it, by hand or by rule."""

    use_case: UseCase
    experts: int


def use_cases_by_need(partner_id: UUID, at: datetime) -> list[Lacking]:
    """Return the partner's use cases, those with the fewest listed experts first."""
    cases = session.scalars(
        sa.select(UseCase)
        .where(UseCase.partner_id == partner_id, _on_the_page(partner_id))
        .order_by(UseCase.position, UseCase.name)
    )
    return sorted((Lacking(each, use_case_pool.count(each, at)) for each in cases), key=lambda each: each.experts)


def _on_the_page(partner_id: UUID) -> sa.ColumnElement[bool]:
    """Return whether a use case is on the partner's page, or is to be once its draft is published."""
    draft = versions.stored_draft(partner_id)
    drafted = [case.id for case in content_of(draft.content).use_cases] if draft else []
    return sa.or_(UseCase.published, UseCase.id.in_(drafted))


def fitting(looking: Looking, view: View, lacking: Lacking) -> list[Ranked]:
    """Return those kept on file whom the view shows, the best fit for the use case first, each with the reasons."""
    seen = queue.glances(looking, view, RANKED_MAX)
    sought = words_of(f"{lacking.use_case.name} {lacking.use_case.summary}")
    spoken = _spoken([each.application_id for each in seen], sought)
    candidates = (
        Candidate(
            each.application_id,
            each.name,
            each.skills,
            spoken.get(each.application_id, ()),
            each.met,
            each.total,
            each.score_hundredths,
            each.jss_pct,
        )
        for each in seen
    )
    return ranked(candidates, use_case_pool.wanted(lacking.use_case, looking.at))


def _spoken(application_ids: Sequence[UUID], sought: Sequence[str]) -> dict[UUID, list[str]]:
    """Return which of these words each applicant's skills, title, overview and answers hold."""
    if not sought:
        return {}
    said = sa.func.lower(
        sa.func.concat_ws(
            " ",
            Freelancer.title,
            Freelancer.overview,
            sa.func.array_to_string(Freelancer.skills, " "),
            sa.cast(Application.answers, sa.Text()),
        )
    )
    words = sa.func.unnest(sa.literal(list(sought), ARRAY(sa.Text()))).table_valued("word").render_derived("sought")
    rows = session.execute(
        sa.select(Application.id, sa.func.array_agg(words.c.word, type_=ARRAY(sa.Text())).label("words"))
        .join(Freelancer, Freelancer.id == Application.freelancer_id)
        .join(words, sa.func.strpos(said, words.c.word) > 0)
        .where(Application.id == sa.any_(uuids(application_ids)))
        .group_by(Application.id)
    )
    return {each.id: each.words for each in rows}
