"""Mapping files: which column of a feed becomes which field, and by which rule. TOML in, a frozen Mapping out."""

from __future__ import annotations

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from freelancers.feed.errors import BadValue, MappingError
from freelancers.feed.fields import FIELDS, RULES
from freelancers.feed.values import Reading

SHIPPED = Path(__file__).parent / "mappings"
FORMATS = ("csv", "ndjson", "laurel")
ENCODINGS = (
    "utf-8",
    "ascii",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1254",
    "iso8859-1",
    "iso8859-2",
    "iso8859-9",
    "iso8859-15",
    "koi8-r",
)
EMPTY_WORDS = ("n/a", "na", "null", "none", "nan", "-", "—")
DATES = ("yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "dd.mm.yyyy", "dd-mm-yyyy", "yyyy/mm/dd")

_TOP = ("name", "about", "file", "fields")
_FILE = {"format": str, "encoding": str, "delimiter": str, "decimal": str, "date": str, "empty": list}
_FIELD = {
    "column": str, "constant": (str, int, float, bool, list), "rule": str, "values": dict, "otherwise": str,
    "default": (str, int, float, bool),
    "required": bool, "empty": list, "pattern": str, "date": str, "decimal": str, "separators": list, "parts": dict,
}  # fmt: skip
PATH = re.compile(r"[^.\[\]]+(?:\[\])?(?:\.[^.\[\]]+(?:\[\])?)*")


@dataclass(frozen=True)
class FieldMapping:
    """How one field is filled: from `column`, or always with `constant`."""

    target: str
    column: str | None
    rule: str
    reading: Reading
    constant: tuple[str, ...] | None = None
    values: MappingOf[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    default: str | None = None
    required: bool = False
    empty: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    parts: MappingOf[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. `fields` is empty for Laurel's own format, which needs none."""

    name: str
    source: str
    format: str
    about: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    fields: tuple[FieldMapping, ...] = ()
    #: SHA-256 of the file.
    digest: bytes = b""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns (or paths) this mapping reads, each once."""
        return tuple(dict.fromkeys(f.column for f in self.fields if f.column is not None))


def shipped() -> list[Mapping]:
    """Return the mappings that come with Laurel, by name."""
    return [load(path) for path in sorted(SHIPPED.glob("*.toml"))]


def find(name: str) -> Mapping:
    """Return the mapping called `name` (shipped) or in the file of that name. Raises MappingError."""
    if (path := SHIPPED / f"{name}.toml").is_file() and re.fullmatch(r"[a-z0-9_]+", name):
        return load(path)
    if not Path(name).is_file():
        known = ", ".join(m.stem for m in sorted(SHIPPED.glob("*.toml")))
        raise MappingError(
            f'There is no mapping file "{name}".',
            f"Name a TOML file, or one of the mappings that come with Laurel: {known}.",
        )
    return load(Path(name))


def load(path: Path) -> Mapping:
    """Read and check a mapping file. Raises MappingError with the file, the table and the key."""
    try:
        content = path.read_bytes()
        document = tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(
            f"{path.name} cannot be read as TOML: {error}.", "See docs/feed.md for an example."
        ) from error
    return replace(_Loader(path.name).mapping(document, path.stem), digest=sha256(content).digest())


class _Loader:
    """Checks one document; every complaint names the file, the table and the key."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, table: str, key: str, what: str, hint: str = "See docs/feed.md.") -> MappingError:
        return MappingError(f"{self.file}, [{table}] {key}: {what}.", hint)

    def mapping(self, document: dict[str, Any], stem: str) -> Mapping:
        self._known(document, _TOP, "top level")
        file = document.get("file", {})
        self._typed(file, _FILE, "file")
        if (kind := file.get("format")) not in FORMATS:
            raise self.fail("file", "format", f"must be one of {', '.join(FORMATS)}, not {kind!r}")
        tables = document.get("fields", {})
        if kind == "laurel" and tables:
            raise self.fail(
                "fields", "*", "Laurel's own format needs no fields", 'Use format = "ndjson" to rename some.'
            )
        if not isinstance(tables, dict) or (kind != "laurel" and "marketplace_id" not in tables):
            raise self.fail("fields", "marketplace_id", "is missing; it is the key of every row")
        self._known(tables, FIELDS, "fields")
        return Mapping(
            name=str(document.get("name", stem)),
            source=self.file,
            about=str(document.get("about", "")),
            format=kind,
            encoding=self._encoding(file.get("encoding", "utf-8")),
            delimiter=self._one_char(file.get("delimiter", ",")),
            fields=tuple(self._field(target, table, file) for target, table in tables.items()),
        )

    def _field(self, target: str, table: Any, file: dict[str, Any]) -> FieldMapping:
        where = f"fields.{target}"
        self._typed(table, _FIELD, where)
        spec, constant, column = FIELDS[target], table.get("constant"), self._column(table, file, where)
        rule = table.get("rule", spec.rules[0])
        if rule not in spec.rules:
            known = "not a rule Laurel has" if rule not in RULES else "not a rule for this field"
            raise self.fail(where, "rule", f"{rule!r} is {known}", f"Use {' or '.join(spec.rules)}.")
        made = FieldMapping(
            target=target,
            column=column,
            rule=rule,
            reading=self._reading(table, file, where),
            constant=None
            if constant is None
            else tuple(_text(c) for c in (constant if isinstance(constant, list) else [constant])),
            values={k.strip().casefold(): _text(v) for k, v in table.get("values", {}).items()},
            otherwise=table.get("otherwise"),
            default=_text(table["default"]) if "default" in table else None,
            required=table.get("required", not spec.nullable and "default" not in table),
            empty=frozenset(
                str(w).strip().casefold() for w in (*table.get("empty", ()), *file.get("empty", EMPTY_WORDS))
            ),
            pattern=self._pattern(table.get("pattern"), where),
            parts=self._part_paths(table.get("parts", {}), target, file["format"]),
        )
        self._check_words(made, where)
        return made

    def _column(self, table: dict[str, Any], file: dict[str, Any], where: str) -> str | None:
        column: str | None = table.get("column")
        if ("constant" in table) == (column is not None):
            raise self.fail(where, "column", "give either a column or a constant")
        if column is not None and file["format"] != "csv" and not PATH.fullmatch(column):
            step = "Write it like personalData.title or skills[].name."
            raise self.fail(where, "column", f"{column!r} is not a path", step)
        return column

    def _check_words(self, made: FieldMapping, where: str) -> None:
        """Words that the mapping itself supplies must pass the field's own rule, so that no row fails for them."""
        supplied = {"constant": made.constant or (), "values": tuple(made.values.values())}
        supplied["default"] = () if made.default is None else (made.default,)
        supplied["otherwise"] = () if made.otherwise is None else (made.otherwise,)
        for key, words in supplied.items():
            for said in words:
                try:
                    if said or key in ("constant", "default"):
                        RULES["language" if made.target == "languages" else made.rule](said, made.reading)
                except BadValue as error:
                    raise self.fail(where, key, f'"{said}" {error.reason}', error.hint) from error
        if made.otherwise is not None and not made.values:
            raise self.fail(where, "otherwise", "has no meaning without values")

    def _part_paths(self, parts: dict[str, Any], target: str, kind: str) -> dict[str, str]:
        where = f"fields.{target}.parts"
        if parts and kind == "csv":
            raise self.fail(
                where, "*", "a CSV cell has no parts", "Leave parts out: each item of the list becomes one entry."
            )
        self._known(parts, FIELDS[target].parts, where)
        for key, path in parts.items():
            if not isinstance(path, str) or not PATH.fullmatch(path) or "[]" in path:
                raise self.fail(
                    where, key, f"{path!r} is not a path to one value", "Write it like jobTitle or company.name."
                )
        return dict(parts)

    def _reading(self, table: dict[str, Any], file: dict[str, Any], where: str) -> Reading:
        decimal, pattern = table.get("decimal", file.get("decimal", ".")), table.get("date", file.get("date", DATES[0]))
        if decimal not in (".", ","):
            raise self.fail(where, "decimal", 'must be "." or ","')
        if pattern not in DATES:
            raise self.fail(where, "date", f"must be one of {', '.join(DATES)}")
        separators = tuple(str(s) for s in table.get("separators", (";", "|", ",")))
        if not separators or not all(separators):
            raise self.fail(where, "separators", "must be a list of texts that are not empty")
        return Reading(decimal=decimal, date=pattern, separators=separators)

    def _pattern(self, text: str | None, where: str) -> re.Pattern[str] | None:
        if text is None:
            return None
        try:
            made = re.compile(text)
        except re.error as error:
            raise self.fail(where, "pattern", f"is no regular expression: {error}") from error
        if made.groups != 1:
            raise self.fail(where, "pattern", "must have exactly one group: the part to keep")
        return made

    def _encoding(self, name: str) -> str:
        try:
            known = codecs.lookup(name).name
        except LookupError:
            known = ""
        if known not in ENCODINGS:
            raise self.fail(
                "file", "encoding", f"{name!r} is not one Laurel reads", f"Use one of {', '.join(ENCODINGS)}."
            )
        return known

    def _one_char(self, text: str) -> str:
        if len(text) != 1 or text in '"\r\n':
            raise self.fail("file", "delimiter", r"must be one character, such as ',' ';' or '\t'")
        return text

    def _known(self, table: dict[str, Any], known: Iterable[str], where: str) -> None:
        for key in table:
            if key not in (names := tuple(known)):
                near = difflib.get_close_matches(key, names, 1)
                raise self.fail(
                    where, key, "is unknown", f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(names)}."
                )

    def _typed(self, table: Any, types: dict[str, Any], where: str) -> None:
        if not isinstance(table, dict):
            raise self.fail(where, "*", "must be a table")
        self._known(table, types, where)
        for key, value in table.items():
            if not isinstance(value, types[key]) or (types[key] is str and not value and key not in ("otherwise",)):
                raise self.fail(where, key, f"cannot be {value!r}", "See docs/feed.md for what it takes.")


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
