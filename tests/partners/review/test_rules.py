"""What reviews add up to, and who sees which. Rule R-5. Pure."""

import pytest

from core.errors import InvalidInput
from partners.review.rules import (
    Criterion,
    Scored,
    Stage,
    Way,
    in_points,
    may_change,
    read_criteria,
    read_scores,
    sees_reviews,
    standing,
    total_hundredths,
)

DEPTH, WORDS = Criterion("depth", "Depth", "", 3), Criterion("words", "Words", "", 1)
ONE, TWO = Way((DEPTH, WORDS)), Way((DEPTH, WORDS), is_double=True)


def scored(*pairs):
    return [Scored(f"c{number}", "A criterion", weight, score) for number, (weight, score) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("scores", "total"),
    [
        (scored((1, 1)), 100),
        (scored((3, 4), (1, 1)), 325),
        (scored((1, 1), (1, 2), (1, 2)), 167),
        (scored((10, 5)), 500),
    ],
)
def test_a_total_is_the_mean_by_weight(scores, total):
    assert total_hundredths(scores) == total


@pytest.mark.parametrize(
    ("way", "totals", "stage", "score"),
    [
        (ONE, [], Stage.NONE, None),
        (ONE, [400], Stage.DONE, 400),
        (ONE, [400, 200], Stage.DONE, 300),
        (TWO, [], Stage.NONE, None),
        (TWO, [400], Stage.PARTLY, None),
        (TWO, [400, 301], Stage.DONE, 351),
        (TWO, [400, 300], Stage.TIE, None),
        (TWO, [400, 300, 310], Stage.DONE, 310),
        (TWO, [100, 500, 200], Stage.DONE, 200),
    ],
)
def test_two_agree_or_a_third_decides(way, totals, stage, score):
    found = standing(way, totals)

    assert (found.stage, found.score_hundredths) == (stage, score)


def test_the_threshold_is_the_partners_own():
    strict = Way((DEPTH,), is_double=True, third_from_hundredths=50)

    assert standing(strict, [300, 350]).stage is Stage.TIE
    assert standing(strict, [300, 349]).stage is Stage.DONE


@pytest.mark.parametrize(
    ("totals", "has_own", "sees", "may"),
    [
        ([], False, False, True),
        ([400], True, False, True),
        ([400], False, False, True),
        ([400, 200], True, True, False),
        ([400, 200], False, False, True),
        ([400, 350], True, True, False),
        ([400, 350], False, True, False),
        ([400, 200, 300], True, True, False),
    ],
)
def test_blind_reviewers_see_others_once_all_that_count_are_in(totals, has_own, sees, may):
    found = standing(TWO, totals)

    assert sees_reviews(TWO, found, has_own=has_own) is sees
    assert may_change(TWO, found, has_own=has_own) is may


def test_where_nobody_is_blind_everybody_sees_and_may_change():
    for totals in ([], [400], [400, 100]):
        assert sees_reviews(ONE, standing(ONE, totals), has_own=False)
        assert may_change(ONE, standing(ONE, totals), has_own=True)


def test_scores_are_read_for_every_criterion_or_refused_all_at_once():
    assert [each.score for each in read_scores(ONE.criteria, {"depth": "4", "words": "1", "else": "9"})] == [4, 1]
    with pytest.raises(InvalidInput, match="Depth, Words"):
        read_scores(ONE.criteria, {"depth": "6", "words": ""})


def test_criteria_keep_their_keys_and_new_ones_get_the_next():
    found = read_criteria([("c1", "Old", "", "2"), ("", "New", " Look. ", "1"), ("c9", "  ", "dropped", "1")])

    assert [(each.key, each.name, each.hint, each.weight) for each in found] == [
        ("c1", "Old", "", 2), ("c2", "New", "Look.", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [("", "A", "", "0")], [("", "A", "", "11")], [("", "A", "", "x")], [("", "A", "", "²")],
        [("", "A", "", "1"), ("", "a", "", "1")], [("", f"N{n}", "", "1") for n in range(9)], [("", "n" * 81, "", "1")],
    ],
)  # fmt: skip
def test_criteria_that_cannot_be_scored_are_refused(rows):
    with pytest.raises(InvalidInput):
        read_criteria(rows)


def test_points_have_one_decimal():
    assert [in_points(each) for each in (None, 100, 367, 450)] == [None, "1.0", "3.7", "4.5"]
