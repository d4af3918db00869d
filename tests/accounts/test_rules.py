"""Addresses, passwords and ways back, as pure rules."""

import pytest

from accounts.rules import PASSWORD_MAX, is_address, local_path, normal_address, password_problem


@pytest.mark.parametrize(
    "target", ["/", "/me", "/me/applications?state=draft", "/experts/northwind#people", "/a:b", "/a/https://b"]
)
def test_a_path_of_ours_is_a_way_back(target):
    assert local_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "me",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "http:/evil.example",
        "/me\r\nSet-Cookie: a=b",
        "/\x00/evil",
        "https:evil.example",
        "/" + "a" * 3000,
        "//[evil",
    ],
)
def test_whatever_could_lead_elsewhere_is_no_way_back(target):
    assert local_path(target) is None


def test_an_address_is_the_same_in_any_case_and_with_blanks_around():
    assert normal_address("  Ada@Example.ORG ") == "ada@example.org"


@pytest.mark.parametrize("text", ["ada@example.org", " Ada@Example.org ", "a+b@sub.laurel.example", "zoë@example.org"])
def test_an_address_is_recognised(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "a\0@example.org", "a@b@c.org", "a" * 300 + "@example.org"],
)
def test_what_is_no_address_is_told(text):
    assert not is_address(text)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("123456789", "at least 10 characters; this one has 9"),
        ("a" * 10, "again and again"),
        ("ababababab", "again and again"),
        ("x1y2" * (PASSWORD_MAX // 4) + "z", "at most 200 characters; this one has 201"),
        ("Ada@Example.org", "the e-mail address"),
    ],
)
def test_a_password_that_is_not_taken_says_why(password, problem):
    assert problem in password_problem(password, "ada@example.org")


@pytest.mark.parametrize("password", ["1234567890", "correct horse", "пароль из слов", " " * 3 + "blanks count"])
def test_ten_characters_of_any_kind_are_enough(password):
    assert password_problem(password, "ada@example.org") is None
