"""Somebody who meets the base policy, and what one condition of a partner's says of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from badges.eligibility.facts import Facts, Passed, SkillExperience
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.rules import evaluate

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


TODAY = AT.date()


ADA = Facts("active", "public", 100, english_level="fluent", jss_pct=95, first_scored_at=AT, feed_seen_at=AT)


USD, EUR = ({"cents": 5_000, "currency": code} for code in ("USD", "EUR"))


def policy(*rules):
    return Policy(BasePolicy("2026-01", AT), "Northwind 1", AT, PartnerRules.from_json({"rules": list(rules)}))


def condition(fact, operator, value):
    return {"fact": fact, "operator": operator, "value": value}


def judged(rule, at=AT, **facts):
    return evaluate(policy(rule), replace(ADA, **facts), at)[-1]


def skilled(**figures):
    return {"skill_experience": (SkillExperience("sql", **figures), SkillExperience("Go", 99, 99, 99_999))}


def passed(kind, **values):
    return {"passed": (Passed(kind, "northwind BASICS", TODAY - timedelta(days=90), noted_at=AT, **values),)}
