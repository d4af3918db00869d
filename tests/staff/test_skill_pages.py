"""Staff bring in how many jobs are open per skill. Rule A-3."""

from io import BytesIO

from freelancers.approval.supply_queries import latest_day, skill_in_full
from tests.staff.reading import events, page, text_of


def upload(staff, content, source="Counted by hand", **values):
    data = {"file": (BytesIO(content), "jobs.csv"), "source": source, **values}
    return staff.post("/staff/skills", data=data, content_type="multipart/form-data")


def test_figures_that_staff_bring_in_show_on_the_board_with_their_source(staff, session, sam):
    answer = upload(staff, b"skill,open_jobs,freelancers\nSQL,4,8\n", on="2026-02-01")

    assert answer.status_code == 303
    assert "Took in 1 skill as of 2026-02-01" in page(staff, "/staff/skills")
    assert "SQL" in page(staff, "/skills")
    assert "Counted by hand" in page(staff, "/skills/sql")
    assert events(session, "skills.imported")[0].actor_id == sam.id


def test_a_file_with_bad_lines_changes_nothing_and_names_each(staff, session):
    upload(staff, b"skill,open_jobs,freelancers\nSQL,4,8\n", on="2026-02-01")
    answer = upload(staff, b"skill,open_jobs\nSQL,x\nGo,-1\n", on="2026-02-01", source="My <own> count")

    assert answer.status_code == 422
    assert "line 2" in text_of(answer)
    assert "line 3" in text_of(answer)
    assert "My &lt;own&gt; count" in answer.text
    assert skill_in_full("sql").now.market.open_jobs == 4


def test_a_file_a_source_and_a_day_that_has_been_are_asked_for(staff, session):
    answer = staff.post("/staff/skills", data={})
    assert answer.status_code == 422
    assert "Choose a file." in text_of(answer)
    assert "Say where the figures come from." in text_of(answer)

    answer = upload(staff, b"skill,open_jobs\nSQL,1\n", on="2999-01-01")
    assert answer.status_code == 422
    assert "still to come" in text_of(answer)
    assert latest_day() is None
