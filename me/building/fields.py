"""Fields that the forms of a profile share. What is typed is read by the rules that read a feed's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from babel import Locale
from wtforms import Field, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional, ValidationError

from badges.eligibility.facts import LANGUAGE_LEVELS
from core import wording
from core.forms import Form, at_most, trimmed
from freelancers.feed import names, values
from freelancers.feed.errors import BadValue
from freelancers.feed.fields import part_date
from freelancers.feed.money import currencies
from freelancers.feed.values import LINE_MAX, URL_MAX, Reading

Choices = list[SelectChoice]
#: How people write numbers and days in our forms.
PLAIN = Reading()
LEVELS: Choices = [SelectChoice(level, level.capitalize()) for level in LANGUAGE_LEVELS]
NOT_SAID = SelectChoice("", "Not said")
_NOT_PLACES = ("Etc/", "SystemV/", "US/")


def read_by(rule: Callable[[str], Any]) -> Callable[[Form, Field], None]:
    """Return the check that a rule of the feed can read a field, which then holds what the rule made of it."""

    def check(_: Form, field: Field) -> None:
        if field.data:
            try:
                field.data = rule(field.data)
            except BadValue as error:
                raise ValidationError(f"It {error.reason}. {error.hint}") from None

    return check


def line(label: str, missing: str = "", limit: int = LINE_MAX, hint: str = "") -> StringField:
    """Return the field for one line of text; `missing` asks for it where it is empty and must not be."""
    needed = DataRequired(missing) if missing else Optional()
    return StringField(
        label, description=hint, filters=[trimmed], validators=[needed, at_most(limit), read_by(values.line)]
    )


def address(label: str, missing: str = "", hint: str = "Begins with https://.") -> StringField:
    """Return the field for a web address; `missing` as in `line`."""
    needed = DataRequired(missing) if missing else Optional()
    return StringField(
        label, description=hint, filters=[trimmed], validators=[needed, at_most(URL_MAX), read_by(values.url)]
    )


def month(label: str, hint: str) -> StringField:
    """Return the field for a year, a month or a day."""
    read = read_by(lambda text: part_date(text, PLAIN))
    return StringField(label, description=hint, filters=[trimmed], validators=[Optional(), at_most(10), read])


@cache
def currency_choices() -> Choices:
    """Return every currency in use, by its name."""
    said = Locale("en").currencies
    in_use = {"USD", "EUR", "GBP", *(code for code in currencies() if code in said and "(" not in said[code])}
    return _by_name({code: f"{said[code]} ({code})" for code in in_use})


@cache
def country_choices() -> Choices:
    """Return every country, by its name."""
    codes = set(names.country_codes().values())
    return _by_name({code: wording.country(code) for code in codes})


@cache
def other_language_choices() -> Choices:
    """Return every language but English that has a code of two letters, by its name."""
    codes = set(names.language_codes().values()) - {"en"}
    return [SelectChoice("", "Choose one"), *_by_name({code: wording.language(code) for code in codes})]


@cache
def _known_zones() -> Choices:
    places = (name for name in names.timezone_names().values() if "/" in name and not name.startswith(_NOT_PLACES))
    return _by_name({name: name.replace("_", " ") for name in places})


def zone_choices(own: str | None) -> Choices:
    """Return every time zone that is called by a place, and somebody's own, however it is called."""
    known = _known_zones()
    return known if own is None or any(own == each.value for each in known) else [SelectChoice(own, own), *known]


def _by_name(called: Mapping[str, str]) -> Choices:
    return [SelectChoice(value, name) for value, name in sorted(called.items(), key=lambda each: each[1])]
