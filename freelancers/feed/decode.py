"""From a row of the file to a checked ProfileRecord, or to all that is wrong with the row, at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from core.strict_json import read_strictly
from freelancers.feed import fields, misfits
from freelancers.feed.errors import BadValue, FeedError
from freelancers.feed.fields import FIELDS, MAIN_PART, PART_RULES, RULES
from freelancers.feed.mapping import FieldMapping, Mapping
from freelancers.feed.money import Money
from freelancers.feed.readers import Row
from freelancers.feed.record import PROFILE_PARTS, Language, Part, ProfileRecord
from freelancers.feed.values import distinct, items, normal

ABSENT = object()
_CACHED_MAX = 5_000
_SHOWN = 80


@dataclass(frozen=True)
class Defect:
    """One thing wrong with a row: where, what stood there (shortened), why it cannot be, and what to do."""

    column: str
    value: str
    reason: str
    hint: str


class RowRefused(Exception):
    """The row is not imported; the others are."""

    def __init__(self, defects: list[Defect], key: str | None = None) -> None:
        super().__init__("; ".join(f"{d.column}: {d.reason}" for d in defects))
        self.defects = defects
        self.key = key


class Decoder(Protocol):
    """Reads one row. Raises RowRefused for bad values and FeedError for JSON that is none."""

    def __call__(self, row: Row) -> ProfileRecord: ...

    def key(self, row: Row) -> str | None:
        """Return whom the row is about, as quickly as can be; None when that cannot be said, and why is for later."""


def shown(value: object) -> str:
    """Return `value` as a report shows it: one line, shortened, nothing that moves a terminal's cursor."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(c if c.isprintable() else "�" for c in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class MappedDecoder:
    """Reads rows by a mapping: CSV cells by their place, JSON values by their path."""

    def __init__(self, mapping: Mapping, header: list[str] | tuple[str, ...], file: str) -> None:
        self.file = file
        self.is_json = mapping.format == "ndjson"
        place = {name: i for i, name in enumerate(header)}
        self.fields = [
            (f, self._getter(f.column, place) if f.column is not None else None, _FieldReader(f))
            for f in mapping.fields
        ]
        self.has_currency = any(f.target == "currency" for f in mapping.fields)
        self.key_field = next(each for each in self.fields if each[0].target == "marketplace_id")

    def key(self, row: Row) -> str | None:
        mapped, get, read = self.key_field
        try:
            source: Any = parse_object(row, self.file) if self.is_json else row.cells
            key = read(mapped.constant if get is None else get(source))
        except (BadValue, FeedError):
            return None
        return key if isinstance(key, str) else None

    def __call__(self, row: Row) -> ProfileRecord:
        source: Any = parse_object(row, self.file) if self.is_json else row.cells
        got: dict[str, Any] = {}
        defects: list[Defect] = []
        for mapped, get, read in self.fields:
            value: Any = ABSENT
            try:
                value = mapped.constant if get is None else get(source)
                if (read_value := read(value)) is not ABSENT:
                    got[mapped.target] = read_value
            except BadValue as error:
                defects.append(
                    Defect(
                        mapped.column or mapped.target,
                        "" if value is ABSENT else shown(value),
                        error.reason,
                        error.hint,
                    )
                )
        defects += self._settle_money(got)
        if defects:
            raise RowRefused(defects, got.get("marketplace_id"))
        return ProfileRecord(**got)

    def _getter(self, column: str, place: MappingOf[str, int]) -> Callable[[Any], Any]:
        if not self.is_json:
            index = place[column]
            return lambda cells: cells[index]
        steps = [(part.removesuffix("[]"), part.endswith("[]")) for part in column.split(".")]
        return lambda document: _walk(document, steps)

    def _settle_money(self, got: dict[str, Any]) -> list[Defect]:
        """Turn amounts into cents, one currency per person: the mapped one, else the one the amounts name, else USD."""
        amounts = {f.target: got[f.target] for f, _, _ in self.fields if isinstance(got.get(f.target), Money)}
        if not amounts:
            return []
        currency = got.get("currency") if self.has_currency else None
        currency = currency or next((a.currency for a in amounts.values() if a.currency), "USD")
        column = {f.target: f.column or f.target for f, _, _ in self.fields}
        got.update({target: amount.cents for target, amount in amounts.items()}, currency=currency)
        return [
            Defect(
                column[target],
                f"{amount.currency}",
                f"is in {amount.currency}, the person's currency is {currency}",
                "One person has one currency.",
            )
            for target, amount in amounts.items()
            if not amount.within(currency)
        ]


class _FieldReader:
    """Reads one field's value; remembers short values, of which columns have few different ones."""

    def __init__(self, mapped: FieldMapping) -> None:
        self.mapped, self.spec = mapped, FIELDS[mapped.target]
        self.rule = RULES[mapped.rule]
        self.seen: dict[str, Any] = {}
        self.constant = self._constant() if mapped.constant is not None else None

    def __call__(self, value: Any) -> Any:
        if self.mapped.constant is not None:
            return self.constant
        if self.spec.many:
            return self._many(value)
        if value is ABSENT and self.mapped.default is None and not self.mapped.required:
            return ABSENT
        text = _scalar(value)
        if len(text) > 40:
            return self._one(text)
        value = self.seen.get(text, ABSENT)
        if value is ABSENT:
            if len(self.seen) >= _CACHED_MAX:
                self.seen.clear()
            value = self.seen[text] = self._one(text)
        return value

    def _constant(self) -> Any:
        words = self.mapped.constant or ()
        return self._many(list(words)) if self.spec.many else self.rule(words[0], self.mapped.reading)

    def _one(self, text: str) -> Any:
        said = self._said(text)
        if said:
            return self.rule(said, self.mapped.reading)
        if self.mapped.default is not None:
            return self.rule(self.mapped.default, self.mapped.reading)
        if self.mapped.required:
            raise BadValue("is missing", "Fill it in; without it the row cannot be used.")
        return None

    def _said(self, text: str) -> str:
        """Return what the text stands for after empty words, the pattern and the mapping's own words; "" is nothing."""
        said, mapped = normal(text), self.mapped
        if said.casefold() in mapped.empty:
            return ""
        if mapped.pattern and said:
            if not (found := mapped.pattern.search(said)):
                raise BadValue(
                    f"does not contain what the mapping looks for ({mapped.pattern.pattern})", "Check the column."
                )
            said = found[1]
        if mapped.values:
            return mapped.values.get(said.casefold(), said if mapped.otherwise is None else mapped.otherwise)
        return said

    def _many(self, value: Any) -> Any:
        if value is ABSENT:
            return ABSENT
        entries = value if isinstance(value, list) else [] if value is None else None
        if entries is None and isinstance(value, str):
            text = normal(value)
            entries = [] if not text or text.casefold() in self.mapped.empty else list(items(text, self.mapped.reading))
        if entries is None:
            raise BadValue("is not a list", "Point the column at a list, such as skills[].")
        if not self.spec.parts:
            return distinct([said for entry in entries if (said := self._said(_scalar(entry)))])
        made = [part for entry in entries if (part := self._part(entry)) is not None]
        if len(made) > 200:
            raise BadValue(f"has {len(made)} items, at most 200 are kept", "Check the column.")
        return list(dict.fromkeys(made))

    def _part(self, entry: Any) -> Part | None:
        """Return one entry of a list of entries; a plain text stands for the entry's main key."""
        target = self.mapped.target
        if isinstance(entry, dict):
            paths = self.mapped.parts or {key: key for key in self.spec.parts}
            texts = {key: _scalar(_walk(entry, [(p, False) for p in path.split(".")])) for key, path in paths.items()}
        else:
            texts = {MAIN_PART[target]: self._said(_scalar(entry))}
        got = {key: self._part_value(key, said) for key, text in texts.items() if (said := normal(text))}
        if not got:
            return None
        try:
            return msgspec.convert(got, PROFILE_PARTS.get(target) or Language)
        except msgspec.ValidationError as error:
            raise BadValue(f"has an entry that {misfits.said(error)}", "See docs/feed.md for what it needs.") from error

    def _part_value(self, key: str, said: str) -> Any:
        if key in ("from", "to"):
            return fields.part_date(said, self.mapped.reading)
        try:
            value = RULES[PART_RULES.get(key, "text")](said, self.mapped.reading)
            if isinstance(value, Money) and value.currency:
                raise BadValue("names a currency", "Give the amount alone: it is in the person's one currency.")
        except BadValue as error:
            raise BadValue(f'{key} "{shown(said)}" {error.reason}', error.hint) from error
        return value.cents if isinstance(value, Money) else value


def parse_object(row: Row, file: str) -> dict[str, Any]:
    """Return the row's JSON object; numbers stay as written. Raises FeedError for broken JSON and doubled keys."""
    try:
        document = read_strictly(row.raw, number=str)
    except RecursionError:
        raise FeedError(
            f"{file}: line {row.line:,} is nested too deeply.", "No profile is; check the export that made it."
        ) from None
    except ValueError as error:
        raise FeedError(
            f"{file}: line {row.line:,} is not valid JSON: {error}.", "Mend the line or export the file again."
        ) from error
    assert isinstance(document, dict)  # the reader lets only lines through that begin with a brace
    return document


def _walk(value: Any, steps: list[tuple[str, bool]]) -> Any:
    for i, (key, many) in enumerate(steps):
        if value is None:
            return None
        if isinstance(value, list):
            rest = [_walk(item, steps[i:]) for item in value]
            return [item for item in rest if item is not ABSENT and item is not None]
        if not isinstance(value, dict):
            raise BadValue(f'is not an object, so it has no "{key}"', "Check the path in the mapping.")
        if key not in value:
            return ABSENT
        value = value[key]
        if many and value is not None and not isinstance(value, list):
            raise BadValue(f'"{key}" is not a list', "Check the path in the mapping.")
    return value


def _scalar(value: Any) -> str:
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise BadValue("is a list or an object where one value is expected", "Point the path at the value inside it.")
    return value
