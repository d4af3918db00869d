"""What tests of eligibility share: people of all sorts."""

import random

import pytest
import sqlalchemy as sa

from badges.eligibility.facts import Facts, OpenHold, Passed
from badges.models import Issuer, JoinedThrough
from freelancers.holds import HoldKind
from freelancers.models import Freelancer
from tests.badges.eligibility.sorts import ANOTHER, AT, ISSUER, PEOPLE, holds_of, person, said_of


@pytest.fixture
def people(session):
    """400 people of all sorts in the database, and the facts about each by their id."""
    rnd = random.Random(20260302)
    issuer = Issuer(id=ISSUER, slug="northwind", name="Northwind", url=None)
    session.add(Issuer(id=ANOTHER, slug="contoso", name="Contoso", url=None))
    freelancers = [person(number, rnd) for number in range(PEOPLE)]
    session.add_all([issuer, *freelancers])
    session.flush()
    holds = {each.id: holds_of(each, rnd) for each in freelancers}
    said = {each.id: said_of(each, rnd) for each in freelancers}
    session.add_all(each for told in said.values() for each in told)
    newcomers = {each.id for each in freelancers if rnd.random() < 0.3}
    session.add_all(hold for placed in holds.values() for hold in placed)
    session.add_all(JoinedThrough(freelancer_id=each, issuer_id=issuer.id, joined_at=AT) for each in newcomers)
    session.flush()
    rows = session.execute(sa.select(*Freelancer.__table__.columns)).mappings()
    return {
        row["id"]: Facts.of_columns(
            row,
            [OpenHold(HoldKind(hold.kind), hold.placed_at) for hold in holds[row["id"]] if hold.lifted_at is None],
            row["id"] in newcomers,
            [
                Passed(each.kind, each.name, each.passed_on, each.expires_on, each.noted_at)
                for each in said[row["id"]]
                if each.issuer_id == ISSUER and each.withdrawn_at is None
            ],
        )
        for row in rows
    }
