"""Who sees what of a profile: the preview shows what is really shown. Rules B-4, D-2, E-4."""

import pytest

from me.building.audiences import AUDIENCES
from tests.factories import make_award, make_freelancer, make_user, sign_in

#: What everybody sees, and what only clients of the marketplace see besides.
PUBLIC = {
    "title": "Poet of numbers", "overview": "I count.", "skills": ["Algebra"], "city": "Leeds",
    "availability": "From May", "languages": [{"code": "cy", "level": "native"}],
}  # fmt: skip
PUBLIC_WORDS = (
    "Ada Byron",
    "Poet of numbers",
    "I count.",
    "Algebra",
    "Leeds",
    "From May",
    "Welsh",
    "Analyst",
    "Valid one",
    "Notes on engines",
    "$50",
)
PROFILE = {
    "employment": [{"title": "Analyst", "company": "Engines", "from": "1842"}],
    "certificates": [{"name": "Valid one"}, {"name": "Expired one", "expires_on": "2020-01-01"}],
    "portfolio": [{"title": "Notes on engines"}],
    "education": [{"school": "At home"}],
    "linked_accounts": [{"kind": "GitHub", "url": "https://github.com/ada"}],
    "experience_level": "expert",
    "categories": ["Legal work"],
}
FURTHER_WORDS = ("At home", "GitHub", "Legal work", "Expired one")


@pytest.fixture
def ada(client, session, at, northwind):
    user = make_user(name="Ada Byron")
    person = make_freelancer(user, **PUBLIC, profile=PROFILE)
    make_award(northwind, person)
    sign_in(client, user)
    return person


def previewed(client, audience):
    return client.get(f"/me/profile/preview/{audience}").text.partition("<main")[2]


def test_the_preview_for_everybody_is_what_everybody_reads(client, app, ada):
    really, preview = app.test_client().get(f"/experts/northwind/people/{ada.id}").text, previewed(client, "everybody")

    for words in PUBLIC_WORDS:
        assert words in really, words
        assert words in preview, words
    for words in FURTHER_WORDS:
        assert words not in really, words
        assert words not in preview, words


@pytest.mark.parametrize("audience", ["clients", "me"])
def test_others_see_all_of_it(client, ada, audience):
    preview = previewed(client, audience)

    assert all(words in preview for words in (*PUBLIC_WORDS, *FURTHER_WORDS))


@pytest.mark.parametrize("visibility", ["public", "marketplace", "private"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_whom_the_profile_is_not_for_sees_nothing(client, session, ada, audience, visibility):
    ada.visibility = visibility
    session.commit()
    hidden = visibility not in {"everybody": ("public",), "clients": ("public", "marketplace")}.get(
        audience, (visibility,)
    )

    preview = previewed(client, audience)
    assert ("They see nothing of it" in preview) is hidden
    assert ("Algebra" in preview) is not hidden
