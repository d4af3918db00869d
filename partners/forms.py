"""Forms of invited people: their account, and their application, which is made from the programme's steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from wtforms import BooleanField, FileField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput

from accounts.forms import email_field, new_password_field
from core.forms import Form, at_most, trimmed
from core.uploads import FILE_MAX_BYTES, Accepted, FileRefused, accepted
from partners.addresses import NAME_MAX
from partners.applying import Change
from partners.states import StepKind
from partners.steps import (
    AnswersRefused,
    Field,
    Kept,
    Problem,
    answers_of,
    fields,
    file_fields,
    form_of,
    missing,
    text_fields,
)

_NO_FILES: Mapping[str, Any] = MappingProxyType({})


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


def without_name(name: str) -> str:
    """Return the form's name for the box that removes the file of a field."""
    return f"without-{name}"


class DayField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A day, kept as it was typed: one that is none is told, and stays in the field."""

    widget = DateInput()


@dataclass(frozen=True)
class FilePart:
    """The field for a step's file; `stored` is the one that is there, and `without` the box to remove it."""

    field: Any
    without: Any
    stored: Kept | None


@dataclass(frozen=True)
class Group:
    """The fields of one step. A step of several parts shows its prompt above them."""

    key: str
    kind: StepKind
    prompt: str
    hint: str
    required: bool
    is_single: bool
    fields: tuple[Any, ...]
    file: FilePart | None


@dataclass(frozen=True)
class Received:
    """What a form was sent with: all that can be kept, and what is wrong with the rest."""

    answers: dict[str, Any]
    change: Change
    problems: tuple[Problem, ...]


class ApplicationForm(Form):
    """The answers to a programme's steps; made by `application_form`."""

    steps: Sequence[Mapping[str, Any]] = ()
    stored: Mapping[str, Any] = MappingProxyType({})
    files: Mapping[str, Kept] = MappingProxyType({})

    def typed(self) -> dict[str, str]:
        """Return what the form holds, by the names of `partners.steps.text_fields`."""
        return {field.name: self[field_name(field.name)].data or "" for field in text_fields(self.steps)}

    def receive(self, version: int | None) -> Received:
        """Return what was sent. Where something cannot be kept, what was stored stays in its place. Rule X-1."""
        problems: tuple[Problem, ...] = ()
        try:
            answers = answers_of(self.steps, self.typed())
        except AnswersRefused as refused:
            problems = refused.problems
            before = form_of(self.steps, self.stored)
            typed = self.typed() | {problem.name: before[problem.name] for problem in problems}
            answers = answers_of(self.steps, typed)
        files, refused_files = self._files()
        without = {
            field.step_key for field in file_fields(self.steps) if self[without_name(field.name)].data
        } - files.keys()
        return Received(answers, Change(files, frozenset(without), version), (*problems, *refused_files))

    def _files(self) -> tuple[dict[str, Accepted], list[Problem]]:
        taken: dict[str, Accepted] = {}
        problems: list[Problem] = []
        for field in file_fields(self.steps):
            sent = self[field_name(field.name)].data
            if not getattr(sent, "filename", None):
                continue
            content = sent.stream.read(FILE_MAX_BYTES + 1)
            sent.close()
            try:
                taken[field.step_key] = accepted(sent.filename, content)
            except FileRefused as refused:
                problems.append(Problem(field.name, refused.advice))
        return taken, problems

    def missing(self, received: Received) -> tuple[Problem, ...]:
        """Return what sending still needs, in words that stand under the field's own label."""
        has_file = (self.files.keys() - received.change.without) | received.change.files.keys()
        needed = {problem.name for problem in missing(self.steps, received.answers, has_file)}
        needed -= {problem.name for problem in received.problems}
        return tuple(
            Problem(field.name, "Please answer this." if field.is_only_part else f"Needed for “{field.prompt}”.")
            for field in fields(self.steps)
            if field.name in needed
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem to its field."""
        for problem in problems:
            field = self[field_name(problem.name)]
            field.errors = [*field.errors, problem.sentence]

    def groups(self) -> Iterator[Group]:
        """Yield the fields step by step, in the programme's order."""
        for step in self.steps:
            parts, with_file = fields([step]), file_fields([step])
            yield Group(
                key=step["key"],
                kind=StepKind(step["kind"]),
                prompt=step["prompt"],
                hint=step.get("hint") or "",
                required=bool(step.get("required")),
                is_single=parts[0].is_only_part,
                fields=tuple(self[field_name(part.name)] for part in text_fields([step])),
                file=self._file_part(with_file[0]) if with_file else None,
            )

    def _file_part(self, part: Field) -> FilePart:
        stored = self.files.get(part.step_key)
        return FilePart(self[field_name(part.name)], self[without_name(part.name)], stored)


def application_form(
    steps: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], files: Mapping[str, Kept] = _NO_FILES
) -> ApplicationForm:
    """Return the form for `steps`: as it was sent with the request, or else filled with what is stored."""
    parts: dict[str, Any] = {field_name(field.name): _form_field(field) for field in fields(steps)}
    parts |= {without_name(field.name): BooleanField("Remove this file") for field in file_fields(steps)}
    made_of = {"steps": tuple(steps), "stored": answers, "files": files}
    kind = type("ProgrammeForm", (ApplicationForm,), {**parts, **made_of})
    stored = {field_name(name): text for name, text in form_of(steps, answers).items()}
    form: ApplicationForm = kind(data=stored)
    for field in fields(steps):
        form[field_name(field.name)].flags.required = field.required
    return form


_KINDS = {"line": StringField, "prose": TextAreaField, "link": URLField, "day": DayField, "file": FileField}


def _form_field(field: Field) -> Any:
    hint = field.hint if field.is_only_part else _HINTS.get(field.kind, "")
    return _KINDS[field.kind](field.prompt if field.is_only_part else field.label, description=hint)


_HINTS = {"link": "Begins with https://"}


class OwnLinkForm(Form):
    """The address to which a link of one's own is sent. Rule I-4."""

    email = email_field("Your e-mail address", "Write your e-mail address.")
