"""The sweep: awards follow what their holders meet, by themselves. Rules E-11, H-1; it never revokes (E-12).

One query over all open awards finds those whose state must change, with the requirements as SQL; only those are looked
at in Python, for their findings and their words, and what follows is written in sets. They are taken in batches, each a
transaction of its own, with their rows locked and those that another sweep holds passed by. So a sweep killed anywhere
is finished by the next, and two at once do the work once. See docs/decisions/sweep.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from itertools import islice, takewhile
from uuid import UUID

import sqlalchemy as sa

from badges.aftermath import Outcome, write
from badges.due import due_awards
from badges.eligibility.rules import evaluate
from badges.holders import Holder, holders_of, lock
from badges.models import Award
from badges.receipts import keep_policies
from badges.rulebook import Rulebook, rulebook
from badges.upkeep import change_between, next_state
from core.bulk import uuids
from core.database import session, transaction
from core.side_by_side import circles_looked_for_rarely, side_by_side

#: How many awards are changed in one transaction.
BATCH = 1_000
#: How many awards that must change, and people to look at, are held in memory.
FOUND_MAX, CHANGED_MAX = 100_000, 20_000
_EXPIRED = "expired"

Asked = sa.ColumnElement[bool]


@dataclass(frozen=True)
class SweepReport:
    """How many awards a sweep changed, by what happened to them."""

    grace_began: int = 0
    grace_shortened: int = 0
    grace_cleared: int = 0
    suspended: int = 0
    suspended_otherwise: int = 0
    reinstated: int = 0
    expired: int = 0

    @property
    def changed(self) -> int:
        """Return how many awards were changed in all."""
        return sum(astuple(self))

    def figures(self) -> dict[str, int]:
        """Return the counts by name, for the log."""
        return asdict(self)


def sweep(
    at: datetime,
    *,
    freelancer_id: UUID | None = None,
    changed: Iterable[UUID] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> SweepReport:
    """Bring every open award to where it belongs at `at`, with audit event, receipt and mail for each change.

    With `changed`, the ids of people, only theirs: after an import only those it changed are looked at. With
    `freelancer_id`, only that person's: so a page that places or lifts a hold can have the mails follow at once.
    Ends early, with nothing half done, once `stopped()`.
    """
    if freelancer_id is not None:
        changed = [freelancer_id]
    book = rulebook(at)
    counts: Counter[str] = Counter()
    batches = (ids for among in _parts(changed) for ids in _batches(book, at, among))
    with circles_looked_for_rarely():
        for happened in side_by_side(
            lambda ids: _sweep_batch(ids, book, at), takewhile(lambda _: not stopped(), batches)
        ):
            counts.update(happened)
    return SweepReport(**counts)


def _parts(changed: Iterable[UUID] | None) -> Iterator[list[Asked]]:
    """Yield what restricts a sweep to some people at a time; once and nothing for a sweep of everybody."""
    if changed is None:
        yield []
        return
    ids = iter(changed)
    while some := list(islice(ids, CHANGED_MAX)):
        people = sa.func.unnest(uuids(some)).column_valued("changed")
        yield [Award.freelancer_id.in_(sa.select(people))]


def _batches(book: Rulebook, at: datetime, among: Sequence[Asked]) -> Iterator[list[UUID]]:
    """Yield the awards that must change, some at a time; found in as few passes as memory allows."""
    last: list[UUID] = []
    while True:
        found = _find(book, at, [*among, *(Award.id > each for each in last)])
        for start in range(0, len(found), BATCH):
            yield found[start : start + BATCH]
        if len(found) < FOUND_MAX:
            return
        last = found[-1:]


@transaction()
def _find(book: Rulebook, at: datetime, among: Sequence[Asked]) -> list[UUID]:
    """Return the next awards that must change, in order; the policies that they are decided under are stored then."""
    # Compiling so large an expression would take longer than it saves; and there is memory to join in one go.
    session.execute(sa.text("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
    found = session.execute(due_awards(book, at, *among).limit(FOUND_MAX)).all()
    policies = [book.policy(achievement_id) for achievement_id in {due.achievement_id for due in found}]
    keep_policies({digest: policy for policy, digest in policies})
    return [due.id for due in found]


@transaction()
def _sweep_batch(award_ids: Sequence[UUID], book: Rulebook, at: datetime) -> list[str]:
    """Change those of the awards that are ours and need it still; return what happened to each that changed."""
    holders = holders_of(lock(award_ids), book)
    outcomes = [outcome for holder in holders if (outcome := _outcome(holder, book, at)) is not None]
    write(outcomes, book, at)
    return [outcome.what for outcome in outcomes]


def _outcome(holder: Holder, book: Rulebook, at: datetime) -> Outcome | None:
    """Return what becomes of an award, None when nothing has to: somebody may have changed it since it was found."""
    if holder.expires_at is not None and holder.expires_at <= at:
        return Outcome(holder, _EXPIRED)
    policy, _ = book.policy(holder.achievement_id)
    findings = evaluate(policy, holder.facts, at)
    after = next_state(holder.stands, findings, at)
    change = change_between(holder.stands, after)
    return None if change is None else Outcome(holder, str(change), change, after, findings)
