"""Until when an answer is due, and what counts as one. Rule H-6."""

from datetime import UTC, datetime

import pytest

from core.errors import InvalidInput
from freelancers.support.rules import PARAGRAPHS, checked_answer, due_at


def on(day, hour=15):
    """A moment in March 2026, whose second day is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (on(2), on(4)),
        (on(4), on(6)),
        (on(5), on(9)),
        (on(6), on(10)),
        (on(7), on(11, 0)),
        (on(8, 23), on(11, 0)),
    ],
    ids=["Monday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
)
def test_an_answer_is_due_two_business_days_later(since, due):
    assert due_at(since) == due


@pytest.mark.parametrize("key", PARAGRAPHS)
def test_a_standard_paragraph_is_no_answer_by_itself(key):
    with pytest.raises(InvalidInput, match="never instead of it"):
        checked_answer(f"Hello. {PARAGRAPHS[key].text}")


def test_a_reason_is_an_answer_with_and_without_a_standard_paragraph():
    reason = "The photo on your document was cut off at its left edge."

    assert checked_answer(f" {reason} ") == reason
    assert checked_answer(f"{reason} {PARAGRAPHS['new'].text}").startswith(reason)
