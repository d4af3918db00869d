"""Forms of invited people: their account, and their application, which is made from the programme's steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import StringField, TextAreaField, URLField
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from accounts.forms import new_password_field
from core.forms import Form, at_most, trimmed
from partners.addresses import NAME_MAX
from partners.steps import AnswersRefused, Field, Problem, answers_of, fields, form_of, missing


class RegisterForm(Form):
    """A newcomer's account; the view sets `email` to the invited address. Rule I-4."""

    email = ""
    name = StringField(
        "Your name",
        description="As clients should see it.",
        filters=[trimmed],
        validators=[InputRequired("Write your name."), at_most(NAME_MAX)],
    )
    password = new_password_field("Password")


def field_name(name: str) -> str:
    """Return the form's name for a field of `partners.steps`, kept apart from what a form calls its own ("data")."""
    return f"answer-{name}"


class DayField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A day, kept as it was typed: one that is none is told, and stays in the field."""

    widget = DateInput()


@dataclass(frozen=True)
class Group:
    """The fields of one step. A step of several parts shows its prompt above them."""

    prompt: str
    hint: str
    required: bool
    is_single: bool
    fields: tuple[Any, ...]


class ApplicationForm(Form):
    """The answers to a programme's steps; made by `application_form`."""

    steps: Sequence[Mapping[str, Any]] = ()

    def typed(self) -> dict[str, str]:
        """Return what the form holds, by the names of `partners.steps.fields`."""
        return {field.name: self[field_name(field.name)].data or "" for field in fields(self.steps)}

    def read(self, *, to_send: bool) -> dict[str, Any] | None:
        """Return the answers, or None when they cannot be kept or (`to_send`) sent: then each field says why."""
        try:
            answers = answers_of(self.steps, self.typed())
            problems: tuple[Problem, ...] = ()
        except AnswersRefused as refused:
            answers, problems = self.typed_answers(), refused.problems
        if to_send:
            problems = (*problems, *self.missing(answers))
        self.show(problems)
        return None if problems else answers

    def missing(self, answers: Mapping[str, Any]) -> Iterator[Problem]:
        """Yield what sending still needs, in words that stand under the field's own label."""
        needed = {problem.name for problem in missing(self.steps, answers)}
        for field in fields(self.steps):
            if field.name in needed:
                yield Problem(
                    field.name, "Please answer this." if field.is_only_part else f"Needed for “{field.prompt}”."
                )

    def typed_answers(self) -> dict[str, Any]:
        """Return what was typed in the shape of answers, uncleaned: for asking what is missing."""
        answers: dict[str, Any] = {}
        for field in fields(self.steps):
            text = (self[field_name(field.name)].data or "").strip()
            if text and field.is_only_part:
                answers[field.step_key] = text
            elif text:
                answers.setdefault(field.step_key, {})[field.part_key] = text
        return answers

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem to its field."""
        for problem in problems:
            field = self[field_name(problem.name)]
            field.errors = [*field.errors, problem.sentence]

    def groups(self) -> Iterator[Group]:
        """Yield the fields step by step, in the programme's order."""
        for step in self.steps:
            parts = fields([step])
            yield Group(
                prompt=step["prompt"],
                hint=step.get("hint") or "",
                required=bool(step.get("required")),
                is_single=parts[0].is_only_part,
                fields=tuple(self[field_name(part.name)] for part in parts),
            )


def application_form(steps: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> ApplicationForm:
    """Return the form for `steps`: as it was sent with the request, or else filled with the stored `answers`."""
    parts = {field_name(field.name): _form_field(field) for field in fields(steps)}
    kind = type("ProgrammeForm", (ApplicationForm,), {**parts, "steps": tuple(steps)})
    stored = {field_name(name): text for name, text in form_of(steps, answers).items()}
    form: ApplicationForm = kind(data=stored)
    for field in fields(steps):
        form[field_name(field.name)].flags.required = field.required
    return form


_KINDS = {"line": StringField, "prose": TextAreaField, "link": URLField, "day": DayField}


def _form_field(field: Field) -> Any:
    hint = field.hint if field.is_only_part else _HINTS.get(field.kind, "")
    return _KINDS[field.kind](field.prompt if field.is_only_part else field.label, description=hint)


_HINTS = {"link": "Begins with https://", "day": ""}
