"""One address and one name as people write them, checked. Pure. Rule I-5."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from accounts.rules import ADDRESS_MAX, normal_address
from core.errors import InvalidInput

NAME_MAX = 120
_LOCAL_MAX = 64
#: What most addresses look like: nothing about these needs the library, which takes fifty times as long.
_PLAIN = re.compile(
    r"(?P<local>[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?P<top>[a-z]{2,63})",
    re.IGNORECASE | re.ASCII,
)
_NOT_ON_THE_NET = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_PLAIN_NAME = re.compile(r"[A-Za-z]+(?:[ '.-][A-Za-z]+)*")
_FORMULA = ("=", "+", "@", "-")
#: Alphabets whose letters are taken for one another; and those of the others that look like a Latin one.
_LIKE_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_LOOKALIKES = frozenset("асеорхуіјѕһԁԛԝӏгпвнкмтвοανικρτυχωհոսցօ")
_HOW_TO_WRITE = "Write it as ada@example.org."


@dataclass(frozen=True)
class Address:
    """Somebody to invite: a valid address in lower case, and perhaps a name."""

    email: str
    name: str | None = None


def checked(text: str, name: str | None = None) -> Address:
    """Return `text` as an address in lower case, and its name. Raises InvalidInput for either; nothing is looked up."""
    return Address(checked_email(text), checked_name(name))


def checked_email(text: str) -> str:
    """Return an address in lower case. Raises InvalidInput for what is none, or imitates another."""
    text = text.strip()
    found = _PLAIN.fullmatch(text)
    if found and len(text) <= ADDRESS_MAX and len(found["local"]) <= _LOCAL_MAX and "--" not in text:
        if found["top"].lower() not in _NOT_ON_THE_NET:
            return text.lower()
    elif not text.isascii():
        _refuse_imitations(text)
    try:
        return normal_address(validate_email(text, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError as refused:
        raise InvalidInput(str(refused), _HOW_TO_WRITE) from None


def checked_name(text: str | None) -> str | None:
    """Return a name as it will stand in the mail, or None where there is none.

    Raises InvalidInput for a line break or a formula: neither is anybody's name, and both do harm where they are read.
    """
    if not text or _PLAIN_NAME.fullmatch(text):
        return text[:NAME_MAX] if text else None
    cleaned = text.replace('"', " ").strip("' ,;\t")
    if any(mark in cleaned for mark in "\r\n\u2028\u2029\x0b\x0c\x85"):
        raise InvalidInput("The name holds a line break.", "Write the name on one line.")
    cleaned = " ".join(cleaned.split())
    if len(cleaned) > 1 and cleaned.startswith(_FORMULA):
        raise InvalidInput(
            f"The name begins with “{cleaned[0]}”, as a spreadsheet's formula does.", "Write the name alone."
        )
    return "".join(letter for letter in cleaned if letter.isprintable()).strip("-")[:NAME_MAX] or None


def _refuse_imitations(text: str) -> None:
    """Raise InvalidInput for an address that can be taken for another one: letters that look alike, or unseen ones."""
    for letter in text:
        if unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn", "Zs", "Zl", "Zp"):
            raise InvalidInput(
                f"The address holds a character that cannot be seen (U+{ord(letter):04X}).", "Type it anew by hand."
            )
        if unicodedata.normalize("NFKC", letter) != letter and unicodedata.normalize("NFKC", letter).isascii():
            raise InvalidInput(f"The address holds “{letter}”, which imitates a letter.", "Type it anew by hand.")
    for label in re.split(r"[@.]", text.lower()):
        foreign = [letter for letter in label if _alphabet(letter) in _LIKE_LATIN]
        if foreign and (len(set(map(_alphabet, filter(str.isalpha, label)))) > 1 or _LOOKALIKES.issuperset(foreign)):
            raise InvalidInput(
                f"“{label}” has “{foreign[0]}” of the {_alphabet(foreign[0]).capitalize()} alphabet, which looks like "
                "another letter: the address may imitate somebody else's.",
                "Ask the person for their address, and type it by hand.",
            )


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0] if letter.isalpha() else ""
