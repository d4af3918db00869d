"""The SQL says of many people at once what the rules say of each: one truth in two forms."""

from datetime import timedelta
from itertools import pairwise, product
from types import MappingProxyType

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.eligibility.askable import FACTS
from badges.eligibility.conditions import Condition, Group, Money, Overlap, SkillCount, SkillMoney
from badges.eligibility.facts import LANGUAGE_LEVELS, Facts, Language
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.policy import GRACE_DAYS, VISIBILITIES, BasePolicy, Policy
from badges.eligibility.rules import evaluate, is_eligible
from badges.eligibility.sql import eligible_expression, met_expressions
from badges.models import JoinedThrough
from freelancers.models import Freelancer
from tests.badges.eligibility.sorts import (
    AT,
    CENTS,
    CODES,
    COUNTRIES,
    COUNTS,
    DAYS,
    ISSUER,
    KINDS,
    PERCENTAGES,
    TALENT,
    TEXTS,
    ZONES,
)

POLICIES = 50


def joined():
    """The expression that says who joined through the issuer; here everybody in the table did."""
    return sa.exists().where(JoinedThrough.freelancer_id == Freelancer.id)


def in_sql(session, policy, at, joined_through_issuer):
    """Return what the database says of everybody: by id, all keys with met or not, and eligible or not."""
    met = met_expressions(policy, at, issuer_id=ISSUER, joined_through_issuer=joined_through_issuer)
    eligible = eligible_expression(policy, at, issuer_id=ISSUER, joined_through_issuer=joined_through_issuer)
    rows = session.execute(sa.select(Freelancer.id, eligible, *(expression for _, expression in met)))
    keys = [key for key, _ in met]
    return {row[0]: (list(zip(keys, row[2:], strict=True)), row[1]) for row in rows}


def bounds(fact, values, operators=("at_least", "at_most")):
    return st.builds(Condition, st.just(fact), st.sampled_from(operators), st.sampled_from(values))


def several(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def among(fact, values, operators=("in",)):
    return st.builds(Condition, st.just(fact), st.sampled_from(operators), several(values))


def amounts(fact):
    money = st.builds(Money, st.sampled_from(CENTS), st.sampled_from(("USD", "EUR")))
    return st.builds(Condition, st.just(fact), st.sampled_from(("at_least", "at_most")), money)


def passed(fact):
    return st.builds(Condition, st.just(fact), st.just("passed"), st.sampled_from(TEXTS))


def with_skill(fact, values):
    return st.builds(Condition, st.just(fact), st.just("at_least"), values)


skill_counts = st.builds(SkillCount, st.sampled_from(TEXTS), st.sampled_from(COUNTS[1:]))


skill_money = st.builds(SkillMoney, st.sampled_from(TEXTS), st.sampled_from(CENTS), st.sampled_from(("USD", "EUR")))


overlaps = st.builds(Overlap, st.integers(1, 8), st.sampled_from((*ZONES, "Nowhere/Known")))


spoken = st.builds(Language, st.sampled_from(CODES), st.sampled_from(LANGUAGE_LEVELS))


conditions = st.one_of(
    st.builds(Condition, st.just("certificate"), st.just("held"), st.sampled_from(TEXTS)),
    passed("training"),
    passed("review"),
    with_skill("skill_jobs", skill_counts),
    with_skill("skill_hours", skill_counts),
    with_skill("skill_earnings", skill_money),
    st.builds(Condition, st.just("timezone_overlap"), st.just("at_least"), overlaps),
    bounds("jobs_count", COUNTS),
    bounds("hours_worked", COUNTS),
    amounts("earnings_cents"),
    amounts("hourly_rate_cents"),
    bounds("years_experience", (0, 9, 10, 100)),
    among("skills", TEXTS, ("has_any", "has_all")),
    bounds("portfolio_items", COUNTS),
    among("country", COUNTRIES, ("in", "not_in")),
    st.builds(Condition, st.just("language"), st.just("at_least"), spoken),
    among("timezone", ZONES),
    among("talent_badge", TALENT),
    st.just(Condition("identity_verified", "is", value=True)),
    bounds("jss_pct", PERCENTAGES, ("at_least",)),
    bounds("days_since_active", DAYS, ("at_most",)),
    among("availability", TEXTS),
)


requirements = st.recursive(
    conditions,
    lambda inner: st.builds(Group, st.sampled_from(("all", "any")), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


percentages = st.sampled_from(PERCENTAGES)


bases = st.builds(
    BasePolicy,
    label=st.just("2026-01"),
    effective_at=st.just(AT),
    min_jss_pct=percentages,
    unscored_passes=st.booleans(),
    min_completeness_pct=percentages,
    min_completeness_elance_pct=percentages,
    newcomer_completeness_pct=percentages,
    passing_visibilities=several(VISIBILITIES),
    passing_english_levels=several(LANGUAGE_LEVELS),
    grace_days=st.just(MappingProxyType(GRACE_DAYS)),
)


policies = st.builds(
    Policy,
    base=st.one_of(st.just(BasePolicy("2026-01", AT)), bases),
    label=st.just("Northwind 1"),
    effective_at=st.just(AT),
    rules=st.lists(requirements, max_size=6).map(lambda each: PartnerRules(tuple(each))),
)


moments = st.sampled_from(
    [AT, AT.replace(hour=0, minute=0), *(AT + timedelta(days=days) for days in (1, 6, 27, 180, -365))]
)


def disagreements(session, people, policy, at):
    """Return of whom Python and SQL say different things: the facts and both answers."""
    seen = in_sql(session, policy, at, joined())
    findings = {each: evaluate(policy, facts, at) for each, facts in people.items()}
    said = {each: ([(one.key, one.met) for one in found], is_eligible(found)) for each, found in findings.items()}
    return [(people[each], said[each], seen[each]) for each in people if said[each] != seen[each]]


def test_python_and_sql_agree_about_everybody_under_every_policy(session, people):
    @settings(max_examples=POLICIES, suppress_health_check=list(HealthCheck))
    @given(policies, moments)
    def agree(policy, at):
        assert not disagreements(session, people, policy, at)

    agree()


def every_condition():
    """Yield each fact with each of its operators and values, texts and codes also in pairs."""
    numbers = {"jobs_count": COUNTS, "hours_worked": COUNTS, "portfolio_items": COUNTS, "years_experience": (0, 9, 10)}
    numbers |= {"jss_pct": PERCENTAGES, "days_since_active": DAYS}
    choices = {"country": COUNTRIES, "timezone": ZONES, "talent_badge": TALENT, "availability": TEXTS, "skills": TEXTS}
    counts = [SkillCount(*each) for each in product(TEXTS, COUNTS[1:])]
    written = {"skill_jobs": counts, "skill_hours": counts}
    written |= {"skill_earnings": [SkillMoney(*each) for each in product(TEXTS, CENTS, ("USD", "EUR"))]}
    written |= {"timezone_overlap": [Overlap(*each) for each in product(range(1, 9), ZONES)]}
    for fact, kind in FACTS.items():
        for operator in kind.operators:
            named = TEXTS * (fact in ("certificate", *KINDS))
            for values in (numbers.get(fact, ()), named, written.get(fact, ()), [True] * (operator == "is")):
                yield from (Condition(fact, operator, value) for value in values)
            for texts in [(text,) for text in choices.get(fact, ())] + list(pairwise(choices.get(fact, ()))):
                yield Condition(fact, operator, texts)
            if fact.endswith("_cents"):
                yield from (Condition(fact, operator, Money(*each)) for each in product(CENTS, ("USD", "EUR")))
            if fact == "language":
                yield from (Condition(fact, operator, Language(*each)) for each in product(CODES, LANGUAGE_LEVELS))


def test_python_and_sql_agree_about_every_condition_alone(session, people):
    asked = list(every_condition())
    assert {condition.fact for condition in asked} == set(FACTS)

    for start in range(0, len(asked), 50):
        policy = Policy(BasePolicy("2026-01", AT), "1", AT, PartnerRules(tuple(asked[start : start + 50])))
        assert not disagreements(session, people, policy, AT)


def test_every_expression_is_true_or_false_even_where_nothing_is_known(session, people):
    everything = [
        Condition("jobs_count", "at_most", 10),
        Condition("country", "not_in", ("DE",)),
        Condition("availability", "in", ("SQL",)),
        Condition("skills", "has_all", ("SQL",)),
    ]
    policy = Policy(BasePolicy("2026-01", AT), "1", AT, PartnerRules(tuple(everything)))
    unknown = sa.cast(sa.null(), sa.Boolean())

    for met, eligible in in_sql(session, policy, AT, unknown).values():
        assert {eligible, *(value for _, value in met)} <= {True, False}


def test_keys_stand_in_the_order_of_the_findings(session):
    policy = Policy(BasePolicy("2026-01", AT), "1", AT, NO_RULES)

    keys = [key for key, _ in met_expressions(policy, AT, issuer_id=ISSUER, joined_through_issuer=sa.false())]
    assert keys == [each.key for each in evaluate(policy, Facts("active", "public", 100), AT)]
