"""What is decided about experts and pages, and what the experts learn of it. Rules D-1, D-2, D-7, E-12."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput, NotFound
from core.outbox import OutboxMail
from core.reasons import REASON_MAX
from directory import drafting, editing, services
from directory.content import Content, Link, Question
from directory.models import LandingPage, Turns, UseCaseExpert
from directory.queries import featured_now, use_cases
from directory.roster import chosen_for, decisions_about, holder, to_choose_for
from directory.rotation import rotate
from freelancers.models import Freelancer
from partners.models import Partner
from tests.app.posting import arriving
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_partner, make_use_case, make_user

DAY = timedelta(days=1)


@pytest.fixture
def partner(session):
    return make_partner()


@pytest.fixture
def ada(partner):
    return make_award(partner, make_freelancer(make_user(name="Ada Byron")))


def mails(session, template):
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template)).all()


def actions(session):
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.at, AuditEvent.id)))


def featured(partner, at):
    return [expert.award_id for expert in featured_now(partner.id, at).experts]


def test_who_is_removed_learns_the_reason_and_keeps_the_badge(session, at, partner, ada):
    services.remove_from_directory(ada.id, " Their certificate lapsed. ", by=None, at=at)

    state = holder(partner.id, ada.id, at)
    assert (state.listed, state.status, state.why_not_listed) == (False, "active", "Taken out of the directory")
    [mail] = mails(session, "listing_removed")
    assert mail.context["why"] == "Their certificate lapsed."
    assert "listing.removed" in actions(session)


def test_who_is_restored_has_their_turns_as_before(session, at, partner, ada):
    rotate(at)
    turns = session.get(Turns, (ada.id, partner.id)).turns
    services.remove_from_directory(ada.id, "A mistake.", by=None, at=at)
    services.restore_to_directory(ada.id, by=None, at=at)

    assert featured(partner, at) == [ada.id]
    assert session.get(Turns, (ada.id, partner.id)).turns == turns
    assert len(mails(session, "listing_restored")) == 1


def test_the_second_who_removes_or_restores_is_told(session, at, ada):
    with pytest.raises(services.NotRemoved):
        services.restore_to_directory(ada.id, by=None, at=at)
    services.remove_from_directory(ada.id, "Why.", by=None, at=at)
    with pytest.raises(services.AlreadyRemoved):
        services.remove_from_directory(ada.id, "Again.", by=None, at=at)

    assert len(mails(session, "listing_removed")) == 1


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * (REASON_MAX + 1)])
def test_nothing_is_decided_without_a_reason_that_can_be_read(session, at, partner, ada, reason):
    rotate(at)
    feature_id = holder(partner.id, ada.id, at).feature_id

    with pytest.raises(InvalidInput):
        services.remove_from_directory(ada.id, reason, by=None, at=at)
    with pytest.raises(InvalidInput):
        services.remove_feature(feature_id, reason, by=None, at=at)

    assert featured(partner, at) == [ada.id]


def test_who_is_no_longer_featured_stays_listed_and_is_not_drawn_again_in_this_period(session, at, partner, ada):
    rotate(at)
    services.pin(ada.id, at + 3 * DAY, by=None, at=at)
    services.remove_feature(holder(partner.id, ada.id, at).feature_id, "Too busy.", by=None, at=at)

    assert featured(partner, at) == []
    assert holder(partner.id, ada.id, at).listed
    assert rotate(at + timedelta(hours=1)) == 0
    assert [mail.context["why"] for mail in mails(session, "feature_removed")] == ["Too busy."]


def test_a_feature_that_has_ended_cannot_be_removed(session, at, partner, ada):
    rotate(at)
    feature_id = holder(partner.id, ada.id, at).feature_id
    services.remove_feature(feature_id, "Once.", by=None, at=at)

    with pytest.raises(services.NotFeatured):
        services.remove_feature(feature_id, "Twice.", by=None, at=at)
    with pytest.raises(NotFound):
        services.remove_feature(uuid4(), "Nobody.", by=None, at=at)


def test_a_pin_ends_at_its_end_and_can_be_moved(session, at, partner, ada):
    first = services.pin(ada.id, at + DAY, by=None, at=at)
    second = services.pin(ada.id, at + 2 * DAY, by=None, at=at)

    assert first.id == second.id
    assert featured(partner, at + DAY) == [ada.id]
    assert featured(partner, at + 2 * DAY) == []
    assert len(mails(session, "feature_pinned")) == 2


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_pin_ends_after_now_and_within_a_year(session, at, ada, days):
    with pytest.raises(InvalidInput):
        services.pin(ada.id, at + days * DAY, by=None, at=at)


def test_only_who_is_listed_can_be_pinned_and_no_more_than_there_are_slots(session, at, partner, ada):
    make_hold(ada.freelancer)
    with pytest.raises(Conflict, match="listed"):
        services.pin(ada.id, at + DAY, by=None, at=at)

    for _ in range(6):
        services.pin(make_award(partner, make_freelancer()).id, at + DAY, by=None, at=at)
    with pytest.raises(Conflict, match="pinned already"):
        services.pin(make_award(partner, make_freelancer()).id, at + DAY, by=None, at=at)


def test_an_expert_answers_each_decision_once(session, at, ada):
    services.remove_from_directory(ada.id, "Why.", by=None, at=at)
    [decision] = decisions_about(ada.id)
    services.answer_decision(ada.id, decision.kind, decision.id, "I renewed it.", by=None, at=at)

    with pytest.raises(services.AlreadyAnswered):
        services.answer_decision(ada.id, decision.kind, decision.id, "Again.", by=None, at=at)
    assert [decision.answer for decision in decisions_about(ada.id)] == ["I renewed it."]


def test_nobody_answers_for_another(session, at, ada):
    services.remove_from_directory(ada.id, "Why.", by=None, at=at)
    [decision] = decisions_about(ada.id)
    other = make_expert()

    with pytest.raises(NotFound):
        services.answer_decision(other.id, decision.kind, decision.id, "Mine.", by=None, at=at)


def test_a_page_is_published_once_it_has_its_words_and_features_at_once(session, at):
    partner = make_partner(published=False)
    award = make_award(partner, make_freelancer())
    services.draft_page(partner.id, Content(headline=" "), by=None, at=at)
    with pytest.raises(drafting.NotReady, match=r"headline.*introduction"):
        services.publish(partner.id, by=None, at=at)

    services.draft_page(partner.id, Content(headline="Experts", intro="All of them."), by=None, at=at)
    services.publish(partner.id, by=None, at=at)
    services.publish(partner.id, by=None, at=at)

    assert featured(partner, at) == [award.id]
    assert actions(session).count("page.published") == 1


def test_the_page_is_made_by_the_first_words_for_it(session, at):
    partner = make_partner()
    session.execute(sa.delete(LandingPage))
    session.commit()
    with pytest.raises(drafting.NotReady):
        services.publish(partner.id, by=None, at=at)

    services.draft_page(partner.id, Content(headline="H", intro="I", colour="ABC"), by=None, at=at)
    page = session.get(LandingPage, partner.id)

    assert (page.slots, page.published_at) == (6, None)
    assert session.get(Partner, partner.id).colour == "#aabbcc"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red;}"},
        {"colour": "url(x)"},
        {"links": (Link("Docs", "javascript:alert(1)"),)},
        {"links": (Link("Docs", "https://example.com"),) * 9},
        {"questions": (Question("Why?", "So."),) * 13},
    ],
)
def test_what_a_page_cannot_be_is_refused(session, at, partner, wrong):
    with pytest.raises(InvalidInput):
        services.draft_page(partner.id, Content("H", "I", **wrong), by=None, at=at)


@pytest.mark.parametrize("wrong", [{"slots": 0}, {"slots": 25}, {"period_hours": 5}])
def test_turns_that_are_not_offered_are_refused(session, at, partner, wrong):
    with pytest.raises(InvalidInput):
        editing.set_turns(partner.id, **{"slots": 6, "period_hours": 168} | wrong, by=None, at=at)


def test_use_cases_and_their_experts_are_put_in_order(session, at, partner, ada):
    bob = make_award(partner, make_freelancer(name="Bob"))
    one, two = (make_use_case(partner, name) for name in ("One", "Two"))
    for award in (ada, bob, ada):
        editing.choose_for_use_case(one.id, award.id, by=None, at=at)
    drafting.move_use_case(two.id, up=True, by=None, at=at)
    drafting.move_use_case(two.id, up=True, by=None, at=at)
    services.publish(partner.id, by=None, at=at)
    editing.move_in_use_case(one.id, ada.id, up=False, by=None, at=at)

    assert [case.name for case in use_cases(partner.id)] == ["Two", "One"]
    assert [each.name for each in chosen_for(one, at)] == ["Bob", "Ada Byron"]
    assert to_choose_for(one, at) == []
    assert len(to_choose_for(two, at)) == 2

    editing.drop_from_use_case(one.id, bob.id, by=None, at=at)
    drafting.delete_use_case(two.id, by=None, at=at)
    services.publish(partner.id, by=None, at=at)
    assert [case.name for case in use_cases(partner.id)] == ["One"]
    assert session.scalars(sa.select(UseCaseExpert.award_id)).all() == [ada.id]


def test_a_use_case_is_named_once_and_never_like_an_address_of_ours(session, at, partner):
    services.add_use_case(partner.id, "Migrating data", "S.", by=None, at=at)
    with pytest.raises(drafting.NameTaken):
        services.add_use_case(partner.id, "migrating  DATA!", "S.", by=None, at=at)

    with pytest.raises(InvalidInput, match="address of another part"):
        services.add_use_case(partner.id, "People", "S.", by=None, at=at)
    assert services.add_use_case(partner.id, "数据", "S.", by=None, at=at).slug == "use-case"


def test_another_partners_expert_is_on_nobodys_list(session, at, partner):
    case = services.add_use_case(partner.id, "One", "S.", by=None, at=at)

    with pytest.raises(NotFound):
        editing.choose_for_use_case(case.id, make_expert(make_partner()).id, by=None, at=at)


@pytest.mark.parametrize("template", ["listing_removed", "listing_restored", "feature_removed", "feature_pinned"])
@pytest.mark.parametrize("has_account", [True, False])
def test_every_mail_says_what_happened_why_and_what_next(session, at, partner, template, has_account):
    award = make_award(partner, make_freelancer(make_user() if has_account else None))
    services.remove_from_directory(award.id, "Lapsed <b>.", by=None, at=at)
    services.restore_to_directory(award.id, by=None, at=at)
    services.pin(award.id, at + DAY, by=None, at=at)
    services.remove_feature(holder(partner.id, award.id, at).feature_id, "Lapsed <b>.", by=None, at=at)
    [mail] = mails(session, template)

    letter = arriving(mail)
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))

    assert partner.name in letter["Subject"]
    assert award.freelancer.name in text
    assert ("Lapsed <b>." in text) == ("Lapsed &lt;b&gt;." in html) == template.endswith("removed")
    assert ("/me/listings/" in text) == (has_account and template.endswith("removed"))
    assert "http://laurel.test/" in html or not has_account


def test_somebody_without_any_address_gets_no_mail(session, at, partner):
    award = make_award(partner, make_freelancer(email=None))
    services.remove_from_directory(award.id, "Why.", by=None, at=at)

    assert session.get(Freelancer, award.freelancer_id).email is None
    assert mails(session, "listing_removed") == []
