"""Mapping files: what they say is done, and what they get wrong is named by file, table and key."""

import json

import pytest
from msgspec import UNSET

from freelancers.feed import mapping, matching
from freelancers.feed.decode import MappedDecoder, RowRefused
from freelancers.feed.errors import FeedError, MappingError
from freelancers.feed.own import OwnDecoder
from freelancers.feed.readers import Row
from freelancers.feed.record import Certificate, Employment, Language, SkillExperience

KEY = '[fields.marketplace_id]\ncolumn = "id"\n'
CSV = '[file]\nformat = "csv"\n'
NDJSON = '[file]\nformat = "ndjson"\n'


@pytest.fixture
def load(tmp_path):
    def do(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return mapping.load(path)

    return do


@pytest.fixture
def read(load):
    """Read one CSV row {column: cell} or one JSON document by the given fields; return the record."""

    def do(fields, row, head=None):
        made = load((head or (CSV if all(isinstance(v, str) for v in row.values()) else NDJSON)) + KEY + fields)
        row = {"id": "k1", **row}
        if made.format == "csv":
            return MappedDecoder(made, list(row), "mine")(Row(2, b"", list(row.values())))
        return MappedDecoder(made, (), "mine")(Row(2, json.dumps(row).encode(), []))

    return do


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[file", "mine.toml cannot be read as TOML"),
        (KEY, "[file] format: must be one of csv, ndjson, laurel"),
        ('[file]\nformat = "xml"\n' + KEY, "[file] format"),
        (CSV, "[fields] marketplace_id: is missing"),
        (CSV + 'delimeter = ";"\n' + KEY, "[file] delimeter: is unknown"),
        (CSV + 'delimiter = ";;"\n' + KEY, "[file] delimiter: must be one character"),
        (CSV + 'encoding = "utf-16"\n' + KEY, "[file] encoding: 'utf-16' is not one Laurel reads"),
        (CSV + 'encoding = "klingon"\n' + KEY, "[file] encoding"),
        (CSV + "decimal = 1\n" + KEY, "[file] decimal: cannot be 1"),
        (CSV + 'decimal = "x"\n' + KEY, 'decimal: must be "." or ","'),
        (CSV + 'date = "d.m.y"\n' + KEY, "date: must be one of yyyy-mm-dd"),
        (CSV + KEY + '[field.name]\ncolumn = "n"\n', "[top level] field: is unknown"),
        (CSV + KEY + '[fields.nmae]\ncolumn = "n"\n', "[fields] nmae: is unknown"),
        (CSV + KEY + '[fields.name]\ncolum = "n"\n', "[fields.name] colum: is unknown"),
        (CSV + KEY + "[fields.name]\ncolumn = 3\n", "[fields.name] column: cannot be 3"),
        (CSV + KEY + '[fields.name]\ncolumn = ""\n', "[fields.name] column: cannot be ''"),
        (CSV + KEY + "[fields.name]\nrequired = true\n", "[fields.name] column: give either a column or a constant"),
        (CSV + KEY + '[fields.name]\ncolumn = "n"\nconstant = "x"\n', "[fields.name] column: give either"),
        (
            CSV + KEY + '[fields.jss_pct]\ncolumn = "n"\nrule = "percentage"\n',
            "[fields.jss_pct] rule: 'percentage' is not a rule Laurel has",
        ),
        (
            CSV + KEY + '[fields.jss_pct]\ncolumn = "n"\nrule = "money"\n',
            "[fields.jss_pct] rule: 'money' is not a rule for this field",
        ),
        (CSV + KEY + "[fields.jss_pct]\nconstant = 140\n", '[fields.jss_pct] constant: "140" is more than 100'),
        (
            CSV + KEY + '[fields.english_level]\ncolumn = "e"\nvalues = { a = "superb" }\n',
            "[fields.english_level] values",
        ),
        (CSV + KEY + '[fields.english_level]\ncolumn = "e"\notherwise = ""\n', "[fields.english_level] otherwise"),
        (CSV + KEY + '[fields.visibility]\ncolumn = "e"\ndefault = "often"\n', "[fields.visibility] default"),
        (
            CSV + KEY + '[fields.title]\ncolumn = "e"\npattern = "("\n',
            "[fields.title] pattern: is no regular expression",
        ),
        (
            CSV + KEY + '[fields.title]\ncolumn = "e"\npattern = "x"\n',
            "[fields.title] pattern: must have exactly one group",
        ),
        (
            CSV + KEY + '[fields.employment]\ncolumn = "e"\nparts = { title = "t" }\n',
            "[fields.employment.parts] *: a CSV cell has no parts",
        ),
        (
            NDJSON + KEY + '[fields.employment]\ncolumn = "e[]"\nparts = { job = "t" }\n',
            "[fields.employment.parts] job: is unknown",
        ),
        (
            NDJSON + KEY + '[fields.employment]\ncolumn = "e[]"\nparts = { title = "t[]" }\n',
            "[fields.employment.parts] title",
        ),
        (
            NDJSON + KEY + '[fields.skills]\ncolumn = "skills[0].name"\n',
            "[fields.skills] column: 'skills[0].name' is not a path",
        ),
        (NDJSON + KEY + '[fields.skills]\ncolumn = "skills"\nseparators = []\n', "[fields.skills] separators"),
        ('[file]\nformat = "laurel"\n' + KEY, "Laurel's own format needs no fields"),
        ('fields = 3\n[file]\nformat = "csv"\n', "[fields]"),
    ],
)
def test_a_wrong_mapping_is_refused_by_file_table_and_key(text, says, load):
    with pytest.raises(MappingError) as refused:
        load(text)

    assert says in refused.value.detail
    assert "mine.toml" in refused.value.detail
    assert refused.value.next_step


def test_a_mapping_that_does_not_exist_names_those_that_do():
    with pytest.raises(MappingError) as refused:
        mapping.find("nowhere")

    assert "graphql, laurel, public_csv" in refused.value.next_step


def test_words_of_the_file_are_mapped_whatever_their_case(read):
    fields = '[fields.english_level]\ncolumn = "e"\nvalues = { Excelente = "fluent", Nada = "" }\n'

    assert read(fields, {"e": "EXCELENTE"}).english_level == "fluent"
    assert read(fields, {"e": "nada"}).english_level is None
    assert read(fields, {"e": "native"}).english_level == "native", "words not listed are read by the rule"


def test_empty_words_defaults_and_required_fields(read):
    fields = (
        '[fields.title]\ncolumn = "t"\nempty = ["unknown"]\n[fields.visibility]\ncolumn = "v"\ndefault = "private"\n'
    )
    got = read(fields, {"t": "Unknown", "v": "n/a"})

    assert (got.title, got.visibility) == (None, "private")
    with pytest.raises(RowRefused) as refused:
        read('[fields.visibility]\ncolumn = "v"\n[fields.email]\ncolumn = "m"\nrequired = true\n', {"v": "", "m": ""})
    assert [(d.column, d.reason) for d in refused.value.defects] == [("v", "is missing"), ("m", "is missing")]


def test_the_money_of_one_person_is_in_one_currency(read):
    fields = '[fields.hourly_rate_cents]\ncolumn = "r"\n[fields.earnings_cents]\ncolumn = "e"\n'

    assert read(fields, {"r": "€40", "e": "1,000"}).currency == "EUR"
    assert read(fields, {"r": "40", "e": ""}).currency == "USD"
    with pytest.raises(RowRefused, match="is in USD, the person's currency is EUR"):
        read(fields, {"r": "€40", "e": "USD 9"})
    assert read(fields + '[fields.currency]\nconstant = "CAD"\n', {"r": "$40", "e": ""}).currency == "CAD"


def test_lists_of_entries_come_from_cells_and_from_objects(read):
    assert read('[fields.languages]\ncolumn = "l"\n', {"l": "English; German"}).languages == [
        Language(code="en"),
        Language(code="de"),
    ]
    assert read('[fields.certificates]\ncolumn = "c"\nseparators = ["/"]\n', {"c": "A/B"}).certificates == [
        Certificate(name="A"),
        Certificate(name="B"),
    ]
    fields = '[fields.employment]\ncolumn = "jobs[]"\nparts = { title = "role", company = "at.name", from = "since" }\n'
    got = read(fields, {"jobs": [{"role": "Analyst", "at": {"name": "Engines"}, "since": "1842-10"}, {"role": None}]})
    assert got.employment == [Employment(title="Analyst", company="Engines", from_="1842-10")]


def test_what_was_done_with_a_skill_comes_with_its_figures_in_the_currency_of_the_person(read):
    parts = '{ skill = "on", jobs = "n", hours = "h", earnings_cents = "paid" }'
    fields = f'[fields.skill_experience]\ncolumn = "done[]"\nparts = {parts}\n'
    got = read(fields, {"done": [{"on": "SQL", "n": 12, "h": None, "paid": "1,234.50"}, "Python"]}, NDJSON)

    assert got.skill_experience == [
        SkillExperience(skill="SQL", jobs=12, earnings_cents=123_450),
        SkillExperience(skill="Python"),
    ]
    with pytest.raises(RowRefused, match="names a currency"):
        read(fields, {"done": [{"on": "SQL", "paid": "€ 40"}]}, NDJSON)
    with pytest.raises(RowRefused, match="negative"):
        read(fields, {"done": [{"on": "SQL", "n": -1}]}, NDJSON)


def test_an_absent_path_keeps_and_a_null_empties(read):
    fields = '[fields.title]\ncolumn = "p.title"\n[fields.skills]\ncolumn = "skills[].name"\n'

    assert read(fields, {"p": {"title": None}, "skills": [{"name": "SQL"}, {"name": None}]}, NDJSON).title is None
    absent = read(fields, {"p": {}}, NDJSON)
    assert absent.title is UNSET
    assert absent.skills is UNSET


def test_a_path_that_leads_nowhere_is_a_defect_of_the_row(read):
    with pytest.raises(RowRefused, match="is not an object"):
        read('[fields.title]\ncolumn = "p.title"\n', {"p": 3})
    with pytest.raises(RowRefused, match="a list or an object"):
        read('[fields.title]\ncolumn = "p"\n', {"p": {"x": 1}})


def test_laurels_own_rows_say_everything_that_is_wrong_at_once():
    row = {"marketplace_id": "a", "jss_pct": "84", "visibility": "open", "colour": "red", "hours_worked": -1}
    with pytest.raises(RowRefused) as refused:
        OwnDecoder("f")(Row(1, json.dumps(row).encode(), []))

    assert [d.column for d in refused.value.defects] == ["jss_pct", "visibility", "colour", "hours_worked"]
    assert refused.value.key == "a"


@pytest.mark.parametrize(
    "more",
    [
        {"country": "Germany"}, {"country": "de"}, {"currency": "DOLLAR"}, {"timezone": "Berlin"}, {"rating": 5.5},
        {"rating": -1}, {"email": "x"},
        {"photo_url": "javascript:1"}, {"languages": [{"code": "xx"}]}, {"languages": ["en"]},
        {"portfolio": [{"url": "x"}]},
        {"employment": [{"from": "March"}]}, {"certificates": [{"issuer": "x"}]}, {"certificates": [{"name": "x",
        "expires_on": "soon"}]},
        {"name": "  "}, {"marketplace_id": " "}, {"name": None}, {"title": "A\u0007"},
        {"employment": [{"title": "\u001b[2J"}]},
        {"skills": ["x"] * 201}, {"overview": "x" * 20_001}, {"observed_at": "2026-03-01T12:00:00"},
        {"skill_experience": [{"jobs": 3}]}, {"skill_experience": [{"skill": "SQL", "jobs": -1}]},
        {"skill_experience": [{"skill": "SQL", "jobs": 1.5}]},
        {"jss_pct": 84.5}, {"from_elance": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_laurels_own_rows_are_held_to_the_same_rules(more):
    with pytest.raises(RowRefused) as refused:
        OwnDecoder("f")(Row(1, json.dumps({"marketplace_id": "a", "name": "Ada", **more}).encode(), []))

    assert all(d.reason and d.hint for d in refused.value.defects)


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (b'{"marketplace_id": "a"}\n', "laurel"),
        (b'{"personalData": {}}\n', "graphql"),
        (
            b"freelancer_ID,name,country,language,primary_skill,years_of_experience,"
            b"hourly_rate (USD),rating,is_active,client_satisfaction\n",
            "public_csv",
        ),
    ],
)
def test_a_mapping_is_guessed_from_the_first_line(first, name, tmp_path):
    (tmp_path / "feed").write_bytes(first)

    assert matching.guess(tmp_path / "feed").name == name


def test_where_no_mapping_fits_the_shipped_ones_are_listed(tmp_path):
    (tmp_path / "feed").write_bytes(b"a,b\n1,2\n")

    with pytest.raises(FeedError) as refused:
        matching.guess(tmp_path / "feed")
    assert all(one.name in refused.value.detail for one in mapping.shipped())
