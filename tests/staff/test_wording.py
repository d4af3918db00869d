"""The log reads as sentences, whatever it holds."""

import ast
from pathlib import Path

import pytest

from staff.wording import DEEDS, deed, details

ROOT = Path(__file__).parents[2]
PACKAGES = ("accounts", "badges", "partners", "directory", "freelancers", "privacy", "core")


def recorded():
    """Return every action that is spelled out in the source as the first word of a call that records it."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")).endswith(
                    "record"
                ):
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value:
                        yield first.value


@pytest.mark.parametrize("action", sorted(set(recorded())))
def test_every_action_has_words_of_its_own(action):
    assert action in DEEDS


def test_an_action_without_words_shows_as_it_is():
    assert deed("space_ship.taken_off") == "did “taken off” (space ship)"


def test_only_what_differs_is_told():
    told = details({"kind": "block", "same": 1, "freelancer_id": "x"}, {"told": True, "same": 1, "steps": [{"a": "b"}]})

    assert [(each.name, each.before, each.after) for each in told] == [
        ("kind", "block", None),
        ("told", None, "yes"),
        ("steps", None, "a: b"),
    ]


def test_long_values_are_cut():
    (long,) = details({}, {"summary": "x" * 5_000})

    assert len(long.after) < 200
