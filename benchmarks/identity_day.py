"""A day of verification calls, played with the real services on a clock of its own: who waits, who comes, who is lost.

    .venv/bin/python -m benchmarks.identity_day                    500 people, 20 agents, 24 hours

Some book, some come unbooked; some never come, come late, or close the page; a few fail; and agents are killed in the
middle of a call. At the end everybody must have been called, or have gone of their own accord, and nobody twice at once.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts.models import Role, User
from benchmarks.harness import laurel, say
from core.database import new_id, session, transaction
from core.uploads import Accepted, FileKind
from freelancers.identity import agents, booking, figures, outcomes, pictures, queue
from freelancers.identity.booking import SlotTaken
from freelancers.identity.call_rules import CHECKLIST
from freelancers.identity.models import Ending, IdentityCall, PictureKind
from freelancers.identity.queue import NobodyWaits
from freelancers.models import Freelancer

STEP, DAY = timedelta(seconds=30), timedelta(hours=24)
BEGINS = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SEED = 11
_ALL = tuple(CHECKLIST)
_PICTURE = Accepted(FileKind.PDF, "card.pdf", b"%PDF-1.7")


@dataclass
class Somebody:
    """One person and what they are going to do; times are minutes."""

    id: UUID
    comes_at: datetime
    books: bool
    comes: bool
    late_min: int
    patience_min: int
    fails: bool
    call_id: UUID | None = None
    booked_for: datetime | None = None
    here_since: datetime | None = None
    ended: Ending | None = None
    #: Somebody talks with them, or waits for a second agent.
    with_agent: bool = False
    found: bool = False

    @property
    def waits(self) -> bool:
        """Say whether they are in the wait room."""
        return self.here_since is not None and self.ended is None and not self.with_agent


@dataclass
class Agent:
    """One agent: from when until when they are there, whom they have, and when they are killed, if ever."""

    id: UUID
    since: datetime
    until: datetime
    killed_in_call: int = 0
    calls: int = 0
    person: Somebody | None = None
    busy_until: datetime | None = None

    @property
    def is_gone(self) -> bool:
        """Say whether the agent was killed: without a word, in the middle of a call."""
        return 0 < self.killed_in_call <= self.calls


@dataclass
class Day:
    """What came of it."""

    endings: Counter[Ending] = field(default_factory=Counter)
    waited_s: list[float] = field(default_factory=list)
    taken: int = 0
    cut_off: int = 0
    twice_at_once: int = 0
    lost: int = 0
    second_looks: int = 0


def play(people: int, many_agents: int, killed: int, lasts: timedelta = DAY) -> Day:
    """Play a day, or what `lasts` says; `killed` of the agents are killed in their third call."""
    dice, day = random.Random(SEED), Day()  # noqa: S311 - nothing of it is secret
    crew = _crew(many_agents, killed, lasts)
    crowd = [_somebody(number, dice, lasts) for number in range(people)]
    at, ends = BEGINS, BEGINS + lasts + timedelta(hours=2)
    while at < ends and (at < BEGINS + lasts or any(each.ended is None for each in crowd)):
        for each in crowd:
            _act(each, at, dice)
        for agent in crew:
            _work(agent, crew, crowd, at, dice, day)
        if at.minute % 5 == 0 and at.second == 0:
            queue.give_back_overdue(at)
            queue.close_absent(at)
            queue.remind(at)
            _look(crowd, day)
            session.remove()
        at += STEP
    day.lost = sum(each.ended is None for each in crowd)
    return day


@transaction()
def _crew(many: int, killed: int, lasts: timedelta) -> list[Agent]:
    """Agents in three shifts that overlap by an hour, so that somebody is always there."""
    crew = []
    for number in range(many):
        user = User(
            id=new_id(),
            email=f"agent{number}@example.org",
            name=f"Agent {number}",
            role=str(Role.STAFF),
            created_at=BEGINS,
        )
        session.add(user)
        session.flush()
        agents.add_agent(user.id, by=None, at=BEGINS)
        since = BEGINS + lasts / 3 * (number % 3)
        until = since + lasts / 3 + timedelta(hours=1)
        agents.add_shift(user.id, since, until, by=user.id, at=BEGINS)
        crew.append(Agent(user.id, since, until, killed_in_call=3 if number < killed else 0))
    return crew


@transaction()
def _somebody(number: int, dice: random.Random, lasts: timedelta) -> Somebody:
    user = User(
        id=new_id(),
        email=f"person{number}@example.org",
        name=f"Person {number}",
        role=str(Role.FREELANCER),
        created_at=BEGINS,
    )
    person = Freelancer(
        id=new_id(),
        marketplace_id=f"d{number}",
        user_id=user.id,
        name=user.name,
        email=user.email,
        created_at=BEGINS,
        updated_at=BEGINS,
    )
    session.add(user)
    session.flush()
    session.add(person)
    session.flush()
    for kind in PictureKind:
        pictures.send(person.id, kind, _PICTURE, None, by=user.id, at=BEGINS)
    return Somebody(
        person.id,
        comes_at=BEGINS + timedelta(minutes=dice.randrange(int(lasts / timedelta(minutes=1)) - 120)),
        books=dice.random() < 0.5,
        comes=dice.random() > 0.07,
        late_min=dice.choice([0, 0, 0, 0, -8, 2, 4, 9, 14]),
        patience_min=dice.choice([15, 60, 60, 120]),
        fails=dice.random() < 0.05,
    )


def _act(each: Somebody, at: datetime, dice: random.Random) -> None:
    """Let somebody do what they do at this moment: ask, come, wait, or give up."""
    if each.ended is not None or at < each.comes_at:
        return
    if each.call_id is None:
        _ask(each, at, dice)
    elif each.here_since is None and each.booked_for and each.comes:
        if at >= each.booked_for + timedelta(minutes=each.late_min):
            booking.arrive(each.call_id, at)
            each.here_since = at
    elif (
        each.waits
        and each.here_since
        and at - each.here_since < timedelta(minutes=each.patience_min)
        and at.second == 0
    ):
        queue.stay(each.call_id, at)


def _ask(each: Somebody, at: datetime, dice: random.Random) -> None:
    person = session.get_one(Freelancer, each.id)
    times = booking.open_times(at) if each.books else ()
    if times:
        try:
            call = booking.book(person, times[min(dice.randrange(12), len(times) - 1)], at)
        except SlotTaken:
            return  # they try again with the next step
        each.call_id, each.booked_for = call.id, call.booked_for
    else:
        each.call_id, each.here_since, each.comes = booking.call_now(person, at).id, at, True


def _work(
    agent: Agent, crew: Sequence[Agent], crowd: Sequence[Somebody], at: datetime, dice: random.Random, day: Day
) -> None:
    """Let an agent end a call, or take the next one."""
    if agent.is_gone:
        return
    if agent.person is not None:
        if agent.busy_until is None or at < agent.busy_until:
            return
        _decide(agent, agent.person, at)
    if agent.since <= at < agent.until and any(each.waits for each in crowd):
        _take(agent, crew, crowd, at, dice, day)
    elif agent.since <= at < agent.until:
        _second(agent, crowd, at, day)


def _take(
    agent: Agent, crew: Sequence[Agent], crowd: Sequence[Somebody], at: datetime, dice: random.Random, day: Day
) -> None:
    try:
        call = queue.take_next(agent.id, at)
    except NobodyWaits:
        return
    each = next(one for one in crowd if one.id == call.freelancer_id)
    day.twice_at_once += (
        sum(1 for talking in session.query(IdentityCall).filter_by(freelancer_id=each.id, ended_at=None)) - 1
    )
    day.taken += 1
    day.cut_off += call.cut_off
    if not call.cut_off and call.here_at is not None:
        day.waited_s.append((at - max(call.here_at, call.booked_for or call.here_at)).total_seconds())
    each.call_id, agent.person, agent.calls = call.id, each, agent.calls + 1
    each.with_agent = not agent.is_gone
    agent.busy_until = at + timedelta(seconds=dice.randrange(180, 600))


def _decide(agent: Agent, each: Somebody, at: datetime) -> None:
    assert each.call_id is not None
    if each.fails:
        outcomes.find_failure(each.call_id, agent.id, _ALL[:-2], "The face is another one.", at)
        each.found = True
    else:
        outcomes.verify(each.call_id, agent.id, _ALL, at)
    agent.person = agent.busy_until = None


def _second(agent: Agent, crowd: Sequence[Somebody], at: datetime, day: Day) -> None:
    if agent.person is not None or not any(each.found and each.ended is None for each in crowd):
        return
    try:
        call = queue.take_second(agent.id, at)
    except NobodyWaits:
        return
    day.second_looks += 1
    outcomes.agree(call.id, agent.id, "I see it, too.", at)


def _look(crowd: Sequence[Somebody], day: Day) -> None:
    """See whose call is over."""
    open_ids = [each.call_id for each in crowd if each.call_id and each.ended is None]
    rows = session.query(IdentityCall.id, IdentityCall.ending).filter(
        IdentityCall.id.in_(open_ids), IdentityCall.ended_at.is_not(None)
    )
    endings = {call_id: Ending(ending) for call_id, ending in rows}
    for each in crowd:
        if each.ended is None and each.call_id in endings:
            each.ended = endings[each.call_id]
            day.endings[each.ended] += 1


def main() -> None:
    """Play a day, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--killed", type=int, default=3)
    given = parser.parse_args()
    with laurel():
        began_s = time.monotonic()
        day = play(given.people, given.agents, given.killed)
        shown = figures.days(BEGINS + DAY + timedelta(hours=3))
        say(
            f"{given.people} people, {given.agents} agents, {given.killed} of them killed in a call; {time.monotonic() - began_s:.0f} s"
        )
        say(", ".join(f"{ending}: {count}" for ending, count in day.endings.items()))
        say(f"taken {day.taken}, given to another after a kill {day.cut_off}, second looks {day.second_looks}")
        say(
            f"waited: median {statistics.median(day.waited_s):.0f} s, 90 % under {statistics.quantiles(day.waited_s, n=10)[-1]:.0f} s"
        )
        for one in shown:
            say(
                f"as staff see it on {one.on}: {one.count()} calls, waited {one.waited_s:.0f} s, talked {one.talked_s:.0f} s (medians)"
            )
        say(f"lost: {day.lost}; with two agents at once: {day.twice_at_once}")


if __name__ == "__main__":
    main()
