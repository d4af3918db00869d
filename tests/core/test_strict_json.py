"""JSON is read in one way, or refused."""

import time

import pytest

from core.strict_json import read_strictly


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 'the name "c" stands twice in one object'),
        ('{"\\u001b[2J": 1, "\\u001b[2J": 2}', 'the name "�[2J" stands twice'),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ("[-Infinity]", "-Infinity is no number of JSON"),
        ("{", "Expecting property name"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text, says):
    with pytest.raises(ValueError, match=says.replace("[", r"\[")):
        read_strictly(text)


def test_numbers_can_stay_as_they_are_written():
    assert read_strictly('{"a": 1.10, "b": 2}', number=str) == {"a": "1.10", "b": "2"}
    assert read_strictly(b'{"a": 1.5}') == {"a": 1.5}


def test_many_names_before_the_one_that_stands_twice_cost_no_time():
    names = ", ".join(f'"n{number}": 1' for number in range(100_000))
    began = time.process_time()

    with pytest.raises(ValueError, match="n99999"):
        read_strictly(f'{{{names}, "n99999": 2}}')

    assert time.process_time() - began < 5
