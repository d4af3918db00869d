"""The demo's story: everything that happens, with its moment, in order. Events store something when they are told.

Times are days before the moment of loading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.demo import approvals, feeds, identity, lists, questions, reviewing, stage, turns
from app.demo.accounts import HELD, IN_GRACE, NEWCOMER, password_of
from app.demo.feeds import Trouble
from app.demo.people import Person, newcomer_row
from app.demo.plan import Fate, Way
from app.demo.stage import Stage
from badges.sweep import sweep
from directory.rotation import rotate
from freelancers.holds import HoldKind
from partners.deciding import award_waiting

#: Who is invited between these days before today has been an expert long enough to have trouble, and is one still.
SETTLED_DAYS = (80.0, 290.0)
_OFTEN_FROM_DAYS = 64
_RARELY, _OFTEN = 28, 2  # days from one look at all badges to the next, before and after that
_PATIENCE_DAYS = 0.02  # the shortest time between two things that one person does

Act = Callable[[Stage, str, Person, datetime], None]


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment."""

    at: datetime
    words: str
    tell: Callable[[datetime], object]


class Story:
    """Gathers the events; `events` returns them in order."""

    def __init__(self, on: Stage, now: datetime) -> None:
        self.on, self.now, self.random = on, now, on.random
        self._events: list[Event] = []

    def events(self) -> list[Event]:
        """Return everything that happens, in order; what happens at the same moment, in the order it was added."""
        return sorted(self._events, key=lambda event: event.at)

    def add(self, days: float, words: str, tell: Callable[[datetime], object]) -> None:
        """Have something happen `days` before today."""
        self._events.append(Event(self.now - timedelta(days=days), words, tell))

    def partners(self, specs: Sequence[Mapping[str, Any]]) -> None:
        """Found the partners, and publish their pages some days later."""
        for spec in specs:
            days, slug = float(spec["days_ago"]), spec["slug"]
            self.add(days, f"Founding {spec['name']}", partial(stage.found, self.on, spec))
            self.add(days - 1, f"Founding {spec['name']}", partial(reviewing.agree_on_rubric, self.on, slug))
            self.add(days - 7, f"Founding {spec['name']}", partial(stage.open_page, self.on, slug))
            self.add(3, f"Use cases of {spec['name']}", partial(turns.curate, self.on, slug))
            self.add(0.5, f"Featured at {spec['name']}", partial(turns.unfeature_one, self.on, slug))

    def programmes(self, ways: Sequence[Way]) -> None:
        """Invite in rounds, and let everybody go their way."""
        rounds: dict[tuple[str, float], list[Person]] = defaultdict(list)
        for way in ways:
            if way.fate is Fate.INTERESTED:
                self._act(way, way.invited_days, stage.ask)
                continue
            if password_of(way.person.key):
                self._act(way, way.invited_days + 2, stage.sign_up)
            rounds[way.slug, way.invited_days].append(way.person)
            self._walk(way)
        for (slug, days), people in rounds.items():
            by_list = slug == lists.SLUG and len(people) >= lists.MANY
            self.add(
                days, "Invitations", partial(lists.invite_list if by_list else stage.invite_all, self.on, slug, people)
            )
        self.add(150, "Invitations", partial(lists.open_link, self.on, lists.SLUG, "Evening class", 25, 30))
        self.add(12, "Invitations", partial(lists.open_link, self.on, lists.SLUG, "Spring fair", 60, 45))
        self.add(1, "Invitations", partial(lists.bring_one_more, self.on, lists.SLUG))

    def _walk(self, way: Way) -> None:
        """Lead one person from the invitation as far as their fate goes, at an ordinary pace."""
        acts = _ACTS[way.fate]
        days = way.invited_days
        for left, (act, (least, most)) in zip(range(len(acts), 0, -1), acts, strict=True):
            # Whoever is late hurries, so that the story ends today.
            days = max(days - self.random.uniform(least, most), _PATIENCE_DAYS * left)
            self._act(way, days, act)

    def _act(self, way: Way, days: float, act: Act) -> None:
        self.add(days, "Applications", partial(act, self.on, way.slug, way.person))

    def newcomer(self) -> None:
        """Somebody whom the marketplace does not know joins through an invitation. Rule E-7."""
        days = 24.0
        name = NEWCOMER.name
        row = newcomer_row(name, NEWCOMER.address, self.now - timedelta(days=days - 2))
        person, slug = Person("Web Development", row), NEWCOMER.slug
        self.add(days, "Invitations", partial(stage.invite_all, self.on, slug, [person]))
        for later, act in ((0.5, stage.look), (0.6, stage.join), (0.7, stage.say_yes)):
            self.add(days - later, "Applications", partial(act, self.on, slug, person))
        self.add(days - 2, "The marketplace's feed", partial(feeds.import_rows, [row]))
        for later, act in ((3.0, stage.send), (5.0, reviewing.review), (6.0, stage.choose)):
            self.add(days - later, "Applications", partial(act, self.on, slug, person))

    def approvals(self) -> None:
        """New profiles are submitted, answered, mended and submitted again; some wait. Rules A-1..A-5."""
        words = "Approvals"
        for days, tell in (
            (6.0, partial(approvals.arrive, approvals.ASKING)),
            (5.9, partial(approvals.send, approvals.ASKING, "")),
            (5.2, partial(approvals.decline, self.on, approvals.ASKING)),
            (0.9, partial(approvals.mend, approvals.ASKING)),
            (0.8, partial(approvals.send, approvals.ASKING, "I say now for whom I work.")),
            (1.6, partial(approvals.arrive, approvals.AGAIN)),
            (1.2, partial(approvals.send, approvals.AGAIN, "")),
            (0.5, partial(approvals.arrive, approvals.WAITING)),
            (0.2, partial(approvals.send, approvals.WAITING, "I can start at once.")),
        ):
            self.add(days, words, tell)

    def identity(self, people: Sequence[Person], ways: Sequence[Way]) -> None:
        """Calls of the last days, one that a second agent is to look at, one booked, and who waits. Rules H-2..H-4."""
        busy = {way.person.key for way in ways}
        held = next(each for each in people if each.key == HELD.key)
        free = (each for each in people if not each.row["identity_verified"] and each.key not in busy)
        self.add(8, "Identity", partial(identity.hire, self.on))
        for days, act in (
            (5.3, identity.verified), (3.6, identity.verified), (2.4, identity.missed), (1.7, identity.verified),
            (0.6, identity.doubtful), (0.3, identity.verified), (0.0, identity.waits),
        ):  # fmt: skip
            self.add(days, "Identity", partial(act, self.on, next(free)))
        self.add(0.1, "Identity", partial(identity.booked, self.on, held))

    def feeds(self, people: Sequence[Person], ways: Sequence[Way]) -> None:
        """Let scores change, and bring trouble over some experts."""
        rows = feeds.changing_scores(people, self.random)
        for person, trouble in self._troubles(ways):
            for day, changed in feeds.troubled(person, trouble, self.now, self.random).items():
                rows[day] += changed
        for day, together in rows.items():
            self.add(day, "The marketplace's feed", partial(feeds.import_rows, together))

    def _troubles(self, ways: Sequence[Way]) -> list[tuple[Person, Trouble]]:
        found = [(way.person, Trouble.SCORE_IN_GRACE) for way in ways if way.person.key == IN_GRACE.key]
        for slug in dict.fromkeys(way.slug for way in ways):
            old = self._settled(slug, ways)
            for trouble, count in _TROUBLES.items():
                if trouble is Trouble.CERTIFICATE_OVER and slug != "quernstone":
                    continue
                found += [(old.pop(), trouble) for _ in range(min(count, len(old)))]
        return found

    def turns(self, ways: Sequence[Way]) -> None:
        """Place holds, revoke, hide, take out and put back, and feature by hand."""
        for slug in dict.fromkeys(way.slug for way in ways):
            old = self._settled(slug, ways)
            for days_and_turns in _TURNS.get(slug, ()) + _TURNS_EVERYWHERE:
                if not old:
                    break
                person = old.pop(0)
                for days, turn in days_and_turns:
                    self.add(days, "Experts", partial(turn, self.on, slug, person))
        for way in ways:
            if way.person.key == HELD.key:
                self._act(way, 1.2, turns.held(HoldKind.AWAITING_VERIFICATION))
                self._act(way, 0.9, questions.asked)
                self._act(way, 0.4, questions.answered)

    def trainings(self, ways: Sequence[Way]) -> None:
        """Have partners that give trainings note who passed, among those who applied."""
        for way in [each for each in ways if each.slug in turns.TRAININGS and each.fate in _TRAINED][::2]:
            self._act(way, 2.0, turns.trained)

    def _settled(self, slug: str, ways: Sequence[Way]) -> list[Person]:
        """Return a partner's experts of old who are nowhere else and nobody can sign in as, in a fixed order."""
        where: dict[str, int] = defaultdict(int)
        for way in ways:
            where[way.person.key] += 1
        return [
            way.person
            for way in ways
            if way.slug == slug
            and way.fate is Fate.EXPERT
            and SETTLED_DAYS[0] < way.invited_days < SETTLED_DAYS[1]
            and where[way.person.key] == 1
            and password_of(way.person.key) is None
        ]

    def upkeep(self, since_days: float) -> None:
        """Let badges follow and features rotate: now and then at first, oftener in the last weeks, and today."""
        rarely, often = (int(since_days), _OFTEN_FROM_DAYS, -_RARELY), (_OFTEN_FROM_DAYS, -1, -_OFTEN)
        for day in (*range(*rarely), *range(*often)):
            self.add(float(day), "Badges and featured experts", _keep_up)


def _keep_up(at: datetime) -> None:
    sweep(at)
    award_waiting(at)
    rotate(at)


#: What people do after they are invited, each so many days after the one before: (at least, at most).
_ANSWER = ((stage.look, (0.1, 3.0)), (stage.say_yes, (0.02, 1.0)))
_STRAIGHT = (*_ANSWER, (stage.send, (0.2, 4.0)))
_APPLY = (*_ANSWER, (stage.draft, (0.05, 1.0)), (stage.send, (0.2, 3.0)))
_READ = (*_APPLY, (reviewing.review, (0.3, 3.0)))
_ACTS: Mapping[Fate, tuple[tuple[Act, tuple[float, float]], ...]] = {
    Fate.EXPERT: (*_STRAIGHT, (reviewing.review, (0.3, 3.0)), (stage.choose, (0.2, 2.0))),
    Fate.WAITING: (*_READ, (stage.choose, (0.2, 2.0))),
    Fate.KEPT: (*_READ, (stage.keep, (0.2, 2.0))),
    Fate.IN_REVIEW: _READ,
    Fate.SUBMITTED: _APPLY,
    Fate.DRAFT: _APPLY[:3],
    Fate.WITHDRAWN: (*_APPLY, (stage.leave, (1.0, 4.0))),
    Fate.SENT: (),
    Fate.OPENED: _ANSWER[:1],
    Fate.DECLINED: ((stage.look, (0.1, 3.0)), (stage.say_no, (0.01, 1.0))),
    Fate.EXPIRED: (),
    Fate.TAKEN_BACK: ((stage.take_back, (1.0, 5.0)),),
}
_TRAINED = (Fate.EXPERT, Fate.IN_REVIEW, Fate.SUBMITTED)
#: How many experts of each partner have which trouble. They are taken from the end of a list, turns from its beginning.
_TROUBLES = {
    Trouble.SCORE_LOST: 3,
    Trouble.SCORE_IN_GRACE: 2,
    Trouble.SCORE_BACK_IN_TIME: 2,
    Trouble.SCORE_BACK_LATE: 2,
    Trouble.NOT_PUBLIC: 1,
    Trouble.UNFINISHED: 1,
    Trouble.CERTIFICATE_OVER: 2,
}
_TURNS_EVERYWHERE = (
    ((34.0, turns.revoked), (31.0, turns.answered)),
    ((58.0, turns.revoked),),
    ((41.0, turns.hidden),),
    ((12.0, turns.hidden),),
    ((20.0, turns.taken_out),),
    ((47.0, turns.taken_out), (29.0, turns.put_back)),
    ((6.0, turns.pinned),),
    ((63.0, turns.held(HoldKind.AWAITING_VERIFICATION)), (61.0, turns.released)),
)
_TURNS = {
    "quernstone": (
        ((12.0, turns.held(HoldKind.VERIFICATION_FAILED)),),
        ((2.2, turns.held(HoldKind.AWAITING_VERIFICATION)),),
    ),
    "inkfold": (((9.0, turns.held(HoldKind.POLICY_RESTRICTION)), (0.6, questions.appealed)),),
    "loomwright": (((27.0, turns.held(HoldKind.BLOCK)), (26.0, questions.appealed), (25.0, questions.kept)),),
}
