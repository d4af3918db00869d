"""What a simulation counts is what the rules and the upkeep of awards say of each person. Rules E-11, E-13."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges import simulation
from badges.eligibility.conditions import Condition, Group
from badges.eligibility.facts import Language
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import GRACE_DAYS, BasePolicy, Policy
from badges.eligibility.rules import evaluate, is_eligible, unmet
from badges.models import Award, AwardStatus, JoinedThrough
from badges.queries import facts_of_many
from badges.simulation import Change, Outcome, Shift, Tally
from badges.upkeep import Upkeep, next_state
from core.database import new_id
from freelancers.models import Freelancer, Hold
from tests.factories import make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = 400
JOBS = Condition("jobs_count", "at_least", 10)
FEW = Condition("jobs_count", "at_most", 20)
SKILLS = Condition("skills", "has_any", ("SQL", "Go"))
GERMAN = Condition("language", "at_least", Language("de", "fluent"))
RULES = (
    (),
    (JOBS,),
    (JOBS, SKILLS),
    (Group("any", (JOBS, GERMAN)), FEW),
    (Condition("country", "not_in", ("DE",)), Condition("jss_pct", "at_least", 90)),
)
GRACES = ({}, {"E-2": 0}, {"E-6": 0}, {"E-3": 3})


def policies():
    rnd = random.Random(5)
    for rules in RULES:
        for grace in GRACES:
            base = BasePolicy(
                "b",
                AT - 100 * DAY,
                min_jss_pct=rnd.choice((80, 85)),
                passing_visibilities=rnd.choice((("public",), ("public", "marketplace"))),
                grace_days=dict(GRACE_DAYS) | grace,
            )
            yield Policy(base, "p", AT, PartnerRules(rules))


POLICIES = tuple(policies())


@pytest.fixture(scope="module")
def changes():
    rnd = random.Random(6)
    same = [(each, replace(each, rules=PartnerRules(rnd.choice(RULES)))) for each in POLICIES]
    return [*same, *(tuple(rnd.sample(POLICIES, 2)) for _ in range(15))]


@pytest.fixture
def partner(session):
    partner = make_partner()
    rnd, people, awards = random.Random(7), [], []
    for number in range(PEOPLE):
        score, person = rnd.choice((None, 79, 80, 88, 95)), new_id()
        people.append(
            {
                "id": person,
                "marketplace_id": f"sim{number}",
                "name": "Ada",
                "created_at": AT,
                "updated_at": AT,
                "account_state": rnd.choice(("active",) * 9 + ("closed",)),
                "visibility": rnd.choice(("public",) * 6 + ("marketplace", "private")),
                "jss_pct": score,
                "first_scored_at": score and AT,
                "completeness_pct": rnd.choice((100, 100, 100, 100, 99)),
                "english_level": rnd.choice(("fluent", "native", "native", "basic", None)),
                "country": rnd.choice(("DE", "AT", None)),
                "skills": rnd.choice(([], ["sql"], ["Go", "C"])),
                "languages": rnd.choice(([], [{"code": "de", "level": "native"}])),
                "jobs_count": rnd.choice((None, 9, 10, 30)),
            }
        )
        if rnd.random() < 0.7:
            grace_ends = rnd.choice((None, None, AT - DAY, AT + 3 * DAY))
            awards.append(
                {
                    "id": new_id(),
                    "achievement_id": partner.programme.achievement_id,
                    "freelancer_id": person,
                    "awarded_at": AT,
                    "grace_began_at": grace_ends and AT - 20 * DAY,
                    "grace_ends_at": grace_ends,
                    "expires_at": rnd.choice((None, None, AT - DAY, AT, AT + DAY)),
                    "closed_at": rnd.choice((None,) * 9 + (AT - DAY,)),
                    "lifts_at_once": False,
                }
            )
    session.execute(sa.insert(Freelancer), people)
    session.execute(sa.insert(Award), awards)
    ids = [person["id"] for person in people]
    joined = [{"freelancer_id": each, "issuer_id": partner.id, "joined_at": AT} for each in rnd.sample(ids, 100)]
    session.execute(sa.insert(JoinedThrough), joined)
    holds = [
        {"id": new_id(), "freelancer_id": each, "kind": "block", "reason": "x", "placed_at": AT}
        for each in rnd.sample(ids, 40)
    ]
    session.execute(sa.insert(Hold), holds)
    session.commit()
    return partner


def standing(award, policy, facts, before=None):
    """The state that a sweep under `policy` would leave, and how the award then stands."""
    before = before or Upkeep(award.grace_began_at, award.grace_ends_at, award.suspended_at, award.lifts_at_once)
    after = next_state(before, evaluate(policy, facts, AT), AT)
    if after.suspended_at is not None:
        return after, AwardStatus.SUSPENDED
    return after, AwardStatus.ACTIVE if after.grace_ends_at is None else AwardStatus.GRACE


def outcome(award, now, then, facts):
    """The same as `holder_outcome`, worked out one by one: swept under the one policy, then under the other."""
    swept, before = standing(award, now, facts)
    # A grace that another requirement ran out on counts against the new one too: it is the award's, not the rule's.
    swept = replace(swept, grace_began_at=award.grace_began_at, grace_ends_at=award.grace_ends_at)
    _, after = standing(award, then, facts, swept)
    shown_now = before is not AwardStatus.SUSPENDED
    open_now = {finding.key for finding in unmet(evaluate(now, facts, AT))}
    asked_now = {requirement: f"E-6/{number}" for number, requirement in enumerate(now.rules.requirements, 1)}
    open_then = [finding.key for finding in unmet(evaluate(then, facts, AT))]
    requirements = then.rules.requirements
    known_as = [asked_now.get(requirements[int(key[4:]) - 1]) if key[3:4] == "/" else key for key in open_then]
    fresh = [key for key in known_as if key not in open_now]
    if shown_now and any(finding.grace_days == 0 for finding in unmet(evaluate(then, facts, AT))):
        return Outcome.LOSES
    if shown_now and fresh:
        return Outcome.GRACE
    if not shown_now and after is not AwardStatus.SUSPENDED:
        return Outcome.GAINS
    if before is AwardStatus.GRACE and not open_then:
        return Outcome.GAINS
    return Outcome.UNAFFECTED


def test_a_simulation_says_of_everybody_what_the_rules_say_of_each(session, partner, changes):
    badge = partner.programme.achievement_id
    everybody = facts_of_many(session.scalars(sa.select(Freelancer.id)).all(), partner.id)
    held = [
        award
        for award in session.scalars(sa.select(Award))
        if award.closed_at is None and (award.expires_at is None or award.expires_at > AT)
    ]
    seen = Counter()
    for now, then in changes:
        change = Change(now, then, partner.id, badge, AT)
        expected = Counter(outcome(award, now, then, everybody[award.freelancer_id]) for award in held)
        assert simulation.holders(change) == Tally(**{which.value: expected[which] for which in Outcome})
        told = set(simulation.affected_holders(change))
        assert len(told) == expected[Outcome.LOSES] + expected[Outcome.GRACE]

        eligible = {
            person: (is_eligible(evaluate(now, facts, AT)), is_eligible(evaluate(then, facts, AT)))
            for person, facts in everybody.items()
        }
        by_country = simulation.everybody_by_country(change)
        assert sum(by_country.values(), Shift()) == shift(eligible.values())
        for country, counted in by_country.items():
            assert counted == shift([eligible[id_] for id_, facts in everybody.items() if facts.country == country])
        seen += expected
    assert all(seen[which] > 20 for which in Outcome), seen


def shift(pairs):
    pairs = list(pairs)
    return Shift(
        total=len(pairs),
        before=sum(before for before, _ in pairs),
        after=sum(after for _, after in pairs),
        gains=sum(after and not before for before, after in pairs),
        loses=sum(before and not after for before, after in pairs),
    )


def test_counts_of_single_requirements_are_those_of_the_people_who_meet_them(session, partner):
    policy = POLICIES[8]
    found = simulation.meeting(policy, (JOBS, SKILLS), partner.id, AT)
    people = session.scalars(sa.select(Freelancer)).all()
    everybody = facts_of_many([person.id for person in people], partner.id)

    assert found.total == PEOPLE
    assert found.each == (
        sum((person.jobs_count or 0) >= 10 for person in people),
        sum(bool(person.skills) for person in people),
    )
    assert found.everything == sum(is_eligible(evaluate(policy, facts, AT)) for facts in everybody.values())
    base = replace(policy, rules=PartnerRules())
    assert found.base == sum(is_eligible(evaluate(base, facts, AT)) for facts in everybody.values())
    assert simulation.meeting_base(policy, partner.id, AT)["E-4"] == sum(
        person.visibility in policy.base.passing_visibilities for person in people
    )
