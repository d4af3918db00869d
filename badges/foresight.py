"""Foresight: what of a badge's requirements will soon be lost, in words and as mails, each once. Section J.

The words come from what was observed: margin and trend of the score, and the last day of a certificate that is needed.
A warning goes out when a falling score comes close to the limit, and some days before a certificate ends: its key in
the outbox names the crossing of that line, so looking every day warns once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from badges import mails
from badges.closeness import (
    Ending,
    ScoreSeen,
    ending_sentence,
    ending_step,
    endings,
    is_falling,
    named_in,
    needed_score_pct,
    score_sentence,
    warned_at_days,
)
from badges.eligibility.facts import Facts, folded
from badges.eligibility.policy import Policy
from badges.models import Achievement, Attestation, Award
from badges.queries import achievement, facts_of_many, policy_for
from core.clock import day_of
from core.database import session, transaction
from core.outbox import OutboxMail
from freelancers.models import Freelancer, Observation

BATCH = 200
_SCORE = "jss_pct"


@dataclass(frozen=True)
class Ahead:
    """One warning of what may be lost: its key in the outbox, and what it says."""

    key: str
    kind: str
    sentence: str
    next_step: str
    grace_days: int


def outlook(policy: Policy, facts: Facts, seen: Sequence[ScoreSeen], at: datetime) -> tuple[str, ...]:
    """Return what the holder of a badge should know ahead: sentences, empty when nothing is near. Section J."""
    return tuple(each.sentence for each in _ahead(policy, facts, seen, day_of(at)))


def scores_of_many(freelancer_ids: Sequence[UUID]) -> dict[UUID, list[ScoreSeen]]:
    """Return the Job Success Scores that were seen of each of these people, the oldest first."""
    found: dict[UUID, list[ScoreSeen]] = {each: [] for each in freelancer_ids}
    rows = (
        sa.select(Observation.freelancer_id, Observation.observed_at, Observation.value)
        .where(Observation.freelancer_id.in_(freelancer_ids), Observation.figure == _SCORE)
        .order_by(Observation.observed_at, Observation.id)
    )
    for freelancer_id, observed_at, value in session.execute(rows):
        found[freelancer_id].append(ScoreSeen(observed_at, None if value is None else int(value)))
    return found


def _ahead(policy: Policy, facts: Facts, seen: Sequence[ScoreSeen], day: date) -> Iterator[Ahead]:
    """Yield the warnings about one person as of `day`; their keys lack the award."""
    if facts.is_newcomer:
        return
    limit_pct = needed_score_pct(policy)
    pct, zone = facts.jss_pct, range(limit_pct, limit_pct + policy.base.warn_margin_pts + 1)
    if pct is not None and pct in zone and is_falling(pct, seen):
        yield _score_warning(pct, limit_pct, seen, policy)
    for ending in endings(policy, facts, day):
        yield _certificate_warning(ending, day, policy)


def _score_warning(pct: int, limit_pct: int, seen: Sequence[ScoreSeen], policy: Policy) -> Ahead:
    zone = limit_pct + policy.base.warn_margin_pts
    above = [each.at for each in seen if each.pct is None or each.pct > zone]
    grace = policy.base.grace_days
    crossing = f"{max(above):%Y-%m-%dT%H:%M:%S}" if above else "start"
    step = (
        f"The score is updated every day from the jobs of the last {policy.base.score_window_months} months: good "
        "results raise it, old ones drop out."
    )
    return Ahead(f"score:{limit_pct}:{crossing}", "score", score_sentence(pct, limit_pct, seen), step, grace["E-2"])


def _certificate_warning(ending: Ending, day: date, policy: Policy) -> Ahead:
    days = warned_at_days(ending, day, policy.base.warn_certificate_days)
    key = f"{ending.kind}:{folded(ending.name)}:{ending.on.isoformat()}:{days}"
    grace_days = policy.base.grace_days["E-6"]
    return Ahead(key, ending.kind, ending_sentence(ending, day), ending_step(ending), grace_days)


def warn(at: datetime, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Warn the holders of badges of what they will soon lose, each once; return how many mails that makes. Section J.

    For each badge one query finds the awards that come into question; only those are looked at one by one, in batches,
    each a transaction. Ends early once `stopped()`; what was not looked at is the next run's.
    """
    warned = 0
    open_awards = sa.select(Award.achievement_id).where(Award.closed_at.is_(None)).distinct()
    for achievement_id in sorted(session.scalars(open_awards)):
        last: UUID | None = None
        while not stopped():
            looked_at, new = _warn_batch(achievement_id, last, at)
            warned += new
            if len(looked_at) < BATCH:
                break
            last = looked_at[-1]
    return warned


@transaction()
def _warn_batch(achievement_id: UUID, last: UUID | None, at: datetime) -> tuple[list[UUID], int]:
    """Store the mails about the next awards of a badge; return which were looked at, and how many mails are new."""
    policy, issuer_id = policy_for(achievement_id, at), achievement(achievement_id).issuer_id
    close = _candidates(achievement_id, policy, at).order_by(Award.id).limit(BATCH)
    awards = list(session.scalars(close if last is None else close.where(Award.id > last)))
    holders = [award.freelancer_id for award in awards]
    facts, seen = facts_of_many(holders, issuer_id), scores_of_many(holders)
    due = {
        f"award.warning:{award.id}:{each.key}": (award, each)
        for award in awards
        for each in _ahead(policy, facts[award.freelancer_id], seen[award.freelancer_id], day_of(at))
    }
    stored = set(session.scalars(sa.select(OutboxMail.key).where(OutboxMail.key.in_(due))))
    for key in due.keys() - stored:
        award, each = due[key]
        mails.tell_ahead(award, key, at, **_words(each))
    return [award.id for award in awards], len(due.keys() - stored)


def _words(ahead: Ahead) -> dict[str, Any]:
    return {name: value for name, value in asdict(ahead).items() if name != "key"}


def _candidates(achievement_id: UUID, policy: Policy, at: datetime) -> sa.Select[Award]:
    """Return the open awards whose holder is close to losing something: a superset of whom `_ahead` warns."""
    limit_pct = needed_score_pct(policy)
    close = Freelancer.jss_pct.between(limit_pct, limit_pct + policy.base.warn_margin_pts)
    was_higher = sa.exists().where(
        Observation.freelancer_id == Freelancer.id, Observation.figure == _SCORE, Observation.value > Freelancer.jss_pct
    )
    day, warn_days = day_of(at), policy.base.warn_certificate_days
    certificate_ends = _certificate_ends(named_in(policy, "certificate"), day, warn_days)
    passed_ends = _passed_ends(achievement_id, named_in(policy, "training", "review"), day, warn_days)
    return (
        sa.select(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(
            Award.achievement_id == achievement_id,
            Award.closed_at.is_(None),
            Award.suspended_at.is_(None),
            sa.or_(Award.expires_at.is_(None), Award.expires_at > at),
            sa.or_(sa.and_(close, was_higher), certificate_ends, passed_ends),
        )
    )


def _certificate_ends(names: Iterable[str], day: date, warn_days: Sequence[int]) -> sa.ColumnElement[bool]:
    """Return whether a certificate of one of these names ends soon; days are kept in ISO form and sort as texts."""
    wanted = [folded(name) for name in names]
    if not wanted or not warn_days:
        return sa.false()
    listed = Freelancer.profile["certificates"]
    array = sa.case((sa.func.jsonb_typeof(listed) == "array", listed), else_=sa.literal_column("'[]'::jsonb"))
    held = sa.func.jsonb_array_elements(array, type_=JSONB()).column_valued("certificate")
    ends = held["expires_on"].astext.collate("C")
    until = (day + timedelta(days=max(warn_days))).isoformat()
    return sa.exists().where(sa.func.lower(held["name"].astext).in_(wanted), ends >= day.isoformat(), ends <= until)


def _passed_ends(
    achievement_id: UUID, names: Sequence[str], day: date, warn_days: Sequence[int]
) -> sa.ColumnElement[bool]:
    """Return whether a training or review of one of these names lapses soon, by the word of the badge's issuer."""
    if not names or not warn_days:
        return sa.false()
    issuer = sa.select(Achievement.issuer_id).where(Achievement.id == achievement_id).scalar_subquery()
    return (
        sa.exists()
        .where(
            Attestation.freelancer_id == Freelancer.id,
            Attestation.issuer_id == issuer,
            Attestation.withdrawn_at.is_(None),
            sa.func.lower(Attestation.name).in_([folded(name) for name in names]),
            Attestation.expires_on.between(day, day + timedelta(days=max(warn_days))),
        )
        .correlate(Freelancer)
    )
