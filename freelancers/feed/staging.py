"""The import's SQL: rows go into a temporary table by COPY, and from there into the tables in whole sets.

Column types come from the table itself, so nothing about them is said twice.
"""

# ruff: noqa: S608 -- all that is put into these statements stands in this file, none of it comes from a feed
from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from freelancers.feed.record import FIELDS, PROFILE_PARTS, ProfileRecord, json_text
from freelancers.rules import completeness_sql

#: Fields with a column of their own. The bit of a field in `given` is its place here.
COLUMNS: tuple[str, ...] = tuple(
    f for f in FIELDS if f not in PROFILE_PARTS and f not in ("marketplace_id", "observed_at")
)
FIGURES = ("jss_pct", "completeness_pct", "hourly_rate_cents", "rating", "jobs_count", "hours_worked", "earnings_cents")
#: What a new person has when the feed says nothing: nothing that would make anybody eligible (E-4).
NEW = {
    "name": "s.marketplace_id",
    "currency": "'USD'",
    "account_state": "'active'",
    "from_elance": "false",
    "visibility": "'private'",
    "identity_verified": "false",
    "skills": "'{}'",
    "languages": "'[]'",
}
STAGED = ("line", "given", "observed_at", "id", "feed_digest", "marketplace_id", *COLUMNS, "profile")

_listed = ", ".join


def _bit(column: str) -> int:
    return 1 << COLUMNS.index(column)


CREATE_STAGED = (
    "CREATE TEMP TABLE feed_staged ON COMMIT DROP AS "
    f"SELECT id, marketplace_id, feed_digest, {_listed(COLUMNS)}, profile FROM freelancers WITH NO DATA",
    "ALTER TABLE feed_staged ADD line bigint, ADD given bigint, ADD observed_at timestamptz",
)
COPY_STAGED = f"COPY feed_staged ({_listed(STAGED)}) FROM STDIN"

#: Of the keys and digests given, the places (from 1) of those that are stored just so.
UNCHANGED = (
    "SELECT sent.place FROM unnest(%s::text[], %s::bytea[]) WITH ORDINALITY AS sent(key, digest, place) "
    "JOIN freelancers f ON f.marketplace_id = sent.key AND f.feed_digest = sent.digest"
)

#: Somebody who registered through an invitation, under a key of ours, is taken for the one person whom the feed has
#: under a key that is not known yet and the same e-mail address. Where a second person in the file or the database has
#: that address, or the file names our key itself, nobody is taken for anybody.
ADOPT = """
UPDATE freelancers f SET marketplace_id = a.becomes, is_provisional = false
FROM (SELECT p.id, p.marketplace_id AS was, s.marketplace_id AS becomes, s.line
      FROM freelancers p JOIN feed_staged s ON s.email = p.email
      WHERE p.is_provisional
        AND NOT EXISTS (SELECT FROM feed_staged o WHERE o.email = s.email AND o.line <> s.line)
        AND NOT EXISTS (SELECT FROM feed_staged o WHERE o.marketplace_id = p.marketplace_id)
        AND NOT EXISTS (SELECT FROM freelancers o WHERE o.marketplace_id = s.marketplace_id)
        AND NOT EXISTS (SELECT FROM freelancers o WHERE o.email = s.email AND o.id <> p.id)) a
WHERE f.id = a.id AND f.is_provisional
RETURNING a.line, a.id, a.was, a.becomes
"""

_fresh = _listed(f"coalesce(s.{c}, {NEW[c]}) AS {c}" if c in NEW else f"s.{c}" for c in COLUMNS)
#: New people. Whoever exists already, even since a moment ago, is left to MERGE; a new row is known by its own id.
INSERT_NEW = f"""
INSERT INTO freelancers (id, marketplace_id, {_listed(COLUMNS)}, profile, completeness_pct, feed_digest, feed_seen_at,
    jss_observed_at, first_scored_at, created_at, updated_at)
SELECT n.id, n.marketplace_id, {_listed(f"n.{c}" for c in COLUMNS)}, n.profile, {completeness_sql("n")},
    n.feed_digest, %(at)s, n.scored_at, n.scored_at, %(at)s, %(at)s
FROM (SELECT s.id, s.marketplace_id, {_fresh}, s.profile, s.feed_digest,
        CASE WHEN s.jss_pct IS NOT NULL THEN s.observed_at END AS scored_at
      FROM feed_staged s
      WHERE NOT EXISTS (SELECT FROM freelancers f WHERE f.marketplace_id = s.marketplace_id)) n
ON CONFLICT (marketplace_id) DO NOTHING
"""

_merged = _listed(f"CASE WHEN s.given & {_bit(c)} <> 0 THEN s.{c} ELSE f.{c} END AS {c}" for c in COLUMNS)
_differing = _listed(
    f"CASE WHEN s.given & {_bit(c)} <> 0 AND s.{c} IS DISTINCT FROM f.{c} THEN '{c}' END" for c in COLUMNS
)
#: Known people of whom the feed says something else than is stored, as they will be; `fields` names what differs. With
#: them whoever was just adopted, even if nothing but the key differs.
#: Their rows are locked, in the order of their ids.
MERGE = f"""
CREATE TEMP TABLE feed_changed ON COMMIT DROP AS
SELECT s.line, f.id, s.marketplace_id, s.observed_at, s.feed_digest, d.fields, {_merged},
    f.profile || s.profile AS profile, f.completeness_pct
FROM feed_staged s
JOIN freelancers f ON f.marketplace_id = s.marketplace_id AND f.id <> s.id
CROSS JOIN LATERAL (SELECT array_remove(ARRAY[{_differing}], NULL) || ARRAY(
    SELECT p.key FROM jsonb_each(s.profile) p WHERE f.profile -> p.key IS DISTINCT FROM p.value) AS fields) d
WHERE cardinality(d.fields) > 0 OR s.line = ANY(%(adopted)s)
ORDER BY f.id
FOR NO KEY UPDATE OF f
"""
_rated = completeness_sql("c")
RATE_MERGED = f"""
UPDATE feed_changed c SET completeness_pct = {_rated},
    fields = c.fields || CASE WHEN c.completeness_pct <> {_rated} THEN '{{completeness_pct}}' ELSE '{{}}' END::text[]
"""
CHANGES = (
    "SELECT c.line, c.marketplace_id, c.fields, to_jsonb(f) AS was, to_jsonb(c) AS becomes "
    "FROM feed_changed c JOIN freelancers f ON f.id = c.id ORDER BY c.line LIMIT %(limit)s"
)
#: The lines of all who are new, without fields, and of all who differ, with the fields that do.
OUTCOMES = (
    "SELECT s.line, s.marketplace_id, NULL::text[] AS fields FROM feed_staged s JOIN freelancers f ON f.id = s.id "
    "UNION ALL SELECT c.line, c.marketplace_id, c.fields FROM feed_changed c"
)
UPDATE_CHANGED = f"""
UPDATE freelancers f SET {_listed(f"{c} = c.{c}" for c in COLUMNS)}, profile = c.profile,
    completeness_pct = c.completeness_pct, feed_digest = c.feed_digest, feed_seen_at = %(at)s, updated_at = %(at)s,
    jss_observed_at = CASE WHEN 'jss_pct' = ANY(c.fields) THEN c.observed_at ELSE f.jss_observed_at END,
    first_scored_at = coalesce(f.first_scored_at, CASE WHEN c.jss_pct IS NOT NULL THEN c.observed_at END)
FROM feed_changed c WHERE f.id = c.id
"""

_figures = _listed(f"('{figure}', t.{figure}::numeric)" for figure in FIGURES)
#: First values of new people, then every figure that changed; one that went away leaves a row without a value.
OBSERVE_NEW = f"""
INSERT INTO observations (freelancer_id, figure, value, observed_at)
SELECT t.id, v.figure, v.value, s.observed_at FROM feed_staged s JOIN freelancers t ON t.id = s.id
CROSS JOIN LATERAL (VALUES {_figures}) v(figure, value) WHERE v.value IS NOT NULL
"""
OBSERVE_CHANGED = f"""
INSERT INTO observations (freelancer_id, figure, value, observed_at)
SELECT t.id, v.figure, v.value, t.observed_at FROM feed_changed t
CROSS JOIN LATERAL (VALUES {_figures}) v(figure, value) WHERE v.figure = ANY(t.fields)
"""
#: The ids of all who are new or changed, one after the other, 16 bytes each.
AFFECTED = """
SELECT coalesce(string_agg(uuid_send(id), ''), '') FROM (
    SELECT f.id FROM feed_staged s JOIN freelancers f ON f.id = s.id UNION ALL SELECT id FROM feed_changed) a
"""


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def _array(items: list[str]) -> str:
    return _escaped("{" + ",".join('"' + i.replace("\\", "\\\\").replace('"', '\\"') + '"' for i in items) + "}")


_WRITERS: dict[str, Callable[[Any], str]] = {"skills": _array, "languages": lambda spoken: _escaped(json_text(spoken))}


def copy_line(record: ProfileRecord, line: int, new_id: UUID, digest: bytes, at: datetime) -> str:
    """Return the row for COPY: what is not given travels as NULL, with its bit in `given` at 0."""
    given, cells = 0, []
    for place, column in enumerate(COLUMNS):
        value = getattr(record, column)
        if value is UNSET:
            cells.append(r"\N")
            continue
        given |= 1 << place
        if value is None:
            cells.append(r"\N")
        elif isinstance(value, str):
            cells.append(_escaped(value))
        else:
            cells.append(_WRITERS.get(column, str)(value))
    profile = {part: value for part in PROFILE_PARTS if (value := getattr(record, part)) is not UNSET}
    observed_at = record.observed_at or at
    head = (
        str(line),
        str(given),
        observed_at.isoformat(),
        str(new_id),
        "\\\\x" + digest.hex(),
        _escaped(record.marketplace_id),
    )
    return "\t".join((*head, *cells, _escaped(json_text(profile)))) + "\n"


def readable(field: str, was: dict[str, Any], becomes: dict[str, Any]) -> tuple[str, str]:
    """Return a field's value before and after, as text, from two rows as JSON, parts of the profile included."""
    if field in PROFILE_PARTS:
        was, becomes = was.get("profile") or {}, becomes.get("profile") or {}
    return _said(was.get(field)), _said(becomes.get(field))


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def sent(records: Iterable[tuple[ProfileRecord, bytes]]) -> tuple[list[str], list[bytes]]:
    """Return keys and digests in two lists, as UNCHANGED takes them."""
    keys, digests = [], []
    for record, digest in records:
        keys.append(record.marketplace_id)
        digests.append(digest)
    return keys, digests


assert len(COLUMNS) < 63, "the bits of `given` must fit a bigint"
