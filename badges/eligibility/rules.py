"""Who is eligible, and why: a policy held against one person's facts. Pure. Rules E-1..E-10.

`badges/eligibility/sql.py` asks the same of many people at once; a test proves that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from badges.eligibility import asking
from badges.eligibility.base_rules import ACTIVE, BASE_RULES, account_steps, account_trouble
from badges.eligibility.conditions import Condition, certain, includes
from badges.eligibility.facts import LANGUAGE_LEVELS, Facts, Language
from badges.eligibility.findings import Finding, Seen
from badges.eligibility.meeting import ENGLISH
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.telling import told
from core import wording
from core.clock import day_of
from core.languages import gettext as _

PARTNER_RULE = "E-6"


def evaluate(policy: Policy, facts: Facts, at: datetime) -> tuple[Finding, ...]:
    """Return one finding for every requirement of `policy`, in the order of the rules; the partner's own come last.

    A newcomer is asked for E-3 and E-4 alone; everything else counts as met until their first Job Success Score, and
    says so. Rules E-7, E-9, E-10.
    """
    return (*_base_findings(policy, facts), *_partner_findings(policy, facts, at))


def is_eligible(findings: Iterable[Finding]) -> bool:
    """Say whether every requirement is met."""
    return all(finding.met for finding in findings)


def unmet(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are open, in order; empty means eligible."""
    return tuple(finding for finding in findings if not finding.met)


def describe(policy: Policy) -> tuple[str, ...]:
    """Return what `policy` asks for, a phrase each, in the order of the findings that `evaluate` returns.

    Only what binds is named: of two things that are asked for in any case and of which one includes the other, a Job
    Success Score of 80 % and one of 85 %, the one that asks for more.
    """
    base, own = policy.base, policy.rules.requirements
    asked = list(certain(own))
    included = {
        rule
        for rule, asks in _asked_of_everybody(base).items()
        if any(each == asks or includes(each, asks) for each in asked)
    }
    of_everybody = (rule.needs(base) for rule in BASE_RULES if rule.rule not in included)
    beside = [*asked, *(asks for rule, asks in _asked_of_everybody(base).items() if rule not in included)]
    if base.unscored_passes:
        beside = [each for each in beside if each.fact != "jss_pct" or each in asked]
    on_top = (asking.phrase(each) for each in own if not any(includes(other, each) for other in beside))
    return tuple(wording.capital(needed) for needed in (*of_everybody, *dict.fromkeys(on_top)))


def _asked_of_everybody(base: BasePolicy) -> dict[str, Condition]:
    """Return what the base policy asks for, by its rule, where a partner can ask for more of the same."""
    asked = {"E-2": Condition("jss_pct", "at_least", base.min_jss_pct)}
    lowest = next((level for level in LANGUAGE_LEVELS if level in base.passing_english_levels), None)
    english = Condition("language", "at_least", Language(ENGLISH, lowest))
    return asked | {"E-5": english} if lowest and english.levels == base.passing_english_levels else asked


def describe_newcomers(policy: Policy) -> str:
    """Return, as a sentence, what is asked of somebody whom the partner brought to the marketplace. Rule E-7."""
    return _(
        "Whoever joins the marketplace through a partner's invitation needs no more than a public profile that is "
        "%(pct)s complete, until their first Job Success Score appears.",
        pct=wording.percent(policy.base.newcomer_completeness_pct),
    )


def _base_findings(policy: Policy, facts: Facts) -> Iterable[Finding]:
    for rule in BASE_RULES:
        finding = _finding(policy, rule.rule, rule.rule, rule.title, rule.judge(policy.base, facts))
        if facts.is_newcomer and not rule.asked_of_newcomers:
            finding = _not_asked_yet(finding, rule.needs(policy.base), facts)
        yield finding


def _partner_findings(policy: Policy, facts: Facts, at: datetime) -> Iterable[Finding]:
    day = day_of(at)
    for number, requirement in enumerate(policy.rules.requirements, start=1):
        seen = told(requirement, facts, day, policy.base)
        finding = _finding(policy, PARTNER_RULE, f"{PARTNER_RULE}/{number}", asking.title(requirement), seen)
        yield _not_asked_yet(finding, asking.phrase(requirement), facts) if facts.is_newcomer else finding


def _finding(policy: Policy, rule: str, key: str, title: str, seen: Seen) -> Finding:
    return Finding(
        rule=rule,
        key=key,
        title=title,
        met=seen.met,
        value=seen.value,
        observed_at=seen.observed_at,
        sentence=seen.sentence,
        next_step=None if seen.met else seen.next_step,
        grace_days=policy.base.grace_days[rule],
    )


def _not_asked_yet(finding: Finding, needed: str, facts: Facts) -> Finding:
    """Return the finding for a newcomer, who is not asked for this before their first score. Rules E-7, E-9."""
    sentence = (
        "Not asked of you yet, because you joined through a partner's invitation. From the day your first "
        f"Job Success Score appears, you need {needed}."
    )
    if finding.rule == "E-1" and (facts.holds or facts.account_state != ACTIVE):
        sentence = (
            f"{account_trouble(facts)} As a newcomer you stay eligible, but you are neither listed nor featured until "
            f"that ends. {account_steps(facts)}"
        )
    return replace(finding, met=True, asked=False, sentence=sentence, next_step=None)
