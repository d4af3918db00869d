"""Whatever stands in a policy's values, it never becomes part of a statement. Rule E-6."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from badges.eligibility.conditions import Condition, SkillCount, SkillMoney
from badges.eligibility.partner_rules import PartnerRules
from badges.foresight import warn
from badges.models import Award, PartnerRulesVersion
from badges.queries import checklist, policy_for
from badges.receipts import Cause, record_receipt, replay
from badges.simulation import Change, affected_holders, everybody_by_country, holders, meeting
from badges.sweep import sweep
from core.database import db, new_id
from partners.application_queries import meeting_everything, waiting_and_eligible
from tests.factories import make_application, make_expert, make_freelancer, make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NASTY = "'); DROP TABLE awards; --"
EVERYWHERE = (
    Condition("certificate", "held", NASTY),
    Condition("training", "passed", NASTY),
    Condition("review", "passed", NASTY),
    Condition("skills", "has_any", (NASTY,)),
    Condition("skills", "has_all", (NASTY,)),
    Condition("availability", "in", (NASTY,)),
    Condition("skill_jobs", "at_least", SkillCount(NASTY, 1)),
    Condition("skill_earnings", "at_least", SkillMoney(NASTY, 1, NASTY)),
    Condition("country", "not_in", (NASTY,)),
    Condition("timezone", "in", (NASTY,)),
)


@pytest.fixture
def statements(app, session):
    """All that is sent to the database as SQL, without its parameters."""
    sent = []

    def keep(connection, cursor, statement, *_):
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", keep)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", keep)


def test_a_command_that_got_into_a_policy_stays_a_value_whatever_is_done_with_it(session, statements):
    partner = make_partner()
    badge, award = partner.programme.achievement_id, make_expert(partner)
    make_application(partner, ada := make_freelancer(profile={"certificates": [{"name": NASTY}]}, skills=[NASTY]))
    # As no form and no file lets it in: straight into the table.
    content = PartnerRules(EVERYWHERE).to_json()
    days = {"effective_at": AT, "created_at": AT}
    session.add(PartnerRulesVersion(id=new_id(), achievement_id=badge, label="x", content=content, **days))
    session.commit()
    del statements[:]

    policy = policy_for(badge, AT)
    change = Change(policy, policy, partner.id, badge, AT)
    met = {"certificate", "skills", "country"}
    assert [each.met for each in checklist(ada.id, badge, AT)[5:]] == [each.fact in met for each in EVERYWHERE]
    assert meeting(policy, policy.rules.requirements, partner.id, AT).each[0] == 1
    assert (holders(change).total, affected_holders(change), meeting_everything(partner.programme, AT)) == (1, [], 0)
    assert sum(each.total for each in everybody_by_country(change).values()) == 2
    assert waiting_and_eligible(partner.programme, AT) == []
    receipt = record_receipt(ada.id, badge, Cause.APPLICATION, at=AT)
    assert [each.met for each in replay(receipt)][5] is True
    assert sweep(AT).grace_began == 1
    warn(AT)

    assert len(statements) > 20
    assert not [each for each in statements if "DROP TABLE" in each]
    assert session.scalars(sa.select(Award.id)).all() == [award.id]
