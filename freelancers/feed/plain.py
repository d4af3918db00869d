"""The quick look: is a line of Laurel's own NDJSON so plain that nothing in it needs a careful one?

Nearly all lines are: the types have been checked by decoding, and what is left to check takes a few comparisons.
`is_plain` says yes only where the careful way (`own.checked`, and looking for a key that stands twice) would return the
very same record; a test holds both beside each other. It may say no at any time: that costs time and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import UNSET
from msgspec.structs import astuple

from freelancers.feed import names
from freelancers.feed.money import currencies
from freelancers.feed.record import ProfileRecord, encoded
from freelancers.feed.values import PLAIN_EMAIL

_PLAIN_URL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[A-Za-z0-9/._~?=&%+#-]*)?", re.ASCII)


def is_plain(raw: bytes, record: ProfileRecord) -> bool:
    """Say whether `record`, as it was decoded from `raw`, is certain to be good and normal as it stands."""
    again = encoded(record)
    return _plain_text(raw, again, record) and _good_values(record) and _no_key_twice(raw, again, record)


def _plain_text(raw: bytes, again: bytes, record: ProfileRecord) -> bool:
    """Say whether no text in the line needs trimming, composing or refusing; an overview may have several lines.

    The record is encoded again without spaces between values. With spaces for quotation marks, a text that begins or
    ends with a space, has two of them in a row, or is empty, makes for two in a row.
    """
    overview = record.overview if isinstance(record.overview, str) else ""
    if b"\\" in raw and not raw.count(b"\\") == raw.count(b"\\n") == overview.count("\n"):
        return False
    if b"\x7f" in raw or overview != overview.strip():
        return False
    if again.replace(b'"', b" ").count(b"  ") != overview.count("  "):
        return False
    if raw.isascii():
        return True
    text = raw.decode()
    return text.isprintable() and unicodedata.is_normalized("NFC", text)


def _good_values(record: ProfileRecord) -> bool:
    """Say whether every value that its type leaves open is one that is good as it stands."""
    known = _known()
    return (
        record.country in known["country"]
        and record.currency in known["currency"]
        and record.timezone in known["timezone"]
        and "" not in (record.title, record.overview, record.city, record.availability)
        and (record.email is UNSET or record.email is None or _good_email(record.email))
        and (record.rating is UNSET or record.rating is None or _good_rating(record.rating))
        and (record.skills is UNSET or _all_different(record.skills))
        and (record.languages is UNSET or all(spoken.code in known["language"] for spoken in record.languages))
        and _good_urls(record)
        and (record.currency is not UNSET or not (record.hourly_rate_cents or record.earnings_cents))
    )


def _good_email(address: str) -> bool:
    return len(address) < 100 and PLAIN_EMAIL.fullmatch(address) is not None


def _good_rating(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= 5 and len(said := str(value)) < 5 and "E" not in said


def _all_different(texts: list[str]) -> bool:
    return "" not in texts and len({text.casefold() for text in texts}) == len(texts)


def _good_urls(record: ProfileRecord) -> bool:
    good = _PLAIN_URL.fullmatch
    for address in (record.photo_url, record.profile_url, record.video_url):
        if address is not UNSET and address is not None and not good(address):
            return False
    parts: Iterable[Any] = (record.portfolio, record.certificates, record.linked_accounts)
    return all(part.url is None or good(part.url) for each in parts if each is not UNSET for part in each)


def _no_key_twice(raw: bytes, again: bytes, record: ProfileRecord) -> bool:
    """Say whether the line has no more quotation marks than the record, so that no key can stand in it twice.

    Here no text has one in it. Encoded again, there are two more around a rating, which is a number in the line, and
    around the key of everything in a list that is not there; what the line says to be `null` in a list, and a text with
    `:null` in it, make the line seem to have too many.
    """
    absent = again.count(b":null") - astuple(record).count(None)
    added = absent + isinstance(record.rating, Decimal)
    return raw.count(b'"') == again.count(b'"') - 2 * added


@lru_cache
def _known() -> dict[str, frozenset[Any]]:
    """The codes of each kind; where a field may be silent or say that there is nothing, that too."""
    silent = {None, UNSET}
    return {
        "country": frozenset(names.country_codes().values()) | silent,
        "currency": currencies() | {UNSET},
        "timezone": frozenset(names.timezone_names().values()) | silent,
        "language": frozenset(names.language_codes().values()),
    }
