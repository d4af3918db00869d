"""A programme's requirements are put together in a draft, tried out, and asked for from a date on. Rules E-6, E-13.

A team shares one draft. It begins as what is asked for last (in force, or scheduled), is stored with every change, and
is gone once it is scheduled or discarded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.eligibility.asking import phrase
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import Policy
from badges.eligibility.rules import describe
from badges.models import PartnerRulesVersion
from badges.queries import base_policy, partner_rules_version, policy_for, scheduled_rules
from badges.scheduling import call_off_rules, schedule_rules
from badges.simulation import Change, Meeting, meeting
from core import wording
from core.clock import day_of
from core.database import changed, session, transaction
from core.errors import InvalidInput
from partners import rule_draft
from partners.models import Programme, RequirementsDraft
from partners.rule_draft import Gone, Place, Requirements

LATEST_YEARS = 2
#: Whoever waited for somebody else's change may have come a moment before it.
OVERTAKEN = timedelta(minutes=1)


@dataclass(frozen=True)
class Draft:
    """What the team is about to ask for; `version` 0: nobody has changed anything yet."""

    requirements: Requirements
    version: int
    updated_at: datetime | None = None
    editor: str | None = None
    can_undo: bool = False
    differs: bool = False

    @property
    def has_begun(self) -> bool:
        """Say whether there is a draft at all."""
        return self.version > 0


def draft_of(programme: Programme, at: datetime) -> Draft:
    """Return the team's draft, or what one would begin with: what is asked for last."""
    asked_last = _asked_last(programme, at)
    stored = session.get(RequirementsDraft, programme.id, populate_existing=True)
    if stored is None:
        return Draft(asked_last, 0)
    requirements = rule_draft.from_json(stored.content)
    return Draft(
        requirements,
        stored.version,
        stored.updated_at,
        stored.editor.name if stored.editor else None,
        can_undo=stored.previous != stored.content,
        differs=requirements != asked_last,
    )


def _asked_last(programme: Programme, at: datetime) -> Requirements:
    scheduled = scheduled_rules(programme.achievement_id, at)
    if scheduled:
        return PartnerRules.as_written(scheduled[-1].content).requirements
    return policy_for(programme.achievement_id, at).rules.requirements


def problems_of(draft: Draft, at: datetime) -> dict[Place, tuple[str, ...]]:
    """Return, by place, why the draft cannot be asked for; empty when it can."""
    return rule_draft.problems(draft.requirements, base_policy(at).min_jss_pct)


def policy_of(programme: Programme, draft: Draft, at: datetime) -> Policy:
    """Return what would be asked for with the draft, as far as it can be read."""
    now = policy_for(programme.achievement_id, at)
    return replace(now, label="the draft", rules=PartnerRules(rule_draft.filled(draft.requirements)))


def count(programme: Programme, draft: Draft, at: datetime) -> tuple[Meeting, dict[Place, int]]:
    """Return how many freelancers meet the draft now, and by place how many meet each part of it."""
    placed = list(rule_draft.placed(draft.requirements))
    found = meeting(policy_of(programme, draft, at), [each for _, each in placed], programme.partner_id, at)
    return found, {place: met for (place, _), met in zip(placed, found.each, strict=True)}


def change_to(programme: Programme, draft: Draft, at: datetime) -> Change:
    """Return the change from what is asked now to the draft, to be simulated. Rule E-13."""
    now = policy_for(programme.achievement_id, at)
    return Change(now, policy_of(programme, draft, at), programme.partner_id, programme.achievement_id, at)


@transaction()
def change_draft(
    programme: Programme,
    version: int,
    change: Callable[[Requirements], Requirements],
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    """Store the draft as `change` makes it of the version that was seen.

    Raises Gone when somebody else changed it meanwhile, and what `change` raises.
    """
    draft = draft_of(programme, at)
    if draft.version != version:
        raise Gone
    _store(programme.id, version, change(draft.requirements), draft.requirements, by, at)


@transaction()
def undo(programme: Programme, version: int, *, by: UUID | None, at: datetime) -> None:
    """Put the draft back to what it was one change ago; again, and it is as before. Raises Gone."""
    stored = session.get(RequirementsDraft, programme.id, populate_existing=True)
    if stored is None or stored.version != version:
        raise Gone
    before = rule_draft.from_json(stored.previous)
    _store(programme.id, version, before, rule_draft.from_json(stored.content), by, at)


@transaction()
def discard(programme: Programme, version: int) -> None:
    """Throw the draft away. Raises Gone."""
    if not changed(sa.delete(RequirementsDraft).where(*_as_seen(programme.id, version))):
        raise Gone


@transaction()
def schedule(programme: Programme, version: int, begins_at: datetime, *, by: UUID | None, at: datetime) -> int:
    """Ask for the draft from `begins_at` on; return how many experts were told. Rules E-6, E-13.

    Raises Gone, PolicyRefused with all that is wrong, InvalidInput for the past, and RulesExist.
    """
    stored = session.get(RequirementsDraft, programme.id, populate_existing=True)
    if stored is None or stored.version != version:
        raise Gone
    rules = PartnerRules.from_json(stored.content, min_jss_pct=base_policy(begins_at).min_jss_pct)
    discard(programme, version)
    return schedule_rules(programme.achievement_id, rules, effective_at=begins_at, by=by, at=at)


@dataclass(frozen=True)
class Asked:
    """What is asked for from a date on; `version` None: nothing but the base policy. `told` is how many were told."""

    version: PartnerRulesVersion | None
    told: int
    is_new: bool


@transaction()
def ask_for(programme: Programme, content: Any, begins_at: datetime, *, by: UUID | None, at: datetime) -> Asked:
    """Ask for the rules in `content` (JSON) from `begins_at` on, whatever the team's draft says. Rules E-6, E-13.

    Nothing is done, and nobody told, when just these are asked for then already. Raises PolicyRefused with all that is
    wrong, InvalidInput for the past, and RulesExist.
    """
    rules = PartnerRules.from_json(content, min_jss_pct=base_policy(begins_at).min_jss_pct)
    # One after the other, so that of two who ask for the same the second finds that it is asked for already.
    session.execute(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())
    badge, seen_at = programme.achievement_id, begins_at + OVERTAKEN
    if policy_for(badge, seen_at).rules == rules:
        return Asked(partner_rules_version(badge, seen_at), 0, is_new=False)
    told = schedule_rules(badge, rules, effective_at=begins_at, by=by, at=at)
    return Asked(partner_rules_version(badge, begins_at), told, is_new=True)


@dataclass(frozen=True)
class Checked:
    """Rules that could be asked for: what all of it asks, each of them in words, and how many meet it now."""

    asks: tuple[str, ...]
    own: tuple[str, ...]
    meeting: Meeting


def check(programme: Programme, content: Any, at: datetime) -> Checked:
    """Return what the rules in `content` (JSON) would ask for, and how many meet it. Raises PolicyRefused."""
    rules = PartnerRules.from_json(content, min_jss_pct=base_policy(at).min_jss_pct)
    policy = replace(policy_for(programme.achievement_id, at), label="the rules sent", rules=rules)
    found = meeting(policy, rules.requirements, programme.partner_id, at)
    return Checked(describe(policy), phrases(rules.requirements), found)


def phrases(requirements: Requirements) -> tuple[str, ...]:
    """Return what is asked, in a line each."""
    return tuple(wording.capital(phrase(each)) for each in requirements)


@transaction()
def call_off(programme: Programme, version_id: UUID, *, by: UUID | None, at: datetime) -> int:
    """Call off requirements that have not begun; return how many experts are told. Raises NotFound and HasBegun."""
    return call_off_rules(programme.achievement_id, version_id, by=by, at=at)


def moment_of(day: date, at: datetime) -> datetime:
    """Return when a change of `day` begins: at once today, else with the day in UTC. Raises InvalidInput."""
    today = day_of(at)
    if day < today:
        raise InvalidInput("This day is over.", "Choose today or a later day.")
    if day.year > today.year + LATEST_YEARS:
        raise InvalidInput("That is too far away to promise.", f"Choose a day within {LATEST_YEARS} years.")
    return at if day == today else datetime.combine(day, time(), UTC)


def _as_seen(programme_id: UUID, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (RequirementsDraft.programme_id == programme_id, RequirementsDraft.version == version)


def _store(
    programme_id: UUID, version: int, new: Requirements, old: Requirements, by: UUID | None, at: datetime
) -> None:
    values: dict[str, Any] = {
        "content": rule_draft.to_json(new),
        "previous": rule_draft.to_json(old),
        "version": version + 1,
        "updated_at": at,
        "updated_by": by,
    }
    if version:
        done = changed(sa.update(RequirementsDraft).where(*_as_seen(programme_id, version)).values(values))
    else:
        first = insert(RequirementsDraft).values(programme_id=programme_id, **values).on_conflict_do_nothing()
        done = len(session.scalars(first.returning(RequirementsDraft.version)).all())
    if not done:
        raise Gone
