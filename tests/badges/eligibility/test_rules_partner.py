"""Rule E-6: a partner's own conditions at their edges, and what people read about them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from badges.eligibility.askable import FACTS
from badges.eligibility.facts import Certificate, Language, SkillExperience
from tests.badges.eligibility.judging import AT, EUR, TODAY, USD, condition, judged, passed, skilled

YESTERDAY = TODAY - timedelta(days=1)


#: fact, operator, value, and what just meets it and just does not; None (not known) never does.
EDGES = [
    ("jobs_count", "at_least", 10, {"jobs_count": 10}, {"jobs_count": 9}),
    ("jobs_count", "at_most", 10, {"jobs_count": 10}, {"jobs_count": 11}),
    ("hours_worked", "at_least", 100, {"hours_worked": 100}, {"hours_worked": 99}),
    ("years_experience", "at_least", 3, {"years_experience": 3}, {"years_experience": 2}),
    ("portfolio_items", "at_least", 3, {"portfolio_items": 3}, {"portfolio_items": 2}),
    ("portfolio_items", "at_most", 3, {"portfolio_items": 3}, {"portfolio_items": 4}),
    ("jss_pct", "at_least", 90, {"jss_pct": 90}, {"jss_pct": 89}),
    ("earnings_cents", "at_least", USD, {"earnings_cents": 5_000}, {"earnings_cents": 4_999}),
    ("earnings_cents", "at_most", USD, {"earnings_cents": 5_000}, {"earnings_cents": 5_001}),
    ("hourly_rate_cents", "at_most", USD, {"hourly_rate_cents": 5_000}, {"hourly_rate_cents": 5_001}),
    ("hourly_rate_cents", "at_least", USD, {"hourly_rate_cents": 5_000}, {"hourly_rate_cents": 4_999}),
    ("country", "in", ["DE", "AT"], {"country": "AT"}, {"country": "FR"}),
    ("country", "not_in", ["DE", "AT"], {"country": "FR"}, {"country": "AT"}),
    ("timezone", "in", ["Europe/Berlin"], {"timezone": "Europe/Berlin"}, {"timezone": "Europe/Paris"}),
    ("talent_badge", "in", ["top_rated"], {"talent_badge": "top_rated"}, {"talent_badge": "top_rated_plus"}),
    ("availability", "in", ["Full time"], {"availability": "full TIME"}, {"availability": "part time"}),
    ("identity_verified", "is", True, {"identity_verified": True}, {"identity_verified": False}),
    (
        "days_since_active",
        "at_most",
        30,
        {"last_active_on": TODAY - timedelta(days=30)},
        {"last_active_on": TODAY - timedelta(days=31)},
    ),
    ("skills", "has_any", ["SQL", "Go"], {"skills": ("go",)}, {"skills": ("Gopher",)}),
    ("skills", "has_all", ["SQL", "Go"], {"skills": ("GO", "sql", "C")}, {"skills": ("SQL",)}),
    ("skill_jobs", "at_least", {"skill": "SQL", "count": 10}, skilled(jobs=10), skilled(jobs=9)),
    ("skill_hours", "at_least", {"skill": "SQL", "count": 10}, skilled(hours=10), skilled(hours=9)),
    (
        "skill_earnings",
        "at_least",
        {"skill": "SQL", **USD},
        skilled(earnings_cents=5_000),
        skilled(earnings_cents=4_999),
    ),
    (
        "timezone_overlap",
        "at_least",
        {"hours": 3, "zone": "Europe/Berlin"},
        {"timezone": "Asia/Dhaka"},
        {"timezone": "Asia/Bangkok"},
    ),
    *(
        (
            kind,
            "passed",
            "Northwind Basics",
            passed(kind, expires_on=TODAY),
            passed(kind, expires_on=TODAY - timedelta(1)),
        )
        for kind in ("training", "review")
    ),
    (
        "language",
        "at_least",
        {"code": "de", "level": "fluent"},
        {"languages": (Language("de", "native"),)},
        {"languages": (Language("de", "conversational"), Language("nl", "native"))},
    ),
    (
        "certificate",
        "held",
        "Northwind Data Associate",
        {"certificates": (Certificate("northwind DATA associate", expires_on=TODAY),)},
        {"certificates": (Certificate("Northwind Data Associate", expires_on=TODAY - timedelta(days=1)),)},
    ),
]


@pytest.mark.parametrize(("fact", "operator", "value", "enough", "too_little"), EDGES)
def test_a_condition_is_met_at_its_edge_and_not_beyond(fact, operator, value, enough, too_little):
    rule = condition(fact, operator, value)

    assert judged(rule, **enough).met
    assert not judged(rule, **too_little).met


def test_every_fact_is_tried_at_its_edge():
    assert {(fact, operator) for fact, operator, *_ in EDGES} >= {
        (fact, operator)
        for fact, kind in FACTS.items()
        for operator in kind.operators
        if (fact, operator) not in {("hours_worked", "at_most"), ("years_experience", "at_most")}
    }


@pytest.mark.parametrize(("fact", "operator", "value", "enough", "too_little"), EDGES)
def test_what_is_not_known_meets_no_condition_and_says_what_to_do(fact, operator, value, enough, too_little):
    silent = {"jss_pct": {"jss_pct": None}, "portfolio_items": {"portfolio_items": 0}}.get(fact, {})
    found = judged(condition(fact, operator, value), **silent)

    if (fact, operator) != ("portfolio_items", "at_most"):
        assert not found.met
        assert found.next_step.endswith(".")


@pytest.mark.parametrize(("fact", "operator", "value", "enough", "too_little"), EDGES)
def test_every_finding_has_words_a_value_and_a_step_exactly_when_open(fact, operator, value, enough, too_little):
    for facts in (enough, too_little, {}):
        found = judged(condition(fact, operator, value), **facts)
        assert found.title
        assert found.value
        assert found.sentence.endswith(".")
        assert (found.next_step is None) is found.met
        assert "_" not in found.sentence + str(found.next_step)


def test_amounts_in_two_currencies_are_not_compared():
    found = judged(condition("hourly_rate_cents", "at_most", EUR), hourly_rate_cents=1)

    assert not found.met
    assert found.sentence == (
        "Your hourly rate is $0.01, and at most €50 is allowed; amounts in two currencies are not compared."
    )
    assert found.next_step == "Ask the partner to name an amount in USD as well."


@pytest.mark.parametrize(("level", "met"), [(None, True), ("basic", True), ("native", True)])
def test_a_language_listed_without_a_level_is_spoken_at_least_a_little(level, met):
    rule = condition("language", "at_least", {"code": "de", "level": "basic"})

    assert judged(rule, languages=(Language("de", level),)).met is met
    assert not judged(rule, languages=()).met


def test_a_language_without_a_level_does_not_pass_as_fluent():
    rule = condition("language", "at_least", {"code": "de", "level": "fluent"})

    found = judged(rule, languages=(Language("de"),))
    assert not found.met
    assert found.sentence == "Your profile states no level for German, and fluent German or better is needed."


def test_english_counts_by_its_own_level_as_well():
    rule = condition("language", "at_least", {"code": "en", "level": "native"})

    assert judged(rule, english_level="native").met
    assert not judged(rule, english_level="fluent").met
    assert judged(rule, english_level="fluent", languages=(Language("en", "native"),)).met


def test_of_several_certificates_the_one_that_lasts_longest_counts():
    rule = condition("certificate", "held", "N")
    old, new, endless = (
        Certificate("N", expires_on=date(2025, 1, 1)),
        Certificate("N", expires_on=TODAY),
        Certificate("N"),
    )

    assert judged(rule, certificates=(old,)).sentence == (
        "Your certificate “N” expired on 1 January 2025, and an active one is needed."
    )
    assert judged(rule, certificates=(old, new)).value == "valid until 2 March 2026"
    assert judged(rule, certificates=(old, new, endless)).value == "does not expire"


def test_a_certificates_last_day_is_a_day_in_utc():
    rule = condition("certificate", "held", "N")
    held = (Certificate("N", expires_on=TODAY),)

    assert judged(rule, at=datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), certificates=held).met
    assert not judged(rule, at=datetime(2026, 3, 3, tzinfo=UTC), certificates=held).met


def test_a_partner_may_ask_for_a_higher_score_than_the_marketplace():
    found = judged(condition("jss_pct", "at_least", 97))

    assert not found.met
    assert found.sentence == "Your Job Success Score is 95 %, and 97 % is needed."


def test_daylight_saving_counts_from_the_day_on_which_it_begins():
    rule = condition("timezone_overlap", "at_least", {"hours": 3, "zone": "America/New_York"})

    # New York changes its clocks on 8 March 2026, Berlin on 29 March: in between they are an hour closer.
    asked = [judged(rule, at=datetime(2026, 3, day, 9, tzinfo=UTC), timezone="Europe/Berlin") for day in (7, 8, 28, 29)]

    assert [each.met for each in asked] == [False, True, True, False]
    assert asked[0].sentence == (
        "In your time zone, Europe/Berlin, 2 hours of your working day are shared with people at work from 9 to 17 in "
        "America/New_York, and at least 3 hours are needed."
    )


def test_hours_are_shared_across_midnight_and_by_odd_minutes():
    across = condition("timezone_overlap", "at_least", {"hours": 6, "zone": "Pacific/Kiritimati"})  # UTC+14
    odd = condition("timezone_overlap", "at_least", {"hours": 8, "zone": "Asia/Kathmandu"})  # UTC+5:45

    assert judged(across, timezone="Pacific/Honolulu").met  # UTC-10: a day apart, and the same hours
    assert judged(odd, timezone="Asia/Kolkata").value == "7 hours and 45 minutes"


@pytest.mark.parametrize("unknown", [None, "", "Mars/Olympus"])
def test_a_time_zone_that_nobody_knows_shares_nothing_and_there_is_a_way_on(unknown):
    found = judged(condition("timezone_overlap", "at_least", {"hours": 1, "zone": "UTC"}), timezone=unknown)

    assert not found.met
    assert found.next_step == "Set your time zone on your profile."


def test_a_training_counts_from_the_day_it_is_noted_and_says_when():
    rule = condition("training", "passed", "Northwind Basics")

    assert judged(rule).sentence == (
        "The partner has not noted that you passed the training “Northwind Basics”, and it is needed."
    )
    noted = judged(rule, **passed("training", expires_on=TODAY))
    assert noted.sentence == (
        "You passed the training “Northwind Basics” on 2 December 2025. It counts until 2 March 2026."
    )
    assert noted.observed_at == AT
    assert not judged(rule, **passed("review")).met
    lapsed = judged(rule, at=AT + timedelta(days=1), **passed("training", expires_on=TODAY))
    assert lapsed.value == "lapsed on 2 March 2026"
    assert lapsed.next_step.startswith("Pass the training “Northwind Basics” again.")


def test_figures_of_one_skill_say_nothing_of_another_and_unknown_ones_meet_nothing():
    rule = condition("skill_jobs", "at_least", {"skill": "SQL", "count": 1})

    assert not judged(rule, skill_experience=(SkillExperience("Go", jobs=9),)).met
    assert judged(rule, skill_experience=(SkillExperience("SQL"),)).next_step == (
        "This is decided as soon as the marketplace states your finished jobs with SQL."
    )
    assert judged(rule, **skilled(jobs=0)).next_step == "Finish 1 more job with it on the marketplace."
