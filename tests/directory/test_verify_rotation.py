"""The published draws, drawn again by `script/verify-rotation`, which finds every way to cheat. Rules D-3, D-4."""

import copy
import hashlib
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import clock
from directory.models import Period
from directory.proof import published_draws
from tests.directory.cheats import CHEATS, another_seed_and_its_hash
from tests.directory.life import WEEK, Life, all_published
from tests.directory.verifier import program
from tests.factories import make_partner

#: What a page published, and what was counted, when rule 1 was the only one.
BY_RULE_1 = Path(__file__).with_name("drawn_by_rule_1.json")


@pytest.fixture
def partner(session):
    return make_partner()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_draws_are_fair_and_can_be_drawn_again(session, at, partner, seed):
    end = Life(partner, random.Random(seed)).goes_on(session, at, 30)
    periods, commitments = all_published(partner, end)
    assert len(periods) == 30
    assert sum(len(period["draws"]) for period in periods) > 30, "some slots were filled later"
    assert sum(len(draw["left"]) for period in periods for draw in period["draws"]) > 5
    rotation, _ = program.verify(periods, commitments, end)
    stored = dict(session.execute(sa.text("SELECT award_id, turns FROM rotation_turns WHERE lead IS NULL")).all())
    assert rotation.turns == {str(award): turns for award, turns in stored.items()}


def test_a_seed_is_secret_until_its_period_has_ended(session, at, partner):
    Life(partner, random.Random(1)).goes_on(session, at, 3)
    last = session.scalars(sa.select(Period).order_by(Period.number.desc())).first()
    periods, commitments = all_published(partner, last.ends_at - timedelta(seconds=1))
    assert [period["seed"] is None for period in periods] == [False, False, True]
    program.verify(periods, commitments, last.ends_at - timedelta(seconds=1))
    revealed, _ = all_published(partner, last.ends_at)
    assert hashlib.sha256(bytes.fromhex(revealed[-1]["seed"])).hexdigest() == periods[-1]["commitment"]


def test_a_page_that_was_never_drawn_commits_to_nothing_and_is_fair(session, at, partner):
    assert all_published(partner, at) == ([], [])
    program.verify([], [], at)


def test_many_periods_come_in_pages(session, at, partner):
    end = Life(partner, random.Random(2)).goes_on(session, at, 60)
    assert published_draws(partner.id, 0, end)["next_after"] == 50
    assert published_draws(partner.id, 0, end)["commitments"] == []
    program.verify(*all_published(partner, end), end)


@pytest.fixture(scope="module")
def honest():
    """What is published of a year, made once; it is copied before it is spoilt."""
    return {}


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.__name__)
def test_every_cheat_is_found_and_named(session, at, partner, honest, cheat):
    if not honest:
        end = Life(partner, random.Random(5), experts=15).goes_on(session, at, 12)
        honest["all"] = (*all_published(partner, end), end)
    periods, commitments, end = copy.deepcopy(honest["all"])
    program.verify(periods, commitments, end)
    cheat(periods[8])
    with pytest.raises(program.Unfair, match=r"Period (8|9|10|11)"):
        program.verify(periods, commitments, end)


def test_other_seeds_whose_hashes_are_exchanged_as_well_draw_others(session, at, partner):
    end = Life(partner, random.Random(5), experts=15).goes_on(session, at, 6)
    periods, commitments = all_published(partner, end)
    for period in periods:
        another_seed_and_its_hash(period)
    with pytest.raises(program.Unfair, match="the rules draw"):
        program.verify(periods, commitments, end)


def test_what_was_drawn_by_the_first_rule_is_fair_by_it_for_ever():
    published = json.loads(BY_RULE_1.read_text())
    periods, commitments, end = published["periods"], published["commitments"], datetime.fromisoformat(published["end"])

    rotation, _ = program.verify(periods, commitments, end)

    counted, turn = published["counted"].items(), program.TURN  # the migration counts on from there
    assert rotation.turns == {award: turn * turns for award, (turns, lead) in counted if lead is None}
    assert rotation.leads == {award: turn * lead for award, (_, lead) in counted if lead is not None}
    for draw in (draw for period in periods for draw in period["draws"]):
        draw["rule"] = 2
    with pytest.raises(program.Unfair, match="the rules draw"):
        program.verify(periods, commitments, end)


def test_a_period_that_was_left_out_is_missed(session, at, partner):
    end = Life(partner, random.Random(5)).goes_on(session, at, 5)
    periods, commitments = all_published(partner, end)
    with pytest.raises(program.Unfair, match="missing"):
        program.verify(periods[:2] + periods[3:], commitments, end)
    with pytest.raises(program.Unfair, match="Nothing is committed to"):
        program.verify(periods[:-1], commitments, end)
    with pytest.raises(program.Unfair, match="Nothing is committed to"):
        program.verify(periods, [], end)


def test_while_the_seed_is_secret_the_turns_still_tell(session, at, partner):
    Life(partner, random.Random(3)).goes_on(session, at, 6)
    last = session.scalars(sa.select(Period).order_by(Period.number.desc())).first()
    during = last.ends_at - timedelta(seconds=1)
    periods, commitments = all_published(partner, during)
    rotation, _ = program.verify(periods, commitments, during)
    ahead = max(rotation.turns, key=rotation.turns.get)
    drawn = periods[-1]["draws"][0]["drawn"]
    drawn[0] = (
        next(
            award
            for award in rotation.turns
            if award not in drawn
            and rotation.turns[award] == max(rotation.turns[each] for each in rotation.turns if each not in drawn)
        )
        if ahead in drawn
        else ahead
    )
    periods[-1]["draws"] = periods[-1]["draws"][:1]
    with pytest.raises(program.Unfair):
        program.verify(periods, commitments, during)


def test_a_commitment_that_is_changed_afterwards_is_remembered(session, at, partner, tmp_path):
    end = Life(partner, random.Random(4)).goes_on(session, at, 3)
    periods, commitments = all_published(partner, end)
    memory = tmp_path / "seen.json"
    program.compare(memory, periods, commitments)
    program.compare(memory, periods, commitments)
    commitments[0]["commitment"] = "00" * 32
    with pytest.raises(program.Unfair, match="not what it was"):
        program.compare(memory, periods, commitments)


def test_the_page_and_the_program_say_the_same_to_everybody(client, session, at, partner):
    Life(partner, random.Random(6)).goes_on(session, at, 3)
    clock.use(lambda: at + 3 * WEEK)
    answer = client.get(f"/experts/{partner.slug}/rotation")
    assert [period["number"] for period in answer.json["periods"]] == [1, 2, 3]
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    page = client.get(f"/experts/{partner.slug}/turns")
    assert page.status_code == 200
    for period in answer.json["periods"]:
        assert period["commitment"] in page.text
    assert client.get("/experts/nobody/rotation").status_code == 404
    assert client.get("/experts/nobody/turns").status_code == 404
    assert client.get(f"/experts/{partner.slug}/rotation?after=x").json["periods"] == answer.json["periods"]
    assert client.get(f"/experts/{partner.slug}/rotation?after=2").json["periods"] == answer.json["periods"][2:]
