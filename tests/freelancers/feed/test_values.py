"""What each value rule reads, and what it refuses with which reason."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freelancers.feed import money, names, values
from freelancers.feed.errors import BadValue
from freelancers.feed.fields import part_date
from freelancers.feed.values import Reading

COMMA = Reading(decimal=",")

READS = [
    (values.line, "  Ada \t Byron\n", "Ada Byron"),
    (values.line, "Jose\u0301", "José"),
    (values.prose, "one\r\ntwo\rthree\n", "one\ntwo\nthree"),
    (values.whole, "52.0", 52),
    (values.whole, "1,234", 1234),
    (values.whole, "1'234", 1234),
    (values.whole, "0", 0),
    (values.percent, "84%", 84),
    (values.percent, "84 %", 84),
    (values.percent, "84", 84),
    (values.percent, "84.0", 84),
    (values.percent, "0", 0),
    (values.percent, "100%", 100),
    (values.fraction, "0.84", 84),
    (values.fraction, "1", 100),
    (values.fraction, "0", 0),
    (values.rating, "4.9", Decimal("4.90")),
    (values.rating, "4.876", Decimal("4.88")),
    (values.rating, "5", Decimal("5.00")),
    (values.yes_no, "Yes", True),
    (values.yes_no, "TRUE", True),
    (values.yes_no, "1.0", True),
    (values.yes_no, "sí", True),
    (values.yes_no, "Ja", True),
    (values.yes_no, "N", False),
    (values.yes_no, "0", False),
    (values.yes_no, "False", False),
    (values.yes_no, "não", False),
    (values.day, "2026-03-01", date(2026, 3, 1)),
    (values.day, "2026-03-01T23:30:00-02:00", date(2026, 3, 2)),
    (values.moment, "2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    (values.moment, "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
    (values.items, "SQL; Python ;sql;", ["SQL", "Python"]),
    (values.items, "SQL, Python", ["SQL", "Python"]),
    (values.items, "UI, UX; Print", ["UI, UX", "Print"]),
    (values.items, "", []),
    (values.email, " Ada@Example.COM ", "ada@example.com"),
    (values.email, "ada+feed@sub.example.co.uk", "ada+feed@sub.example.co.uk"),
    (values.url, "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
    (names.country, "South Korea", "KR"),
    (names.country, "Alemania", "DE"),
    (names.country, "Vereinigte Staaten", "US"),
    (names.country, "u.s.a.", "US"),
    (names.country, "TURKEY", "TR"),
    (names.country, "Côte d'Ivoire", "CI"),
    (names.country, "gb", "GB"),
    (names.language, "Mandarin", "zh"),
    (names.language, "Español", "es"),
    (names.language, "de", "de"),
    (names.language, "pt-BR", "pt"),
    (names.timezone, "europe/berlin", "Europe/Berlin"),
    (names.timezone, "UTC+02:00", "Etc/GMT-2"),
    (names.timezone, "GMT-5", "Etc/GMT+5"),
    (names.timezone, "utc", "UTC"),
    (names.english_level, "Native or Bilingual", "native"),
    (names.english_level, "C1", "fluent"),
    (names.english_level, "Conversational", "conversational"),
    (names.english_level, "beginner", "basic"),
    (names.account_state, "Y", "active"),
    (names.account_state, "0", "closed"),
    (names.account_state, "Suspended", "suspended"),
    (names.account_state, "banned", "blocked"),
    (names.visibility, "Marketplace only", "marketplace"),
    (names.visibility, "PUBLIC", "public"),
    (names.talent_badge, "Top Rated Plus", "top_rated_plus"),
    (names.talent_badge, "TOP_RATED", "top_rated"),
    (names.talent_badge, "expert-vetted", "expert_vetted"),
    (money.currency, "usd", "USD"),
    (money.currency, "€", "EUR"),
]
REFUSES = [
    (values.line, "A\0da", "control character U+0000"),
    (values.line, "A\x1b[31mda", "control character U+001B"),
    (values.line, "\ud800", "control character"),
    (values.line, "x" * 201, "201 characters"),
    (values.prose, "x" * 20_001, "20,001 characters"),
    (values.whole, "52.5", "not a whole number"),
    (values.whole, "-1", "negative"),
    (values.whole, "1e3", "not a number"),
    (values.whole, "12,34", "not a number"),
    (values.whole, "٣", "not a number"),
    (values.whole, "9" * 30, "more than"),
    (values.whole, "9" * 5000, "not a number"),
    (values.percent, "101", "more than 100"),
    (values.percent, "79.6%", "not a whole percentage"),
    (values.percent, "0.84", "looks like a fraction"),
    (values.percent, "-3%", "negative"),
    (values.percent, "most", "not a number"),
    (values.percent, "", "not a number"),
    (values.fraction, "84", "more than 1"),
    (values.fraction, "0.845", "not a whole percentage"),
    (values.rating, "5.01", "not between 0 and 5"),
    (values.yes_no, "maybe", "neither yes nor no"),
    (values.yes_no, "2", "neither yes nor no"),
    (values.day, "01/02/2026", "not a date written yyyy-mm-dd"),
    (values.day, "2026-02-30", "not a date"),
    (values.moment, "yesterday", "not a moment"),
    (values.items, ";".join(map(str, range(201))), "201 items"),
    (values.email, "ada", "not an e-mail address"),
    (values.email, "ada@", "not an e-mail address"),
    (values.email, "a da@example.com", "not an e-mail address"),
    (values.url, "javascript:alert(1)", "not a web address"),
    (values.url, "ftp://example.com", "not a web address"),
    (values.url, "https://user:pw@example.com", "not a web address"),
    (values.url, "https://", "not a web address"),
    (values.url, "http://[::1", "not a web address"),
    (values.url, 'https://example.com/"><script>', "not a web address"),
    (values.url, "https://example.com/" + "x" * 2000, "characters long"),
    (names.country, "Atlantis", "no country"),
    (names.country, "EU", "no country"),
    (names.language, "Klingon", "no language"),
    (names.timezone, "Berlin time", "no time zone"),
    (names.timezone, "UTC+05:30", "no time zone"),
    (names.english_level, "so so", "no level"),
    (names.account_state, "unknown", "no state"),
    (names.account_state, "on hold again", "no state"),
    (names.visibility, "sometimes", "no visibility"),
    (names.talent_badge, "best", "no talent badge"),
    (money.currency, "XXQ", "no currency"),
    (money.currency, "", "not a currency"),
]


@pytest.mark.parametrize(("rule", "text", "value"), READS, ids=lambda v: v.__name__ if callable(v) else repr(v)[:30])
def test_a_rule_reads(rule, text, value):
    assert rule(text) == value


@pytest.mark.parametrize(("rule", "text", "reason"), REFUSES, ids=lambda v: v.__name__ if callable(v) else repr(v)[:30])
def test_a_rule_refuses_with_a_reason(rule, text, reason):
    with pytest.raises(BadValue) as refused:
        rule(text)

    assert reason in refused.value.reason
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("$40", 4000, "USD"), ("USD 100", 10_000, "USD"), ("100", 10_000, None), ("1,234.50", 123_450, None), ("€ 40",
        4000, "EUR"),
        ("40 EUR", 4000, "EUR"), ("40€", 4000, "EUR"), ("US$ 7", 700, "USD"), ("R$ 30.5", 3050, "BRL"), ("$35/hr",
        3500, "USD"),
        ("35 per hour", 3500, None), ("£0", 0, "GBP"), ("eur 40", 4000, "EUR"), ("CHF 99.95", 9995, "CHF"), ("40.0",
        4000, None),
    ],
)  # fmt: skip
def test_money_is_read_with_or_without_a_currency(text, cents, currency):
    got = money.money(text)

    assert (got.cents, got.currency) == (cents, currency)


@pytest.mark.parametrize(
    "text", ["", "free", "-3", "$-3", "12,5", "50.000", "kr 5", "$40 EUR", "40-50", "1.2.3", "$", "1e5", "９"]
)
def test_money_that_could_be_misread_is_refused(text):
    with pytest.raises(BadValue) as refused:
        money.money(text)

    assert refused.value.hint


def test_a_dollar_sign_can_mean_any_dollar_but_no_euro():
    assert money.money("$40").within("CAD")
    assert not money.money("$40").within("EUR")
    assert not money.money("USD 40").within("CAD")


def test_a_decimal_comma_is_read_where_the_mapping_says_so():
    assert money.money("1.234,50 €", COMMA).cents == 123_450
    assert values.rating("4,5", COMMA) == Decimal("4.50")
    with pytest.raises(BadValue, match="not a number"):
        values.whole("1,234", Reading(decimal=".")) and values.whole("12.34.5", COMMA)


@pytest.mark.parametrize(
    ("pattern", "text"), [("dd/mm/yyyy", "1/2/2026"), ("mm/dd/yyyy", "02/01/2026"), ("dd.mm.yyyy", "01.02.2026")]
)
def test_dates_are_read_in_the_order_the_mapping_says(pattern, text):
    assert values.day(text, Reading(date=pattern)) == date(2026, 2, 1)


@pytest.mark.parametrize(("text", "kept"), [("2021", "2021"), ("2021-03", "2021-03"), ("2021-03-15", "2021-03-15")])
def test_employment_may_be_dated_by_year_or_month(text, kept):
    assert part_date(text, Reading()) == kept
    with pytest.raises(BadValue):
        part_date("2021-13", Reading())


@given(st.integers(0, 10**13), st.sampled_from(["", "$", "USD ", "€", "EUR "]), st.booleans())
def test_every_amount_written_is_read_back(cents, sign, grouped):
    text = f"{sign}{cents // 100:{',' if grouped else ''}}.{cents % 100:02}"

    assert money.money(text).cents == cents


@given(st.integers(0, 10**13), st.sampled_from(["", " €", " EUR"]))
def test_every_amount_written_with_a_decimal_comma_is_read_back(cents, sign):
    text = f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}{sign}"

    assert money.money(text, COMMA).cents == cents


@given(st.integers(0, 100), st.sampled_from(["", "%", " %", ".0", ".00%"]))
def test_every_percentage_written_is_read_back(pct, ending):
    assert values.percent(f" {pct}{ending} ") == pct


@given(
    st.sampled_from(sorted(values.YES | values.NO)),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", " ", "\t"]),
)
def test_every_spelling_of_yes_and_no_is_read_in_any_case(said, case, around):
    assert values.yes_no(around + case(said) + around) is (said in values.YES)


@pytest.mark.parametrize(
    "rule",
    [
        money.money,
        values.percent,
        values.fraction,
        values.whole,
        values.rating,
        values.yes_no,
        values.day,
        values.moment,
        values.url,
        values.email,
        values.line,
        values.items,
        names.country,
        names.language,
        names.timezone,
        names.english_level,
    ],
)
@given(text=st.text(max_size=60))
def test_no_text_makes_a_rule_fail_in_any_other_way(rule, text):
    try:
        rule(text)
    except BadValue as refused:
        assert refused.reason  # noqa: PT017 -- any text may also be a good value
