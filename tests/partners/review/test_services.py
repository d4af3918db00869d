"""Scores, blindness, conflicts of interest, comments. Rules R-4, R-5, X-2."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput, NotFound
from partners.applying import withdraw_application
from partners.deciding import keep_on_file, select
from partners.models import Application, Member
from partners.review import models
from partners.review.queries import reviewed, way_of
from partners.review.queue import Looking, queued
from partners.review.rules import Stage, Way, standing
from partners.review.services import (
    OffThisOne,
    ReviewsClosed,
    add_note,
    declare_conflict,
    give_review,
    lift_conflict,
    remove_view,
    save_view,
    set_way,
)
from tests.factories import make_application, make_freelancer, make_user
from tests.partners.review.conftest import CRITERIA

DAY = timedelta(days=1)
GOOD, BAD = {"depth": "5", "words": "4"}, {"depth": "2", "words": "2"}


def seen_by(user, sent, way):
    return reviewed(way, sent.id, user.id)


def test_two_blind_reviewers_see_each_others_scores_once_both_are_in(sent, blind, rita, sam, tess, at):
    give_review(sent.id, GOOD, "Strong.", by=rita.id, at=at)

    assert seen_by(sam, sent, blind).seen == []
    assert seen_by(sam, sent, blind).hidden == 1
    assert [each.reviewer_id for each in seen_by(rita, sent, blind).seen] == [rita.id]
    give_review(sent.id, {"depth": "4", "words": "4"}, None, by=sam.id, at=at)
    for user in (rita, sam, tess):
        assert len(seen_by(user, sent, blind).seen) == 2
    assert seen_by(tess, sent, blind).standing.score_hundredths == 438


def test_a_review_can_be_changed_until_its_reviewer_has_seen_another(sent, blind, rita, sam, at):
    give_review(sent.id, BAD, None, by=rita.id, at=at)
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    give_review(sent.id, GOOD, None, by=sam.id, at=at)

    with pytest.raises(ReviewsClosed, match="You have seen"):
        give_review(sent.id, BAD, None, by=rita.id, at=at)


def test_where_two_disagree_a_third_decides_without_having_seen_them(sent, blind, rita, sam, tess, admin, at):
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    give_review(sent.id, BAD, None, by=sam.id, at=at)

    assert seen_by(rita, sent, blind).standing.stage is Stage.TIE
    assert seen_by(tess, sent, blind).seen == []
    assert seen_by(tess, sent, blind).may_give
    give_review(sent.id, {"depth": "3", "words": "3"}, None, by=tess.id, at=at)
    assert seen_by(tess, sent, blind).standing.score_hundredths == 300
    with pytest.raises(ReviewsClosed, match="As many"):
        give_review(sent.id, GOOD, None, by=admin.id, at=at)


def test_a_conflict_of_interest_takes_a_reviewer_off_with_what_they_gave(session, sent, blind, rita, sam, ada, at):
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    declare_conflict(sent.id, by=rita.id, at=at)
    declare_conflict(sent.id, by=rita.id, at=at)

    assert seen_by(sam, sent, blind).standing.count == 0
    for act in (
        lambda: give_review(sent.id, GOOD, None, by=rita.id, at=at),
        lambda: select(sent.id, by=rita.id, at=at),
        lambda: keep_on_file(sent.id, by=rita.id, at=at),
    ):
        with pytest.raises(OffThisOne):
            act()
    assert session.get(Application, sent.id, populate_existing=True).state == "submitted"


def test_a_manager_puts_somebody_back_who_stepped_back_by_mistake(sent, blind, rita, admin, at):
    declare_conflict(sent.id, by=rita.id, at=at)
    lift_conflict(sent.id, rita.id, by=admin.id, at=at)
    give_review(sent.id, GOOD, None, by=rita.id, at=at)

    with pytest.raises(NotFound):
        lift_conflict(sent.id, rita.id, by=admin.id, at=at)


def test_a_review_keeps_the_weights_of_its_day(session, partner, sent, blind, rita, admin, at):
    give_review(sent.id, GOOD, None, by=rita.id, at=at)
    set_way(partner.programme, Way(CRITERIA[:1], version=1), by=admin.id, at=at + DAY)
    review = session.scalars(sa.select(models.Review)).one()

    assert [each["weight"] for each in review.scores] == [3, 1]
    assert review.total_hundredths == 475


def test_two_who_change_how_they_review_at_once_do_not_overwrite_each_other(partner, blind, admin, at):
    set_way(partner.programme, Way(CRITERIA[:1], version=1), by=admin.id, at=at)

    with pytest.raises(Conflict, match="a moment ago"):
        set_way(partner.programme, Way((), version=1), by=admin.id, at=at)
    with pytest.raises(Conflict):
        set_way(partner.programme, Way((), version=0), by=admin.id, at=at)
    assert len(way_of(partner.programme.id).criteria) == 1


def test_without_a_rubric_nobody_scores(sent, rita, at):
    with pytest.raises(Conflict, match="no criteria"):
        give_review(sent.id, GOOD, None, by=rita.id, at=at)


def test_withdrawing_takes_all_that_the_team_wrote_with_it(session, partner, sent, blind, rita, sam, at):
    give_review(sent.id, GOOD, "Strong.", by=rita.id, at=at)
    add_note(sent.id, "A friend of a friend says yes.", by=rita.id, at=at)
    declare_conflict(sent.id, by=sam.id, at=at)
    withdraw_application(sent.id, at)
    session.expire_all()

    for model in (models.Review, models.Note, models.ConflictOfInterest, models.KeptReason):
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    logged = " ".join(str(each.after) + str(each.reason) for each in session.scalars(sa.select(AuditEvent)))
    assert "friend" not in logged
    assert "Strong" not in logged
    with pytest.raises(NotFound):
        add_note(sent.id, "Too late.", by=rita.id, at=at)


def test_an_empty_comment_is_none(sent, rita, at):
    with pytest.raises(InvalidInput):
        add_note(sent.id, " \x00 ", by=rita.id, at=at)


def test_a_view_is_ones_own(session, partner, rita, sam, at):
    members = {each.user_id: each.id for each in session.scalars(sa.select(Member))}
    kept = save_view(members[rita.id], "Mine to do", {"reviews": "mine"}, at)
    again = save_view(members[rita.id], "Mine to do", {"reviews": "tie"}, at)

    assert (again.id, again.query) == (kept.id, {"reviews": "tie"})
    with pytest.raises(NotFound):
        remove_view(members[sam.id], kept.id)
    remove_view(members[rita.id], kept.id)
    with pytest.raises(NotFound):
        remove_view(members[rita.id], kept.id)


@pytest.mark.parametrize("is_double", [False, True])
@pytest.mark.parametrize(
    "totals", [[], [100], [367], [400, 301], [400, 300], [400, 300, 310], [333, 334], [100, 500, 499], [433, 434, 435]]
)
def test_sql_adds_up_as_python_does(session, partner, admin, at, is_double, totals):
    way = Way(CRITERIA, is_double=is_double)
    application = make_application(partner, make_freelancer(make_user()))
    for total in totals:
        by = make_user("partner").id
        session.add(
            models.Review(application_id=application.id, reviewer_id=by, scores=[], total_hundredths=total, at=at)
        )
    session.commit()
    [row] = queued(Looking(partner.programme, way, admin.id, at), [application.id])
    said = standing(way, totals)

    assert (row.stage, row.score_hundredths, row.reviews) == (said.stage, said.score_hundredths, said.count)
