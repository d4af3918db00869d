"""A letter is written down so that any program reads what was meant, however it must travel."""

import email
import email.policy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail_wire import Letter, address
from tests.conftest import AT

LETTER = Letter(
    id="1@laurel.test",
    sender="Läurel <no-reply@laurel.test>",
    to=address("ada@example.org"),
    subject="Hello",
    at=AT,
    text="Hello\n",
    html="<p>Hello</p>",
    boundary="=_1",
)
BODIES = [
    "plain\n",
    "no end",
    "one\r\ntwo\rthree\n",
    ".\n..\n.dot\n",
    "Zoë\n林\n",
    "-- \nLaurel\n",
    "a" * 3000 + "\n",
    "é = " * 900 + " \n \n",
    "--=_1 is no boundary\n",
    "",
]


def read(letter, **options):
    return email.message_from_bytes(letter.to_bytes(**options), policy=email.policy.default)


@pytest.mark.parametrize("eight_bit", [True, False])
@pytest.mark.parametrize("body", BODIES)
def test_bodies_arrive_as_they_were(body, eight_bit):
    wire = replace(LETTER, text=body, html=body).to_bytes(eight_bit=eight_bit)

    assert max(map(len, wire.split(b"\r\n"))) < 998
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert eight_bit or wire.isascii()
    plain, html = email.message_from_bytes(wire, policy=email.policy.default).iter_parts()
    assert plain.get_content().splitlines() == html.get_content().splitlines() == (body.splitlines() or [""])


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")).map(lambda text: " ".join(text.split())))
def test_a_subject_arrives_as_it_was_on_lines_that_are_short(subject):
    letter = replace(LETTER, subject=subject)

    assert read(letter)["Subject"] == subject
    assert all(len(line) < 100 for line in letter.to_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n"))


@pytest.mark.parametrize("to", ["ada@example.org", "a.d+a@sub.example.org", "zoë@example.org", "a" * 90 + "@b.org"])
def test_an_address_arrives_as_it_was(to):
    letter = replace(LETTER, to=address(to))

    assert read(letter)["To"] == to
    assert letter.needs_utf8 == (not to.isascii())
