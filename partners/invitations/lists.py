"""Bringing a list in: read, staged, judged row by row, and looked at before anything is sent. Rule I-5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core.bulk import copy_cell, copy_rows
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.keyset import after
from core.paging import Page, page_of
from partners.invitations.effects import judged
from partners.invitations.models import InvitationList, InvitationRow
from partners.invitations.reading import Columns, Entry, decoded, entries, guess
from partners.models import Programme
from partners.rules import Outcome

MESSAGE_MAX = 2_000
ROWS_SHOWN = 50
#: A list that is not sent is forgotten after this long.
KEPT = timedelta(days=30)
#: More than the first rows of any list need.
_BEGINNING_BYTES = 100_000

_STAGED = sa.table(
    "staged_rows",
    *(sa.column(name, sa.Integer()) for name in ("place", "line", "repeats")),
    *(sa.column(name, sa.Text()) for name in ("text", "email", "name", "problem", "advice", "outcome")),
)
_STAGED_COLUMNS = ("place", "line", "text", "email", "name", "problem", "advice", "repeats", "outcome")
_CREATE = sa.text(
    "CREATE TEMP TABLE staged_rows (place int, line int, text text, email text, name text, problem text, advice text, "
    "repeats int, outcome text) ON COMMIT DROP"
)


class ListGone(Conflict):
    """The list was sent or dropped meanwhile."""

    title = "This list is no longer waiting"

    def __init__(self) -> None:
        super().__init__("It was sent or dropped meanwhile; nothing was sent twice.", "Look at your lists.")


@transaction()
def bring(
    programme: Programme, data: bytes, file_name: str, message: str | None, *, by: UUID | None, at: datetime
) -> InvitationList:
    """Read a list, guess what its columns are, and work out what each row will do. Nothing is sent. Rule I-5.

    Raises InvalidInput for what is no list, or is too long.
    """
    # Decoded anew each time: as a text, a file can be four times as large, and is not to lie about while it is stored.
    columns = guess(decoded(data))
    if message and len(message) > MESSAGE_MAX:
        raise InvalidInput(f"The message has {len(message):,} characters, at most {MESSAGE_MAX:,} fit.", "Shorten it.")
    found = InvitationList(
        id=new_id(),
        programme_id=programme.id,
        file_name=file_name[:200] or "Pasted",
        content=decoded(data).encode(),
        columns=columns.as_json(),
        counts={},
        message=message or None,
        created_by=by,
        created_at=at,
    )
    session.add(found)
    session.flush()
    found.counts = _stage(found.id, programme, entries(decoded(data), columns), at)
    if not found.counts:
        raise InvalidInput("There is no address in this.", "Write at least one, or choose another file.")
    return found


@transaction()
def read_anew(list_id: UUID, roles: Sequence[str], has_titles: bool, at: datetime) -> InvitationList:
    """Read the list once more, its columns being what somebody says. Raises InvalidInput, ListGone and NotFound."""
    found = _waiting(list_id)
    text = (found.content or b"").decode()
    columns = Columns.of_json(found.columns)
    separator = columns.separator or ","
    if list(roles).count("email") != 1:
        raise InvalidInput("Exactly one column holds the addresses.", "Choose “Address” for that one alone.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    titles = tuple(columns.titles or first.split(separator)) if has_titles else ()
    columns = Columns(separator, tuple(roles), titles)
    session.execute(sa.delete(InvitationRow).where(InvitationRow.list_id == list_id))
    found.columns = columns.as_json()
    found.counts = _stage(list_id, found.programme, entries(text, columns), at)
    return found


@transaction()
def drop(list_id: UUID) -> None:
    """Forget a list that was not sent, with all that it said. Raises ListGone when it was."""
    if not changed(sa.delete(InvitationList).where(InvitationList.id == list_id, InvitationList.sent_at.is_(None))):
        raise ListGone()


@transaction()
def forget_old(at: datetime) -> int:
    """Forget lists that were brought in long ago and never sent, with all that they said; return how many. Rule X-3."""
    old = (InvitationList.sent_at.is_(None), InvitationList.created_at < at - KEPT)
    return changed(sa.delete(InvitationList).where(*old).execution_options(synchronize_session=False))


def list_of(programme_id: UUID, list_id: UUID) -> InvitationList:
    """Return a list of the programme. Raises NotFound for any other. Rule X-4."""
    chosen = sa.select(InvitationList).where(InvitationList.id == list_id, InvitationList.programme_id == programme_id)
    if (found := session.scalar(chosen)) is None:
        raise NotFound()
    return found


def lists_of(programme_id: UUID, most: int = 10) -> Sequence[InvitationList]:
    """Return the programme's latest lists, those not sent yet among them."""
    chosen = sa.select(InvitationList).where(InvitationList.programme_id == programme_id)
    return session.scalars(chosen.order_by(InvitationList.created_at.desc(), InvitationList.id).limit(most)).all()


def beginning_of(list_id: UUID) -> str:
    """Return how what was brought begins; nothing once it was sent."""
    beginning = sa.func.substr(InvitationList.content, 1, _BEGINNING_BYTES)
    return (session.scalar(sa.select(beginning).where(InvitationList.id == list_id)) or b"").decode(errors="ignore")


def rows_of(list_id: UUID, outcome: Outcome | None, cursor: str | None) -> Page[InvitationRow]:
    """Return rows of a list in their order, perhaps those alone that do the same."""
    chosen = sa.select(InvitationRow).where(InvitationRow.list_id == list_id)
    if outcome:
        chosen = chosen.where(InvitationRow.outcome == outcome.value)
    if cursor:
        chosen = chosen.where(after(cursor, InvitationRow.place))
    rows = session.scalars(chosen.order_by(InvitationRow.place).limit(ROWS_SHOWN + 1)).all()
    return page_of(rows, lambda row: (row.place,), ROWS_SHOWN)


def _waiting(list_id: UUID) -> InvitationList:
    chosen = sa.select(InvitationList).where(InvitationList.id == list_id).with_for_update(of=InvitationList)
    found = session.scalar(chosen.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    if found.sent_at:
        raise ListGone()
    return found


def _stage(list_id: UUID, programme: Programme, read: Iterable[Entry], at: datetime) -> dict[str, int]:
    """Store the rows with what each will do; return how many do what."""
    session.execute(_CREATE)
    copy_rows("staged_rows", _STAGED_COLUMNS, _lines(read))
    session.execute(sa.text("ANALYZE staged_rows"))
    staged = _STAGED
    known = judged(staged, programme, at)
    stored = sa.insert(InvitationRow).from_select(
        ["list_id", *_STAGED_COLUMNS],
        sa.select(
            sa.literal(list_id, sa.Uuid()),
            *(staged.c[name] for name in _STAGED_COLUMNS[:-1]),
            sa.func.coalesce(staged.c.outcome, known.outcome),
        ).select_from(known.rows),
    )
    session.execute(stored)
    session.execute(sa.text("DROP TABLE staged_rows"))
    outcome = InvitationRow.outcome
    counted = sa.select(outcome, sa.func.count()).where(InvitationRow.list_id == list_id).group_by(outcome)
    return {str(name): int(count) for name, count in session.execute(counted)}


def _lines(read: Iterable[Entry]) -> Iterable[str]:
    cell = copy_cell
    for place, (line, text, email, name, problem, advice, repeats, outcome) in enumerate(read, 1):
        yield (
            f"{place}\t{line}\t{cell(text)}\t{cell(email)}\t{cell(name)}\t{cell(problem)}\t{cell(advice)}\t"
            f"{cell(str(repeats) if repeats else None)}\t{cell(outcome)}\n"
        )
