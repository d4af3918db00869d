"""The quick way for Laurel's own NDJSON: decoded straight into a record, then checked as the value rules do."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET

from freelancers.feed import misfits, names, values
from freelancers.feed.decode import Defect, RowRefused, parse_object, shown
from freelancers.feed.errors import BadValue, FeedError
from freelancers.feed.money import currencies
from freelancers.feed.plain import is_plain
from freelancers.feed.readers import Row
from freelancers.feed.record import Language, ProfileRecord, tidy

_SPACED = re.compile(rb'"[ \t\r]+:')
_decode = msgspec.json.Decoder(ProfileRecord).decode
_NO_ROW = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_FIELD_TYPES = get_type_hints(ProfileRecord, include_extras=True)


@lru_cache
def _countries() -> frozenset[str]:
    return frozenset(names.country_codes().values())


@lru_cache
def _languages() -> frozenset[str]:
    return frozenset(names.language_codes().values())


@lru_cache
def _timezones() -> frozenset[str]:
    return frozenset(names.timezone_names().values())


def _code(known: Callable[[], frozenset[str]], what: str) -> Callable[[Any], Any]:
    def check(value: str) -> str:
        if value not in known():
            raise BadValue(f"is not {what}", "Laurel's own format takes codes, not names; use a mapping for names.")
        return value

    return check


def _spoken(spoken: list[Language]) -> list[Language]:
    for language in spoken:
        if language.code not in _languages():
            raise BadValue(f'is not a list of ISO 639-1 codes: "{language.code}"', "Write codes, such as en.")
    return spoken


def _with_urls(parts: list[Any]) -> Any:
    for part in parts:
        if part.url is not None:
            values.url(part.url)
    return tidy(parts)


def _needed(text: str) -> str:
    if not (said := values.line(text)):
        raise BadValue("is missing", "Fill it in; without it the row cannot be used.")
    return said


def _line_or_none(text: str) -> str | None:
    return values.line(text) or None


#: What the types alone cannot say, by field. Applied to values that are given and not null; returns them normalised.
CHECKS: dict[str, Callable[[Any], Any]] = {
    "marketplace_id": _needed,
    "name": _needed,
    "email": values.email,
    "title": _line_or_none,
    "city": _line_or_none,
    "availability": _line_or_none,
    "overview": lambda text: values.prose(text) or None,
    "photo_url": values.url,
    "profile_url": values.url,
    "video_url": values.url,
    "country": _code(_countries, "an ISO 3166 alpha-2 code, such as DE"),
    "currency": _code(currencies, "an ISO 4217 code, such as USD"),
    "timezone": _code(_timezones, "an IANA time zone, such as Europe/Berlin"),
    "rating": values.checked_rating,
    "skills": values.distinct,
    "languages": _spoken,
    "portfolio": _with_urls,
    "certificates": _with_urls,
    "linked_accounts": _with_urls,
    "employment": tidy,
    "education": tidy,
    "other_experience": tidy,
    "tests": tidy,
    "skill_experience": tidy,
}


class _Named(msgspec.Struct):
    """What is read of a row to know whom it is about."""

    marketplace_id: str


_decode_key = msgspec.json.Decoder(_Named).decode


class OwnDecoder:
    """Reads rows of Laurel's own NDJSON."""

    def __init__(self, file: str) -> None:
        self.file = file

    def key(self, row: Row) -> str | None:
        try:
            return values.line(_decode_key(row.raw).marketplace_id) or None
        except (*_NO_ROW, BadValue):
            return None

    def __call__(self, row: Row) -> ProfileRecord:
        try:
            record = _decode(row.raw)
        except msgspec.ValidationError:
            raise RowRefused(*self._explain(row)) from None
        except _NO_ROW:
            parse_object(row, self.file)  # raises with the place
            raise FeedError(
                f"{self.file}: line {row.line:,} is not valid JSON.", "Mend the line or export the file again."
            ) from None
        if is_plain(row.raw, record):
            return record
        # No key can stand twice when all colons after a quotation mark are accounted for. Doubt costs a slower look.
        if row.raw.count(b'":') != _members(msgspec.json.decode(row.raw)) or _SPACED.search(row.raw):
            parse_object(row, self.file)
        return checked(record)

    def _explain(self, row: Row) -> tuple[list[Defect], str | None]:
        """Return everything that is wrong with a row of which a value has the wrong type, not only the first thing."""
        parse_object(row, self.file)
        try:
            document = msgspec.json.decode(row.raw)
        except msgspec.ValidationError:  # a number that nothing can hold
            return [Defect("", "", "has a number far too large", "Mend the row.")], None
        defects = []
        if "marketplace_id" not in document:
            defects.append(Defect("marketplace_id", "", "is missing", "It is the key of every row."))
        for name, value in document.items():
            if name not in _FIELD_TYPES:
                step = "See docs/feed.md; use a mapping for other names."
                defects.append(Defect(shown(name), shown(value), "is no field of Laurel's", step))
                continue
            try:
                read = msgspec.convert(value, _FIELD_TYPES[name], builtin_types=())
                if read is not None and name in CHECKS:
                    CHECKS[name](read)
            except BadValue as bad:
                defects.append(Defect(name, shown(value), bad.reason, bad.hint))
            except msgspec.ValidationError as error:
                step = "See docs/feed.md for what the field takes."
                defects.append(Defect(name, shown(value), misfits.said(error), step))
        key = document.get("marketplace_id")
        return defects or [Defect("", "", "cannot be read", "See docs/feed.md.")], key if isinstance(key, str) else None


def checked(record: ProfileRecord) -> ProfileRecord:
    """Return `record` normalised, with an amount's currency named. Raises RowRefused with everything that is wrong."""
    changes: dict[str, Any] = {}
    defects: list[Defect] = []
    for name, check in CHECKS.items():
        if (value := getattr(record, name)) is UNSET or value is None:
            continue
        try:
            better = check(value)
        except BadValue as error:
            defects.append(Defect(name, shown(msgspec.to_builtins(value)), error.reason, error.hint))
            continue
        if better is not value and better != value:
            changes[name] = better
    if defects:
        raise RowRefused(defects, record.marketplace_id)
    if record.currency is UNSET and (record.hourly_rate_cents or record.earnings_cents):
        changes["currency"] = "USD"
    return msgspec.structs.replace(record, **changes) if changes else record


def _members(value: Any) -> int:
    """Return how many keys a JSON document has in all its objects, a key that stood twice counted once."""
    inner = value.values() if isinstance(value, dict) else value
    own = len(value) if isinstance(value, dict) else 0
    return own + sum(_members(v) for v in inner if isinstance(v, (dict, list)))
