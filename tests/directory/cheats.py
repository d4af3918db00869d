"""Ways to cheat: each takes a period as it is published and makes it unfair. Rule D-4."""

import copy
import hashlib
from datetime import datetime, timedelta
from uuid import uuid4


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
