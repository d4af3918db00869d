"""Forms of a partner's page: its words and sections, its turns, and its use cases. Rules D-1, D-3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import request
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from core import wording
from core.colours import contrast, ink_on, tidy_colour
from core.forms import Form, at_most, trimmed, whole
from directory import case_rules, rules
from directory import content as limits
from directory.case_rules import CaseRule, skills_of
from directory.content import Content, Link, Place, Question, Section, moved, tidy_places
from directory.filters import Filters, read
from directory.profile import web_address
from directory.rules import swapped
from directory.search import Options

#: So many empty rows stand below the links and the questions that there are.
EMPTY_ROWS = 2

Item = TypeVar("Item", Link, Question)

_TICKS: dict[str, Any] = {
    "choices": [],
    "widget": ListWidget(prefix_label=False),
    "option_widget": CheckboxInput(),
}


def _tidy(text: str | None) -> str:
    """Return what was typed, its lines ended as everywhere here."""
    return trimmed(text).replace("\r\n", "\n")


def _words(most: int, *, required: str = "") -> dict[str, object]:
    checks = [at_most(most)]
    return {"filters": [_tidy], "validators": [DataRequired(required), *checks] if required else checks}


@dataclass
class Row:
    """One row of links or of questions as it was typed, and what is wrong with it."""

    first: str = ""
    second: str = ""
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed: the row is taken away."""
        return not (self.first or self.second)


@dataclass
class Rows:
    """The rows of one kind, and how one of them is checked."""

    name: str
    most: int
    problem: Callable[[Row], str]
    rows: list[Row] = field(default_factory=list)

    def read(self, first: str, second: str) -> None:
        """Take the rows that were sent under these two names, in their order."""
        pairs = zip(request.form.getlist(first), request.form.getlist(second), strict=False)
        self.rows = [Row(_tidy(one), _tidy(two)) for one, two in pairs]

    def move(self, place: str, *, up: bool) -> None:
        """Swap a row with its neighbour."""
        number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else len(self.rows)
        if number < len(self.rows):
            self.rows = [self.rows[each] for each in swapped(range(len(self.rows)), number, up=up)]

    def problems(self) -> list[str]:
        """Check each row, and return what is wrong, each with where it stands."""
        self.rows = [row for row in self.rows if not row.is_empty]
        for row in self.rows:
            row.problem = self.problem(row)
        wrong = [f"{self.name} {number}: {row.problem}" for number, row in enumerate(self.rows, 1) if row.problem]
        return wrong + ([f"{self.name}s: at most {self.most}."] if len(self.rows) > self.most else [])

    @property
    def shown(self) -> Sequence[Row]:
        """Return the rows with some empty ones below."""
        room = max(self.most - len(self.rows), 0)
        return [*self.rows, *(Row() for _ in range(min(room, EMPTY_ROWS)))]


def _link_problem(row: Row) -> str:
    if "." in row.second and "://" not in row.second and not row.second.startswith(("/", "mailto:", "javascript:")):
        row.second = f"https://{row.second}"
    if not row.first:
        return "Write the words that lead there."
    if len(row.first) > limits.LINK_WORDS_MAX or len(row.second) > limits.ADDRESS_MAX:
        return f"At most {limits.LINK_WORDS_MAX} characters of words, and {limits.ADDRESS_MAX} of address."
    return "" if web_address(row.second) else "Enter an address such as https://example.com/docs."


def _question_problem(row: Row) -> str:
    if not row.first or not row.second:
        return "Write the answer, too." if row.first else "Write the question, too."
    if len(row.first) > limits.QUESTION_MAX or len(row.second) > limits.ANSWER_MAX:
        return f"At most {limits.QUESTION_MAX} characters of question, and {limits.ANSWER_MAX:,} of answer."
    return ""


class PageForm(Form):
    """All that a page says but its use cases. Rule D-1."""

    headline = StringField("Headline", **_words(limits.HEADLINE_MAX, required="Write a headline."))
    intro = TextAreaField("Introduction", **_words(limits.INTRO_MAX, required="Write a sentence or two."))
    colour = StringField("Colour", filters=[trimmed], validators=[DataRequired("Enter a colour.")])
    about = TextAreaField("About your experts", **_words(limits.TEXT_MAX))
    how = TextAreaField("How it works", **_words(limits.TEXT_MAX))
    mark = HiddenField()

    def __init__(self, content: Content | None = None) -> None:
        """Show `content`, or read what was sent."""
        known = {} if content is None else {"formdata": None, "obj": content}
        super().__init__(**known)
        self.links = Rows("Link", limits.LINKS_MAX, _link_problem)
        self.questions = Rows("Question", limits.QUESTIONS_MAX, _question_problem)
        self.places: Sequence[Place] = limits.DEFAULT_PLACES
        if content is None:
            self._read()
        else:
            self.links.rows = [Row(each.words, each.address) for each in content.links]
            self.questions.rows = [Row(each.question, each.answer) for each in content.questions]
            self.places = content.places

    def _read(self) -> None:
        on = set(request.form.getlist("on"))
        self.places = tidy_places((name, name in on) for name in request.form.getlist("place"))
        self.links.read("link_words", "link_address")
        self.questions.read("question", "answer")
        for button, up in (("up", True), ("down", False)):
            what, _, place = request.form.get(button, "").partition(":")
            if what == "places" and place in set(Section):
                self.places = moved(self.places, Section(place), up=up)
            elif what in ("links", "questions"):
                getattr(self, what).move(place, up=up)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all, the rows of links and questions too."""
        is_right = bool(super().validate(extra_validators))
        self.form_errors.extend([*self.links.problems(), *self.questions.problems()])
        return is_right and not self.form_errors

    def validate_colour(self, field: Field) -> None:
        """Take any way to write a colour, and store it as #rrggbb."""
        colour = tidy_colour(field.data or "")
        if colour is None:
            raise ValidationError("Enter a colour as # and six digits or letters a to f, such as #1d5a3b.")
        field.data = colour

    def content(self) -> Content:
        """Return what was sent, once it was found right."""
        return Content(
            headline=self.headline.data,
            intro=self.intro.data,
            colour=self.colour.data,
            about=self.about.data,
            how=self.how.data,
            places=tuple(self.places),
            links=_items(Link, self.links.rows),
            questions=_items(Question, self.questions.rows),
        )


def _items(kind: type[Item], rows: Iterable[Row]) -> tuple[Item, ...]:
    return tuple(kind(row.first, row.second) for row in rows)


class TurnsForm(Form):
    """How many experts are featured at once, and for how long. Rule D-3."""

    slots = IntegerField(
        "Featured at once",
        validators=[
            InputRequired("Enter a number."),
            NumberRange(1, rules.SLOTS_MAX, message=f"Enter a number from 1 to {rules.SLOTS_MAX}."),
        ],
    )
    period_hours = SelectField(
        "Featured for",
        coerce=int,
        choices=[SelectChoice(str(hours), words) for hours, words in rules.PERIODS],
        validators=[InputRequired("Choose one.")],
    )


class UseCaseForm(Form):
    """What a use case says."""

    name = StringField("Name", **_words(limits.NAME_MAX, required="Give it a name."))
    summary = TextAreaField(
        "Summary", **_words(limits.SUMMARY_MAX, required="Say in a sentence or two what it is about.")
    )
    words = TextAreaField("More words", **_words(limits.TEXT_MAX))

    def __init__(self, *, is_new: bool = False, **given: Any) -> None:
        """Make the form; the name of a new use case becomes its address."""
        super().__init__(**given)
        self._is_new = is_new

    def validate_name(self, field: Field) -> None:
        """Refuse a name that looks like another, or whose address would be another's."""
        if problem := rules.use_case_name_problem(field.data or "", is_new=self._is_new):
            raise ValidationError(problem)


class RuleForm(Form):
    """Whom a use case takes by rule. Rule D-1."""

    skills = TextAreaField("Skills, one of them", filters=[_tidy])
    countries = SelectMultipleField("Countries, one of them", **_TICKS)
    languages = SelectMultipleField("Languages, one of them", **_TICKS)
    rate_max = StringField("Highest rate, US$ an hour", filters=[trimmed])
    score_min = StringField("Lowest Job Success Score, %", filters=[trimmed])

    def __init__(self, rule: CaseRule | None, options: Options) -> None:
        """Show `rule`, or read what was sent; what nobody has can be kept where it was ticked before."""
        shown = {} if rule is None else {"formdata": None, "data": _typed(rule)}
        super().__init__(**shown)
        kept = rule or CaseRule()
        self.countries.choices = _choices(options.countries, kept.countries, wording.country)
        self.languages.choices = _choices(options.languages, kept.languages, wording.language)

    def validate_skills(self, field: Field) -> None:
        """Take some skills, parted by commas."""
        if wrong := case_rules.problem(skills_of(field.data)):
            raise ValidationError(wrong)

    def validate_rate_max(self, field: Field) -> None:
        """Take a rate such as 40 or 40.50, as the search does."""
        read_rate = read({"rate_max": field.data})
        if read_rate.notes:
            raise ValidationError("Enter an hourly rate, such as 40.")
        self._rate_max_cents = read_rate.filters.rate_max_cents

    def validate_score_min(self, field: Field) -> None:
        """Take a whole percentage."""
        text = field.data.removesuffix("%").strip()
        if text and (whole(text) is None or not 1 <= int(text) <= case_rules.SCORE_MAX_PCT):
            raise ValidationError("Enter a whole number from 1 to 100.")
        self._score_min_pct = whole(text)

    def rule(self) -> CaseRule:
        """Return what was sent, once it was found right."""
        return CaseRule(
            skills_of(self.skills.data),
            tuple(self.countries.data),
            tuple(self.languages.data),
            self._rate_max_cents,
            self._score_min_pct,
        )


def _typed(rule: CaseRule) -> dict[str, Any]:
    """Return a rule as it stands in the fields of its form."""
    return {
        "skills": ", ".join(rule.skills),
        "countries": list(rule.countries),
        "languages": list(rule.languages),
        "rate_max": Filters(rate_max_cents=rule.rate_max_cents).rate_max,
        "score_min": "" if rule.score_min_pct is None else str(rule.score_min_pct),
    }


def _choices(
    offered: Sequence[tuple[str, str, int]], kept: Sequence[str], words: Callable[[str], str]
) -> list[SelectChoice]:
    """Return what experts have, with how many have it, and what was chosen before."""
    known = {value: f"{said} ({count})" for value, said, count in offered}
    return [SelectChoice(value, said) for value, said in ({each: words(each) for each in kept} | known).items()]


def contrast_note(colour: str) -> str:
    """Return in a sentence how words read on a brand's colour."""
    ink = ink_on(colour)
    name = "White" if ink == "#ffffff" else "Near-black"
    return f"{name} words stand on it, at a contrast of {contrast(colour, ink):.1f} to 1; 4.5 is needed."
