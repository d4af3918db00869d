"""The path to a badge: the shortest list of steps after which everything is met, in an order that can be done. Pure.

Of requirements of which any one is enough, the one with the least work is taken, and the others are named. What one
step gives besides counts: a certificate that a programme asks for completes the profile a little, too. A property test
proves that the steps together make the person eligible, and that none of them can be left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from badges.eligibility import asking, path_words
from badges.eligibility.base_rules import completeness_needed_pct
from badges.eligibility.conditions import Condition, Group, Requirement, leaves
from badges.eligibility.effort import effort
from badges.eligibility.facts import Facts
from badges.eligibility.findings import Finding
from badges.eligibility.meeting import is_met
from badges.eligibility.path_words import Kind
from badges.eligibility.policy import Policy
from badges.eligibility.reaching import (
    NAMED,
    Goal,
    Situation,
    base_goals,
    goal_of,
    held_to_base,
    is_possible,
    is_reached,
    reached,
)
from badges.eligibility.rules import evaluate, is_eligible, unmet
from core.clock import day_of
from freelancers.rules import Addition, ProfileParts, added_up, cheapest_way, with_additions

PROFILE = "profile"
#: How many ways are kept at each fork; the best of them are the cheapest by far in all but odd policies.
_KEPT = 24

Way = frozenset[Goal]


@dataclass(frozen=True)
class Step:
    """One thing to do.

    `key` tells a path's steps apart. `waits_for` is a sentence on what only time or others can do, None for what is in
    the person's own hands; `is_possible` is False for what nobody can do. `meets` are the keys of the findings that
    stay open without this step, `completeness_pct` is how complete the profile is after it where the step changes that,
    `additions` what to add to it, and `alternatives` what would do instead.
    """

    key: str
    kind: Kind
    title: str
    text: str
    waits_for: str | None
    is_possible: bool
    meets: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    additions: tuple[Addition, ...] = ()
    completeness_pct: int | None = None
    goals: tuple[Goal, ...] = ()
    reaches_pct: int | None = None


def path(policy: Policy, facts: Facts, parts: ProfileParts, at: datetime) -> tuple[Step, ...]:
    """Return the steps after which `evaluate` finds everything met, in order; empty for somebody eligible.

    The order is that in which they can be done: the account and its holds, visibility, profile, certificates,
    experience, score.
    """
    if is_eligible(evaluate(policy, facts, at)):
        return ()
    now = Situation(facts, parts, day_of(at))
    goals = _pruned(_cheapest(policy, now, at), policy, now, at)
    return _told(_steps(goals, policy, now), policy, now, at)


def other_steps(
    policy: Policy, facts: Facts, parts: ProfileParts, at: datetime, steps: Iterable[Step]
) -> tuple[Step, ...]:
    """Return a step for everything that would do instead of one of `steps`, for asking "what if"."""
    if facts.is_newcomer:
        return ()
    now, taken = Situation(facts, parts, day_of(at)), {step.key for step in steps}
    goals = {goal.key: goal for goal in map(goal_of, _open_leaves(policy.rules.requirements, now))}
    return tuple(_step(key, (goal,), policy, now) for key, goal in goals.items() if key not in taken)


def done(steps: Iterable[Step], policy: Policy, facts: Facts, parts: ProfileParts, at: datetime) -> Facts:
    """Return what is known of the person once `steps` are done."""
    return _after(steps, policy, Situation(facts, parts, day_of(at))).facts


def _cheapest(policy: Policy, now: Situation, at: datetime) -> Way:
    """Return the goals with the least work that make the person eligible; the least work where none seem to."""
    still_open = {finding.rule for finding in unmet(evaluate(policy, now.facts, at))}
    first = frozenset(base_goals(policy.base, now.facts, sorted(still_open)))
    asked = () if now.facts.is_newcomer else policy.rules.requirements
    ways = _all_of([[first], *(_ways(requirement, now) for requirement in asked)], now)
    return next((way for way in ways if _is_enough(way, policy, now, at)), ways[0])


def _ways(requirement: Requirement, now: Situation) -> list[Way]:
    """Return ways to meet one requirement, the least work first.

    A name that fits stays a goal, so that no other is chosen: of two lists of countries, what stands in both.
    """
    if isinstance(requirement, Condition):
        is_free = is_met(requirement, now.facts, now.day) and requirement.fact not in NAMED
        return [frozenset()] if is_free else [frozenset({goal_of(requirement)})]
    ways = [_ways(member, now) for member in requirement.members]
    if requirement.kind == "all":
        return _all_of(ways, now)
    return _least_work((way for each in ways for way in each), now)


def _all_of(ways: Iterable[list[Way]], now: Situation) -> list[Way]:
    together: list[Way] = [frozenset()]
    for each in ways:
        together = _least_work((one | other for one in together for other in each), now)
    return together


def _least_work(ways: Iterable[Way], now: Situation) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=lambda way: _work(way, now))[:_KEPT]


def _work(way: Way, now: Situation) -> tuple[int, int, list[str]]:
    return sum(effort(goal, now) for goal in way), len(way), sorted(map(repr, way))


def _is_enough(goals: Collection[Goal], policy: Policy, now: Situation, at: datetime) -> bool:
    then = _after(_steps(goals, policy, now), policy, now)
    return is_eligible(evaluate(policy, then.facts, at))


def _pruned(way: Way, policy: Policy, now: Situation, at: datetime) -> Way:
    """Leave out, the most work first, what the rest does as well: 10 jobs where 20 are asked for."""
    for goal in sorted(way, key=lambda each: (-effort(each, now), repr(each))):
        if _is_enough(way - {goal}, policy, now, at):
            way -= {goal}
    return way


def _steps(goals: Collection[Goal], policy: Policy, now: Situation) -> list[Step]:
    """Return one step for each key among `goals`, and one for the profile where it stays incomplete, in order."""
    keys: dict[str, list[Goal]] = {}
    for goal in sorted(goals, key=repr):
        keys.setdefault(goal.key, []).append(goal)
    steps = [_step(key, tuple(each), policy, now) for key, each in keys.items() if not _is_kept(each, now)]
    then = _after(steps, policy, now)
    if then.facts.completeness_pct < completeness_needed_pct(policy.base, then.facts):
        steps.append(_profile_step(policy, now, then))
    return sorted(steps, key=lambda step: (step.kind, sum(effort(goal, now) for goal in step.goals), step.key))


def _is_kept(goals: Iterable[Goal], now: Situation) -> bool:
    """Say whether there is nothing to do for goals that are one step: all are reached, and stay so."""
    return all(is_reached(goal, now) for goal in goals)


def _step(key: str, goals: tuple[Goal, ...], policy: Policy, now: Situation) -> Step:
    goals = tuple(held_to_base(goal, policy.base) for goal in goals)
    still_open = tuple(goal for goal in goals if not is_reached(goal, now))
    return Step(
        key=key,
        kind=path_words.kind(key),
        title=path_words.title(still_open, now),
        text=path_words.text(still_open, now, policy.base),
        waits_for=path_words.waits_for(goals, now),
        is_possible=all(is_possible(goal, now.facts) for goal in goals),
        goals=goals,
    )


def _profile_step(policy: Policy, now: Situation, then: Situation) -> Step:
    """Return the least work that completes the profile, once all other steps are done. Rules C, E-3."""
    needed, has = completeness_needed_pct(policy.base, now.facts), then.facts.completeness_pct
    limited = any(
        leaf.fact == "portfolio_items" and leaf.operator == "at_most" for leaf in leaves(policy.rules.requirements)
    )
    target = min(100, added_up(then.parts, ()) + needed - has)
    additions = cheapest_way(then.parts, target, frozenset({"portfolio"}) if limited else frozenset())
    stated = now.facts.completeness_stated_pct is not None
    return Step(
        key=PROFILE,
        kind=Kind.PROFILE,
        title=f"Complete your profile to {needed} %",
        text=path_words.profile_text(additions, stated=stated, has_pct=now.facts.completeness_pct),
        waits_for=path_words.STATED_FIGURE if stated else None,
        is_possible=True,
        additions=additions,
        reaches_pct=needed if stated else None,
    )


def _after(steps: Iterable[Step], policy: Policy, now: Situation) -> Situation:
    for step in steps:
        now = _done(step, policy, now)
    return now


def _done(step: Step, policy: Policy, now: Situation) -> Situation:
    if step.key != PROFILE:
        return reached(step.goals, now, policy.base)
    parts = with_additions(now.parts, step.additions)
    gained = added_up(parts, ()) - added_up(now.parts, ())
    pct = min(100, now.facts.completeness_pct + gained) if step.reaches_pct is None else step.reaches_pct
    items = parts.portfolio - now.parts.portfolio
    facts = replace(now.facts, completeness_pct=pct, portfolio_items=now.facts.portfolio_items + items)
    return replace(now, parts=parts, facts=facts)


def _told(steps: Sequence[Step], policy: Policy, now: Situation, at: datetime) -> tuple[Step, ...]:
    """Say of each step what it gives: the findings that hang on it, and how complete the profile is then."""
    end = _after(steps, policy, now)
    told = []
    for number, step in enumerate(steps):
        without = _after([*steps[:number], *steps[number + 1 :]], policy, now)
        before, after = (_after(steps[:count], policy, now).facts.completeness_pct for count in (number, number + 1))
        told.append(
            replace(
                step,
                meets=_open_keys(evaluate(policy, without.facts, at)),
                completeness_pct=after if after != before else None,
                alternatives=_alternatives(step, policy, now, end),
            )
        )
    return tuple(told)


def _open_keys(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(finding.key for finding in unmet(findings))


def _alternatives(step: Step, policy: Policy, now: Situation, end: Situation) -> tuple[str, ...]:
    """Return what would do instead of `step`, in the partner's order."""
    mine = {goal.condition for goal in step.goals}
    found: list[str] = []
    for group in _open_forks(policy.rules.requirements, now):
        taken = next((member for member in group.members if is_met(member, end.facts, end.day)), None)
        if taken is not None and mine & set(_open_leaves((taken,), now)):
            found += [asking.phrase(member) for member in group.members if member is not taken]
    return tuple(dict.fromkeys(found))


def _open_forks(requirements: Iterable[Requirement], now: Situation) -> Iterator[Group]:
    """Yield the groups, however deep, of which any one member is enough and none is met."""
    for each in requirements:
        if isinstance(each, Group) and not is_met(each, now.facts, now.day):
            if each.kind == "any" and len(each.members) > 1:
                yield each
            yield from _open_forks(each.members, now)


def _open_leaves(requirements: Iterable[Requirement], now: Situation) -> Iterator[Condition]:
    for each in requirements:
        if not is_met(each, now.facts, now.day):
            if isinstance(each, Group):
                yield from _open_leaves(each.members, now)
            else:
                yield each
