"""What an import has stored."""

import sqlalchemy as sa

from freelancers.models import Freelancer


def person(session, key):
    session.expire_all()
    return session.scalars(sa.select(Freelancer).where(Freelancer.marketplace_id == key)).one()


def counts(report):
    return report.read, report.created, report.updated, report.unchanged, report.refused


def fingerprint(session):
    """Return counts and checksums of all that an import can touch."""
    session.rollback()
    tables = ("freelancers", "observations", "feed_imports", "audit_events")
    query = "SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    # An import that changes nothing still leaves its own entry in the log.
    return [tuple(session.execute(sa.text(query.format(table))).one()) for table in tables[:2]]
