"""What the database meets at the edges of `badges/eligibility/sql.py`: odd documents and rare letters."""

import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa

from badges.eligibility.conditions import Condition
from badges.eligibility.facts import Language, folded
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy, Policy
from badges.eligibility.sql import met_expressions
from tests.factories import make_freelancer

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_profile_whose_lists_are_not_lists_holds_nothing(session):
    make_freelancer(profile={"certificates": None, "portfolio": "none"}, languages={})
    asked = (
        Condition("certificate", "held", "SQL"),
        Condition("portfolio_items", "at_least", 1),
        Condition("language", "at_least", Language("de", "basic")),
    )
    policy = Policy(BasePolicy("2026-01", AT), "1", AT, PartnerRules(asked))

    met = met_expressions(policy, AT, issuer_id=None, joined_through_issuer=sa.false())
    assert session.execute(sa.select(*(expression for _, expression in met))).one()[-3:] == (False, False, False)


def test_letters_are_folded_alike_in_python_and_in_the_database(session):
    """Of letters that this Python does not know yet nothing is said."""
    letters = [chr(i) for i in range(1, 0x1F000) if unicodedata.category(chr(i)) not in ("Cn", "Cs")]
    query = sa.text("SELECT array_agg(lower(letter)) FROM unnest(CAST(:letters AS text[])) letter")

    assert [folded(letter) for letter in letters] == session.scalar(query, {"letters": letters})
