"""Policies and people of every sort, drawn by chance, for what must hold of all of them."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from badges.eligibility.conditions import Condition, Group, Money, Overlap, SkillCount, SkillMoney
from badges.eligibility.facts import LANGUAGE_LEVELS, Certificate, Facts, Language, OpenHold, Passed, SkillExperience
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import VISIBILITIES, BasePolicy, Policy
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
