"""What the worker does, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.once import forget_answers
from accounts.services import forget_old
from app import mail
from app.pace import Paced
from badges.foresight import warn
from badges.sweep import sweep
from core import clock
from core.jobs import forget_before
from directory.rotation import rotate
from directory.seen.exposure import forget_views
from freelancers.identity import pictures, queue
from freelancers.identity.deadlines import hold_overdue
from freelancers.services import lift_ended
from partners import files
from partners.deciding import award_waiting
from partners.invitations import lists
from partners.invitations.reminding import remind

#: Job runs are kept for this long.
REMEMBERED = timedelta(days=7)
#: A sweep looks at everybody, so that what led to a change never matters; on a large marketplace it rests in between.
SWEEPING_SHARE = 0.1

Figures = Mapping[str, int]
Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """One line of the timetable. `run` is told how to learn that the worker stops, and returns what it did, counted.

    With `once` each period of it is claimed and so runs once, whoever leads. Without, running twice does no harm.
    """

    name: str
    every: timedelta
    run: Callable[[Stopped], Figures]
    once: bool = True

    def period(self, at: datetime) -> str:
        """Return the name of the period that `at` lies in: the moment it began."""
        every_s = self.every.total_seconds()
        return datetime.fromtimestamp(at.timestamp() // every_s * every_s, UTC).isoformat()


def deliver(stopped: Stopped) -> Figures:
    """Send the mails that are due. Rule X-1."""
    return {"sent": mail.deliver_due(clock.now, stopped=stopped)}


def maintain(stopped: Stopped) -> Figures:
    """Let badges follow their requirements, and award what waited for them. Rules E-11, H-1, R-3."""
    return {**sweep(clock.now(), stopped=stopped).figures(), "awarded": award_waiting(clock.now())}


def lift(_stopped: Stopped) -> Figures:
    """Lift the holds whose time is over. Rule H-6."""
    return {"lifted": lift_ended(clock.now())}


def feature(_stopped: Stopped) -> Figures:
    """Draw the next period of every page whose period is over. Rule D-3."""
    return {"drawn": rotate(clock.now())}


def foresee(stopped: Stopped) -> Figures:
    """Warn holders of badges of what they will soon lose. Section J."""
    return {"warned": warn(clock.now(), stopped=stopped)}


def nudge(stopped: Stopped) -> Figures:
    """Remind those invited who have not answered. Rule I-6."""
    return {"reminded": remind(clock.now(), stopped=stopped)}


def verify(stopped: Stopped) -> Figures:
    """Keep the queue of verification calls, remind of them, and hold whose seven days are over. Rule H-2."""
    at = clock.now()
    return {
        "given_back": queue.give_back_overdue(at),
        "absent": queue.close_absent(at),
        "call_reminders": queue.remind(at),
        "overdue": hold_overdue(at, stopped),
    }


def erase(stopped: Stopped) -> Figures:
    """Delete identity pictures whose time is over, with their receipts. Rule H-3."""
    return {"erased": pictures.erase_due(clock.now(), stopped)}


def tidy(_stopped: Stopped) -> Figures:
    """Throw away what is kept for a while only, and files that nothing names: a process was killed, somebody left."""
    at = clock.now()
    return {
        "account_rows": forget_old(at),
        "lists": lists.forget_old(at),
        "api_answers": forget_answers(at),
        "page_views": forget_views(at),
        "job_runs": forget_before(at - REMEMBERED),
        "files": files.sweep(at),
        "locked_files": pictures.sweep(at),
    }


#: Mails are locked one by one while they are sent, so delivery needs no claim.
TIMETABLE = (
    Job("deliver", timedelta(seconds=1), deliver, once=False),
    Job("sweep", timedelta(seconds=15), Paced(maintain, SWEEPING_SHARE)),
    Job("lift", timedelta(seconds=30), lift),
    Job("rotate", timedelta(minutes=1), feature),
    Job("warn", timedelta(days=1), foresee),
    Job("remind", timedelta(hours=1), nudge),
    Job("verify", timedelta(minutes=1), verify),
    Job("erase", timedelta(minutes=10), erase),
    Job("tidy", timedelta(days=1), tidy),
)
