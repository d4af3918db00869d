"""Amounts of money as feeds write them: "$40", "USD 100", "1,234.50", "€ 40", "40 EUR", "$35/hr"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel.numbers import list_currencies

from freelancers.feed.errors import BadValue
from freelancers.feed.values import Reading, number

_PER_HOUR = re.compile(r"\s*(?:/|\bper\b)\s*(?:h|hr|hour|std)\.?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<before>[^0-9\s.,'+−-]{0,4})\s*(?P<number>[-−]?[0-9](?:[0-9.,'  \u202f]*[0-9])?)\s*(?P<after>[^0-9\s]{0,4})"
)
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₫": "VND",
    "₱": "PHP",
    "₦": "NGN", "zł": "PLN", "R$": "BRL", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "MX$": "MXN", "CN¥": "CNY", "JP¥": "JPY", "Fr.": "CHF",
}  # fmt: skip
#: Signs shared by several currencies, with the one meant when nothing else is said.
_SHARED = {
    "$": ("USD", frozenset("USD CAD AUD NZD HKD SGD MXN ARS CLP COP TWD".split())),  # noqa: SIM905 -- a list of words
    "¥": ("JPY", frozenset(("JPY", "CNY"))),
}


@dataclass(frozen=True)
class Money:
    """An amount in hundredths of its currency's unit. `currency` is None when the text named none."""

    cents: int
    currency: str | None
    #: Further currencies the sign can stand for: "$" is also written in Canada.
    maybe: frozenset[str] = frozenset()

    def within(self, currency: str) -> bool:
        """Say whether this amount can be one in `currency`."""
        return self.currency in (None, currency) or currency in self.maybe


_PLAIN = Reading()


def money(text: str, reading: Reading = _PLAIN, limit: int = 10**15) -> Money:
    """Return the amount, with its currency when the text names one. At most two decimals."""
    found = _AMOUNT.fullmatch(_PER_HOUR.sub("", text.strip()))
    if not found or (found["before"] and found["after"]):
        raise BadValue("is not an amount of money", 'Write it like "40", "$40", "USD 40" or "40 EUR".')
    code, maybe = _named(found["before"] or found["after"])
    amount = number(found["number"], reading)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise BadValue(
            "has more than two decimals",
            'If "." stands between thousands here, say decimal = "," in [file]; else round it where it comes from.',
        )
    if amount * 100 > limit:
        raise BadValue("is too large an amount", "Check the column and its unit.")
    return Money(int(amount * 100), code, maybe)


def currency(text: str) -> str:
    """Return the ISO 4217 code that `text` names, by code or by sign."""
    code, _ = _named(text.strip())
    if code is None:
        raise BadValue("is not a currency", "Write its three-letter code, such as USD.")
    return code


@lru_cache
def currencies() -> frozenset[str]:
    """Return all ISO 4217 codes that Babel knows."""
    return frozenset(list_currencies())


def _named(sign: str) -> tuple[str | None, frozenset[str]]:
    if not sign:
        return None, frozenset()
    if sign in _SHARED:
        return _SHARED[sign]
    code = _SYMBOLS.get(sign, sign.upper())
    if code not in currencies():
        raise BadValue(f'names no currency Laurel knows: "{sign}"', "Write the three-letter code, such as USD.")
    return code, frozenset()
