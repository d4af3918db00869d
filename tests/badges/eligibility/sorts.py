"""People of all sorts, whose facts lie where rules have their edges."""

from datetime import UTC, date, datetime, timedelta

from badges.eligibility.facts import LANGUAGE_LEVELS
from badges.eligibility.policy import VISIBILITIES
from badges.models import Attestation
from core.database import new_id
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


TODAY = AT.date()


PEOPLE = 400


#: Small pools, so that what policies ask for and what people have meet at the edges.
COUNTS = (0, 1, 2, 9, 10, 11, 2_000_000_000)


CENTS = (0, 4_999, 5_000, 5_001, 100_000_000)


PERCENTAGES = (0, 79, 80, 81, 89, 90, 91, 99, 100)


DAYS = (0, 1, 29, 30, 31)


TEXTS = (
    "SQL",
    "sql",
    "Écoute",
    "éCOUTE",
    "İzmir",
    "izmir",
    "ΣΑΣ",
    "σας",
    "ẞ",
    "ß",
    "日本",
    '"]',
    "a_c",
    "a%c",
    "abc",
    "'",
)


COUNTRIES = ("DE", "AT", "FR")


#: In Los Angeles clocks change on 8 March, in Berlin on 29 March; Kolkata and Kathmandu are apart by odd minutes.
ZONES = ("Europe/Berlin", "UTC", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati")


ISSUER, ANOTHER = new_id(), new_id()


KINDS = ("training", "review")


TALENT = ("top_rated", "top_rated_plus")


CODES = ("en", "de", "fr")


def maybe(rnd, values):
    return rnd.choice((None, *values))


def certificates(rnd):
    ends = [None, "", *((TODAY + timedelta(days=days)).isoformat() for days in (-365, -1, 0, 1, 365))]
    entries = [{"name": rnd.choice(TEXTS), "expires_on": rnd.choice(ends)} for _ in range(rnd.randrange(4))]
    return [entry if entry["expires_on"] is not None else {"name": entry["name"]} for entry in entries]


def skill_experience(rnd):
    """What was done with skills, figures missing, null or given; a skill can stand there twice."""
    entries = []
    for _ in range(rnd.randrange(4)):
        figures = {"jobs": maybe(rnd, COUNTS), "hours": maybe(rnd, COUNTS), "earnings_cents": maybe(rnd, CENTS)}
        entries.append(
            {"skill": rnd.choice(TEXTS)} | {name: each for name, each in figures.items() if rnd.random() < 0.8}
        )
    return entries


def profile(rnd):
    """A profile document as feeds leave it: parts missing, empty, or filled."""
    parts = {
        "certificates": certificates(rnd),
        "portfolio": [{"title": "x"}] * rnd.choice((0, 1, 2, 9, 10)),
        "skill_experience": skill_experience(rnd),
        "video_url": None,
    }
    return {name: value for name, value in parts.items() if rnd.random() < 0.8}


def person(number, rnd):
    scored = rnd.random() < 0.6
    return Freelancer(
        id=new_id(),
        marketplace_id=f"m{number}",
        name="Ada",
        created_at=AT,
        updated_at=AT,
        feed_seen_at=AT,
        account_state=rnd.choice(("active", "active", "active", "suspended", "blocked", "closed")),
        visibility=rnd.choice(("public", *VISIBILITIES)),
        completeness_pct=rnd.choice(PERCENTAGES),
        completeness_stated_pct=maybe(rnd, (100,)),
        from_elance=rnd.random() < 0.3,
        english_level=maybe(rnd, LANGUAGE_LEVELS),
        jss_pct=maybe(rnd, PERCENTAGES) if scored else None,
        first_scored_at=AT if scored and rnd.random() < 0.9 else None,
        country=maybe(rnd, COUNTRIES),
        timezone=maybe(rnd, (*ZONES, "Nowhere/Known")),
        currency=rnd.choice(("USD", "EUR")),
        hourly_rate_cents=maybe(rnd, CENTS),
        earnings_cents=maybe(rnd, (*CENTS, 10**15)),
        years_experience=maybe(rnd, (0, 9, 10, 100)),
        jobs_count=maybe(rnd, COUNTS),
        hours_worked=maybe(rnd, COUNTS),
        talent_badge=maybe(rnd, TALENT),
        identity_verified=rnd.random() < 0.5,
        availability=maybe(rnd, TEXTS),
        last_active_on=maybe(rnd, [TODAY - timedelta(days=days) for days in (-1, *DAYS)] + [date(1, 1, 1)]),
        skills=rnd.sample(TEXTS, rnd.randrange(5)),
        languages=[
            {"code": code, "level": maybe(rnd, LANGUAGE_LEVELS)} for code in rnd.sample(CODES, rnd.randrange(4))
        ],
        profile=profile(rnd),
    )


def holds_of(freelancer, rnd):
    kinds = rnd.sample(list(HoldKind), rnd.choice((0, 0, 0, 1, 2)))
    return [
        Hold(
            freelancer_id=freelancer.id,
            kind=kind,
            reason="A reason.",
            placed_at=AT - timedelta(days=rnd.randrange(9)),
            lifted_at=AT if rnd.random() < 0.4 else None,
        )
        for kind in kinds
    ]


def said_of(freelancer, rnd):
    """What two issuers say somebody passed: lapsed, not lapsed, without an end, and withdrawn."""
    ends = (None, *(TODAY + timedelta(days=days) for days in (-365, -1, 0, 1, 365)))
    said = {}
    for _ in range(rnd.randrange(6)):
        passed_on = TODAY - timedelta(days=rnd.randrange(365, 800))
        each = Attestation(
            issuer_id=rnd.choice((ISSUER, ISSUER, ANOTHER)),
            freelancer_id=freelancer.id,
            kind=rnd.choice(KINDS),
            name=rnd.choice(TEXTS),
            passed_on=passed_on,
            expires_on=rnd.choice(ends),
            noted_at=AT - timedelta(days=rnd.randrange(9)),
            withdrawn_at=AT if rnd.random() < 0.2 else None,
        )
        said[each.issuer_id, each.kind, each.name.lower(), passed_on] = each
    return list(said.values())
