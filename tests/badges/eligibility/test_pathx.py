"""The path to a badge: its steps are enough, none is too many, and they stand in an order that can be done."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from badges.eligibility.conditions import Condition, Group, Money, Overlap, SkillCount, SkillMoney
from badges.eligibility.contradictions import contradictions
from badges.eligibility.facts import LANGUAGE_LEVELS, Certificate, Facts, Language, OpenHold, Passed, SkillExperience
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.path import PROFILE, done, other_steps, path
from badges.eligibility.policy import VISIBILITIES, BasePolicy, Policy
from badges.eligibility.rules import evaluate, is_eligible
from freelancers.holds import HoldKind
from freelancers.rules import ProfileParts, completeness

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FULL = ProfileParts(photo=1, overview=1, employment=3, skills=2, education=2)
TEXTS = ("SQL", "dbt", "Python", "sql")
COUNTS = (0, 1, 5, 10, 20)
CENTS = (0, 4_000, 5_000, 500_000)


def facts(parts=FULL, **values):
    favourable = {
        "account_state": "active",
        "visibility": "public",
        "english_level": "fluent",
        "jss_pct": 95,
        "first_scored_at": AT,
        "country": "DE",
        "completeness_pct": completeness(parts).pct,
        "completeness_stated_pct": parts.stated_pct,
    }
    return Facts(**favourable | values)


def policy(*requirements, **base):
    return Policy(BasePolicy("2026-01", AT, **base), "Northwind 1", AT, PartnerRules(requirements))


def keys(steps):
    return [step.key for step in steps]


def bounds(fact, values, operators=("at_least", "at_most")):
    return st.builds(Condition, st.just(fact), st.sampled_from(operators), st.sampled_from(values))


def several(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def among(fact, values, operators=("in",)):
    return st.builds(Condition, st.just(fact), st.sampled_from(operators), several(values))


def amounts(fact):
    return st.builds(
        Condition,
        st.just(fact),
        st.sampled_from(("at_least", "at_most")),
        st.sampled_from(CENTS).map(lambda c: Money(c, "USD")),
    )


conditions = st.one_of(
    st.builds(Condition, st.just("certificate"), st.just("held"), st.sampled_from(TEXTS)),
    st.builds(Condition, st.sampled_from(("training", "review")), st.just("passed"), st.sampled_from(TEXTS)),
    st.builds(
        Condition,
        st.sampled_from(("skill_jobs", "skill_hours")),
        st.just("at_least"),
        st.builds(SkillCount, st.sampled_from(TEXTS), st.sampled_from(COUNTS[1:])),
    ),
    st.builds(
        Condition,
        st.just("skill_earnings"),
        st.just("at_least"),
        st.builds(SkillMoney, st.sampled_from(TEXTS), st.sampled_from(CENTS), st.just("USD")),
    ),
    st.builds(
        Condition,
        st.just("timezone_overlap"),
        st.just("at_least"),
        st.builds(Overlap, st.integers(1, 8), st.sampled_from(("Africa/Lagos", "Asia/Kolkata", "Asia/Tokyo", "UTC"))),
    ),
    bounds("jobs_count", COUNTS),
    bounds("hours_worked", COUNTS),
    bounds("years_experience", COUNTS),
    bounds("portfolio_items", COUNTS),
    bounds("jss_pct", (0, 80, 90, 100), ("at_least",)),
    bounds("days_since_active", (0, 30), ("at_most",)),
    amounts("earnings_cents"),
    amounts("hourly_rate_cents"),
    among("skills", TEXTS, ("has_any", "has_all")),
    among("country", ("DE", "AT", "FR"), ("in", "not_in")),
    among("timezone", ("Africa/Lagos", "UTC")),
    among("talent_badge", ("top_rated", "top_rated_plus")),
    among("availability", TEXTS),
    st.builds(
        Condition,
        st.just("language"),
        st.just("at_least"),
        st.builds(Language, st.sampled_from(("en", "de")), st.sampled_from(LANGUAGE_LEVELS)),
    ),
    st.just(Condition("identity_verified", "is", value=True)),
)
requirements = st.recursive(
    conditions,
    lambda inner: st.builds(Group, st.sampled_from(("all", "any")), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=5,
)
percentages = st.sampled_from((0, 50, 80, 90, 100))
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
    passing_english_levels=st.sampled_from([LANGUAGE_LEVELS[lowest:] for lowest in range(4)]),
)
policies = st.builds(
    Policy,
    base=st.one_of(st.just(BasePolicy("2026-01", AT)), bases),
    label=st.just("Northwind 1"),
    effective_at=st.just(AT),
    rules=st.lists(requirements, max_size=5).map(lambda each: PartnerRules(tuple(each))),
)


@st.composite
def people(draw):
    """Somebody of any sort, and the parts of their profile; the two tell the same story."""

    def maybe(*values):
        return draw(st.sampled_from((None, *values)))

    skills = draw(several(TEXTS)) if draw(st.booleans()) else ()
    ends = st.sampled_from((None, AT.date() - DAY, AT.date(), AT.date() + DAY))
    held = draw(st.lists(st.builds(Certificate, st.sampled_from(TEXTS), st.none(), ends), max_size=2))
    done_with = st.builds(SkillExperience, st.sampled_from(TEXTS), *(st.sampled_from((None, 1, 10)) for _ in range(3)))
    said = st.builds(Passed, st.sampled_from(("training", "review")), st.sampled_from(TEXTS), st.just(AT.date()), ends)
    counted = {each.name: draw(st.integers(0, 3)) for each in fields(ProfileParts) if each.name != "stated_pct"}
    counted |= {"skills": len(skills), "certificates": len(held)}
    parts = ProfileParts(**counted, stated_pct=maybe(0, 85, 100))
    kinds = draw(st.lists(st.sampled_from(list(HoldKind)), max_size=2, unique=True))
    person = facts(
        parts,
        account_state=draw(st.sampled_from(("active", "active", "suspended", "closed"))),
        visibility=draw(st.sampled_from(VISIBILITIES)),
        from_elance=draw(st.booleans()),
        english_level=maybe(*LANGUAGE_LEVELS),
        jss_pct=maybe(0, 79, 80, 100),
        first_scored_at=maybe(AT),
        country=maybe("DE", "US"),
        timezone=maybe("UTC", "Asia/Tokyo"),
        currency=draw(st.sampled_from(("USD", "EUR"))),
        hourly_rate_cents=maybe(*CENTS),
        earnings_cents=maybe(*CENTS),
        years_experience=maybe(*COUNTS),
        jobs_count=maybe(*COUNTS),
        hours_worked=maybe(*COUNTS),
        talent_badge=maybe("top_rated", "rising_talent"),
        identity_verified=draw(st.booleans()),
        availability=maybe(*TEXTS),
        last_active_on=maybe(AT.date() - 31 * DAY, AT.date()),
        skills=skills,
        languages=(Language("de", "basic"),) * draw(st.integers(0, 1)),
        certificates=tuple(held),
        portfolio_items=parts.portfolio,
        skill_experience=tuple(draw(st.lists(done_with, max_size=2))),
        passed=tuple(draw(st.lists(said, max_size=2))),
        holds=tuple(OpenHold(kind, AT) for kind in kinds),
        joined_through_issuer=draw(st.booleans()),
    )
    return person, parts


@settings(max_examples=4000, suppress_health_check=list(HealthCheck))
@given(policies, people())
def test_all_steps_together_make_eligible_and_no_fewer_do(asked, person):
    assume(not contradictions(asked.rules.requirements, "rules"))
    who, parts = person
    steps = path(asked, who, parts, AT)

    assert is_eligible(evaluate(asked, done(steps, asked, who, parts, AT), AT))
    for size in range(min(len(steps), 7)):
        for fewer in combinations(steps, size):
            assert not is_eligible(evaluate(asked, done(fewer, asked, who, parts, AT), AT))
    assert len(set(keys(steps))) == len(steps)
    assert [step.kind for step in steps] == sorted(step.kind for step in steps)
    for step in steps:
        assert step.meets
        assert step.title
        assert step.text


CERTIFICATE = Condition("certificate", "held", "SQL")
TEN_JOBS = Condition("jobs_count", "at_least", 10)


def test_somebody_eligible_has_no_step():
    assert path(policy(), facts(), FULL, AT) == ()


def test_steps_stand_in_an_order_that_can_be_done():
    who = facts(
        account_state="suspended",
        holds=(OpenHold(HoldKind.POLICY_RESTRICTION, AT), OpenHold(HoldKind.AWAITING_VERIFICATION, AT)),
        visibility="private",
        english_level=None,
        jss_pct=70,
        jobs_count=1,
    )
    empty = ProfileParts()
    who = replace(who, completeness_pct=0)

    steps = path(policy(CERTIFICATE, TEN_JOBS), who, empty, AT)

    assert keys(steps) == [
        "verification",
        "account",
        "restriction",
        "visibility",
        PROFILE,
        "english_level",
        "certificate:sql",
        "jobs_count",
        "jss_pct",
    ]
    assert steps[0].waits_for == "An agent decides, right after the call."
    assert steps[3].waits_for is None
    assert "updated every day" in steps[-1].text


def test_what_completes_the_profile_is_told_part_by_part():
    parts = replace(FULL, employment=2, education=1)
    [step] = path(policy(), facts(parts), parts, AT)

    assert [(each.part, each.count, each.points) for each in step.additions] == [
        ("further employment", 1, 10),
        ("linked accounts", 1, 10),
    ]
    assert step.completeness_pct == 100


def test_a_certificate_that_is_asked_for_counts_for_the_profile_too():
    parts = replace(FULL, employment=2, portfolio=1)
    steps = path(policy(CERTIFICATE), facts(parts, portfolio_items=1), parts, AT)

    assert keys(steps) == ["certificate:sql"]
    assert steps[0].meets == ("E-3", "E-6/1")
    assert steps[0].completeness_pct == 100


def test_a_stated_figure_is_told_as_such():
    parts = replace(FULL, stated_pct=85)
    [step] = path(policy(), facts(parts), parts, AT)

    assert "The marketplace states 85 %." in step.text
    assert step.waits_for


def test_of_several_the_easiest_is_taken_and_the_others_are_named():
    fork = Group("any", (CERTIFICATE, TEN_JOBS))
    [step] = path(policy(fork), facts(jobs_count=9), FULL, AT)
    assert (step.title, step.alternatives) == ("Finish 1 more job", ("an active certificate “SQL”",))
    assert keys(other_steps(policy(fork), facts(jobs_count=9), FULL, AT, [step])) == ["certificate:sql"]

    [step] = path(policy(fork), facts(jobs_count=0), FULL, AT)
    assert (step.title, step.alternatives) == ("Earn the certificate “SQL”", ("at least 10 finished jobs",))


def test_one_step_serves_two_requirements():
    [step] = path(policy(Condition("jss_pct", "at_least", 90)), facts(jss_pct=75), FULL, AT)

    assert step.title == "Raise your Job Success Score by 15 points, to 90 %"
    assert step.meets == ("E-2", "E-6/1")


def test_a_first_score_is_held_to_the_base_policy_too():
    asked = policy(Condition("jss_pct", "at_least", 70), unscored_passes=True)
    [step] = path(asked, facts(jss_pct=None), FULL, AT)

    assert step.title == "Have a Job Success Score of 80 % or more"


def test_verifying_serves_the_hold_and_the_partner_who_asks_for_it():
    who = facts(holds=(OpenHold(HoldKind.AWAITING_VERIFICATION, AT),))
    [step] = path(policy(Condition("identity_verified", "is", value=True)), who, FULL, AT)

    assert step.meets == ("E-1", "E-6/1")


def test_what_only_grows_cannot_be_undone_and_is_said_so():
    [step] = path(policy(Condition("jobs_count", "at_most", 5)), facts(jobs_count=6), FULL, AT)

    assert not step.is_possible
    assert "cannot be met any more" in step.text


def test_a_newcomer_needs_a_public_and_complete_profile_alone():
    parts = replace(FULL, employment=2)
    who = facts(parts, jss_pct=None, first_scored_at=None, visibility="private", joined_through_issuer=True)

    assert keys(path(policy(CERTIFICATE), who, parts, AT)) == ["visibility", PROFILE]


def test_a_profile_from_elance_needs_less():
    parts = replace(FULL, employment=2)

    assert path(policy(), facts(parts, from_elance=True), parts, AT) == ()


@pytest.mark.parametrize("count", [20, 50])
def test_many_forks_are_found_through_quickly(count):
    forks = [
        Group("any", (Condition("certificate", "held", f"A{n}"), Condition("certificate", "held", f"B{n}")))
        for n in range(count // 2)
    ]

    assert len(path(policy(*forks), facts(), FULL, AT)) == count // 2


def test_no_rules_at_all_still_have_a_path():
    bare = Policy(BasePolicy("1", AT), "1", AT, NO_RULES)

    assert keys(path(bare, facts(visibility="private"), FULL, AT)) == ["visibility"]
