"""The queue of profiles that wait for approval, and the decision about one. Rules A-1..A-4."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from core import clock
from core.answers import page, pager
from core.errors import DomainError, NotFound
from core.forms import Form, at_most, trimmed
from core.permissions import Access, allow
from core.reasons import REASON_MAX
from freelancers.approval import submissions
from freelancers.approval.deciding import Decision, choosable, decide
from freelancers.approval.differences import changes
from freelancers.approval.earlier import earlier_accounts
from freelancers.approval.findings import Kind, SubmissionState
from freelancers.approval.models import Submission
from freelancers.approval.side_by_side import comparison
from freelancers.approval.snapshot import LISTS, snapshot
from staff.blueprint import asked, blueprint, done, me
from staff.log import names_of


class DecisionForm(Form):
    """Approve or decline, with every reason at once. Rule A-3."""

    decision = RadioField(
        "Your decision",
        choices=[SelectChoice("approve", "Approve"), SelectChoice("decline", "Decline, for the reasons below")],
        validators=[DataRequired("Choose one.")],
    )
    reasons = SelectMultipleField(
        "Reasons, if you decline",
        choices=[],
        validators=[Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    words = TextAreaField("In your own words", filters=[trimmed], validators=[at_most(REASON_MAX)])

    @classmethod
    def of(cls, submission: Submission, *, fresh: bool) -> DecisionForm:
        """Return the form with the findings that can be reasons; all are ticked at first, so that none is forgotten."""
        offered = choosable(submission.found)
        form = cls(formdata=None, data={"reasons": [str(each.kind) for each in offered]}) if fresh else cls()
        form.reasons.choices = [SelectChoice(str(each.kind), f"{each.name}: {each.what}") for each in offered]
        return form

    @property
    def decided(self) -> Decision:
        """Return what was decided."""
        reasons = frozenset(map(Kind, self.reasons.data or ()))
        return Decision(self.decision.data == "approve", reasons, self.words.data or "")


@blueprint.get("/approvals")
@allow(Access.STAFF)
def approvals() -> Response:
    """The profiles that wait, the longest waiting first; or those that were answered."""
    at = clock.now()
    shown = (SubmissionState.WAITING, SubmissionState.DECLINED, SubmissionState.APPROVED)
    state = SubmissionState(asked("state")) if asked("state") in shown else SubmissionState.WAITING
    found = submissions.queue(state, asked("cursor") or None)
    return page(
        "staff/approvals.html",
        submissions=found.items,
        state=state,
        shown=shown,
        waits=submissions.waiting(at),
        at=at,
        pages=pager(found, "staff.approvals", state=asked("state")),
    )


@blueprint.get("/approvals/<uuid:submission_id>")
@allow(Access.STAFF)
def approval(submission_id: UUID) -> Response:
    """One submission: what was found, what changed since the last one, perhaps an earlier account, and the decision."""
    submission = _submission(submission_id)
    return _page(submission, DecisionForm.of(submission, fresh=True))


@blueprint.post("/approvals/<uuid:submission_id>")
@allow(Access.STAFF)
def decide_approval(submission_id: UUID) -> Response:
    """Approve or decline, and send the letter. Rule A-3."""
    submission = _submission(submission_id)
    form = DecisionForm.of(submission, fresh=False)
    if not form.validate():
        return _page(submission, form, 422)
    try:
        decided = decide(submission.id, form.decided, by=me(), at=clock.now())
    except DomainError as refused:
        return _page(_submission(submission_id), form, form.refuse(refused))
    outcome = "Approved" if decided.is_approved else "Declined"
    return done(f"{outcome}. The letter to {decided.freelancer.name} is on its way.", "staff.approvals")


def _submission(submission_id: UUID) -> Submission:
    found = submissions.submission_by_id(submission_id)
    if found is None:
        raise NotFound()
    return found


def _page(submission: Submission, form: DecisionForm, status: int = 200) -> Response:
    person, before = submission.freelancer, submissions.looked_at_before(submission)
    return page(
        "staff/approval.html",
        status,
        submission=submission,
        form=form,
        at=clock.now(),
        before=before,
        changed=changes(before.snapshot, submission.snapshot) if before else (),
        has_moved_on=snapshot(person) != submission.snapshot,
        declines=submissions.past_declines(person.id).count,
        others=[(each, comparison(person, each.freelancer)) for each in earlier_accounts(person)],
        reviewers=names_of({submission.decided_by}) if submission.decided_by else {},
        lists=LISTS,
    )
