"""Submits a profile for approval, and answers at once what is clear. Rules A-1..A-5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.clock import day_of
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, NotFound
from freelancers.approval import mails
from freelancers.approval.duplicates import Trait, birth_key, picture_key
from freelancers.approval.earlier import earlier_accounts, note_traits
from freelancers.approval.findings import Check, Route, Weight, route, unmet
from freelancers.approval.models import Submission
from freelancers.approval.screening import SkillSeen, Surroundings, policy_on, screen
from freelancers.approval.snapshot import snapshot
from freelancers.approval.submissions import latest_submission, past_declines
from freelancers.approval.supply_queries import skills_seen
from freelancers.models import Freelancer
from freelancers.profile.photos import jpeg_of
from freelancers.profile.pictures import WHOLE

NOTE_MAX = 1_000  # characters


class NothingToApprove(Conflict):
    """The profile is approved, or the marketplace knows it already."""

    title = "There is nothing to approve"


@dataclass(frozen=True)
class Looked:
    """What a profile is found to be: every check, how its skills stand, and the policy it was looked at under."""

    checks: tuple[Check, ...]
    skills: tuple[SkillSeen, ...]
    policy: str


@dataclass(frozen=True)
class Sent:
    """What comes with a submission: after which number it was written, a word to the reviewer, and a birthday."""

    after: int
    note: str = ""
    born_on: date | None = None


def look(person: Freelancer, *, is_invited: bool, at: datetime) -> Looked:
    """Look at a profile as it is now, and keep nothing. Rules A-2, A-3, A-5."""
    policy, skills = policy_on(day_of(at)), skills_seen(person.skills or ())
    earlier = tuple(each.shared for each in earlier_accounts(person))
    checks = screen(snapshot(person), Surroundings(skills, earlier, is_invited), policy)
    return Looked(checks, skills, policy.label)


def is_ready(person: Freelancer, *, is_invited: bool, at: datetime) -> bool:
    """Say whether a new profile, never submitted, has nothing that would be declined at once. Rules A-1, A-3."""
    if not person.is_provisional or latest_submission(person.id) is not None:
        return False
    return not unmet(look(person, is_invited=is_invited, at=at).checks, Weight.REASON)


@transaction()
def submit(freelancer_id: UUID, sent: Sent, *, is_invited: bool, by: UUID, at: datetime) -> Submission:
    """Submit the profile as it is now; one that waits is replaced. Rules A-1..A-5.

    A second click on the same returns what the first one made. Raises NotFound, NothingToApprove, and Conflict when
    another one came in between.
    """
    person = session.get(Freelancer, freelancer_id)
    if person is None:
        raise NotFound()
    before = latest_submission(person.id)
    if before is not None and _is_same(before, person, sent):
        return before
    _check_open(person, before, sent.after)
    note_traits(person.id, _traits(person, sent.born_on), at=at)
    looked = look(person, is_invited=is_invited, at=at)
    waiting_since_at = before.waiting_since_at if before and _replace(before, at) else at
    values = {"waiting_since_at": waiting_since_at, "is_invited": is_invited, **_as_sent(person, sent, looked, at)}
    made: Submission | None = session.scalar(
        insert(Submission).values(values).on_conflict_do_nothing().returning(Submission)
    )
    if made is None:
        return _made_by_another_click(person.id)
    after = {"number": made.number, "found": [each.name for each in unmet(looked.checks)]}
    audit.record("approval.submitted", "submission", made.id, by=by, at=at, after=after)
    _answer_what_is_clear(made, looked, at)
    return made


def _as_sent(person: Freelancer, sent: Sent, looked: Looked, at: datetime) -> dict[str, Any]:
    """Return the columns of a submission that say what was sent, and what the automatic review saw."""
    return {
        "id": new_id(),
        "freelancer_id": person.id,
        "number": sent.after + 1,
        "submitted_at": at,
        "is_by_person": False,
        "note": sent.note or None,
        "profile": snapshot(person).to_json(),
        "policy": looked.policy,
        "checks": [each.to_json() for each in looked.checks],
        "skills": [each.to_json() for each in looked.skills],
        "reasons": [],
    }


def _is_same(before: Submission, person: Freelancer, sent: Sent) -> bool:
    """Say whether it was submitted already, just so, by an earlier click on the same button."""
    return (before.number, before.note or "", before.snapshot) == (sent.after + 1, sent.note, snapshot(person))


def _check_open(person: Freelancer, before: Submission | None, after: int) -> None:
    """Raise NothingToApprove, and Conflict, where nothing can be submitted."""
    if not person.is_provisional:
        raise NothingToApprove(
            "The marketplace knows your profile already, and approval is for new ones.", "You need not do anything."
        )
    if before is not None and before.is_approved:
        raise NothingToApprove("Your profile is approved.", "Changes to it need no new approval.")
    if after != (before.number if before else 0):
        raise Conflict("It was submitted in another window meanwhile.", "Look at this page again, then submit.")


def _traits(person: Freelancer, born_on: date | None) -> dict[Trait, str]:
    """Return what could show an earlier account. The document's number is noted where the document is checked."""
    return {
        Trait.NAME_AND_BIRTH: birth_key(person.name, born_on),
        Trait.PICTURE: _picture(person),
    }


def _picture(person: Freelancer) -> str:
    """Return what the photo looks like, or where the marketplace has it; empty without one. It counts for no more."""
    if person.photo_url:
        return f"address {person.photo_url}"
    whole = jpeg_of(person.photo_id, WHOLE) if person.photo_id else None
    return picture_key(whole) if whole else ""


def _replace(before: Submission, at: datetime) -> bool:
    """Take back one that waits; say whether it did."""
    waits = (Submission.id == before.id, Submission.decided_at.is_(None), Submission.replaced_at.is_(None))
    return bool(changed(sa.update(Submission).where(*waits).values(replaced_at=at)))


def _made_by_another_click(freelancer_id: UUID) -> Submission:
    found = latest_submission(freelancer_id)
    assert found is not None
    return found


def _answer_what_is_clear(made: Submission, looked: Looked, at: datetime) -> None:
    """Approve or decline at once where nothing is left to a person. Rules A-2, A-4."""
    declines = past_declines(made.freelancer_id)
    way = route(
        looked.checks,
        declines=declines.count,
        declines_then_person=policy_on(day_of(at)).declines_then_person,
        person_declined=declines.by_person,
    )
    if way is Route.PERSON:
        return
    made.decided_at, made.is_approved = at, way is Route.APPROVED
    made.reasons = [each.to_json() for each in unmet(looked.checks, Weight.REASON)]
    session.flush()
    record_decision(made, by=None, at=at)


def record_decision(decided: Submission, *, by: UUID | None, at: datetime) -> None:
    """Log a decision, and send its letter. Rules A-3, X-2."""
    told = mails.tell(decided, at)
    verb = "approved" if decided.is_approved else "declined"
    after = {"number": decided.number, "reasons": [each.name for each in decided.letter], "told": told}
    audit.record(f"approval.{verb}", "submission", decided.id, by=by, at=at, after=after, reason=decided.words)
