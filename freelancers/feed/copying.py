"""One profile as a line for PostgreSQL's COPY.

JSON is nearly CSV: with the backslash as CSV's escape and `null` for NULL, a JSON array without its brackets is a row,
and msgspec writes one in no time. Only line ends and tabs are written differently, and only an overview has them; so it
comes last, written by hand.
"""

from __future__ import annotations

from operator import attrgetter

from msgspec import UNSET

from freelancers.feed.record import FIELDS, PROFILE_PARTS, ProfileRecord, json_text

#: Fields with a column of their own. The bit of a field in `given` is its place here.
COLUMNS: tuple[str, ...] = tuple(
    f for f in FIELDS if f not in PROFILE_PARTS and f not in ("marketplace_id", "observed_at")
)
_NOT_PLAIN = ("skills", "languages", "overview")
_PLAIN = tuple(column for column in COLUMNS if column not in _NOT_PLAIN)
#: What `copied` writes, in this order.
COPIED = ("given", "marketplace_id", *_PLAIN, "skills", "languages", "profile", "overview")
#: How COPY reads it.
OPTIONS = r"FORMAT csv, ESCAPE '\', NULL 'null'"

assert len(COLUMNS) < 63, "the bits of `given` must fit a bigint"

_BITS = {column: 1 << place for place, column in enumerate(COLUMNS)}
_STEPS = [_BITS[column] for column in _PLAIN]
_plain = attrgetter(*_PLAIN)
_parts = attrgetter(*PROFILE_PARTS)


def bit(column: str) -> int:
    """Return the bit of `given` that says whether a row tells something of this column."""
    return _BITS[column]


def copied(head: list[object], record: ProfileRecord) -> str:
    """Return a line of COPY: `head`, and what the record says; what is not given is NULL, its bit in `given` 0."""
    values = _plain(record)
    given = sum([step for step, value in zip(_STEPS, values, strict=True) if value is not UNSET])
    row = [*head, 0, record.marketplace_id, *[None if value is UNSET else value for value in values]]
    skills, languages, overview = record.skills, record.languages, record.overview
    if skills is not UNSET:
        given |= _BITS["skills"]
    if languages is not UNSET:
        given |= _BITS["languages"]
    row.append(None if skills is UNSET else _array(skills))
    row.append(None if languages is UNSET else json_text(languages))
    parts = zip(PROFILE_PARTS, _parts(record), strict=True)
    row.append(json_text({part: value for part, value in parts if value is not UNSET}))
    if overview is not UNSET:
        given |= _BITS["overview"]
    row[len(head)] = given
    last = f'"{_escaped(overview)}"' if overview else "null"
    return f"{json_text(row)[1:-1]},{last}\n"


def _array(items: list[str]) -> str:
    """Return a list of texts as PostgreSQL writes one."""
    listed = '","'.join(items)
    if "\\" in listed or listed.count('"') != 2 * len(items) - 2:
        listed = '","'.join(_escaped(item) for item in items)
    return f'{{"{listed}"}}' if items else "{}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
