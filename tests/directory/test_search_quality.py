"""The search stays as good as docs/search-quality.md says. Rule D-6."""

from statistics import mean

from benchmarks.search_quality import PAGE, judged, ndcg, table


def test_the_first_ten_are_the_right_ones_for_what_people_type():
    got = judged()

    assert len(got) >= 60
    assert mean(each.ndcg for each in got) >= 0.9
    assert all(each.ndcg == 1 for each in got if each.kind == "nonsense")


def test_the_page_says_what_is_measured():
    assert PAGE.read_text() == table(judged())


def test_a_perfect_order_is_one_and_a_worse_one_less():
    assert ndcg([3, 2, 1], [3, 2, 1]) == 1
    assert 0 < ndcg([1, 2, 3], [3, 2, 1]) < 1
    assert ndcg([], [3]) == 0
