"""The second half of an import: what waits is merged into the tables in whole sets, a chunk at a time, two at once.

A chunk, its figures with their dates, and the note that it is done are one transaction: it is merged once, or not yet.
"""

# ruff: noqa: S608 -- all that is put into these statements stands in this file, none of it comes from a feed
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from core import audit
from core.database import transaction
from freelancers.departures import fingerprint_key
from freelancers.feed.copying import COLUMNS, bit
from freelancers.feed.record import PROFILE_PARTS
from freelancers.feed.report import KEPT, Adoption, Change, RowOutcome, RowResult
from freelancers.feed.run import PROBE, cursor
from freelancers.ownership import BITS, IN_PROFILE, said_sql
from freelancers.rules import completeness_sql

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

_listed = ", ".join


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

#: Whoever left does not come back by a feed. Rule X-3.
DROP_DEPARTED = """
DELETE FROM feed_staged s WHERE NOT s.is_known AND EXISTS (SELECT FROM departures) AND EXISTS (
    SELECT FROM departures d WHERE d.fingerprint IN (
        sha256(%(key)s || convert_to(lower(s.marketplace_id), 'UTF8')),
        sha256(%(key)s || convert_to(lower(s.email), 'UTF8'))))
"""

_fresh = _listed(f"coalesce(s.{c}, {NEW[c]}) AS {c}" if c in NEW else f"s.{c}" for c in COLUMNS)
_figures = _listed(f"('{figure}', t.{figure}::numeric)" for figure in FIGURES)
#: New people, and the first values of their figures. Whoever exists already, even since a moment ago, is left to MERGE.
INSERT_NEW = f"""
WITH t AS (
    INSERT INTO freelancers (id, marketplace_id, {_listed(COLUMNS)}, profile, stated, completeness_pct, feed_digest,
        feed_seen_at, jss_observed_at, first_scored_at, created_at, updated_at)
    SELECT n.id, n.marketplace_id, {_listed(f"n.{c}" for c in COLUMNS)}, n.profile, n.stated, {completeness_sql("n")},
        n.feed_digest, %(at)s, n.scored_at, n.scored_at, %(at)s, %(at)s
    FROM (SELECT s.id, s.marketplace_id, {_fresh}, s.profile, {said_sql("s")} AS stated, NULL AS photo_id,
            s.feed_digest, CASE WHEN s.jss_pct IS NOT NULL THEN s.observed_at END AS scored_at
          FROM feed_staged s WHERE s.chunk = %(chunk)s AND NOT s.is_known) n
    ON CONFLICT (marketplace_id) DO NOTHING
    RETURNING id, {_listed(FIGURES)}),
seen AS (
    INSERT INTO observations (freelancer_id, figure, value, observed_at)
    SELECT t.id, v.figure, v.value, s.observed_at FROM t JOIN feed_staged s ON s.id = t.id AND s.chunk = %(chunk)s
    CROSS JOIN LATERAL (VALUES {_figures}) v(figure, value) WHERE v.value IS NOT NULL)
SELECT count(*), coalesce(string_agg(uuid_send(id), ''), '') FROM t
"""

#: Of the fields that somebody may write here: those that a row tells something of, be it that there is nothing.
_given = " | ".join(
    [f"CASE WHEN s.given & {bit(c)} <> 0 THEN {BITS[c]} ELSE 0 END" for c in BITS if c not in IN_PROFILE]
    + [f"CASE WHEN s.profile ? '{part}' THEN {BITS[part]} ELSE 0 END" for part in IN_PROFILE]
)


#: Whoever had an outcome in a call of ours has the mark from there alone (freelancers/ownership.py). Rule H-4.
_CALLED = "SELECT FROM identity_calls v WHERE v.freelancer_id = f.id AND v.ending IN ('verified', 'failed')"


def _takes(column: str) -> str:
    """Return whether what a row says of a column is taken over."""
    if column == "identity_verified":
        return f"s.given & {bit(column)} <> 0 AND NOT EXISTS ({_CALLED})"
    return f"o.takes & {BITS[column]} <> 0" if column in BITS else f"s.given & {bit(column)} <> 0"


_merged = _listed(f"CASE WHEN {_takes(c)} THEN s.{c} ELSE f.{c} END AS {c}" for c in COLUMNS)
_differing = _listed(f"CASE WHEN {_takes(c)} AND s.{c} IS DISTINCT FROM f.{c} THEN '{c}' END" for c in COLUMNS)
_left = _listed(f"CASE WHEN o.takes & {BITS[part]} = 0 THEN '{part}' END" for part in IN_PROFILE)
#: Known people of whom the feed says something else than is stored, as they will be; `fields` names what differs. With
#: them whoever was just adopted, even if nothing but the key differs, and those of whose profile the feed now states
#: another part. What a person wrote stays where the feed says that there is nothing (`takes`).
#: Their rows are locked, in the order of their ids.
MERGE = f"""
CREATE TEMP TABLE feed_changed ON COMMIT DROP AS
SELECT s.line, f.id, s.marketplace_id, s.observed_at, s.feed_digest, d.fields, {_merged},
    f.profile || p.says AS profile, (f.stated & ~o.given) | o.said AS stated, f.photo_id, f.completeness_pct
FROM feed_staged s
JOIN freelancers f ON f.marketplace_id = s.marketplace_id AND f.id <> s.id
CROSS JOIN LATERAL (SELECT b.*, b.given & (b.said | f.stated) AS takes
    FROM (SELECT {_given} AS given, {said_sql("s")} AS said OFFSET 0) b OFFSET 0) o
CROSS JOIN LATERAL (SELECT CASE WHEN o.takes = o.given THEN s.profile
    ELSE s.profile - array_remove(ARRAY[{_left}], NULL) END AS says OFFSET 0) p
CROSS JOIN LATERAL (SELECT array_remove(ARRAY[{_differing}], NULL) || ARRAY(
    SELECT e.key FROM jsonb_each(p.says) e WHERE f.profile -> e.key IS DISTINCT FROM e.value) AS fields) d
WHERE s.chunk = %(chunk)s AND (cardinality(d.fields) > 0 OR s.line = ANY(%(adopted)s)
    OR ((f.stated & ~o.given) | o.said) <> f.stated)
ORDER BY f.id
FOR NO KEY UPDATE OF f
"""
_rated = completeness_sql("c")
RATE_MERGED = f"""
UPDATE feed_changed c SET completeness_pct = {_rated},
    fields = c.fields || CASE WHEN c.completeness_pct <> {_rated} THEN '{{completeness_pct}}' ELSE '{{}}' END::text[]
"""
#: The first changes of a chunk, unless the chunks before it are known to have enough of them.
CHANGES = """
SELECT c.line, c.marketplace_id, c.fields, to_jsonb(f) AS was, to_jsonb(c) AS becomes
FROM feed_changed c JOIN freelancers f ON f.id = c.id
WHERE (SELECT coalesce(sum(b.updated), 0) FROM feed_chunks b WHERE b.number < %(chunk)s) < %(limit)s
ORDER BY c.line LIMIT %(limit)s
"""
#: What became of each row: of those who are new, and of those who differ, with the fields that do.
ALL_NEW = (
    "SELECT s.line, s.marketplace_id FROM feed_staged s JOIN freelancers f ON f.id = s.id WHERE s.chunk = %(chunk)s"
)
ALL_CHANGED = "SELECT line, marketplace_id, fields FROM feed_changed"
UPDATE_CHANGED = f"""
UPDATE freelancers f SET {_listed(f"{c} = c.{c}" for c in COLUMNS)}, profile = c.profile,
    stated = c.stated, completeness_pct = c.completeness_pct, feed_digest = c.feed_digest,
    feed_seen_at = %(at)s, updated_at = %(at)s,
    jss_observed_at = CASE WHEN 'jss_pct' = ANY(c.fields) THEN c.observed_at ELSE f.jss_observed_at END,
    first_scored_at = coalesce(f.first_scored_at, CASE WHEN c.jss_pct IS NOT NULL THEN c.observed_at END)
FROM feed_changed c WHERE f.id = c.id
"""
#: Every figure that changed; one that went away leaves a row without a value.
OBSERVE_CHANGED = f"""
INSERT INTO observations (freelancer_id, figure, value, observed_at)
SELECT t.id, v.figure, v.value, t.observed_at FROM feed_changed t
CROSS JOIN LATERAL (VALUES {_figures}) v(figure, value) WHERE v.figure = ANY(t.fields)
"""
CLAIM = "SELECT staged FROM feed_chunks WHERE number = %(chunk)s AND created IS NULL FOR UPDATE"
AFFECTED = "SELECT coalesce(string_agg(uuid_send(id), ''), '') FROM feed_changed"
SETTLE = """
UPDATE feed_chunks SET created = %(created)s, updated = %(updated)s, affected = %(affected)s, changes = %(changes)s
WHERE number = %(chunk)s
"""


@transaction()
def adopt(by: UUID | None, at: datetime) -> None:
    """Say that the file is read to its end, and let newcomers be who the feed says they are."""
    with cursor() as opened:
        opened.execute(DROP_DEPARTED.encode(), {"key": fingerprint_key()})
        opened.execute(b"ANALYZE feed_staged")
        found = [Adoption(*row) for row in opened.execute(ADOPT.encode())]
        opened.execute(b"UPDATE feed_run SET whole = true, adopted = %s", (msgspec.json.encode(found).decode(),))
    for one in found:
        was, becomes = {"marketplace_id": one.was}, {"marketplace_id": one.becomes}
        audit.record("freelancer.adopted", "freelancer", one.freelancer_id, by=by, at=at, before=was, after=becomes)


@dataclass(frozen=True)
class Merging:
    """Merges chunks; several may be at it at once. `tell` hears what became of each row."""

    at: datetime
    adopted: dict[int, Adoption]
    tell: Callable[[RowOutcome], None] | None = None

    @transaction()
    def merge(self, chunk: int) -> int:
        """Merge a chunk, unless that is done already; return its number."""
        given: dict[str, Any] = {"chunk": chunk, "at": self.at, "limit": KEPT, "adopted": list(self.adopted)}
        with cursor() as opened:
            opened.execute(PROBE)
            if (waiting := opened.execute(CLAIM.encode(), given).fetchone()) is None:
                return chunk
            [(created, affected)] = opened.execute(INSERT_NEW.encode(), given, binary=True).fetchall()
            given |= {"created": created, "updated": 0, "affected": affected, "changes": "[]"}
            if created and self.tell is not None:
                for line, key in opened.execute(ALL_NEW.encode(), given).fetchall():
                    self.tell(RowOutcome(line, key, RowResult.CREATED))
            if created < waiting[0]:
                self._merge_known(opened, given)
            opened.execute(SETTLE.encode(), given)
        return chunk

    def _merge_known(self, opened: psycopg.Cursor[Any], given: dict[str, Any]) -> None:
        """Update those who were known before, and add to `given` what is noted about the chunk."""
        given["updated"] = opened.execute(MERGE.encode(), given).rowcount
        if given["updated"]:
            opened.execute(RATE_MERGED.encode())
            changes = [self._change(*row) for row in opened.execute(CHANGES.encode(), given).fetchall()]
            given["changes"] = msgspec.json.encode(changes).decode()
            if self.tell is not None:
                for line, key, fields in opened.execute(ALL_CHANGED.encode()).fetchall():
                    self.tell(RowOutcome(line, key, RowResult.UPDATED, (*self._new_key(line), *fields)))
            opened.execute(UPDATE_CHANGED.encode(), given)
            opened.execute(OBSERVE_CHANGED.encode())
            [(affected,)] = opened.execute(AFFECTED.encode(), binary=True).fetchall()
            given["affected"] += affected
        opened.execute(b"DROP TABLE feed_changed")

    def _new_key(self, line: int) -> tuple[str, ...]:
        return ("marketplace_id",) if line in self.adopted else ()

    def _change(self, line: int, key: str, fields: list[str], was: dict[str, Any], becomes: dict[str, Any]) -> Change:
        told = tuple((name, *_readable(name, was, becomes)) for name in fields)
        if line in self.adopted:
            told = (("marketplace_id", self.adopted[line].was, key), *told)
        return Change(line, key, told)


def _readable(field: str, was: dict[str, Any], becomes: dict[str, Any]) -> tuple[str, str]:
    """Return a field's value before and after, as text, from two rows as JSON, parts of the profile included."""
    if field in PROFILE_PARTS:
        was, becomes = was.get("profile") or {}, becomes.get("profile") or {}
    return _said(was.get(field)), _said(becomes.get(field))


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
