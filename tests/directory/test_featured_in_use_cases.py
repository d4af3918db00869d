"""Who is featured in a use case: drawn as on the page, with a count of its own, shown, told and proved. D-3..D-5."""

import copy
import json
import random
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import clock
from core.audit import AuditEvent
from core.database import joined_transaction
from directory import editing, services, use_case_pool
from directory.case_rules import CaseRule
from directory.featured import featured_in, featured_now
from directory.models import Feature, Period, UseCase
from directory.proof import published_draws
from directory.rotation import rotate
from directory.rules import CASE_SLOTS
from directory.seen.exposure import count_seen, exposure
from directory.seen.rules import Report
from directory.seen.why import why
from directory.turns import TURN
from tests.directory.verifier import program
from tests.factories import (
    make_award,
    make_freelancer,
    make_hold,
    make_partner,
    make_use_case,
    make_user,
    new_id,
    sign_in,
)

WEEK = timedelta(days=7)


@pytest.fixture
def partner(session):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def case(partner):
    return make_use_case(partner)


def experts(partner, count, **facts):
    return [make_award(partner, make_freelancer(name=f"Expert {number}", **facts)) for number in range(count)]


def choose(case, awards, at):
    for award in awards:
        editing.choose_for_use_case(case.id, award.id, by=None, at=at)


def shown_in(case, at):
    return [expert.award_id for expert in featured_in(case, at).experts]


def proved(partner, at):
    """Draw again all that is published; return the count of the page and of each use case."""
    page = json.loads(json.dumps(published_draws(partner.id, 0, at)))
    assert page["next_after"] is None
    return page["periods"], *program.verify(page["periods"], page["commitments"], at)


def test_those_of_a_use_case_are_featured_there_in_turn_whatever_the_page_does(session, at, partner, case):
    awards = experts(partner, 11)
    choose(case, awards[:7], at)
    shown = Counter()
    for week in range(7):
        rotate(at + week * WEEK)
        shown.update(shown_in(case, at + week * WEEK))

    assert {shown[award.id] for award in awards[:7]} == {CASE_SLOTS}
    assert set(shown) == {award.id for award in awards[:7]}
    assert len(featured_now(partner.id, at + 6 * WEEK).experts) == 6


def test_by_hand_and_by_rule_are_drawn_alike_and_nobody_twice(session, at, partner, case):
    with_rust, by_hand = experts(partner, 4, skills=["Rust", "SQL"]), experts(partner, 3, skills=["Go"])
    choose(case, [*by_hand, with_rust[0]], at)
    editing.set_rule(case.id, CaseRule(skills=("rust",)), by=None, at=at)
    shown = Counter()
    for week in range(7):
        rotate(at + week * WEEK)
        shown.update(shown_in(case, at + week * WEEK))

    assert {shown[award.id] for award in (*with_rust, *by_hand)} == {3}


@pytest.mark.parametrize(
    "asked",
    [
        {"skills": ("sql",)},
        {"skills": ("PYTHON", "dbt")},
        {"languages": ("en",)},
        {"languages": ("de", "fr")},
        {"countries": ("DE", "FR")},
        {"rate_max_cents": 5_000},
        {"score_min_pct": 90},
        {"skills": ("SQL",), "countries": ("DE",), "score_min_pct": 90},
    ],
)
def test_all_pools_at_once_are_the_pools_one_by_one(session, at, partner, case, asked):
    people = [
        {"skills": ["SQL", "dbt"], "country": "DE", "jss_pct": 97, "english_level": "fluent"},
        {"skills": ["SQL"], "country": "FR", "jss_pct": 85, "hourly_rate_cents": 4_000, "english_level": None},
        {"skills": ["Python"], "country": None, "jss_pct": None, "languages": [{"code": "de", "level": "native"}]},
        {"skills": [], "country": "DE", "jss_pct": 100, "hourly_rate_cents": 4_000, "currency": "EUR"},
    ]
    awards = [make_award(partner, make_freelancer(name=f"Expert {number}", **p)) for number, p in enumerate(people)]
    make_hold(make_award(partner, make_freelancer(name="Held", **people[0])).freelancer)
    choose(case, awards[2:3], at)
    editing.set_rule(case.id, CaseRule(**asked), by=None, at=at)
    other = make_use_case(partner, "Another")
    choose(other, awards[:2], at)

    together = set(session.execute(use_case_pool.pools([case.id, other.id], at)).all())

    alone = {(each.id, award) for each in (case, other) for award in session.scalars(use_case_pool.pool(each, at))}
    assert together == alone
    assert {pool for pool, _ in together} == {case.id, other.id}


def test_whoever_leaves_the_use_case_or_the_directory_is_gone_at_once(session, at, partner, case):
    awards = experts(partner, 3)
    choose(case, awards, at)
    rotate(at)
    assert len(use_case_pool.experts_of(case, at).featured.experts) == 3

    editing.drop_from_use_case(case.id, awards[0].id, by=None, at=at)
    hold = make_hold(awards[1].freelancer)
    services.remove_feature(feature_of(session, awards[2], case), "Not this week.", by=None, at=at)
    session.expire_all()

    shown = use_case_pool.experts_of(case, at)
    assert ([], [awards[2].id]) == (shown.featured.experts, [each.award_id for each in shown.chosen])
    with joined_transaction():
        hold.lifted_at, hold.lift_reason = at, "Fine."
    assert [each.award_id for each in use_case_pool.experts_of(case, at).featured.experts] == [awards[1].id]


def feature_of(session, award, case):
    return session.scalar(sa.select(Feature.id).where(Feature.award_id == award.id, Feature.use_case_id == case.id))


def test_a_use_case_that_comes_later_is_drawn_within_the_running_period_and_a_draft_is_not(session, at, partner):
    awards = experts(partner, 8)
    rotate(at)
    case = make_use_case(partner)
    choose(case, awards[:2], at)

    assert rotate(at + timedelta(hours=1)) == 1
    assert rotate(at + timedelta(hours=2)) == 0
    choose(case, awards[2:5], at)
    assert rotate(at + timedelta(hours=3)) == 1
    assert len(shown_in(case, at + timedelta(hours=3))) == CASE_SLOTS
    with joined_transaction():
        session.get(UseCase, case.id).published = False
    rotate(at + WEEK)

    periods, page, cases = proved(partner, at + WEEK + timedelta(minutes=1))
    assert [len(period["use_cases"]) for period in periods] == [1, 0]
    assert [draw["slots"] for draw in periods[0]["use_cases"][0]["draws"]] == [3, 1]
    assert min(cases[str(case.id)].turns.values()) == TURN  # whoever came later began at the average
    assert session.scalar(sa.select(sa.func.count()).select_from(Period)) == 2
    assert len(page.turns) == 8


def test_every_draw_is_in_the_log_and_says_for_which_use_case(session, at, partner, case):
    awards = experts(partner, 3)
    choose(case, awards[:1], at)
    rotate(at)

    logged = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "rotation.drawn")).all()

    assert {event.after.get("use_case"): len(event.after["featured"]) for event in logged} == {None: 3, case.slug: 1}


def test_an_expert_is_told_for_each_use_case_and_their_slot_is_counted(session, at, partner, case):
    awards = experts(partner, 5)
    choose(case, awards[:4], at)
    rotate(at)
    told = {award: why(award, at) for award in awards}

    waiting = [each for each in told.values() if each.use_cases and not each.use_cases[0].featured]
    assert told[awards[4]].use_cases == ()
    assert [(each.times_featured, each.use_cases[0].times_featured) for each in waiting] == [(1, 0)]
    assert waiting[0].use_cases[0].turn[0] == waiting[0].use_cases[0].turn[1] == at.replace(hour=0) + WEEK
    assert all(each.times_featured == 2 for each in told.values() if each not in waiting and each.use_cases)

    there = shown_in(case, at)[0]
    count_seen(partner.id, Report(new_id(), frozenset({("shown", there)})), at)
    assert exposure([there], at, 1)[there][0].shown == 1


def test_their_page_says_for_each_use_case_whether_and_when(client, session, at, partner, case):
    ada = make_award(partner, make_freelancer(user := make_user(email="ada@example.org"), name="Ada"))
    choose(case, [ada], at)
    rotate(at)
    clock.use(lambda: at)
    sign_in(client, user)

    text = " ".join(client.get(f"/me/listings/{ada.id}").text.split())

    assert '<a href="/experts/northwind/migrating">Migrating</a>: featured now; 1 time so far' in text
    assert "You were featured 2 times so far, use cases included." in text


def test_the_page_shows_them_first_and_says_until_when(client, session, at, partner, case):
    choose(case, experts(partner, 5), at)
    rotate(at)
    clock.use(lambda: at)

    page = client.get("/experts/northwind/migrating").text

    assert page.index("Featured now") < page.index("Chosen for this")
    assert page.count('data-award="') == CASE_SLOTS
    assert all(page.count(f">Expert {number}<") == 1 for number in range(5))
    assert 'data-seen="shown"' in page
    assert "/static/seen.js" in page


# --- what is published of use cases, and cheats ----------------------------------------------------------------------


def of_others(case):
    case["draws"][0]["drawn"] = [str(new_id()) for _ in case["draws"][0]["drawn"]]


def in_another_order(case):
    case["draws"][0]["drawn"].reverse()


def fewer(case):
    case["draws"][0]["drawn"].pop()


def never_left(case):
    case["draws"][0]["left"].append(str(new_id()))


def too_late(case):
    case["draws"][0]["drawn_at"] = "2030-01-01T00:00:00+00:00"


def never_drawn(case):
    case["draws"].clear()


def as_another_use_case(case):
    case["id"] = str(new_id())


CHEATS = (of_others, in_another_order, fewer, never_left, too_late, never_drawn, as_another_use_case)


def test_use_cases_can_be_drawn_again_and_every_cheat_is_found(session, at, partner, case):
    awards, chance = experts(partner, 12), random.Random(3)
    choose(case, awards[:9], at)
    for week in range(6):
        rotate(at + week * WEEK)
        gone, come = chance.sample(awards[:9], 2), chance.choice(awards[9:])
        editing.drop_from_use_case(case.id, gone[0].id, by=None, at=at)
        choose(case, [come] if week < 3 else gone[:1], at)
    end = at + 6 * WEEK
    periods, _, cases = proved(partner, end)
    assert sum(len(draw["left"]) for period in periods for draw in period["use_cases"][0]["draws"]) > 1
    stored = session.execute(
        sa.text("SELECT award_id, turns FROM rotation_turns WHERE lead IS NULL AND pool_id = :case"), {"case": case.id}
    )
    assert cases[str(case.id)].turns == {str(award): turns for award, turns in stored}

    commitments = published_draws(partner.id, 0, end)["commitments"]
    for cheat in CHEATS:
        spoilt = copy.deepcopy(periods)
        cheat(spoilt[3]["use_cases"][0])
        with pytest.raises(program.Unfair, match=r"Period [4-6].*use case"):
            program.verify(spoilt, commitments, end)
    twice = copy.deepcopy(periods)
    twice[3]["use_cases"] *= 2
    with pytest.raises(program.Unfair, match="drawn twice"):
        program.verify(twice, commitments, end)
