"""What people wrote to support: the queue with its clock, and answers. Rule H-6."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from core import clock
from core.answers import page, pager
from core.errors import DomainError, NotFound
from core.forms import Form, reason_field
from core.permissions import Access, allow
from freelancers.queries import address_of
from freelancers.support import queries, threads
from freelancers.support.models import Thread
from freelancers.support.rules import PARAGRAPHS, ThreadState
from staff.blueprint import asked, blueprint, done, me


class AnswerForm(Form):
    """An answer in words of one's own, perhaps with a standard paragraph after them."""

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
    return _page(thread, AnswerForm())


@blueprint.post("/support/<uuid:thread_id>")
@allow(Access.STAFF)
def answer_thread(thread_id: UUID) -> Response:
    """Answer, and mail it."""
    thread, form = _thread(thread_id), AnswerForm()
    if not form.validate():
        return _page(thread, form, 422)
    said = {"paragraph": form.paragraph.data or None, "closes": form.closes.data, "seen": form.seen_id}
    try:
        threads.answer(thread.id, form.text.data, by=me(), at=clock.now(), **said)
    except DomainError as refused:
        return _page(thread, form, form.refuse(refused))
    return done(f"Answered{_told(thread)}", "staff.support")


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
    return page("staff/support_thread.html", status, thread=thread, form=form, authors=authors, at=clock.now())
