"""A page whose experts come, go, are held and pinned for weeks, and what it publishes of its draws."""

import json
from datetime import timedelta

from core.database import joined_transaction
from directory import services
from directory.models import LandingPage
from directory.proof import published_draws
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.factories import make_award, make_freelancer, make_hold

WEEK = timedelta(days=7)


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
