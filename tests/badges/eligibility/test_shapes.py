"""The rules of many partners, asked in one statement, mean what they mean one by one. Rule E-6."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.eligibility.conditions import Condition, Group
from badges.eligibility.meeting import is_met
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.shapes import PartnersRules
from core.clock import day_of
from core.database import new_id
from freelancers.models import Freelancer
from tests.badges.eligibility.sorts import AT, ISSUER
from tests.badges.eligibility.test_sql import every_condition, requirements

#: Badges asked for at once, and how often.
BADGES, TIMES = 40, 8


def disagreements(session, people, many):
    """Return the badges and people of whom Python and the one statement say different things."""
    badges = {new_id(): (ISSUER, rules) for rules in many}
    own = PartnersRules(badges, AT)
    everybody = sa.join(Freelancer, own.table, sa.true())
    asked = sa.select(own.table.c.achievement_id, Freelancer.id, own.met()).select_from(everybody)
    said = {(badge, person): met for badge, person, met in session.execute(asked)}
    assert len(said) == len(many) * len(people)
    return [
        (rules, facts)
        for badge, (_, rules) in badges.items()
        for person, facts in people.items()
        if all(is_met(each, facts, day_of(AT)) for each in rules.requirements) is not said[badge, person]
    ]


def test_many_random_rules_in_one_statement_mean_what_each_means(session, people):
    rules = st.lists(requirements, max_size=4).map(lambda each: PartnerRules(tuple(each)))

    @settings(max_examples=TIMES, suppress_health_check=list(HealthCheck))
    @given(st.lists(rules, min_size=BADGES, max_size=BADGES))
    def agree(many):
        assert not disagreements(session, people, many)

    agree()


def test_every_condition_beside_all_others(session, people):
    assert not disagreements(session, people, [PartnerRules((condition,)) for condition in every_condition()])


def test_rules_that_differ_in_values_alone_are_one_expression(session):
    few = [PartnerRules((Condition("jobs_count", "at_least", jobs),)) for jobs in range(500)]
    badges = {new_id(): (new_id(), rules) for rules in few}

    assert len(str(PartnersRules(badges, AT).met())) < 200


def test_a_badge_without_rules_asks_for_nothing(session, people):
    group = PartnerRules((Group("any", (Condition("jobs_count", "at_least", 10),)),))

    assert not disagreements(session, people, [NO_RULES, group, NO_RULES])
    assert not disagreements(session, people, [NO_RULES])
