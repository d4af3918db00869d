"""What people wrote to support: the queue with its clock, and answers. Rule H-6."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from core import clock
from core.answers import page, pager
from core.errors import DomainError, NotFound
from core.forms import Form, reason_field
from core.permissions import Access, allow
from freelancers.capabilities import stop_of
from freelancers.queries import address_of
from freelancers.support import appeals, queries, threads
from freelancers.support.models import Thread
from freelancers.support.rules import PARAGRAPHS, ThreadState
from staff.blueprint import asked, blueprint, done, me


class AnswerForm(Form):
    """An answer in words of one's own, perhaps with a standard paragraph after them; to an appeal, what is decided."""

    decision = RadioField(
        "What becomes of the hold",
        choices=[
            SelectChoice("lift", "It is lifted: badge, listing and place in the rotation come back"),
            SelectChoice("keep", "It stays"),
            SelectChoice("ask", "Nothing yet: ask the person something first"),
        ],
        validators=[InputRequired("Choose what becomes of the hold.")],
    )
    text = reason_field("Your answer", "Write what you answer.")
    paragraph = SelectField(
        "Add a standard paragraph",
        choices=[
            SelectChoice("", "None"),
            *(SelectChoice(key, paragraph.name) for key, paragraph in PARAGRAPHS.items()),
        ],
        validators=[Optional()],
    )
    closes = BooleanField("Nothing is left to do: close it with this answer")
    seen = HiddenField()

    @classmethod
    def of(cls, thread: Thread) -> AnswerForm:
        """Return the form for a thread: an appeal of an open hold is decided, and not just closed."""
        form = cls()
        if is_appeal(thread):
            del form.closes, form.paragraph
        else:
            del form.decision
        return form

    @property
    def seen_id(self) -> UUID | None:
        """Return the last message that whoever answers has read."""
        try:
            return UUID(self.seen.data or "")
        except ValueError:
            return None


@blueprint.get("/support")
@allow(Access.STAFF)
def support() -> Response:
    """The threads in a state: those that wait for an answer, the longest waiting first."""
    state = ThreadState(asked("state")) if asked("state") in list(ThreadState) else ThreadState.OPEN
    at, found = clock.now(), queries.queue(state, asked("cursor") or None)
    pages = pager(found, "staff.support", state=asked("state"))
    waits = queries.waiting(at)
    return page("staff/support.html", threads=found.items, state=state, waits=waits, at=at, pages=pages)


@blueprint.get("/support/<uuid:thread_id>")
@allow(Access.STAFF)
def support_thread(thread_id: UUID) -> Response:
    """One thread, which counts as seen with that."""
    thread = _thread(thread_id)
    threads.seen_by_staff(thread.id, clock.now())
    return _page(thread, AnswerForm.of(thread))


@blueprint.post("/support/<uuid:thread_id>")
@allow(Access.STAFF)
def answer_thread(thread_id: UUID) -> Response:
    """Answer, and mail it; an appeal is decided with its answer. Rule H-6."""
    thread = _thread(thread_id)
    form = AnswerForm.of(thread)
    if not form.validate():
        return _page(thread, form, 422)
    try:
        _answer(thread, form)
    except DomainError as refused:
        return _page(thread, form, form.refuse(refused))
    return done(f"Answered{_told(thread)}", "staff.support")


def _answer(thread: Thread, form: AnswerForm) -> None:
    written = (thread.id, form.text.data)
    who = {"by": me(), "at": clock.now(), "seen": form.seen_id}
    if "decision" not in form:
        threads.answer(*written, **who, paragraph=form.paragraph.data or None, closes=form.closes.data)
    elif form.decision.data == "ask":
        threads.answer(*written, **who)
    else:
        decide = appeals.lift if form.decision.data == "lift" else appeals.keep
        decide(*written, **who)


def is_appeal(thread: Thread) -> bool:
    """Say whether the thread is the appeal of a hold that is still open."""
    return thread.hold is not None and thread.hold.lifted_at is None


def _thread(thread_id: UUID) -> Thread:
    found = queries.thread_by_id(thread_id)
    if found is None:
        raise NotFound()
    return found


def _told(thread: Thread) -> str:
    address = address_of(thread.freelancer)
    return f", and a mail to {address} is on its way." if address else ". They read it on their own page."


def _page(thread: Thread, form: AnswerForm, status: int = 200) -> Response:
    form.seen.data = str(thread.messages[-1].id)
    authors = queries.authors_of(thread)
    stop = stop_of(thread.hold) if thread.hold else None
    words = {"thread": thread, "form": form, "authors": authors, "stop": stop, "at": clock.now()}
    return page("staff/support_thread.html", status, **words)
