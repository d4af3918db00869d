"""The board of open and full skills: its states, its feed, and its pages. Rules A-2, A-3."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import InvalidInput
from core.paging import encode_cursor
from freelancers.approval.cli import skills_cli
from freelancers.approval.models import SkillMarket
from freelancers.approval.supply_feed import Row, read
from freelancers.approval.supply_queries import board, skill_in_full
from freelancers.approval.supply_rules import Market, SkillState, SupplyPolicy, address_of, policy_on, state_of
from freelancers.approval.supply_services import take_in
from tests.factories import AT, make_freelancer

DAY = AT.date()
POLICY = SupplyPolicy(date(2026, 1, 1), crowded_from=10, full_from=30, least_freelancers=10)


def kept(rows, on=DAY):
    return take_in(rows, on=on, source="a test", by=None, at=AT)


@pytest.mark.parametrize(
    ("open_jobs", "freelancers", "state"),
    [
        (10, 99, "open"), (10, 100, "crowded"), (10, 299, "crowded"), (10, 300, "full"),
        (0, 9, "open"), (0, 10, "full"), (0, 0, "open"), (1, 9, "open"), (1, 10, "crowded"),
    ],
)  # fmt: skip
def test_a_skill_is_crowded_and_full_from_the_limits_of_the_policy_on(open_jobs, freelancers, state):
    assert state_of(Market(open_jobs, freelancers), POLICY) is SkillState(state)


def test_an_old_figure_is_judged_under_the_policy_of_its_day():
    later = SupplyPolicy(date(2026, 6, 1), crowded_from=5, full_from=8, least_freelancers=1)

    assert policy_on(date(2026, 5, 31), (POLICY, later)) is POLICY
    assert policy_on(date(2026, 6, 1), (POLICY, later)) is later
    assert policy_on(date(2020, 1, 1), (POLICY, later)) is POLICY


def test_skills_that_differ_have_addresses_that_differ():
    names = ["C", "C++", "C#", "F#", ".NET", "Node.js", "Node js", "数据", "データ", "Data-Entry!", "Data entry"]

    assert len({address_of(name) for name in names}) == len(names)
    assert address_of("  data   Entry ") == address_of("Data entry") == "data-entry"


def test_csv_and_ndjson_say_the_same():
    csv = b"\xef\xbb\xbfskill,open_jobs,freelancers\nSQL,12,40\n C++ ,3,\n"
    ndjson = b'{"skill":"SQL","open_jobs":12,"freelancers":40}\n\n{"skill":"C++","open_jobs":3}\n'

    assert read(csv) == read(ndjson) == [Row("SQL", 12, 40), Row("C++", 3, None)]


def test_a_bad_feed_is_refused_whole_with_every_bad_line():
    with pytest.raises(InvalidInput) as refused:
        read(b"skill,open_jobs\nSQL,-1\n,3\nPython,4\npython,5\nGo,1.5\n")

    assert [each.field for each in refused.value.errors] == ["line 2", "line 3", "line 5", "line 6"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"skill\nSQL\n", b"skill,open_jobs\n", b'{"skill":1}', b'{"skill":"a","open_jobs":true}', b"{",
     b'{"a":1,"a":2}', b'skill,open_jobs\n"SQL,1', b"skill,open_jobs\nSQL,99999999999\n"],
    ids=str,
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_words(content):
    with pytest.raises(InvalidInput) as refused:
        read(content)

    assert refused.value.detail
    assert refused.value.next_step


def test_freelancers_are_counted_from_active_profiles_where_the_feed_does_not_say(session):
    make_freelancer(skills=["SQL", "Go"])
    make_freelancer(skills=["sql"])
    make_freelancer(skills=["SQL"], account_state="closed")

    kept([Row("SQL", 1, None), Row("Go", 1, 70)])

    assert skill_in_full("sql").now.market == Market(1, 2)
    assert skill_in_full("go").now.market == Market(1, 70)


def test_related_skills_stand_together_in_profiles_and_are_open(session):
    for skills in (["SQL", "Go"], ["SQL", "Go"], ["SQL", "Rust"], ["Perl", "Java"]):
        make_freelancer(skills=skills)

    kept([Row("SQL", 1, 90), Row("Go", 9, 1), Row("Rust", 9, 1), Row("Java", 9, 1)])
    assert [each.name for each in skill_in_full("sql").open_related] == ["Go", "Rust"]

    kept([Row("SQL", 1, 90), Row("Go", 0, 90), Row("Rust", 9, 1)])
    assert [each.name for each in skill_in_full("sql").open_related] == ["Rust"]


def test_the_same_day_again_replaces_its_figures_and_other_days_stay(session):
    kept([Row("SQL", 1, 1), Row("Go", 1, 1)], on=DAY - timedelta(days=30))
    kept([Row("SQL", 2, 2), Row("Go", 2, 2)])
    kept([Row("SQL", 3, 3)])

    assert [market for _, market, _ in skill_in_full("sql").history] == [Market(3, 3), Market(1, 1)]
    assert session.scalar(sa.select(sa.func.count()).select_from(SkillMarket)) == 3
    logged = sa.select(sa.func.count()).where(AuditEvent.action == "skills.imported")
    assert session.scalar(logged) == 3


def test_a_day_to_come_is_refused(session):
    with pytest.raises(InvalidInput):
        kept([Row("SQL", 1, 1)], on=DAY + timedelta(days=2))


def test_the_board_says_how_to_go_on_before_any_figures(client):
    assert "No figures yet" in client.get("/skills").text


def test_the_board_lists_finds_and_pages_skills_and_is_made_to_be_cached(client, session):
    kept([Row(f"Skill {number}", number, 1) for number in range(60)] + [Row("100%_C++ <b>", 500, 600)])

    first = client.get("/skills")
    assert "Skill 59" in first.text
    assert "Skill 1<" not in first.text
    assert "100%_C++ &lt;b&gt;" in first.text
    assert client.get("/skills", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "Set-Cookie" not in first.headers
    found = client.get("/skills?q=%25_c").text
    assert "100%_C++" in found
    assert "Skill 59" not in found
    assert "No skill has" in client.get("/skills?q=nothing").text


def test_a_link_to_a_later_page_leads_on_and_one_that_somebody_made_up_is_refused(client, session):
    kept([Row(f"Skill {number}", number, 1) for number in range(60)])

    first = board(DAY, size=40)
    second = board(DAY, size=40, cursor=first.next_cursor)
    assert [each.market.open_jobs for each in [*first.items, *second.items]] == list(range(59, -1, -1))
    for made_up in ("xx", encode_cursor([-(10**22), "a"]), encode_cursor([2**31, "a"]), encode_cursor([1])):
        assert client.get(f"/skills?cursor={made_up}").status_code == 422


def test_a_skill_has_a_page_with_its_past_and_one_that_is_not_known_has_none(client, session):
    kept([Row("C++", 10, 100)], on=DAY - timedelta(days=30))
    kept([Row("C++", 10, 400)])

    text = client.get(f"/skills/{address_of('C++')}").text
    assert "Full" in text
    assert "Crowded" in text
    assert "40.0" in text
    assert client.get("/skills/nothing").status_code == 404


def test_the_command_takes_a_file_whole_or_not_at_all(app, session, tmp_path):
    file = tmp_path / "jobs.csv"
    file.write_text("skill,open_jobs,freelancers\nSQL,4,8\n")
    runner = app.test_cli_runner()
    session.remove()
    done = runner.invoke(skills_cli, ["import", str(file), "--on", "2026-02-01"])
    assert done.exit_code == 0
    assert "1 skill as of 2026-02-01" in done.output

    file.write_text("skill,open_jobs\nSQL,5\nGo,x\n")
    refused = runner.invoke(skills_cli, ["import", str(file), "--on", "2026-02-01"])
    assert refused.exit_code == 1
    assert "line 3" in refused.output
    assert skill_in_full("sql").now.market == Market(4, 8)
