"""How a score moves, in words and as a line. Section J."""

from datetime import UTC, datetime, timedelta

import pytest

from badges.closeness import ScoreSeen
from me.score import EDGE, HEIGHT, SHOWN, WIDTH, score

AT = datetime(2026, 3, 2, tzinfo=UTC)


def history(*figures):
    return [ScoreSeen(AT + timedelta(days=30 * n), pct) for n, pct in enumerate(figures)]


@pytest.mark.parametrize(("pct", "margin"), [(82, 2), (80, 0), (79, -1), (None, None)])
def test_the_margin_is_what_lies_above_the_limit(pct, margin):
    assert score(pct, AT, 80, []).margin == margin


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((90, 82), "82 %, 2 points above the 80 % that is needed, and falling: 90 % in March."),
        ((78, 79), "79 %, 1 point below the 80 % that is needed, and rising: 78 % in March."),
        ((80,), "80 %, exactly the 80 % that is needed."),
        ((), ""),
    ],
)
def test_margin_and_trend_are_one_sentence(figures, sentence):
    pct = figures[-1] if figures else None

    assert score(pct, AT, 80, history(*figures)).sentence == (sentence and f"Your Job Success Score is {sentence}")


@pytest.mark.parametrize(("pct", "is_close"), [(79, False), (80, True), (83, True), (84, False), (None, False)])
def test_it_is_close_within_the_margin_of_the_policy(pct, is_close):
    assert score(pct, AT, 80, [], 3).is_close is is_close


def test_the_drawing_stays_within_its_frame():
    drawn = score(0, AT, 80, history(100, 0, 55, None, 80))

    assert all(EDGE <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE for x, y in drawn.dots)
    assert EDGE <= drawn.limit_y <= HEIGHT - EDGE


def test_the_line_breaks_where_the_score_had_gone():
    assert len(score(80, AT, 80, history(90, 91, None, 80, 81)).lines) == 2


def test_only_the_last_figures_are_shown():
    assert len(score(80, AT, 80, history(*range(50, 90))).history) == SHOWN


def test_figures_of_one_moment_do_not_break_the_drawing():
    assert len(score(80, AT, 80, [ScoreSeen(AT, 90), ScoreSeen(AT, 80)]).dots) == 2
