"""How close somebody is to losing a requirement: margin, trend and last days, in words. Pure. Section J."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from badges.eligibility.conditions import Condition, Requirement, certain, leaves
from badges.eligibility.facts import Certificate, Facts, Passed, folded
from badges.eligibility.meeting import certificates_named, is_met, passed_named
from badges.eligibility.policy import Policy
from core import wording

#: So many earlier figures are named beside the present one.
NAMED = 2


@dataclass(frozen=True)
class ScoreSeen:
    """A Job Success Score as it was seen; `pct` is None when it had gone."""

    at: datetime
    pct: int | None


@dataclass(frozen=True)
class Ending:
    """A certificate, training or review (`kind`) whose end loses a requirement; `on` is its last valid day."""

    name: str
    on: date
    kind: str = "certificate"


def needed_score_pct(policy: Policy) -> int:
    """Return the Job Success Score that everybody needs under `policy`: the base's, or the partner's higher one."""
    asked = [leaf.number for leaf in certain(policy.rules.requirements) if leaf.fact == "jss_pct"]
    return max([policy.base.min_jss_pct, *asked])


def run_of(pct: int | None, seen: Sequence[ScoreSeen]) -> tuple[ScoreSeen, ...]:
    """Return the latest figures that all moved the same way, the oldest first, up to the present `pct`.

    Empty when it never moved: then there is no trend. Times at which it had gone are passed over.
    """
    figures: list[ScoreSeen] = []
    for each in seen:
        if each.pct is not None and (not figures or figures[-1].pct != each.pct):
            figures.append(each)
    if pct is None or len(figures) < 2 or figures[-1].pct != pct:
        return ()
    values = [each.pct or 0 for each in figures]
    falls = values[-1] < values[-2]
    first = len(values) - 1
    while first and (values[first] < values[first - 1]) is falls:
        first -= 1
    return tuple(figures[first:])


def is_falling(pct: int, seen: Sequence[ScoreSeen]) -> bool:
    """Say whether the last change of the score was downwards."""
    run = run_of(pct, seen)
    return bool(run) and (run[-1].pct or 0) < (run[0].pct or 0)


def trend(pct: int | None, seen: Sequence[ScoreSeen]) -> str:
    """Return how the score moves: "falling: 88 % in May, 85 % in June"; empty while it never moved."""
    run = run_of(pct, seen)
    if not run:
        return ""
    earlier = run[:-1][-NAMED:]
    months = [(each.at.year, each.at.month) for each in run[-NAMED - 1 :]]
    by_month = all(one != other for one, other in pairwise(months))
    this_year = len({year for year, _ in months}) == 1
    form = ("%B" if this_year else "%B %Y") if by_month else None
    told = [
        f"{wording.percent(each.pct or 0)} {f'in {each.at:{form}}' if form else f'on {wording.day(each.at.date())}'}"
        for each in earlier
    ]
    return f"{'falling' if (run[-1].pct or 0) < (run[0].pct or 0) else 'rising'}: {', '.join(told)}"


def score_sentence(pct: int, limit_pct: int, seen: Sequence[ScoreSeen]) -> str:
    """Return margin and trend as one sentence."""
    margin = pct - limit_pct
    needed = wording.percent(limit_pct)
    if margin == 0:
        where = f"exactly the {needed} that is needed"
    else:
        points = wording.counted(abs(margin), "point", "points")
        where = f"{points} {'above' if margin > 0 else 'below'} the {needed} that is needed"
    moves = trend(pct, seen)
    return f"Your Job Success Score is {wording.percent(pct)}, {where}{f', and {moves}' if moves else ''}."


def endings(policy: Policy, facts: Facts, day: date) -> Iterator[Ending]:
    """Yield what ends within the longest time of warning and loses a requirement by it that is met now."""
    horizon = day + timedelta(days=max(policy.base.warn_certificate_days, default=0))
    held: tuple[Certificate | Passed, ...] = (*facts.certificates, *facts.passed)
    ends = sorted({each.expires_on for each in held if each.expires_on and day <= each.expires_on})
    told: set[Ending] = set()
    for requirement in policy.rules.requirements:
        if not is_met(requirement, facts, day):
            continue
        for on in (each for each in ends if each <= horizon):
            if not is_met(requirement, _without(facts, on), day):
                found = [
                    Ending(each.text, on, each.fact) for each in _named_in((requirement,)) if _ends_on(each, facts, on)
                ]
                yield from (each for each in found if each not in told)
                told.update(found)
                break


def warned_at_days(ending: Ending, day: date, warn_days: Sequence[int]) -> int:
    """Return which of the times of warning has come for a certificate that ends within the longest."""
    return min(days for days in warn_days if (ending.on - day).days <= days)


def ending_sentence(ending: Ending, day: date) -> str:
    """Return "Your certificate “X” ends in 21 days, on 23 March 2026, and …"."""
    days = (ending.on - day).days
    when = f"in {wording.counted(days, 'day', 'days')}" if days else "today"
    needed = "an active one" if ending.kind == "certificate" else "one that counts"
    verb = "ends" if ending.kind == "certificate" else "lapses"
    return f"Your {ending.kind} “{ending.name}” {verb} {when}, on {wording.day(ending.on)}, and {needed} is needed."


def ending_step(ending: Ending) -> str:
    """Return what to do about it."""
    if ending.kind == "certificate":
        return f"Renew the certificate “{ending.name}” and add the new date to your profile."
    if ending.kind == "training":
        return f"Pass the training “{ending.name}” again before that day. It counts as soon as the partner notes it."
    return f"Ask the partner for the review “{ending.name}” again before that day."


def named_in(policy: Policy, *kinds: str) -> tuple[str, ...]:
    """Return the names of all certificates, trainings or reviews (`kinds`) that `policy` asks for, anywhere."""
    return tuple(each.text for each in _named_in(policy.rules.requirements) if each.fact in kinds)


def _named_in(requirements: Iterable[Requirement]) -> Iterator[Condition]:
    return (each for each in leaves(requirements) if each.fact in ("certificate", "training", "review"))


def _without(facts: Facts, on: date) -> Facts:
    """Return what is known without all that ends by that day."""
    certificates = tuple(each for each in facts.certificates if each.expires_on is None or each.expires_on > on)
    passed = tuple(each for each in facts.passed if each.expires_on is None or each.expires_on > on)
    return replace(facts, certificates=certificates, passed=passed)


def _ends_on(asked: Condition, facts: Facts, on: date) -> bool:
    """Say whether the last one of this name, in upper or lower case, ends on that day."""
    held: list[Certificate | Passed] = (
        list(certificates_named(folded(asked.text), facts))
        if asked.fact == "certificate"
        else list(passed_named(asked.fact, asked.text, facts))
    )
    return bool(held) and all(each.expires_on is not None and each.expires_on <= on for each in held)
