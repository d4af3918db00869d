"""Lists of addresses as people paste them, taken apart. Pure. Rule I-5."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from email_validator import EmailNotValidError, validate_email

from accounts.rules import normal_address
from core.errors import InvalidInput

MAX_ENTRIES = 2_000
NAME_MAX = 120
_NO_COLUMNS: tuple[int, ...] = ()
#: More commas than this beside one address are the columns of a table, not a name.
_NAME_PIECES = 2
#: What stands between commas, semicolons and tabs; quotes hold it together.
_PIECES = re.compile(r'(?:"[^"]*"|[^,;\t"]|"(?![^"]*"))+')
_IN_ANGLES = re.compile(r"^(?P<name>.*?)\s*<\s*(?:mailto:)?(?P<address>[^<>]*)>\s*$")
_MAIL_WORDS = frozenset({"email", "e-mail", "mail", "address", "email address", "e-mail address", "mail address"})
_NAME_WORDS = ("name", "full name", "first name", "given name", "last name", "surname", "family name")


@dataclass(frozen=True)
class Address:
    """Somebody to invite: a valid address in lower case, and perhaps a name."""

    email: str
    name: str | None = None


@dataclass(frozen=True)
class Entry:
    """One piece of a pasted list: on `line` (from 1), as it stood in `text`, and what it is.

    `address` is None when it is no address; `problem` then says why. `repeats` is the line on which the same address
    stood before.
    """

    line: int
    text: str
    address: Address | None = None
    problem: str | None = None
    repeats: int | None = None


def parse(text: str) -> tuple[Entry, ...]:
    """Return the entries of a pasted list or CSV file, in order.

    One address a line, or several with commas or semicolons between; "Ada Byron <ada@x.org>" brings the name along,
    and so do the columns of a table. Raises InvalidInput when there are more than MAX_ENTRIES.
    """
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for entry in _entries(text):
        if len(entries) == MAX_ENTRIES:
            raise InvalidInput(
                f"This list has more than {MAX_ENTRIES:,} addresses.", f"Send it in parts of at most {MAX_ENTRIES:,}."
            )
        before = seen.get(entry.address.email) if entry.address else None
        if entry.address and not before:
            seen[entry.address.email] = entry.line
        entries.append(replace(entry, repeats=before))
    return tuple(entries)


def checked(text: str, name: str | None = None) -> Address:
    """Return `text` as an address in lower case. Raises InvalidInput when it is none; its domain is not looked up."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as refused:
        raise InvalidInput(str(refused), "Check how it is written: ada@example.org.") from None
    return Address(normal_address(found.normalized), _name(name))


def _entries(text: str) -> Iterator[Entry]:
    separator, columns = "", _NO_COLUMNS
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip(" \t,;"):
            continue
        if number == 1:
            separator, columns = _header(line)
            if columns:
                continue
        row = _row(line, separator) if columns else []
        if columns and len(row) > columns[0]:
            name = " ".join(row[place] for place in columns[1:] if place < len(row))
            yield _entry(number, line, row[columns[0]], name)
        else:
            yield from _of_line(number, line)


def _row(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except csv.Error:  # a cell longer than any address or name
        cells = line.split(separator)
    return [cell.strip() for cell in cells]


def _header(line: str) -> tuple[str, tuple[int, ...]]:
    """Return what separates a table's columns, and the place of the address and those of the names.

    There are no places when `line` holds no titles of columns.
    """
    separator = next((mark for mark in ("\t", ";", ",") if mark in line), ",")
    titles = [cell.casefold().replace("_", " ") for cell in _row(line, separator)]
    mail = next((place for place, title in enumerate(titles) if title in _MAIL_WORDS), None)
    if mail is None:
        return separator, ()
    names = (place for word in _NAME_WORDS for place, title in enumerate(titles) if title == word)
    return separator, (mail, *names)


def _of_line(number: int, line: str) -> Iterator[Entry]:
    pieces = [piece for found in _PIECES.findall(line) if (piece := found.strip())]
    with_address = [piece for piece in pieces if "@" in piece]
    if not with_address:
        yield Entry(number, line.strip(), problem="There is no address here: an address has an @-sign.")
    elif len(with_address) == 1 and with_address[0].count("@") == 1:
        others = [piece for piece in pieces if "@" not in piece]
        yield _entry(number, line, with_address[0], " ".join(others) if len(others) <= _NAME_PIECES else "")
    else:
        for piece in pieces:
            words = piece.split() if piece.count("@") > 1 and "<" not in piece else [piece]
            yield from (_entry(number, word, word, "") for word in words)


def _entry(number: int, text: str, address: str, name: str) -> Entry:
    if found := _IN_ANGLES.match(address):
        address, name = found["address"], found["name"] or name
    try:
        return Entry(number, text.strip(), checked(address, name))
    except InvalidInput as refused:
        return Entry(number, text.strip(), problem=refused.detail)


def _name(text: str | None) -> str | None:
    cleaned = " ".join((text or "").replace('"', " ").split()).strip("' ,;")
    return "".join(letter for letter in cleaned if letter.isprintable())[:NAME_MAX] or None
