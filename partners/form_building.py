"""The application's form, built by the partner from steps: added, changed, moved, removed, put back. Rules R-1, X-1.

A step that is removed is not forgotten: it moves to `Programme.former_steps`, so that what was answered to it is kept,
read, and asked for again when it is put back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.audit import record
from core.database import new_id, session, transaction
from core.errors import InvalidInput, NotFound
from partners.models import Programme
from partners.states import StepKind
from partners.steps import HINT_MAX, PROMPT_MAX, STEPS_MAX

Step = dict[str, Any]


@transaction()
def add_step(
    programme_id: UUID, kind: StepKind, prompt: str, *, hint: str = "", required: bool, by: UUID | None, at: datetime
) -> str:
    """Add a step to the end of the programme's application; return its key. Raises InvalidInput when it cannot be one.

    A second click adds no second step: one that asks the same as the last is there already.
    """
    asked = {"kind": str(kind), **_words(prompt, hint), "required": required}
    programme = locked_programme(programme_id)
    _refuse_too_many(programme)
    if programme.steps and programme.steps[-1] == asked | {"key": programme.steps[-1]["key"]}:
        return str(programme.steps[-1]["key"])
    # The key is never used again, so that old answers cannot end up under a new question.
    key = f"s{new_id().hex[-12:]}"
    _set_steps(programme, [*programme.steps, {"key": key, **asked}], by, at)
    return key


@transaction()
def edit_step(
    programme_id: UUID, key: str, prompt: str, *, hint: str, required: bool, by: UUID | None, at: datetime
) -> None:
    """Change the words of a step, and whether it must be answered; its kind stays. Raises InvalidInput and NotFound."""
    words = _words(prompt, hint)
    programme = locked_programme(programme_id)
    place = _place(programme, key)
    steps = list(programme.steps)
    steps[place] = steps[place] | words | {"required": required}
    _set_steps(programme, steps, by, at)


@transaction()
def require_step(programme_id: UUID, key: str, required: bool, *, by: UUID | None, at: datetime) -> None:
    """Say whether an application can be sent without the step. Raises NotFound."""
    programme = locked_programme(programme_id)
    place = _place(programme, key)
    steps = list(programme.steps)
    steps[place] = steps[place] | {"required": required}
    _set_steps(programme, steps, by, at)


@transaction()
def remove_step(programme_id: UUID, key: str, *, by: UUID | None, at: datetime) -> None:
    """Take a step out of the programme's application; one that is gone already is fine. Answers to it are kept."""
    programme = locked_programme(programme_id)
    removed = [step for step in programme.steps if step["key"] == key]
    former = [*programme.former_steps, *removed]
    _set_steps(programme, [step for step in programme.steps if step["key"] != key], by, at, former)


@transaction()
def restore_step(programme_id: UUID, key: str, *, by: UUID | None, at: datetime) -> None:
    """Ask again, at the end, for a step that was removed, with all answers to it. Raises NotFound and InvalidInput."""
    programme = locked_programme(programme_id)
    step = next((step for step in programme.former_steps if step["key"] == key), None)
    if step is None:
        raise NotFound("This step was put back meanwhile, or never removed.")
    _refuse_too_many(programme)
    former = [each for each in programme.former_steps if each["key"] != key]
    _set_steps(programme, [*programme.steps, step], by, at, former)


@transaction()
def move_step(programme_id: UUID, key: str, by_places: int, *, by: UUID | None, at: datetime) -> None:
    """Move a step up (negative) or down (positive) among the others, as far as there is room. Raises NotFound."""
    programme = locked_programme(programme_id)
    place = _place(programme, key)
    steps = list(programme.steps)
    step = steps.pop(place)
    steps.insert(max(0, place + by_places), step)
    _set_steps(programme, steps, by, at)


def _words(prompt: str, hint: str) -> dict[str, str]:
    prompt, hint = " ".join(prompt.split()), " ".join(hint.split())
    if not 1 <= len(prompt) <= PROMPT_MAX or len(hint) > HINT_MAX:
        raise InvalidInput(f"What is asked has 1 to {PROMPT_MAX} characters, the hint at most {HINT_MAX}.")
    return {"prompt": prompt, "hint": hint}


def _refuse_too_many(programme: Programme) -> None:
    if len(programme.steps) >= STEPS_MAX:
        raise InvalidInput(f"An application has at most {STEPS_MAX} steps.", "Remove one first.")


def _place(programme: Programme, key: str) -> int:
    place = next((place for place, step in enumerate(programme.steps) if step["key"] == key), None)
    if place is None:
        raise NotFound("This step was removed meanwhile.")
    return place


def _set_steps(
    programme: Programme, steps: list[Step], by: UUID | None, at: datetime, former: list[Step] | None = None
) -> None:
    if steps == programme.steps:
        return
    before = {"steps": programme.steps}
    programme.steps, programme.updated_at = steps, at
    if former is not None:
        programme.former_steps = former
    record_change("programme.steps_changed", programme, before, {"steps": steps}, by, at)


def locked_programme(programme_id: UUID) -> Programme:
    """Return the programme, locked until the transaction ends: two changes at once come one after the other."""
    programme = session.get(Programme, programme_id, with_for_update={"of": Programme}, populate_existing=True)
    if programme is None:
        raise NotFound()
    return programme


def record_change(
    action: str, programme: Programme, before: dict[str, Any], after: dict[str, Any], by: UUID | None, at: datetime
) -> None:
    """Add to the audit log what changed of a programme. Rule X-2."""
    record(action, "programme", programme.id, by=by, at=at, partner_id=programme.partner_id, before=before, after=after)
