"""Lists as people bring them, taken apart; addresses and names, checked. Rule I-5."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from partners.addresses import Address, checked, checked_email
from partners.invitations import reading
from partners.invitations.reading import Columns, decoded, entries, guess
from partners.rules import Outcome


def read(text):
    return list(entries(text, guess(text)))


def addresses(text):
    return [Address(entry.email, entry.name) for entry in read(text)]


ADA = Address("ada@x.org", "Ada Byron")


@pytest.mark.parametrize(
    "text",
    [
        "Ada Byron <ada@x.org>",
        '"Ada Byron" <ada@x.org>',
        "Ada  Byron  <mailto:ada@x.org>",
        "Ada Byron <Ada@X.org>",
        "Ada Byron, ada@x.org",
        "ada@x.org, Ada Byron",
        "ada@x.org;Ada;Byron",
        "ada@x.org\tAda Byron",
        "E-Mail,Name\nada@x.org,Ada Byron",
        decoded("\ufeffName;Email\nAda Byron;ada@x.org".encode()),
        "First name,Last name,Company,Email address\nAda,Byron,Engines Ltd,ada@x.org",
        "Last name\tFirst name\tMail\nByron\tAda\tada@x.org\n",
        "\r\n\r\n  Ada Byron <ada@x.org>  \r\n,,\r\n",
        'Name,Email\n"Ada ""the first"" Byron",ada@x.org'.replace('""the first"" ', ""),
    ],
)
def test_a_name_comes_along_however_it_is_written(text):
    assert addresses(text) == [ADA]


def test_several_addresses_may_stand_on_one_line():
    text = "ada@x.org, bob@x.org; Carl Gauss <carl@x.org>\ndora@x.org erik@x.org"

    assert [a.email for a in addresses(text)] == ["ada@x.org", "bob@x.org", "carl@x.org", "dora@x.org", "erik@x.org"]


def test_many_columns_without_titles_are_no_name():
    assert addresses("ada@x.org,Ada,Byron,UK,Engineer") == [Address("ada@x.org", None)]


def test_titles_in_another_tongue_are_told_from_what_stands_below():
    columns = guess("Nom;Contact\nAda;ada@x.org\nBob;bob@x.org\n")

    assert columns == Columns(";", ("name", "email"), ("Nom", "Contact"))


def test_columns_can_be_said_to_be_something_else():
    text = "Work,Private,Who\nada@x.org,ada@home.org,Ada\n"
    columns = Columns(",", ("", "email", "name"), ("Work", "Private", "Who"))

    assert [(e.email, e.name) for e in entries(text, columns)] == [("ada@home.org", "Ada")]


@pytest.mark.parametrize(
    "text",
    ["nonsense", "ada@", "@x.org", "ada@x", "ada x@x.org <", "ada@x..org", "a@b@c.org", "ada@localhost", "a@x.local"],
)
def test_what_is_no_address_says_why_and_what_to_do(text):
    entry = read(text)[0]

    assert entry.email is None
    assert entry.problem
    assert entry.advice
    assert entry.outcome is Outcome.BAD_ADDRESS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("аda@example.org", "Cyrillic"),  # the first letter is Cyrillic
        ("ada@exаmple.org", "Cyrillic"),
        ("ada@оо.com", "Cyrillic"),  # all of the label are
        ("ada@examρle.org", "Greek"),
        ("ada@example.org\u200b", "cannot be seen"),
        ("a\u00adda@example.org", "cannot be seen"),
        ("ａda@example.org", "imitates"),
    ],
)
def test_an_address_that_imitates_another_is_refused_and_says_by_what(text, word):
    with pytest.raises(InvalidInput, match=word):
        checked_email(text + "")


@pytest.mark.parametrize("text", ["ärzte@müller.example", "иван@пример.рф", "李@例子.中国", "josé@ejemplo.es"])
def test_addresses_of_other_alphabets_are_fine(text):
    assert checked_email(text.upper() if text[0] == "j" else text) == text


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "=HYPERLINK(1)"])
def test_a_formula_is_no_name(name):
    (entry,) = read(f'Name,Email\n"{name}",ada@x.org')

    assert (entry.email, entry.outcome) == (None, Outcome.BAD_NAME)
    assert "formula" in entry.problem


def test_a_line_break_is_no_name_and_does_not_shift_the_lines_below():
    first, second = read('Name,Email\n"Ada\r\nBcc: everybody@x.org",ada@x.org\nBob,bob@x.org')

    assert (first.line, first.email, first.outcome) == (2, None, Outcome.BAD_NAME)
    assert "line break" in first.problem
    assert (second.line, second.email) == (4, "bob@x.org")


@pytest.mark.parametrize("name", ["-", "–", "O'Neil", "Anna-Lena", "Łukasz Ż.", "李小龙"])
def test_names_of_all_kinds_are_fine(name):
    (entry,) = read(f"Name,Email\n{name},ada@x.org")

    assert entry.email == "ada@x.org"


def test_a_quote_that_never_ends_costs_its_own_row_alone():
    rows = read('Name,Email\n"never, a@x.org\nBob,bob@x.org\nCarl,carl@x.org')

    assert [(row.line, row.email) for row in rows] == [(2, None), (3, "bob@x.org"), (4, "carl@x.org")]


def test_a_repeated_address_names_the_line_it_first_stood_on():
    first, second = read("Ada <ada@x.org>\nADA@x.org")

    assert first.repeats is None
    assert (second.repeats, second.outcome) == (1, Outcome.DUPLICATE)


def test_a_row_too_short_for_its_table_says_so():
    first, second = read("Name,Email\nAda,ada@x.org\nonly a name")

    assert first.email == "ada@x.org"
    assert second.problem


def test_a_million_rows_are_refused_as_a_whole():
    text = "Email\n" + "".join(f"p{number}@x.org\n" for number in range(1_000_000))

    with pytest.raises(InvalidInput, match="more than 100,000"):
        list(entries(text, guess(text)))


def test_a_header_alone_is_an_empty_list():
    assert read("Email,Name") == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Name,Email\nJosé,jose@x.org".encode("latin-1"), "line 2 holds the byte 0xE9"),
        (b"PK\x03\x04\x14\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook"),
        (b"ada@x.org\x00", "no text"),
        ("ada@x.org".encode("utf-16-le"), "no text"),
        (b"\xff\xfe\x61", "not in UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(data, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        decoded(data)
    assert "CSV UTF-8" in refused.value.next_step


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_is_read(encoding):
    assert addresses(decoded("Name,Email\nJosé,jose@x.org".encode(encoding))) == [Address("jose@x.org", "José")]


PARTS = st.tuples(st.text(alphabet="aZ0.-_+", max_size=70), st.text(alphabet="aZ0.-", max_size=70))


@given(PARTS.map("@".join) | PARTS.map(lambda parts: f"{parts[0]}@{parts[1]}.com"))
def test_the_short_way_says_what_the_library_says(text):
    try:
        due = validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        due = None
    try:
        found = checked_email(text)
    except InvalidInput:
        found = None

    assert found == due


@given(st.text(alphabet=st.sampled_from("ab@.,;<>\"'\t\n \x00é|"), max_size=60) | st.text(max_size=60))
def test_any_text_at_all_can_be_pasted(text):
    for entry in read(text):
        assert (entry.email is None) == bool(entry.problem)
        if entry.email:
            assert entry.email == entry.email.lower()
            assert "\n" not in (entry.name or "")


@pytest.mark.parametrize("head", ["", "Email,Name\n", "Email;Name\n"])
@pytest.mark.parametrize("letter", ["a", '"', "<", ",", "@"])
def test_a_line_may_be_longer_than_any_cell_of_a_table(head, letter):
    (entry, *_) = read(head + "x" + letter * 200_000)

    assert entry.email is None
    assert len(entry.text) <= reading.SHOWN


def test_an_address_alone_is_checked_with_its_name():
    assert checked(" Ada@X.org ", " Ada  Byron ") == ADA


def test_a_column_whose_title_says_nothing_is_no_name():
    assert guess("Name,Contact,Country\nAda,ada@x.org,GB\nBob,bob@x.org,GB\n").roles == ("name", "email", "")
    assert guess("Who,Contact,Country\nAda,ada@x.org,GB\nBob,bob@x.org,GB\n").roles == ("", "email", "")
