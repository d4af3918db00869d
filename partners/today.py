"""What a partner's console says first: what needs attention today, and the one thing to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from core import wording
from core.permissions import Duty

#: An invitation that ends within this time without an answer needs a look.
EXPIRES_SOON = timedelta(days=7)


@dataclass(frozen=True)
class Today:
    """How a programme stands at a moment. `*_at` are the first of their kind, None where there is none."""

    to_decide: int = 0
    kept: int = 0
    waiting: int = 0
    selected: int = 0
    oldest_id: UUID | None = None
    oldest_name: str | None = None
    oldest_sent_at: datetime | None = None
    #: Of those decided in the time that is looked at: half of the decisions took so many days, or fewer. Rule R-5.
    decision_days: float | None = None
    asking: int = 0
    expiring: int = 0
    first_expires_at: datetime | None = None
    in_grace: int = 0
    first_grace_ends_at: datetime | None = None
    interested: int = 0
    ever_invited: bool = False


@dataclass(frozen=True)
class Item:
    """One kind of thing that needs attention. `place` names where it is dealt with, `duty` who may."""

    place: str
    label: str
    count: int
    clock: str
    duty: Duty


@dataclass(frozen=True)
class Draft:
    """Something that is prepared and that nobody sees yet, with the address where it is finished."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Move:
    """The one thing to do next; without a `place` there is nothing to do."""

    title: str
    text: str
    label: str = ""
    place: str = ""


def items(today: Today, at: datetime) -> tuple[Item, ...]:
    """Return what needs attention, what has waited or ends first on top. Rules R-2, I-2, I-4, I-6, E-11."""
    return tuple(item for item in _items(today, at) if item.count)


def _items(today: Today, at: datetime) -> Iterator[Item]:
    yield Item("queue", "Applications to decide on", today.to_decide, _decision_clock(today, at), Duty.REVIEWER)
    yield Item(
        "confirm", "People who ask whether an invitation is theirs", today.asking, "Nobody else can answer it",
        Duty.MANAGER,
    )  # fmt: skip
    yield Item(
        "invitations", "Invitations about to expire", today.expiring, _ends("The first", today.first_expires_at, at),
        Duty.MANAGER,
    )  # fmt: skip
    yield Item(
        "experts", "Experts in grace", today.in_grace, _ends("The first grace", today.first_grace_ends_at, at),
        Duty.VIEWER,
    )  # fmt: skip
    yield Item("interested", "People who would like an invitation", today.interested, "They asked you", Duty.MANAGER)


def _decision_clock(today: Today, at: datetime) -> str:
    waited = f"The longest has waited {since(today.oldest_sent_at, at)}" if today.oldest_sent_at else ""
    if today.decision_days is None:
        return waited
    whole = ceil(today.decision_days)
    most = f"{wording.plural(whole, 'day')} or less" if whole > 1 else "less than a day"
    return f"{waited}; half of your decisions take {most}"


def _ends(what: str, ends_at: datetime | None, at: datetime) -> str:
    return f"{what} ends {within(ends_at, at)}" if ends_at else ""


def since(moment: datetime | None, at: datetime) -> str:
    """Return how long ago a moment is: "less than a day", "3 days"."""
    return days((at - moment) / timedelta(days=1) if moment else 0)


def within(moment: datetime, at: datetime) -> str:
    """Return when a moment to come is: "within a day", "in 3 days"."""
    left = (moment - at).days
    return f"in {wording.plural(left, 'day')}" if left else "within a day"


def days(length: float) -> str:
    """Return a length of time in days, as people say it."""
    return "less than a day" if length < 1 else wording.plural(int(length), "day")


def next_move(today: Today, drafts: tuple[Draft, ...], duty: Duty, at: datetime) -> Move:
    """Return the one thing that somebody with this duty is best to do next."""
    theirs = {item.place: item for item in items(today, at) if duty.covers(item.duty) and item.duty is not Duty.VIEWER}
    if "queue" in theirs:
        return _decide(today, at)
    if item := next(iter(theirs.values()), None):
        return _MOVES[item.place](item)
    if drafts and duty.covers(Duty.MANAGER):
        return Move(drafts[0].label, drafts[0].text, "Finish it", "draft")
    if "experts" in {item.place for item in items(today, at)}:
        text = "They know what is open, and keep the badge until then. A word from you may help."
        return Move("Look at the experts in grace", text, "See your experts", "experts")
    if duty.covers(Duty.MANAGER):
        text = "Everything is answered. The next experts come with the next invitations."
        return Move("Nothing waits for you", text, "Invite experts", "invitations")
    return Move("Nothing waits for you", "New applications show here as they come.")


def _decide(today: Today, at: datetime) -> Move:
    title = f"Decide on the application of {today.oldest_name}"
    others = today.to_decide - 1
    rest = f" {wording.plural(others, 'more waits', 'more wait')}." if others else ""
    return Move(title, f"It has waited longest: {since(today.oldest_sent_at, at)}.{rest}", "Open it", "oldest")


def _confirm(item: Item) -> Move:
    whose = "Somebody asks whether an invitation is theirs"
    text = f"{wording.plural(item.count, 'account')} with another address than the one you wrote to."
    return Move(whose, text, "Look and confirm", item.place)


def _remind(item: Item) -> Move:
    title = f"{wording.plural(item.count, 'invitation')} will expire soon"
    return Move(title, f"{item.clock}. Sent again, it works for 30 more days.", "Look at them", item.place)


def _answer(item: Item) -> Move:
    title = f"{wording.plural(item.count, 'freelancer')} would like an invitation"
    return Move(title, "Answer with an invitation, or leave it: nobody is told.", "See who", item.place)


_MOVES = {"confirm": _confirm, "invitations": _remind, "interested": _answer}
