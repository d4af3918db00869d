"""The form of one requirement, with the fields that its fact needs. Rule E-6."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from badges.eligibility.askable import TALENT_BADGES
from badges.eligibility.asking import TITLES
from badges.eligibility.facts import LANGUAGE_LEVELS
from core import wording
from core.forms import Form
from freelancers.feed.money import currencies
from freelancers.feed.names import language_codes
from partners.rule_form import ASKED, NotUnderstood, Shape, Typed, operators

_USUAL_CURRENCIES = ("USD", "EUR", "GBP")
_NEEDED = {
    Shape.NUMBER: ("value",),
    Shape.MONEY: ("value", "currency"),
    Shape.NAME: ("value",),
    Shape.NAMES: ("value",),
    Shape.PLACES: ("value",),
    Shape.ZONES: ("value",),
    Shape.LANGUAGE: ("code", "level"),
    Shape.SKILL_NUMBER: ("value", "skill"),
    Shape.SKILL_MONEY: ("value", "currency", "skill"),
    Shape.OVERLAP: ("value", "zone"),
    Shape.BADGES: ("choices",),
    Shape.NOTHING: (),
}
_HINTS = {
    Shape.NAME: "Exactly as it stands on profiles; capital letters do not matter.",
    Shape.NAMES: "One on each line, or with commas between. Capital letters do not matter.",
    Shape.PLACES: "One on each line, or with commas between: Germany, Austria.",
    Shape.SKILL_NUMBER: "As it stands on profiles; capital letters do not matter.",
    Shape.SKILL_MONEY: "As it stands on profiles; capital letters do not matter.",
    Shape.OVERLAP: "Your own, or that of the team they work with: Berlin, Europe/Berlin or UTC+2.",
    Shape.ZONES: "One on each line, or with commas between: Berlin, Europe/Berlin or UTC+2.",
}


_NOTED_HINT = "In your own words. Who has passed it is noted by your team, under “Trainings and reviews”."


class RequirementForm(Form):
    """One requirement. What is typed is read by `partners.rule_form.condition_of`, not by these fields."""

    operator = RadioField("How")
    value = StringField("Value")
    currency = SelectField("Currency")
    skill = StringField("With this skill")
    zone = StringField("Shared with this time zone")
    code = SelectField("Language")
    level = SelectField("At least at this level")
    choices = SelectMultipleField("Any one of these", widget=ListWidget(), option_widget=CheckboxInput())


def form_for(fact: str, shown: Typed | None = None, often: Iterable[str] = ()) -> RequirementForm:
    """Return the form of one requirement about `fact`; filled with what was sent, or else with `shown`."""
    asked = ASKED[fact]
    form = RequirementForm(formdata=None, data=vars(shown)) if shown else RequirementForm()
    _offer(form, fact)
    kept = {*_NEEDED[asked.shape], *(("operator",) if len(operators(fact)) > 1 else ())}
    for name in [field.name for field in form if field.name != "csrf_token"]:
        if name in kept:
            form[name].flags.required = True
        else:
            del form[name]
    if "value" in kept:
        _describe(form, fact, tuple(often))
    return form


def _offer(form: RequirementForm, fact: str) -> None:
    form.operator.label.text = TITLES[fact]
    form.operator.choices = [SelectChoice(*each) for each in operators(fact)]
    form.operator.data = form.operator.data or operators(fact)[0][0]
    form.currency.choices = [SelectChoice(code, code) for code in _currencies()]
    form.code.choices = [SelectChoice("", "Choose a language"), *(SelectChoice(*each) for each in _languages())]
    form.level.choices = [SelectChoice(level, _level(level)) for level in LANGUAGE_LEVELS]
    form.choices.choices = [SelectChoice(badge, wording.plain(badge).title()) for badge in TALENT_BADGES]


def _describe(form: RequirementForm, fact: str, often: tuple[str, ...]) -> None:
    asked = ASKED[fact]
    form.value.label.text = asked.label
    hint = _NOTED_HINT if fact in ("training", "review") else _HINTS.get(asked.shape, "")
    named = next((form[name] for name in ("skill", "zone") if name in form), form.value)
    named.description = f"{hint} Often on profiles: {'; '.join(often)}." if often else hint
    if asked.shape in (Shape.NAMES, Shape.PLACES, Shape.ZONES):
        form.value.widget = TextArea()


def typed_in(form: RequirementForm) -> Typed:
    """Return what was typed."""
    values = {field.name: field.data for field in form if field.name != "csrf_token" and field.data is not None}
    return Typed(**values | {"choices": tuple(values.get("choices", ()))})


def mark(form: RequirementForm, refused: NotUnderstood) -> None:
    """Put every problem at its field; what has none goes above the form."""
    for name, problems in refused.problems.items():
        if name in form:
            form[name].errors = list(problems)
        else:
            form.form_errors.extend(problems)


def _level(level: str) -> str:
    return level.capitalize() + (" or better" if level != LANGUAGE_LEVELS[-1] else "")


@cache
def _currencies() -> tuple[str, ...]:
    return (*_USUAL_CURRENCIES, *sorted(set(currencies()) - set(_USUAL_CURRENCIES)))


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    codes = set(language_codes().values())
    return tuple(sorted(((code, wording.language(code)) for code in codes), key=lambda pair: pair[1]))
