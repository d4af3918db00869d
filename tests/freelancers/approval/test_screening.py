"""What the automatic look at a profile finds, and what becomes of it. Rules A-2..A-5."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from freelancers.approval import texts
from freelancers.approval.addresses import folded, is_free, rough
from freelancers.approval.duplicates import Trait, birth_key, picture_key, shared, traits_of
from freelancers.approval.findings import TERMS, Check, Kind, Route, Weight, route, unmet
from freelancers.approval.screening import POLICIES, SkillSeen, Surroundings, screen
from freelancers.approval.snapshot import Snapshot
from freelancers.approval.supply_rules import SkillState
from tests.freelancers.approval.judged import PAGE, apart, judged, page, scores, together

POLICY = POLICIES[0]
GOOD = Snapshot(
    name="Ada Byron",
    email="ada@byron.example",
    title="Data engineer",
    overview="I move Oracle warehouses to Snowflake for insurers: four last year, the largest with 900 tables. "
    "Models in dbt, tests for every source, and lessons for analysts who will look after all of it.",
    skills=("Snowflake",),
    rate="$40 an hour",
    languages=("English: fluent",),
    lists={"education": ("MSc, Turin",)},
)
FULL = SkillSeen("WordPress", SkillState.FULL, ("Shopify", "Drupal"))


def found(profile=GOOD, **around):
    return {each.kind: each for each in unmet(screen(profile, Surroundings(**around), POLICY))}


def judge(checks, declines=0, person_declined=False):
    return route(
        checks, declines=declines, declines_then_person=POLICY.declines_then_person, person_declined=person_declined
    )


def test_every_kind_of_finding_is_found_as_a_careful_reader_would():
    made_with, held_out = apart(judged())
    wrong = {kind: score for kind, score in scores(made_with).items() if min(score.precision, score.recall) < 0.95}

    assert len(made_with) >= 200
    assert not wrong
    assert all(score.expected >= 3 for score in scores(made_with).values())
    assert min(together(held_out).precision, together(held_out).recall) >= 0.85


def test_the_page_says_what_is_measured():
    assert PAGE.read_text("utf-8") == page(judged())


def test_everything_that_is_looked_at_is_on_the_receipt_met_or_not():
    checks = screen(GOOD, Surroundings(), POLICY)

    assert [each.kind for each in checks] == list(Kind) == list(TERMS)
    assert not unmet(checks)
    assert judge(checks) is Route.APPROVED
    assert [Check.from_json(each.to_json()) for each in checks] == list(checks)


def test_a_finding_says_what_where_why_and_how_to_mend_it():
    empty = screen(Snapshot(name="Ada"), Surroundings(skills=(FULL,), earlier=((Trait.ADDRESS,),)), POLICY)

    assert all(each.what and each.where and each.why and each.mend for each in unmet(empty))


def test_picture_tests_and_payment_are_not_even_looked_at():
    words = " ".join(f"{kind} {terms.name} {terms.where}" for kind, terms in TERMS.items()).lower()

    assert not [word for word in ("photo", "picture", "test", "payment") if word in words]


@pytest.mark.parametrize("email", ["ada@gmail.com", "info@firm.example", "x123456789@mailinator.com", None])
def test_an_address_is_never_a_reason(email):
    assert judge(screen(Snapshot(**{**vars(GOOD), "email": email}), Surroundings(), POLICY)) is Route.APPROVED


def test_all_skills_full_declines_and_names_what_is_open():
    checks = screen(GOOD, Surroundings(skills=(FULL,)), POLICY)
    (finding,) = unmet(checks)

    assert (finding.kind, judge(checks)) == (Kind.SKILLS_FULL, Route.DECLINED)
    assert finding.what == "WordPress is full now. Related skills that are open: Shopify and Drupal."


def test_one_skill_that_is_not_full_is_enough():
    for other in (SkillSeen("dbt", SkillState.CROWDED), SkillSeen("Puppetry")):
        assert found(skills=(FULL, other))[Kind.SOME_SKILLS_FULL].weight is Weight.ADVICE


def test_whoever_a_partner_invited_skips_supply_and_demand_and_nothing_else():
    invited = found(Snapshot(**{**vars(GOOD), "title": None}), skills=(FULL,), is_invited=True)

    assert set(invited) == {Kind.TITLE_MISSING}


def test_an_earlier_account_is_for_a_person_whatever_else_is_found():
    checks = screen(Snapshot(name="Ada"), Surroundings(earlier=((Trait.PICTURE, Trait.ADDRESS),)), POLICY)

    assert judge(checks) is Route.PERSON


def test_after_three_declines_and_after_a_persons_decline_a_person_answers():
    good, bad = screen(GOOD, Surroundings(), POLICY), screen(Snapshot(name="Ada"), Surroundings(), POLICY)

    assert (judge(bad, declines=2), judge(bad, declines=3), judge(good, declines=3)) == (
        Route.DECLINED, Route.PERSON, Route.PERSON,
    )  # fmt: skip
    assert judge(good, declines=1, person_declined=True) is Route.PERSON


@given(st.text(), st.text(), st.text(max_size=40))
def test_no_text_is_too_odd_to_be_looked_at(title, overview, email):
    screen(Snapshot(name=title, email=email, title=title, overview=overview), Surroundings(), POLICY)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "…", "🙂", None])
def test_a_text_without_a_word_is_none(text):
    assert texts.is_blank(text)


def test_languages_without_spaces_are_measured_by_their_letters():
    assert texts.length("半導体と電池の特許を翻訳しています") == 9
    assert texts.length("I translate patents") == 3


def test_marks_of_other_scripts_are_part_of_their_words():
    assert texts.words("हिन्दी Ünïcode") == ["हिन्दी", "unicode"]
    assert not texts.odd_letters("हिन्दी Tiếng Việt עִבְרִית العَرَبِيَّة")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada.Byron+x@GMail.com", "adabyron@googlemail.com", True),
        ("ada+x@byron.example", "ada@byron.example", True),
        ("a.da@byron.example", "ada@byron.example", False),
        ("ada@pm.me", "ada@protonmail.com", True),
        ("ada@gmail.com", "ada@gmx.de", False),
    ],
)
def test_ways_to_write_one_mailbox_are_one(one, other, same):
    assert (folded(one) == folded(other)) is same
    assert not same or rough(one) == rough(other)


def test_free_is_the_provider_and_not_a_word_in_the_domain():
    assert is_free("a@yahoo.co.uk")
    assert is_free("a@web.de")
    assert not is_free("a@web.example")
    assert not is_free("a@gmail.byron.example.org")


def test_a_name_with_its_birthday_is_the_same_in_another_order():
    born = date(1990, 4, 12)

    assert birth_key("Núñez, José", born) == birth_key("jose NUNEZ", born) != birth_key("Jose Nunez", date(1990, 4, 13))
    assert birth_key("Jose", None) == ""


def picture(seed, size=(400, 300), kind="PNG"):
    image = Image.new("RGB", (400, 300), "white")
    for step in range(6):
        corner = (step * 61 * seed) % 320, (step * 43 * seed) % 220
        ImageDraw.Draw(image).ellipse((*corner, corner[0] + 70, corner[1] + 60), fill=(40 * step, 90, 200 - 30 * step))
    kept = BytesIO()
    image.resize(size).save(kept, kind)
    return kept.getvalue()


def test_a_picture_is_known_again_in_another_size_and_format():
    assert picture_key(picture(3)) == picture_key(picture(3, (200, 150), "JPEG")) != picture_key(picture(7))
    assert picture_key(b"no picture") == "" == picture_key(picture(0)[:40])


def test_only_what_is_known_of_both_can_be_shared():
    nobody, ada = traits_of(name="Ada"), traits_of(name="Ada", email="a@b.example", document="X 1-2")

    assert shared(nobody, nobody) == ()
    assert shared(ada, traits_of(name="Bo", email="A@b.example", document="x12")) == (Trait.ADDRESS, Trait.DOCUMENT)
