"""Lists of addresses as people bring them, pasted or as a file, taken apart. Pure. Rule I-5."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, NamedTuple

from core.errors import InvalidInput
from partners.addresses import checked_email, checked_name
from partners.rules import Outcome

MAX_ROWS = 100_000
#: With empty lines and cells of several lines; what has more of them is no list, and is not looked through.
MAX_LINES = 5 * MAX_ROWS
#: Characters of a line that is taken apart, and of what may be an address.
LINE_MAX, ADDRESS_MAX = 1_000_000, 1_000
SHOWN = 200  # characters of a row
#: So many lines are looked at to guess what is what; one cell that is longer began with a mark that never ends.
_SAMPLE, _CELL_LINES = 200, 12
_TEXT_FILES = "Save it as “CSV UTF-8” and bring that."
_MAIL_WORDS = frozenset(
    ("email", "e-mail", "mail", "address", "email address", "e-mail address", "mail address", "correo", "courriel")
)
_NAME_WORDS = {
    "name": "name", "full name": "name", "first name": "first", "given name": "first", "firstname": "first",
    "last name": "last", "surname": "last", "family name": "last", "lastname": "last",
}  # fmt: skip
#: What a column can be, in the words of the page; the order is that in which names are put together.
ROLES = {"email": "Address", "first": "First name", "name": "Name", "last": "Last name", "": "Not used"}
_PIECES = re.compile(r'(?:"[^"]*"|[^,;\t"]|"(?![^"]*"))+')
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_IN_ANGLES = re.compile(r"^(?P<name>.*?)\s*<\s*(?:mailto:)?(?P<address>[^<>]*)>\s*$")
#: More commas than this beside one address are the columns of a table, not a name.
_NAME_PIECES = 2


@dataclass(frozen=True)
class Columns:
    """How a list is read. Without a separator it is no table, but addresses as people write them.

    `roles` says of each column what it is, by the keys of ROLES; `titles` are those of the first line, if it has any.
    """

    separator: str = ""
    roles: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Columns:
        """Return what was stored."""
        return cls(stored["separator"], tuple(stored["roles"]), tuple(stored["titles"]))


class Entry(NamedTuple):
    """One address of a list, or what stands where one should: then `problem` says why, and `advice` what to do.

    `line` counts from 1; `repeats` is the line on which the same address stood before; `outcome` is that of a row that
    can be told without looking at anything else.
    """

    line: int
    text: str
    email: str | None
    name: str | None = None
    problem: str | None = None
    advice: str | None = None
    repeats: int | None = None
    outcome: Outcome | None = None


def decoded(data: bytes) -> str:
    """Return the text of a file. Raises InvalidInput for too much, and for what is no text in UTF-8 or UTF-16."""
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput("This is a workbook of a spreadsheet program, not a list.", _TEXT_FILES)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise InvalidInput(
            f"This file is not in UTF-8: line {line:,} holds the byte 0x{data[bad.start]:02X}; names would be spoilt.",
            _TEXT_FILES,
        ) from None
    if "\x00" in text:
        raise InvalidInput("This file holds characters that are no text (NUL).", _TEXT_FILES)
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise _too_many(f"{MAX_LINES:,} lines")
    return text


def guess(text: str) -> Columns:
    """Return how the list is probably to be read, by its titles if it has any, else by what stands in its columns."""
    first = next((line for line in _lines(text) if line.strip(" \t,;\r\n")), "")
    separator = next((mark for mark in ("\t", ";", ",") if mark in first), ",")
    sample = [cells for _, cells, _ in _records(text, separator, _SAMPLE) if cells]
    if not sample:
        return Columns()
    titles = [cell.casefold().replace("_", " ") for cell in sample[0]]
    mail = next((place for place, title in enumerate(titles) if title in _MAIL_WORDS), None)
    if mail is not None:
        roles = tuple("email" if place == mail else _NAME_WORDS.get(title, "") for place, title in enumerate(titles))
        return Columns(separator, roles, tuple(sample[0]))
    return _by_content(separator, sample)


def _by_content(separator: str, sample: Sequence[list[str]]) -> Columns:
    width = len(sample[0])
    body = sample[1:] or sample
    alike = [cells for cells in body if len(cells) == width]
    with_sign = [place for place in range(width) if _mostly(["@" in cells[place] for cells in alike])]
    titled = len(sample) > 1 and not any("@" in cell for cell in sample[0])
    # Several addresses in each row are several people, unless titles say that they are columns.
    if (
        width < 2
        or not with_sign
        or (len(with_sign) > 1 and not titled)
        or not _mostly([len(c) == width for c in body])
    ):
        return Columns()
    mail, others = with_sign[0], width - 1
    plain = len(with_sign) == 1
    names = ["name"] if plain and others == 1 else ["first", "last"] if plain and others == 2 else [""] * others
    names.insert(mail, "email")
    if titled and others > 1:  # nobody is to be greeted by their country
        known = [_NAME_WORDS.get(title.casefold().replace("_", " "), "") for title in sample[0]]
        names = ["email" if place == mail else role for place, role in enumerate(known)]
    return Columns(separator, tuple(names), tuple(sample[0]) if titled else ())


def _mostly(found: Sequence[bool]) -> bool:
    return bool(found) and sum(found) >= 0.9 * len(found)


def examples(text: str, columns: Columns, count: int = 3) -> list[list[str]]:
    """Return the first rows of a table, each as wide as the widest."""
    rows = [cells for _, cells, _ in _records(text, columns.separator or ",", count + 1) if cells]
    rows = rows[1:] if columns.titles else rows[:count]
    width = max([len(columns.roles), *map(len, rows)], default=0)
    return [cells + [""] * (width - len(cells)) for cells in rows]


def entries(text: str, columns: Columns) -> Iterator[Entry]:
    """Yield the rows of a list, in order. Raises InvalidInput when there are more than MAX_ROWS."""
    seen: dict[str, int] = {}
    for count, entry in enumerate(_table(text, columns) if columns.separator else _free(text)):
        if count == MAX_ROWS:
            raise _too_many(f"{MAX_ROWS:,} rows")
        if entry.email is None or (before := seen.setdefault(entry.email, entry.line)) == entry.line:
            yield entry
        else:
            yield entry._replace(repeats=before, outcome=Outcome.DUPLICATE)


def _table(text: str, columns: Columns) -> Iterator[Entry]:
    if "email" not in columns.roles:
        raise InvalidInput("No column is said to hold the addresses.", "Say which one it is.")
    mail = columns.roles.index("email")
    names = [place for role in ROLES if role not in ("", "email") for place, r in enumerate(columns.roles) if r == role]
    waits_for_titles = bool(columns.titles)
    for line, cells, raw in _records(text, columns.separator):
        if cells is None:
            yield Entry(
                line, raw[:SHOWN], None, None, "A cell of this row is longer than any name or address.",
                "Look at its quotation marks.", None, Outcome.BAD_ADDRESS,
            )  # fmt: skip
        elif waits_for_titles:
            waits_for_titles = False
        else:
            name = " ".join(filter(None, (cells[place] for place in names if place < len(cells))))
            yield _entry(line, raw, cells[mail] if mail < len(cells) else "", name)


def _records(text: str, separator: str, most: int | None = None) -> Iterator[tuple[int, list[str] | None, str]]:
    """Yield (line, cells, as it stood) of each row that is not empty; without cells where they cannot be told."""
    rest, ahead = _lines(text), deque[str]()
    place, count = 1, 0
    while most is None or count < most:
        line = ahead.popleft() if ahead else next(rest, None)
        if line is None:
            return
        window = [line]
        if '"' in line:
            ahead.extend(islice(rest, _CELL_LINES - 1 - len(ahead)))
            window += ahead
        cells, used = _cells(window, separator)
        if cells is None or any(cells):
            count += 1
            yield place, cells, line[:LINE_MAX].strip()
        place += used
        for _ in range(used - 1):
            ahead.popleft()


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, one after the other and with their ends: a list of them would be larger than the file."""
    return (found[0] for found in _LINE.finditer(text))


def _too_many(what: str) -> InvalidInput:
    return InvalidInput(
        f"This list has more than {what}. Nothing of it was kept.", f"Bring it in parts of at most {MAX_ROWS:,} rows."
    )


def _cells(lines: list[str], separator: str) -> tuple[list[str] | None, int]:
    """Return the cells of the row that begins here, and how many lines it takes; a quote that never ends takes one."""
    if len(lines[0]) > LINE_MAX:
        return None, 1
    for window, strict in ((lines, True), (lines[:1], False)):
        reader = csv.reader(window, delimiter=separator, skipinitialspace=True, strict=strict)
        try:
            return [cell.strip(" \t" if strict else " \t\r\n") for cell in next(reader)], reader.line_num
        except csv.Error:
            continue
    return None, 1


def _free(text: str) -> Iterator[Entry]:
    for number, line in enumerate(_lines(text), start=1):
        if len(line) > LINE_MAX:
            problem = f"This line has more than {LINE_MAX:,} characters."
            yield _refused(number, line[:SHOWN], problem, "Write each address on a line of its own.")
        elif line.strip(" \t,;\r\n"):
            yield from _of_line(number, line)


def _of_line(number: int, line: str) -> Iterator[Entry]:
    pieces = [piece for found in _PIECES.findall(line) if (piece := found.strip())]
    with_sign = [piece for piece in pieces if "@" in piece]
    if not with_sign:
        yield _refused(number, line, "There is no address here: an address has an @-sign.", "Add one, or drop it.")
    elif len(with_sign) == 1 and with_sign[0].count("@") == 1:
        others = [piece for piece in pieces if "@" not in piece]
        yield _entry(number, line, with_sign[0], " ".join(others) if len(others) <= _NAME_PIECES else "")
    else:
        for piece in pieces:
            words = piece.split() if piece.count("@") > 1 and "<" not in piece else [piece]
            yield from (_entry(number, word, word, "") for word in words)


def _entry(line: int, text: str, address: str, name: str) -> Entry:
    if "<" in address and (found := _IN_ANGLES.match(address)):
        address, name = found["address"], name or found["name"]
    if not address:
        return _refused(line, text, "There is no address in this row.", "Add one, or drop the row.")
    if len(address) > ADDRESS_MAX:
        return _refused(line, text, "This is longer than any address.", "Look at what stands between the commas.")
    try:
        email = checked_email(address)
    except InvalidInput as bad:
        return _refused(line, text, bad.detail, bad.next_step)
    try:
        return Entry(line, text.strip()[:SHOWN], email, checked_name(name))
    except InvalidInput as bad:
        return _refused(line, text, bad.detail, bad.next_step, Outcome.BAD_NAME)


def _refused(line: int, text: str, problem: str, advice: str, outcome: Outcome = Outcome.BAD_ADDRESS) -> Entry:
    return Entry(line, text.strip()[:SHOWN], None, None, problem, advice, None, outcome)
