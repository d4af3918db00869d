"""Forms of a badge's design and of the logo. Rule B-3, design decision 7."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from badges.design.logos import RULE
from badges.design.outlines import Shape
from badges.design.rules import MONOGRAM_MAX, Design, Mark, Ornament, design_of, tidy_monogram
from core.colours import tidy_colour
from core.forms import Form, trimmed

_ORNAMENTS = {
    Ornament.PLAIN: "Nothing",
    Ornament.LAUREL: "Laurel",
    Ornament.STARS: "Stars",
    Ornament.RAYS: "Rays",
}


def _one_of(label: str, choices: dict[str, str]) -> RadioField:
    offered = [SelectChoice(value, words) for value, words in choices.items()]
    return RadioField(label, choices=offered, validators=[InputRequired("Choose one.")])


def _colour(label: str, hint: str) -> StringField:
    asked = DataRequired("Enter a colour.")
    return StringField(label, description=hint, filters=[trimmed], validators=[asked, _is_colour])


def _is_colour(form: Form, field: Field) -> None:
    """Take any way to write a colour, and keep it as #rrggbb."""
    colour = tidy_colour(field.data or "")
    if colour is None:
        raise ValidationError("Enter a colour as # and six digits or letters a to f, such as #1d5a3b.")
    field.data = colour


class DesignForm(Form):
    """How a badge looks."""

    shape = _one_of("Shape", {shape: shape.capitalize() for shape in Shape})
    ornament = _one_of("Around the mark", {str(kind): words for kind, words in _ORNAMENTS.items()})
    mark = _one_of("In the middle", {Mark.MONOGRAM: "Letters", Mark.LOGO: "Your logo"})
    monogram = StringField(
        "Letters", description=f"Up to {MONOGRAM_MAX}. Left empty: the first letter of your name.", filters=[trimmed]
    )
    plate = BooleanField("Put the logo on a white plate")
    ground = _colour("Ground", "Fills the shape.")
    accent = _colour("Accent", "Edge and band.")
    ink = _colour("Words", "Letters, name.")

    def validate_monogram(self, field: Field) -> None:
        """Take letters and digits only: anything else says nothing on a seal."""
        tidy = tidy_monogram(field.data or "")
        if tidy != (field.data or ""):
            raise ValidationError(f"At most {MONOGRAM_MAX} letters or digits, and nothing else.")

    def design(self) -> Design:
        """Return what was chosen."""
        return design_of({name: field for name, field in self.data.items() if name != "csrf_token"})


class LogoForm(Form):
    """A logo."""

    logo = FileField("Logo", description=RULE, validators=[FileRequired("Choose a file.")])
