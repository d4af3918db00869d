"""The steps of a programme and the answers to them, as data. Pure. Rule R-1.

A step is a dict of `key`, `kind` (StepKind), `prompt`, `hint` and `required`. Answers are a dict by the step's key:
text for steps of one part (a question, experience), a dict by the part's key for the others. Files are no part of them:
they are given beside the answers, by the step's key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from core import wording
from core.errors import InvalidInput
from freelancers.feed import values
from freelancers.feed.errors import BadValue
from partners.states import StepKind
from partners.step_kinds import PARTS, Part, PartKind

PROMPT_MAX = 300
HINT_MAX = 500
ANSWER_MAX = 5_000
STEPS_MAX = 20

_NO_FILES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Field:
    """One field of the application's form: a part of a step. `name` is unique within the programme.

    `required` says whether sending needs it: the part and its step both are.
    """

    name: str
    step_key: str
    part_key: str
    prompt: str
    hint: str
    label: str
    kind: PartKind
    required: bool
    is_only_part: bool


@dataclass(frozen=True)
class Problem:
    """What is wrong with the field called `name`, as a sentence."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Answered:
    """A step with its answer as (label, text) pairs, for those who read an application; no pairs: not answered."""

    prompt: str
    kind: StepKind
    parts: tuple[tuple[str, str], ...]
    link: str | None = None
    file: Kept | None = None

    @property
    def is_answered(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.parts or self.link or self.file)


class Kept(Protocol):
    """A file that answers a step."""

    @property
    def name(self) -> str: ...


class AnswersRefused(InvalidInput):
    """Answers cannot be taken as they are; `problems` are all of them."""

    title = "Your answers need a correction"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.sentence for problem in problems), "Correct them and save again.")


def fields(steps: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the fields of the application's form, in order."""
    return tuple(_fields(steps))


def text_fields(steps: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the fields of the application's form that are filled with text, and not with a file."""
    return tuple(field for field in _fields(steps) if field.kind != "file")


def file_fields(steps: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the fields of the application's form that are filled with a file."""
    return tuple(field for field in _fields(steps) if field.kind == "file")


def _fields(steps: Iterable[Mapping[str, Any]]) -> Iterator[Field]:
    for step in steps:
        parts = PARTS[StepKind(step["kind"])]
        for part in parts:
            yield Field(
                name=f"{step['key']}-{part.key}" if part.key else step["key"],
                step_key=step["key"],
                part_key=part.key,
                prompt=step["prompt"],
                hint=step.get("hint") or "",
                label=part.label,
                kind=part.kind,
                required=bool(step.get("required")) and part.required,
                is_only_part=len(parts) == 1,
            )


def value(answers: Mapping[str, Any], field: Field) -> str:
    """Return the text of one field in `answers`, empty when it is not answered."""
    given = answers.get(field.step_key) or ""
    if isinstance(given, str):  # a step of one part, or one answered when it had one
        return given if field.is_only_part or field.part_key in ("name", "title") else ""
    if field.is_only_part:
        return " ".join(str(text) for text in given.values())
    return str(given.get(field.part_key) or "")


def answers_of(steps: Iterable[Mapping[str, Any]], form: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers in a form's data by field name, cleaned.

    Raises AnswersRefused with all that cannot be kept: too long, no link, no date. What is missing is no problem yet.
    """
    steps = tuple(steps)
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in text_fields(steps):
        try:
            text = _cleaned(field, form.get(field.name) or "")
        except BadValue as bad:
            problems.append(Problem(field.name, f"“{_called(field)}” {bad.reason}. {bad.hint}"))
            continue
        if text and field.is_only_part:
            answers[field.step_key] = text
        elif text:
            answers.setdefault(field.step_key, {})[field.part_key] = text
    problems += _turned_round(steps, answers)
    if problems:
        raise AnswersRefused(tuple(problems))
    return answers


def _turned_round(steps: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is said of certificates that end before they begin."""
    for step in steps:
        given = answers.get(step["key"])
        if step["kind"] == StepKind.CERTIFICATE and isinstance(given, dict):
            begins, ends = given.get("issued_on"), given.get("expires_on")
            if begins and ends and ends < begins:
                yield Problem(
                    f"{step['key']}-expires_on",
                    f"“{step['prompt']}: Valid until” lies before the day on which it was issued. Check both days.",
                )


def form_of(steps: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, str]:
    """Return `answers` as a form's data by field name."""
    return {field.name: value(answers, field) for field in text_fields(steps)}


def missing(
    steps: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], files: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Return what sending still needs; empty means that the application can be sent.

    `files` are the keys of the steps that have one. A step that need not be answered, but is begun, needs its required
    parts as well.
    """
    steps, problems = tuple(steps), []
    for field in fields(steps):
        part_needed = next(part.required for part in _parts_of(steps, field) if part.key == field.part_key)
        begun = bool(answers.get(field.step_key)) or field.step_key in files
        there = field.step_key in files if field.kind == "file" else bool(value(answers, field))
        if part_needed and (field.required or begun) and not there:
            problems.append(Problem(field.name, f"Please answer “{_called(field)}”."))
    return tuple(problems)


def _parts_of(steps: Iterable[Mapping[str, Any]], field: Field) -> tuple[Part, ...]:
    return next(PARTS[StepKind(step["kind"])] for step in steps if step["key"] == field.step_key)


def answered(
    steps: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], files: Mapping[str, Kept] = _NO_FILES
) -> tuple[Answered, ...]:
    """Return every step with its answer, and its file by the step's key, for those who read an application."""
    read = []
    for step in steps:
        given = {field: text for field in text_fields([step]) if (text := value(answers, field))}
        link = next((text for field, text in given.items() if field.kind == "link"), None)
        parts = tuple((field.label, _read_out(field, text)) for field, text in given.items() if field.kind != "link")
        read.append(Answered(step["prompt"], StepKind(step["kind"]), parts, link, files.get(step["key"])))
    return tuple(read)


def _read_out(field: Field, text: str) -> str:
    return wording.day(date.fromisoformat(text)) if field.kind == "day" else text


def _called(field: Field) -> str:
    return field.prompt if field.is_only_part else f"{field.prompt}: {field.label}"


def _cleaned(field: Field, text: str) -> str:
    if not text.strip():
        return ""
    if field.kind == "link":
        return values.url(text)
    if field.kind == "day":
        return values.day(text).isoformat()
    cleaned = values.line(text) if field.kind == "line" else values.prose(text)
    if len(cleaned) > ANSWER_MAX:
        raise BadValue(f"is {len(cleaned):,} characters long, at most {ANSWER_MAX:,} are kept", "Shorten it.")
    return cleaned
