"""The published draws, drawn again by `script/verify-rotation`, which finds every way to cheat. Rules D-3, D-4."""

import copy
import hashlib
import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core import clock
from core.database import joined_transaction
from directory import services
from directory.models import LandingPage, Period
from directory.proof import published_draws
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.directory.verifier import program
from tests.factories import make_award, make_freelancer, make_hold, make_partner

WEEK = timedelta(days=7)
#: What a page published, and what was counted, when rule 1 was the only one.
BY_RULE_1 = Path(__file__).with_name("drawn_by_rule_1.json")


@pytest.fixture
def partner(session):
    return make_partner()


class Life:
    """A page and its experts, to whom things happen."""

    def __init__(self, partner, rnd, experts=4):
        self.partner, self.rnd = partner, rnd
        self.awards = [make_award(partner, make_freelancer(name=f"Expert {number}")) for number in range(experts)]
        self.holds, self.removed = {}, set()

    def happens(self, now):
        """Hold, release, remove, put back, pin, or add somebody."""
        award = self.rnd.choice(self.awards)
        what = self.rnd.choice(("hold", "remove", "pin", "join"))
        if what == "hold":
            self.hold_or_lift(award, now)
        elif what == "remove":
            self.remove_or_restore(award, now)
        elif what == "pin" and award.id not in self.removed | set(self.holds):
            services.pin(award.id, now + timedelta(days=9), by=None, at=now)
        elif what == "join":
            self.awards.append(make_award(self.partner, make_freelancer(name=f"Expert {len(self.awards)}")))

    def hold_or_lift(self, award, now):
        if award.id not in self.holds:
            self.holds[award.id] = make_hold(award.freelancer, HoldKind.POLICY_RESTRICTION)
            return
        with joined_transaction():
            hold = self.holds.pop(award.id)
            hold.lifted_at, hold.lift_reason = now, "Fine."

    def remove_or_restore(self, award, now):
        if award.id not in self.removed:
            self.removed.add(award.id)
            services.remove_from_directory(award.id, "Away.", by=None, at=now)
        else:
            self.removed.discard(award.id)
            services.restore_to_directory(award.id, by=None, at=now)

    def goes_on(self, session, at, weeks):
        """Rotate twice a week while things happen; return the moment after the last."""
        for week in range(weeks):
            now = at + week * WEEK
            for _ in range(3):
                self.happens(now)
            if week == weeks // 2:
                with joined_transaction():
                    session.get(LandingPage, self.partner.id).slots = 4
            rotate(now, self.partner.id)
            self.happens(now)
            rotate(now + timedelta(days=2), self.partner.id)
        return at + weeks * WEEK


def all_published(partner, at):
    """What the page publishes, all of it, as a program reads it."""
    periods, after = [], 0
    while after is not None:
        page = json.loads(json.dumps(published_draws(partner.id, after, at)))
        periods, after = periods + page["periods"], page["next_after"]
    return periods, page["commitments"]


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


# --- cheats: each takes what is published and makes it unfair --------------------------------------------------------


def two_of_equal_turns(period):
    drawn = period["draws"][0]["drawn"]
    drawn[0], drawn[-1] = drawn[-1], drawn[0]


def somebody_else(period):
    period["draws"][0]["drawn"][0] = str(uuid4())


def one_left_out(period):
    period["draws"][0]["drawn"].pop()


def one_twice(period):
    drawn = period["draws"][0]["drawn"]
    drawn[1] = drawn[0]


def one_too_many(period):
    period["draws"][0]["drawn"].append(str(uuid4()))


def another_seed(period):
    period["seed"] = "00" * 32


def another_seed_and_its_hash(period):
    period["seed"] = "00" * 32
    period["commitment"] = hashlib.sha256(bytes(32)).hexdigest()


def no_seed(period):
    period["seed"] = None


def late_commitment(period):
    period["committed_at"] = later(period["starts_at"], 1)


def fewer_slots(period):
    period["draws"][0]["slots"] -= 1


def a_made_up_expert(period):
    period["draws"][0]["joined"].append(str(uuid4()))


def one_who_joined_twice(period):
    period["draws"][0]["joined"] += period["draws"][0]["drawn"][:1]


def one_who_never_left(period):
    period["draws"][0]["left"].append(str(uuid4()))


def one_sent_away_and_back(period):
    period["draws"][0]["left"] += period["draws"][0]["drawn"][:1]
    period["draws"][0]["joined"] += period["draws"][0]["drawn"][:1]


def one_sent_away(period):
    period["draws"][0]["left"] += period["draws"][0]["drawn"][:1]


def drawn_before_it_began(period):
    period["draws"][0]["drawn_at"] = later(period["starts_at"], -1)


def drawn_after_it_ended(period):
    period["draws"][-1]["drawn_at"] = period["ends_at"]


def drawn_twice_over(period):
    period["draws"].append(copy.deepcopy(period["draws"][0]))


def never_drawn(period):
    period["draws"].clear()


def longer_than_it_was(period):
    period["ends_at"] = later(period["ends_at"], 60)


def ends_before_it_begins(period):
    period["starts_at"], period["ends_at"] = period["ends_at"], period["starts_at"]


def numbered_anew(period):
    period["number"] += 1


def by_a_former_rule(period):
    period["draws"][0]["rule"] = 1


def by_a_rule_nobody_knows(period):
    period["draws"][0]["rule"] = 99


CHEATS = [two_of_equal_turns, somebody_else, one_left_out, one_twice, one_too_many, another_seed,
          no_seed, late_commitment, fewer_slots, a_made_up_expert, one_who_joined_twice,
          one_who_never_left, one_sent_away_and_back, one_sent_away, drawn_before_it_began, drawn_after_it_ended,
          drawn_twice_over, never_drawn, longer_than_it_was, ends_before_it_begins, numbered_anew,
          by_a_former_rule, by_a_rule_nobody_knows]  # fmt: skip


def later(moment, seconds):
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()


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
