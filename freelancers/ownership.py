"""Whose each part of a profile is: what the marketplace states is its own, the rest the person writes here. Pure.

`Freelancer.stated` remembers what the feed stated last, one bit for each field. A feed that says there is nothing
leaves what the person wrote. Why it is so: docs/decisions/profile.md.

The mark "identity verified" is nobody's to write. The feed states it until a call of Laurel's own has an outcome; from
then on it follows from calls alone, and a feed neither gives nor takes it (H-4).
"""

from __future__ import annotations

from collections.abc import Iterable

#: The bits are stored: a number stays with its field for good. What is not here is never written by the person.
BITS: dict[str, int] = {
    field: 1 << place
    for place, field in enumerate(
        (
            "title",
            "overview",
            "photo_url",
            "country",
            "city",
            "timezone",
            "hourly_rate_cents",
            "currency",
            "visibility",
            "english_level",
            "availability",
            "skills",
            "languages",
            "employment",
            "education",
            "portfolio",
            "certificates",
            "linked_accounts",
            "other_experience",
            "video_url",
        )
    )
}
#: Those that stand in the document `Freelancer.profile`; the others are columns.
IN_PROFILE = (
    "employment",
    "education",
    "portfolio",
    "certificates",
    "linked_accounts",
    "other_experience",
    "video_url",
)


def is_stated(stated: int, field: str) -> bool:
    """Say whether the marketplace states the field, so that the person does not write it here."""
    return bool(stated & BITS.get(field, 0))


def among_stated(stated: int, fields: Iterable[str]) -> tuple[str, ...]:
    """Return those of `fields` that the marketplace states."""
    return tuple(field for field in fields if is_stated(stated, field))


# The same in SQL: `{row}` is a row with columns of `freelancers`, NULL where a feed says nothing.

_SAYS = {
    "skills": "cardinality({row}.skills) > 0",
    "languages": "{row}.languages <> '[]'::jsonb",
    **{part: f"({{row}}.profile -> '{part}') NOT IN ('[]'::jsonb, 'null'::jsonb)" for part in IN_PROFILE},
}


def said_sql(row: str) -> str:
    """Return the SQL expression for the bits of all fields of which the row says something."""
    says = {field: _SAYS.get(field, f"{{row}}.{field} IS NOT NULL").format(row=row) for field in BITS}
    return " + ".join(f"CASE WHEN {said} THEN {BITS[field]} ELSE 0 END" for field, said in says.items())
