"""Pasted lists, taken apart. Rule I-5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from partners.addresses import MAX_ENTRIES, Address, checked, parse


def addresses(text):
    return [entry.address for entry in parse(text)]


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
        "\ufeffName;Email\nAda Byron;ada@x.org",
        "First name,Last name,Company,Email address\nAda,Byron,Engines Ltd,ada@x.org",
        "\r\n\r\n  Ada Byron <ada@x.org>  \r\n,,\r\n",
    ],
)
def test_a_name_comes_along_however_it_is_written(text):
    assert addresses(text) == [ADA]


def test_several_addresses_may_stand_on_one_line():
    text = "ada@x.org, bob@x.org; Carl Gauss <carl@x.org>\ndora@x.org erik@x.org"

    assert [a.email for a in addresses(text)] == ["ada@x.org", "bob@x.org", "carl@x.org", "dora@x.org", "erik@x.org"]


def test_many_columns_without_titles_are_no_name():
    assert addresses("ada@x.org,Ada,Byron,UK,Engineer") == [Address("ada@x.org", None)]


@pytest.mark.parametrize("text", ["nonsense", "ada@", "@x.org", "ada@x", "ada x@x.org <", "ada@x..org", "a@b@c.org"])
def test_what_is_no_address_says_why(text):
    (entry,) = parse(text)[:1]

    assert entry.address is None
    assert entry.problem


def test_a_repeated_address_names_the_line_it_first_stood_on():
    first, second = parse("Ada <ada@x.org>\nADA@x.org")

    assert first.repeats is None
    assert second.repeats == 1


def test_a_row_too_short_for_its_table_is_read_as_it_stands():
    first, second = parse("Name,Email\nada@x.org\nonly a name")

    assert first.address == Address("ada@x.org")
    assert second.problem


def test_more_than_the_limit_is_refused_as_a_whole():
    text = "\n".join(f"p{number}@x.org" for number in range(MAX_ENTRIES + 1))

    with pytest.raises(InvalidInput, match="more than 2,000"):
        parse(text)


def test_a_header_alone_is_an_empty_list():
    assert parse("Email,Name") == ()


def test_an_address_of_other_alphabets_keeps_its_letters():
    assert checked("Ärzte@Müller.example").email == "ärzte@müller.example"


@given(st.text(alphabet=st.sampled_from("ab@.,;<>\"'\t\n \x00é|"), max_size=60) | st.text(max_size=60))
def test_any_text_at_all_can_be_pasted(text):
    for entry in parse(text):
        assert (entry.address is None) == bool(entry.problem)
        if entry.address:
            assert entry.address.email == entry.address.email.lower()
            assert "\n" not in (entry.address.name or "")


@pytest.mark.parametrize("head", ["", "Email,Name\n", "Email;Name\n"])
@pytest.mark.parametrize("letter", ["a", '"', "<", ",", "@"])
def test_a_line_may_be_longer_than_any_cell_of_a_table(head, letter):
    (entry, *_) = parse(head + "x" + letter * 200_000)

    assert entry.address is None
