"""The least that a sweep has to do, by hand: one `UPDATE … FROM` that flips the awards that change, and nothing else.

It knows the base policy and the thirteen shapes of rules of `marketplace.py` by heart, with their values in a table that was
made for it. It writes no reason, no receipt, no audit event and no mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

#: The partners' rules, flattened: a column for everything that any of them asks for.
PREPARE = """
CREATE TABLE hand_zones AS WITH apart AS (
    SELECT z.name, w.name AS zone, abs(extract(epoch FROM ('2026-03-02T12:00Z'::timestamptz AT TIME ZONE z.name)
        - ('2026-03-02T12:00Z'::timestamptz AT TIME ZONE w.name))) / 60 AS minutes
    FROM pg_timezone_names z, pg_timezone_names w WHERE w.name = 'Europe/Berlin')
SELECT name, zone, 480 - least(minutes, 1440 - minutes) AS shared_minutes FROM apart;
CREATE TABLE hand_rules AS
SELECT a.id AS achievement_id, a.issuer_id, r.* FROM partner_rules v JOIN achievements a ON a.id = v.achievement_id
CROSS JOIN LATERAL (SELECT
    min((c -> 'value')::int) FILTER (WHERE c ->> 'fact' = 'jobs_count') AS jobs,
    min((c -> 'value')::int) FILTER (WHERE c ->> 'fact' = 'hours_worked') AS hours,
    min((c -> 'value')::int) FILTER (WHERE c ->> 'fact' = 'years_experience') AS years,
    min((c -> 'value' -> 'cents')::int) FILTER (WHERE c ->> 'fact' = 'earnings_cents') AS earnings,
    min(ARRAY(SELECT lower(t) FROM jsonb_array_elements_text(c -> 'value') t)) FILTER (WHERE c ->> 'operator' = 'has_any')
        AS skills_any,
    min(ARRAY(SELECT lower(t) FROM jsonb_array_elements_text(c -> 'value') t)) FILTER (WHERE c ->> 'operator' = 'has_all')
        AS skills_all,
    min(ARRAY(SELECT jsonb_array_elements_text(c -> 'value'))) FILTER (WHERE c ->> 'operator' = 'not_in') AS countries_not,
    min(lower(c ->> 'value')) FILTER (WHERE c ->> 'fact' = 'certificate') AS certificate,
    min(lower(c ->> 'value')) FILTER (WHERE c ->> 'fact' = 'training') AS training,
    min(lower(c -> 'value' ->> 'skill')) FILTER (WHERE c ->> 'fact' = 'skill_jobs') AS skill,
    min((c -> 'value' -> 'count')::int) FILTER (WHERE c ->> 'fact' = 'skill_jobs') AS skill_jobs,
    min(ARRAY(SELECT z.name FROM hand_zones z WHERE z.zone = c -> 'value' ->> 'zone'
        AND z.shared_minutes >= 60 * (c -> 'value' ->> 'hours')::int)) FILTER (WHERE c ->> 'fact' = 'timezone_overlap') AS zones,
    min((m -> 'value')::int) FILTER (WHERE m ->> 'fact' = 'jobs_count') AS any_jobs,
    min((m -> 'value')::int) FILTER (WHERE m ->> 'fact' = 'hours_worked') AS any_hours,
    min((m -> 'value' -> 'cents')::int) FILTER (WHERE m ->> 'fact' = 'earnings_cents') AS any_earnings
    FROM jsonb_array_elements(v.content -> 'rules') c
    LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN c ? 'any' THEN c -> 'any' ELSE '[]' END) m ON true) r;
ALTER TABLE hand_rules ADD PRIMARY KEY (achievement_id);
ANALYZE hand_rules;
"""

_LOWER_SKILLS = "lower(f.skills::text)::text[]"
_OWN = f"""(
    (r.jobs IS NULL OR f.jobs_count >= r.jobs) AND (r.hours IS NULL OR f.hours_worked >= r.hours)
    AND (r.years IS NULL OR f.years_experience >= r.years)
    AND (r.earnings IS NULL OR f.currency = 'USD' AND f.earnings_cents >= r.earnings)
    AND (r.skills_any IS NULL OR {_LOWER_SKILLS} && r.skills_any)
    AND (r.skills_all IS NULL OR {_LOWER_SKILLS} @> r.skills_all)
    AND (r.countries_not IS NULL OR f.country <> ALL (r.countries_not))
    AND (num_nonnulls(r.any_jobs, r.any_hours, r.any_earnings) = 0 OR f.jobs_count >= r.any_jobs
        OR f.hours_worked >= r.any_hours OR f.currency = 'USD' AND f.earnings_cents >= r.any_earnings)
    AND (r.zones IS NULL OR f.timezone = ANY (r.zones))
    AND (r.training IS NULL OR EXISTS (SELECT FROM attestations t WHERE t.freelancer_id = f.id AND t.issuer_id = r.issuer_id
        AND t.kind = 'training' AND lower(t.name) = r.training AND t.withdrawn_at IS NULL
        AND (t.expires_on IS NULL OR t.expires_on >= (%(day)s::text)::date)))
    AND (r.skill_jobs IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(f.profile -> 'skill_experience') e
        WHERE lower(e ->> 'skill') = r.skill AND (e -> 'jobs')::int >= r.skill_jobs))
    AND (r.certificate IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(f.profile -> 'certificates') c
        WHERE lower(c ->> 'name') = r.certificate AND coalesce(c ->> 'expires_on', '9') >= %(day)s)))"""
_NEWCOMER = "(f.first_scored_at IS NULL AND f.jss_pct IS NULL AND j.issuer_id IS NOT DISTINCT FROM r.issuer_id)"
_HELD = "EXISTS (SELECT FROM holds h WHERE h.freelancer_id = f.id AND h.lifted_at IS NULL)"
_AT_ONCE = f"(f.visibility <> 'public' OR (f.account_state <> 'active' OR {_HELD}) AND NOT {_NEWCOMER})"
_WITH_GRACE = f"""(f.completeness_pct < CASE WHEN f.from_elance THEN 90 ELSE 100 END OR NOT {_NEWCOMER} AND (
    f.jss_pct IS NULL OR f.jss_pct < 80 OR f.english_level IS NULL OR f.english_level NOT IN ('fluent', 'native')
    OR NOT {_OWN}))"""

FLIP = f"""
UPDATE awards a SET
    suspended_at = CASE WHEN {_AT_ONCE} THEN coalesce(a.suspended_at, %(at)s)
        WHEN {_WITH_GRACE} AND a.grace_ends_at <= %(at)s THEN coalesce(a.suspended_at, a.grace_ends_at) END,
    lifts_at_once = {_AT_ONCE} OR {_WITH_GRACE} AND coalesce(a.grace_ends_at <= %(at)s, false),
    grace_began_at = CASE WHEN NOT {_WITH_GRACE} THEN NULL WHEN {_AT_ONCE} THEN a.grace_began_at
        ELSE coalesce(a.grace_began_at, %(at)s) END,
    grace_ends_at = CASE WHEN NOT {_WITH_GRACE} THEN NULL WHEN {_AT_ONCE} OR a.grace_ends_at <= %(at)s THEN a.grace_ends_at
        ELSE least(a.grace_ends_at, %(at)s + interval '336 hours') END
FROM freelancers f LEFT JOIN joined_through j ON j.freelancer_id = f.id, hand_rules r
WHERE f.id = a.freelancer_id AND r.achievement_id = a.achievement_id AND a.closed_at IS NULL AND CASE
    WHEN {_AT_ONCE} THEN a.suspended_at IS NULL OR NOT a.lifts_at_once
        OR a.grace_ends_at IS NOT NULL AND NOT {_WITH_GRACE}
    WHEN {_WITH_GRACE} THEN CASE WHEN a.grace_ends_at <= %(at)s THEN a.suspended_at IS NULL OR NOT a.lifts_at_once
        ELSE a.suspended_at IS NOT NULL OR coalesce(a.grace_ends_at > %(at)s + interval '336 hours', true) END
    ELSE a.suspended_at IS NOT NULL OR a.grace_ends_at IS NOT NULL END
"""
#: The same for some people, given by their ids.
FLIP_CHANGED = f"{FLIP} AND a.freelancer_id IN (SELECT unnest(%(people)s::uuid[]))"


def flip(connection: psycopg.Connection[Any], at: datetime, people: Sequence[UUID] | None = None) -> int:
    """Flip the awards that must change at `at`, or only those of some people, in one transaction; return how many."""
    words = {"at": at, "day": at.date().isoformat(), "people": people}
    # Compiling takes longer than it saves, and there is memory to join in one go: as in the sweep.
    connection.execute("SET LOCAL jit = off")
    connection.execute("SET LOCAL work_mem = '64MB'")
    flipped = connection.execute(FLIP if people is None else FLIP_CHANGED, words).rowcount
    connection.commit()
    return flipped
