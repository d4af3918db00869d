"""A sweep of many awards: in parts, at once with another, killed and stopped. Rules E-11, X-1."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from badges import mails, services
from badges import sweep as sweeping
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Award, AwardStatus, Receipt
from badges.sweep import SweepReport, sweep
from core.database import joined_transaction
from tests.badges.sweeping import actions, sent, stands
from tests.factories import (
    make_award,
    make_expert,
    make_freelancer,
    make_partner,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_sweep_for_one_person_leaves_the_others(session):
    partner = make_partner()
    first, second = make_expert(partner, jss_pct=70), make_expert(partner, jss_pct=70)

    assert sweep(AT, freelancer_id=first.freelancer_id) == SweepReport(grace_began=1)
    assert (first.grace_ends_at is None, second.grace_ends_at) == (False, None)


def test_a_sweep_of_the_changed_looks_at_their_awards_alone_in_parts(session, monkeypatch):
    monkeypatch.setattr(sweeping, "CHANGED_MAX", 3)
    partners = [make_partner(), make_partner()]
    people = [make_freelancer(jss_pct=70) for _ in range(8)]
    for person in people:
        [make_award(partner, person) for partner in partners]

    assert sweep(AT, changed=[]) == SweepReport()
    assert sweep(AT, changed=(person.id for person in people[:7])) == SweepReport(grace_began=14)
    assert sweep(AT, changed=[person.id for person in people]) == SweepReport(grace_began=2)


def test_more_awards_than_are_held_in_memory_are_found_in_several_passes(session, monkeypatch):
    many_who_fail(make_partner(), 30)
    monkeypatch.setattr(sweeping, "FOUND_MAX", 6)
    monkeypatch.setattr(sweeping, "BATCH", 4)

    assert sweep(AT).changed == 20
    assert sweep(AT) == SweepReport()


def test_a_sweep_within_a_transaction_sees_what_happened_in_it(session, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    with joined_transaction():
        many_who_fail(make_partner(), 9)
        assert sweep(AT).changed == 6


def test_every_partner_is_asked_by_its_own_rules_in_one_sweep(session):
    awards = {}
    for jobs in (None, 5, 10, 15):
        partner = make_partner()
        if jobs is not None:
            rules = PartnerRules((Condition("jobs_count", "at_least", jobs),))
            services.set_partner_rules(partner.programme.achievement_id, rules, effective_at=AT, by=None, at=AT)
        awards[jobs] = make_expert(partner, jobs_count=10)
    of_another_shape = PartnerRules((Condition("skills", "has_all", ("COBOL",)), Condition("country", "in", ("GB",))))
    awards["cobol"] = make_expert(partner := make_partner(), jobs_count=10)
    services.set_partner_rules(partner.programme.achievement_id, of_another_shape, effective_at=AT, by=None, at=AT)

    assert sweep(AT) == SweepReport(grace_began=2)
    assert [asked for asked, award in awards.items() if award.grace_ends_at is not None] == [15, "cobol"]


def many_who_fail(partner, count):
    """`count` holders: every third lost its score, every third its public profile, the rest nothing."""
    for number in range(count):
        make_award(partner, make_freelancer(**({"jss_pct": 70}, {"visibility": "private"}, {})[number % 3]))


def test_a_sweep_killed_anywhere_is_finished_by_the_next(session, monkeypatch):
    many_who_fail(make_partner(), 12)
    monkeypatch.setattr(sweeping, "BATCH", 3)
    word, told = mails.change_mail, Counter()

    def killed_at_times(to, *rest):
        told[to.award_id] += 1
        if sum(told.values()) in (2, 5, 9):
            raise KeyboardInterrupt
        return word(to, *rest)

    monkeypatch.setattr(mails, "change_mail", killed_at_times)
    with pytest.raises(KeyboardInterrupt):
        sweep(AT)
    for _ in range(2):  # those that come after may fall into one sweep, which does two batches at once
        with suppress(KeyboardInterrupt):
            sweep(AT)
    sweep(AT)

    assert sweep(AT) == SweepReport()
    assert Counter(sent(session)) == {"grace": 4, "suspended": 4}
    assert Counter(actions(session)) == {"award.grace_began": 4, "award.suspended": 4}
    assert session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 8
    assert session.scalar(sa.select(sa.func.count()).where(Award.suspended_at.is_not(None))) == 4


def test_a_sweep_that_is_asked_to_stop_leaves_the_rest_to_the_next(session, monkeypatch):
    many_who_fail(make_partner(), 9)
    monkeypatch.setattr(sweeping, "BATCH", 2)
    asked = iter([False, False, True])

    assert sweep(AT, stopped=lambda: next(asked)).changed == 4
    assert sweep(AT).changed == 2


def test_two_sweeps_at_once_do_the_work_once(app, session, monkeypatch):
    many_who_fail(make_partner(), 90)
    monkeypatch.setattr(sweeping, "BATCH", 7)
    ready, reports = Barrier(2), []

    def run():
        with app.app_context():
            ready.wait()
            reports.append(sweep(AT))

    threads = [Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(reports) == 2
    assert sum(report.changed for report in reports) + sweep(AT).changed == 60
    assert Counter(sent(session)) == {"grace": 30, "suspended": 30}
    assert Counter(actions(session)) == {"award.grace_began": 30, "award.suspended": 30}


def test_a_revocation_during_a_sweep_wins(app, session, monkeypatch):
    award = make_expert(jss_pct=70)
    award_id, holders_of = award.id, sweeping.holders_of
    done = []

    def revoke():
        with app.app_context():
            done.append(services.revoke(award_id, "So.", by=None, at=AT).closed_at)

    def holders_while_somebody_revokes(*args):
        thread = Thread(target=revoke)
        thread.start()
        thread.join(0.3)
        assert not done, "the row is locked: the revocation waits for the sweep's batch"
        done.append(thread)
        return holders_of(*args)

    monkeypatch.setattr(sweeping, "holders_of", holders_while_somebody_revokes)
    assert sweep(AT) == SweepReport(grace_began=1)
    done[0].join()
    session.expire_all()

    assert stands(session, award, AT) is AwardStatus.REVOKED
    assert Counter(sent(session)) == {"grace": 1, "revoked": 1}
