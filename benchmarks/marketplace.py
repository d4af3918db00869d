"""A marketplace of any size, made in the database by a few set-based statements: people, partners with rules, awards.

Everything follows from the numbers 1 … n of people and partners, so that two runs make the same. Three quarters as many
awards as people: six of ten people hold one badge, and a quarter of those a second one.
"""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from benchmarks.harness import autocommit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

#: What is dropped while the rows are made, and made again afterwards: quicker, and the indexes come out well packed.
_INDEXES = "SELECT indexdef, indexname FROM pg_indexes WHERE tablename = 'freelancers' AND indexname LIKE 'ix_%'"

PARTNERS = """
INSERT INTO issuers (id, slug, name) SELECT uuidv7(), 'partner-' || n, 'Partner ' || n FROM generate_series(1, %(partners)s) n;
"""

_PARTNER = "SELECT substr(slug, 9)::int - 1 AS n, id FROM issuers"
ACHIEVEMENTS = f"""
INSERT INTO achievements (id, issuer_id, name, description, created_at)
SELECT uuidv7(), p.id, 'Partner ' || p.n || ' Expert', 'Knows it inside out.', %(at)s FROM ({_PARTNER}) p
"""

#: Thirteen shapes of rules, with values that differ from partner to partner.
RULES = f"""
INSERT INTO partner_rules (id, achievement_id, label, effective_at, content, created_at)
SELECT uuidv7(), a.id, 'rules of 2026-01-01', '2026-01-01T00:00Z', jsonb_build_object('rules', r.rules), %(at)s
FROM ({_PARTNER}) p JOIN achievements a ON a.issuer_id = p.id
CROSS JOIN LATERAL (SELECT
    jsonb_build_object('fact', 'jobs_count', 'operator', 'at_least', 'value', p.n %% 7 + 1) AS jobs,
    jsonb_build_object('fact', 'hours_worked', 'operator', 'at_least', 'value', p.n %% 50 + 10) AS hours,
    jsonb_build_object('fact', 'years_experience', 'operator', 'at_least', 'value', p.n %% 3 + 1) AS years,
    jsonb_build_object('fact', 'earnings_cents', 'operator', 'at_least',
        'value', jsonb_build_object('cents', p.n %% 100 * 1000, 'currency', 'USD')) AS earnings,
    jsonb_build_object('fact', 'skills', 'operator', 'has_any',
        'value', jsonb_build_array('Skill ' || p.n %% 40, 'Skill ' || (p.n + 7) %% 40, 'SQL')) AS skills,
    jsonb_build_object('fact', 'skills', 'operator', 'has_all', 'value', jsonb_build_array('SQL', 'Python')) AS both,
    jsonb_build_object('fact', 'country', 'operator', 'not_in', 'value', jsonb_build_array('KP', 'SY')) AS country,
    jsonb_build_object('fact', 'certificate', 'operator', 'held', 'value', 'Partner ' || p.n || ' Associate') AS certificate,
    jsonb_build_object('fact', 'training', 'operator', 'passed', 'value', 'Partner ' || p.n || ' Basics') AS training,
    jsonb_build_object('fact', 'skill_jobs', 'operator', 'at_least',
        'value', jsonb_build_object('skill', 'SQL', 'count', p.n %% 5 + 1)) AS skilled,
    jsonb_build_object('fact', 'timezone_overlap', 'operator', 'at_least',
        'value', jsonb_build_object('hours', p.n %% 2 + 1, 'zone', 'Europe/Berlin')) AS "shared"
) c
CROSS JOIN LATERAL (SELECT CASE p.n %% 13
    WHEN 0 THEN jsonb_build_array(jobs)
    WHEN 1 THEN jsonb_build_array(jobs, skills)
    WHEN 2 THEN jsonb_build_array(certificate)
    WHEN 3 THEN jsonb_build_array(certificate, years)
    WHEN 4 THEN jsonb_build_array(jsonb_build_object('any', jsonb_build_array(jobs, earnings)), country)
    WHEN 5 THEN jsonb_build_array(hours, years)
    WHEN 6 THEN jsonb_build_array("both", jobs)
    WHEN 7 THEN jsonb_build_array(earnings)
    WHEN 8 THEN jsonb_build_array(skills, years, country)
    WHEN 9 THEN jsonb_build_array(training)
    WHEN 10 THEN jsonb_build_array(skilled, years)
    WHEN 11 THEN jsonb_build_array("shared", jobs)
    ELSE jsonb_build_array(jsonb_build_object('any', jsonb_build_array(hours, jobs)), skills)
END AS rules) r
"""

#: Of each hundred people one or two fail each rule; a person's certificates are those of the badges they hold.
PEOPLE = """
INSERT INTO freelancers (id, marketplace_id, name, email, title, overview, country, timezone, hourly_rate_cents, currency,
    account_state, from_elance, visibility, english_level, jss_pct, completeness_stated_pct, completeness_pct,
    years_experience, jobs_count, hours_worked, earnings_cents, identity_verified, availability, last_active_on, skills,
    languages, profile, feed_digest, feed_seen_at, jss_observed_at, first_scored_at, is_provisional, created_at, updated_at)
SELECT uuidv7(), 'm' || n, 'Person ' || n, 'person' || n || '@example.org', 'Data engineer',
    repeat('Builds warehouses and pipelines. ', 6), (ARRAY['GB','DE','US','IN','PH','BR'])[n %% 6 + 1],
    (ARRAY['Europe/London','Europe/Berlin','America/New_York','Asia/Kolkata','Asia/Manila','America/Sao_Paulo'])[n %% 6 + 1],
    2000 + n %% 90 * 100, 'USD', CASE WHEN n %% 211 = 0 THEN 'suspended' ELSE 'active' END, n %% 50 = 0,
    CASE WHEN n %% 97 = 0 THEN 'private' ELSE 'public' END, CASE WHEN n %% 89 = 0 THEN 'basic' ELSE 'fluent' END,
    CASE WHEN n %% 83 = 0 THEN 70 + n %% 10 ELSE 80 + n %% 21 END, 100, CASE WHEN n %% 101 = 0 THEN 85 ELSE 100 END,
    2 + n %% 20, 8 + n %% 60, 70 + n %% 3000, 100000 + n %% 5000 * 1000, n %% 3 = 0, 'full time', date '2026-03-01' - n %% 20,
    ARRAY['SQL', 'Python', 'Skill ' || n %% 40, 'Skill ' || n %% 37],
    '[{"code": "en", "level": "fluent"}, {"code": "de", "level": "native"}]',
    jsonb_build_object(
        'certificates', jsonb_build_array(
            jsonb_build_object('name', 'Partner ' || n %% %(partners)s || ' Associate', 'issued_on', '2025-01-01',
                'expires_on', CASE WHEN n %% 103 = 0 THEN '2026-01-31' ELSE '2027-01-31' END),
            jsonb_build_object('name', 'Partner ' || (n + 1 + n %% 7) %% %(partners)s || ' Associate')),
        'employment', jsonb_build_array(jsonb_build_object('company', 'Company ' || n %% 1000, 'title', 'Engineer')),
        'skill_experience', jsonb_build_array(
            jsonb_build_object('skill', 'SQL', 'jobs', 4 + n %% 50, 'hours', n %% 900, 'earnings_cents', n %% 900 * 5000),
            jsonb_build_object('skill', 'Python', 'jobs', n %% 20)),
        'portfolio', jsonb_build_array(jsonb_build_object('title', 'A warehouse for a bank'))),
    sha256(n::text::bytea), %(seen)s, %(seen)s, '2024-05-01T00:00Z', false, '2024-01-01T00:00Z', %(seen)s
FROM generate_series(1, %(people)s) n
"""

HOLDS = """
INSERT INTO holds (id, freelancer_id, kind, reason, placed_at)
SELECT uuidv7(), id, 'policy_restriction', 'A reason.', %(seen)s FROM freelancers WHERE substr(marketplace_id, 2)::int %% 307 = 0
"""

#: In an order that has nothing to do with people or partners, as awards are given over the years.
AWARDS = f"""
INSERT INTO awards (id, achievement_id, freelancer_id, awarded_at, expires_at)
SELECT uuidv7(), a.id, w.freelancer_id, '2025-06-01T00:00Z', CASE WHEN w.n %% 20 = 0 THEN timestamptz '2027-06-01' END
FROM (SELECT f.id AS freelancer_id, f.n, (f.n + s.step * (1 + f.n %% 7)) %% %(partners)s AS partner
      FROM (SELECT id, substr(marketplace_id, 2)::int AS n FROM freelancers) f CROSS JOIN (VALUES (0), (1)) s(step)
      WHERE CASE WHEN s.step = 0 THEN f.n %% 10 < 6 ELSE f.n %% 20 IN (0, 1, 2) END) w
JOIN ({_PARTNER}) p ON p.n = w.partner JOIN achievements a ON a.issuer_id = p.id
ORDER BY hashtext(w.n::text || w.partner)
"""


#: For each badge whose partner asks for a training, that its holder passed it; of a hundred, one has lapsed.
ATTESTATIONS = f"""
INSERT INTO attestations (id, issuer_id, freelancer_id, kind, name, passed_on, expires_on, noted_at)
SELECT uuidv7(), p.id, w.freelancer_id, 'training', 'Partner ' || p.n || ' Basics', '2025-01-15',
    CASE WHEN hashtext(w.id::text) %% 103 = 0 THEN date '2026-02-15' ELSE date '2027-01-15' END, %(seen)s
FROM ({_PARTNER}) p JOIN achievements a ON a.issuer_id = p.id JOIN awards w ON w.achievement_id = a.id
WHERE p.n %% 13 = 9
"""


def make(connection: psycopg.Connection, people: int, partners: int) -> None:
    """Fill an empty, migrated database."""
    words = {"people": people, "partners": partners, "at": AT, "seen": "2026-03-01T06:00Z"}
    indexes = connection.execute(_INDEXES).fetchall()
    for _, name in indexes:
        connection.execute(f"DROP INDEX {name}")
    for statement in (PARTNERS, ACHIEVEMENTS, RULES, PEOPLE, HOLDS, AWARDS, ATTESTATIONS):
        connection.execute(statement, words)
    for definition, _ in indexes:
        connection.execute(definition)
    connection.commit()
    with autocommit(connection):
        connection.execute("VACUUM (FREEZE, ANALYZE)")
