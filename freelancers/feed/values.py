"""Value rules: the text of one cell in, one checked value out, or BadValue with the reason and the way on.

Pure functions. A rule never guesses where guessing could decide about a badge: 79.6 % is refused, not rounded to 80.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from freelancers.feed.errors import BadValue

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|io|dev)"
)

LINE_MAX = 200
TEXT_MAX = 20_000
URL_MAX = 2_000
LIST_MAX = 200

YES = frozenset("yes y true t 1 1.0 on x ✓ si sí s sim ja j oui o evet tak да".split())  # noqa: SIM905 -- a list of words
NO = frozenset("no n false f 0 0.0 off - ✗ nein não nao non nee hayır hayir nie нет".split())  # noqa: SIM905 -- a list of words


@dataclass(frozen=True)
class Reading:
    """How one column writes its values: the decimal mark, the order of a date, what separates a list's items."""

    decimal: str = "."
    date: str = "yyyy-mm-dd"
    separators: tuple[str, ...] = (";", "|", ",")


def normal(text: str) -> str:
    """Return `text` trimmed and in Unicode's composed form (NFC); control characters and NUL are refused."""
    if found := _CONTROL.search(text):
        raise BadValue(
            f"contains the control character U+{ord(found[0]):04X}", "Remove it; it cannot be shown or stored."
        )
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()


def word(text: str) -> str:
    """Return `text` as a key to look up: lower case, one space or underscore between words written as one space."""
    return _SPACES.sub(" ", text.replace("_", " ").replace("-", " ")).strip().casefold()


def line(text: str, limit: int = LINE_MAX) -> str:
    """Return one line of text: spaces and line ends become single spaces."""
    if text.isascii() and text.isprintable() and len(text) <= limit and "  " not in text:
        return text.strip()  # nearly all are like this, and it takes a tenth of the time
    return _within(_SPACES.sub(" ", normal(text)), limit)


def prose(text: str) -> str:
    """Return text of several lines, at most 20,000 characters."""
    return _within(normal(text).replace("\r\n", "\n").replace("\r", "\n"), TEXT_MAX)


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise BadValue(f"is {len(text):,} characters long, at most {limit:,} are kept", "Shorten it.")
    return text


def number(text: str, reading: Reading = Reading()) -> Decimal:
    """Return a number that is not negative; "1,234.5" with `.` as decimal mark, "1.234,5" with `,`."""
    mark, group = (reading.decimal, "," if reading.decimal == "." else ".")
    digits = text.strip()
    if digits.startswith(("-", "−")):
        raise BadValue("is negative", "Only zero and more make sense here.")
    grouped = rf"[0-9]{{1,3}}(?:[{re.escape(group)}'  \u202f][0-9]{{3}})+"
    if len(digits) > 40 or not re.fullmatch(rf"(?:[0-9]+|{grouped})(?:{re.escape(mark)}[0-9]+)?", digits):
        other = "," if mark == "." else "."
        raise BadValue(
            "is not a number this mapping can read",
            f'Write it like 1234{mark}5; if the decimals stand after "{other}", say decimal = "{other}" under [file].',
        )
    return Decimal(re.sub(rf"[{re.escape(group)}'  \u202f]", "", digits).replace(mark, "."))


def whole(text: str, reading: Reading = Reading(), limit: int = 2_000_000_000) -> int:
    """Return a whole number from 0 to `limit`; "52.0" is 52, "52.5" is refused."""
    value = number(text, reading)
    if value != value.to_integral_value():
        raise BadValue("is not a whole number", "Give it without decimals; Laurel does not round it for you.")
    if value > limit:
        raise BadValue(f"is more than {limit:,}", "Check the column and its unit.")
    return int(value)


def percent(text: str, reading: Reading = Reading()) -> int:
    """Return a whole percentage 0..100: "84%", "84 %", "84", "84.0". Rule E-2."""
    value = number(text.strip().removesuffix("%"), reading)
    if 0 < value < 1:
        raise BadValue("looks like a fraction", 'If the file writes 0.84 for 84 %, use rule = "fraction".')
    if value != value.to_integral_value():
        raise BadValue(
            "is not a whole percentage", "Round it where it comes from: rounding here could decide about a badge."
        )
    if value > 100:
        raise BadValue("is more than 100 %", "A percentage is 0 to 100.")
    return int(value)


def fraction(text: str, reading: Reading = Reading()) -> int:
    """Return a whole percentage 0..100 from a fraction 0..1: "0.84" is 84."""
    value = number(text, reading)
    if value > 1:
        raise BadValue("is more than 1", 'If the file writes 84 for 84 %, use rule = "percent".')
    if (hundredfold := value * 100) != hundredfold.to_integral_value():
        raise BadValue(
            "is not a whole percentage", "Round it where it comes from: rounding here could decide about a badge."
        )
    return int(hundredfold)


def rating(text: str, reading: Reading = Reading()) -> Decimal:
    """Return a rating from 0.00 to 5.00, with two decimals (half up)."""
    return checked_rating(number(text, reading))


def checked_rating(value: Decimal) -> Decimal:
    """Return `value` with two decimals, if it lies within 0.00 to 5.00."""
    if not value.is_finite() or not 0 <= value <= 5:
        raise BadValue("is not between 0 and 5", "Ratings are stars from 0.00 to 5.00.")
    return value.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def yes_no(text: str) -> bool:
    """Return True or False from the many spellings of yes and no, in several languages."""
    said = text.strip().casefold()
    if said in YES:
        return True
    if said in NO:
        return False
    raise BadValue("is neither yes nor no", "Write yes or no, or list the file's words under `values` in the mapping.")


def day(text: str, reading: Reading = Reading()) -> date:
    """Return a date written in the reading's pattern, such as dd/mm/yyyy; an ISO moment counts as its day."""
    pattern = reading.date.lower()
    body = text.strip()
    if pattern == "yyyy-mm-dd" and len(body) > 10:
        return moment(body).date()
    parts = re.escape(pattern).replace("yyyy", "(?P<y>[0-9]{4})").replace("mm", "(?P<m>[0-9]{1,2})")
    found = re.fullmatch(parts.replace("dd", "(?P<d>[0-9]{1,2})"), body)
    try:
        if found:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        pass
    raise BadValue(
        f"is not a date written {pattern}", 'Say how the file writes dates with date = "dd/mm/yyyy" in the mapping.'
    )


def moment(text: str) -> datetime:
    """Return an ISO 8601 moment in UTC; one without an offset is taken as UTC, a day as its midnight."""
    try:
        read = datetime.fromisoformat(text.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("is not a moment", "Write it like 2026-03-01T12:00:00Z.") from None


def items(text: str, reading: Reading = Reading()) -> list[str]:
    """Return the items of a list, each once, in order; the first of the separators that occurs divides them."""
    separator = next((s for s in reading.separators if s in text), None)
    return distinct(text.split(separator) if separator else [text])


def distinct(parts: list[str], limit: int = LINE_MAX) -> list[str]:
    """Return `parts` as lines of text, without empty and repeated ones (case aside), in order."""
    kept: dict[str, str] = {}
    for part in parts:
        if text := line(part, limit):
            kept.setdefault(text.casefold(), text)
    if len(kept) > LIST_MAX:
        raise BadValue(f"has {len(kept)} items, at most {LIST_MAX} are kept", "Check the separator of the list.")
    return list(kept.values())


def email(text: str) -> str:
    """Return an e-mail address in lower case. Its domain is not looked up."""
    address = text.strip().lower()
    if len(address) < 100 and PLAIN_EMAIL.fullmatch(address):
        return address  # the form nearly all have; the full check takes twenty times as long
    try:
        return validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise BadValue("is not an e-mail address", str(error)) from None


def url(text: str) -> str:
    """Return a web address: http or https, with a host, without a password."""
    address = normal(text)
    try:
        parts = urlsplit(address)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or _SPACES.search(address) or not set('<>"\\').isdisjoint(address):
        raise BadValue("is not a web address", "It must start with http:// or https://.")
    return _within(address, URL_MAX)
