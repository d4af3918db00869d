"""The quick way for Laurel's own NDJSON: decoded straight into a record, then checked as the value rules do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET

from freelancers.feed import names, values
from freelancers.feed.decode import Defect, RowRefused, parse_object, shown
from freelancers.feed.errors import BadValue, FeedError
from freelancers.feed.money import currencies
from freelancers.feed.readers import Row
from freelancers.feed.record import FIELDS, PROFILE_PARTS, Language, Part, ProfileRecord, tidy

_decode = msgspec.json.Decoder(ProfileRecord).decode
_FIELD_TYPES = get_type_hints(ProfileRecord, include_extras=True)


def _code(known: Callable[[], Any], what: str) -> Callable[[Any], Any]:
    def check(value: str) -> str:
        if value not in known():
            raise BadValue(f"is not {what}", "Laurel's own format takes codes, not names; use a mapping for names.")
        return value

    return check


def _spoken(spoken: list[Language]) -> list[Language]:
    for language in spoken:
        _code(lambda: frozenset(names.language_codes().values()), f'a list of ISO 639-1 codes: "{language.code}"')(
            language.code
        )
    return spoken


def _with_urls(parts: list[Any]) -> list[Any]:
    for part in parts:
        if part.url is not None:
            values.url(part.url)
    return parts


#: What the types alone cannot say, by field. Applied to values that are given and not null.
CHECKS: dict[str, Callable[[Any], Any]] = {
    "marketplace_id": lambda text: values.line(text) or _missing(),
    "name": lambda text: values.line(text) or _missing(),
    "email": values.email,
    "photo_url": values.url,
    "profile_url": values.url,
    "video_url": values.url,
    "country": _code(lambda: frozenset(names.country_codes().values()), "an ISO 3166 alpha-2 code, such as DE"),
    "currency": _code(currencies, "an ISO 4217 code, such as USD"),
    "timezone": _code(lambda: frozenset(names.timezone_names().values()), "an IANA time zone, such as Europe/Berlin"),
    "rating": values.checked_rating,
    "languages": _spoken,
    "portfolio": _with_urls,
    "certificates": _with_urls,
    "linked_accounts": _with_urls,
}
_TEXTS = ("title", "city", "availability")


def _missing() -> str:
    raise BadValue("is missing", "Fill it in; without it the row cannot be used.")


class OwnDecoder:
    """Reads rows of Laurel's own NDJSON."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __call__(self, row: Row) -> ProfileRecord:
        try:
            record = _decode(row.raw)
        except msgspec.ValidationError:
            raise RowRefused(*self._explain(row)) from None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            parse_object(row, self.file)  # raises with the place
            raise FeedError(
                f"{self.file}: line {row.line:,} is not valid JSON.", "Mend the line or export the file again."
            ) from None
        if not self._surely_single(row.raw, record):
            parse_object(row, self.file)
        return checked(record)

    @staticmethod
    def _surely_single(raw: bytes, record: ProfileRecord) -> bool:
        """Say whether no key can stand twice: as many members as fields given. Doubt costs a slower look."""
        given = sum(getattr(record, name) is not UNSET for name in FIELDS)
        return raw.count(b'":') + raw.count(b'" ') + raw.count(b'"\t') + raw.count(b'"\r') == given

    def _explain(self, row: Row) -> tuple[list[Defect], str | None]:
        """Return everything that is wrong with the types of a row's values, not only the first thing."""
        parse_object(row, self.file)
        document = msgspec.json.decode(row.raw)
        defects = (
            [Defect("marketplace_id", "", "is missing", "It is the key of every row.")]
            if "marketplace_id" not in document
            else []
        )
        for name, value in document.items():
            if name not in _FIELD_TYPES:
                defects.append(
                    Defect(
                        shown(name),
                        shown(value),
                        "is no field of Laurel's",
                        "See docs/feed.md; use a mapping for other names.",
                    )
                )
                continue
            try:
                msgspec.convert(value, _FIELD_TYPES[name], builtin_types=())
            except msgspec.ValidationError as error:
                defects.append(
                    Defect(
                        name, shown(value), str(error).replace("`", ""), "See docs/feed.md for what the field takes."
                    )
                )
        key = document.get("marketplace_id")
        return defects or [Defect("", "", "cannot be read", "See docs/feed.md.")], key if isinstance(key, str) else None


def checked(record: ProfileRecord) -> ProfileRecord:
    """Return `record` normalised, with an amount's currency named. Raises RowRefused with everything that is wrong."""
    changes: dict[str, Any] = {}
    defects: list[Defect] = []
    for name in FIELDS:
        if (value := getattr(record, name)) is UNSET or value is None:
            continue
        try:
            better = _better(name, value)
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


def _better(name: str, value: Any) -> Any:
    if name == "overview":
        return values.prose(value) or None
    if name == "skills":
        return values.distinct(value)
    if name == "observed_at":
        return value
    if name in _TEXTS:
        return values.line(value) or None
    if name in PROFILE_PARTS or name == "languages":
        value = tidy(value) if isinstance(value, list) and value and isinstance(value[0], Part) else value
    return CHECKS[name](value) if name in CHECKS else value
