"""What machines find: the map of the pages, pictures beside links, pages as data. Rules B-4, D-2, D-7."""

import json
import re
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from core.database import joined_transaction
from directory import drafting, editing, services
from directory.machines import site_map
from directory.machines.card import Card, drawn
from directory.models import LandingPage
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_use_case, say

XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
EVIL = "</script><script>alert(1)</script>"


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner, at):
    award = make_award(
        partner,
        make_freelancer(name="Ada Byron", title="Engineer", profile_url="https://market.example/ada", skills=["SQL"]),
    )
    make_award(partner, make_freelancer(name="Grace Hopper"))
    rotate(at)
    return award


@pytest.fixture
def case(partner, ada, at):
    case = make_use_case(partner, "Migrating a warehouse")
    editing.choose_for_use_case(case.id, ada.id, by=None, at=at)
    return case


def urls(client, address="/sitemap.xml"):
    """Return the addresses in a file of the map, each with its date."""
    root = ElementTree.fromstring(client.get(address).data)
    return {each.findtext("s:loc", None, XML): each.findtext("s:lastmod", None, XML) for each in root}


def graph(client, address):
    """Return the things that a page says as data, by type."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(address).text)
    return {each["@type"]: each for each in json.loads(text)["@graph"]}


def properties(client, address):
    """Return what a link to a page shows elsewhere."""
    return dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', client.get(address).text))


def test_the_map_names_every_page_and_everybody_listed_with_the_last_change(client, at, ada, case):
    found = urls(client)

    assert found["http://laurel.test/experts/northwind/migrating-a-warehouse"] == at.isoformat()
    assert found[f"http://laurel.test/experts/northwind/people/{ada.freelancer_id}"] == at.isoformat()
    assert {f"http://laurel.test{path}" for path in ("/", "/skills", "/badges/verify")} <= set(found)


def test_a_change_of_words_use_cases_or_turns_is_a_change_of_the_page(client, session, at, partner, ada, case):
    page, later = "http://laurel.test/experts/northwind", [at + timedelta(days=day) for day in (1, 2, 30)]
    say(partner, headline="New", at=later[0])
    dates = [urls(client)[page]]
    drafting.update_use_case(case.id, "Migrating", "Slowly.", by=None, at=later[1] - timedelta(hours=1))
    assert urls(client)[page] == dates[0]
    drafting.publish(partner.id, by=None, at=later[1])
    dates.append(urls(client)[page])
    rotate(later[2])
    dates.append(urls(client)[page])

    assert dates == [each.isoformat() for each in later]


def test_a_draft_is_not_on_the_map_with_anybody_of_it(client, session, partner, ada, case):
    with joined_transaction():
        session.get(LandingPage, partner.id).published_at = None

    assert not any("northwind" in address for address in urls(client))


def test_a_large_map_is_an_index_whose_files_name_everybody_once(client, monkeypatch, partner, ada):
    monkeypatch.setattr(site_map, "PART", 2)
    for number in range(3):
        make_award(partner, make_freelancer(name=f"Expert {number}"))
    index = client.get("/sitemap.xml")
    files = [address.removeprefix("http://laurel.test") for address in urls(client)]
    named = [address for file in files[1:] for address in urls(client, file)]

    assert "<sitemapindex" in index.text
    assert files[0] == "/sitemap-pages.xml"
    assert len(files) == 4
    assert len(named) == len(set(named)) == 5
    assert not any("/people/" in address for address in urls(client, files[0]))


@pytest.mark.parametrize("begin", ["", "x", "%00", "123"])
def test_an_odd_part_of_the_map_is_not_there(client, partner, begin):
    assert client.get(f"/sitemap-people.xml?from={begin}").status_code == 404


@pytest.mark.parametrize("path", ["", "/migrating-a-warehouse", "/people/{person}"])
def test_a_page_says_where_it_lives_and_what_a_link_to_it_shows(client, ada, case, path):
    address = "http://laurel.test/experts/northwind" + path.format(person=ada.freelancer_id)
    shown = properties(client, address)
    picture = client.get(shown["og:image"])

    assert f'<link rel="canonical" href="{address}">' in client.get(address).text
    assert shown["og:url"] == address
    assert shown["og:title"]
    assert shown["og:description"]
    assert Image.open(BytesIO(picture.data)).size == (1200, 630)


def test_a_search_is_no_page_for_machines(client, ada):
    page = client.get("/experts/northwind?q=ada").text

    assert 'name="robots" content="noindex' in page
    assert "canonical" not in page
    assert "ld+json" not in page


def test_a_partners_page_is_a_list_of_people_and_who_stands_behind_it(client, ada):
    found = graph(client, "/experts/northwind")
    (entry,) = [each for each in found["ItemList"]["itemListElement"] if each["name"] == "Ada Byron"]

    assert found["ItemList"]["numberOfItems"] == 2
    assert entry["url"].endswith(f"/people/{ada.freelancer_id}")
    assert found["Organization"]["name"] == "Northwind"
    assert found["CollectionPage"]["mainEntity"]["@id"] == found["ItemList"]["@id"]


def test_an_experts_page_is_a_person_with_a_badge(client, ada):
    person = graph(client, f"/experts/northwind/people/{ada.freelancer_id}")["ProfilePage"]["mainEntity"]

    assert (person["name"], person["jobTitle"], person["knowsAbout"]) == ("Ada Byron", "Engineer", ["SQL"])
    assert person["sameAs"] == "https://market.example/ada"
    assert person["hasCredential"]["url"] == f"http://laurel.test/badges/{ada.id}"
    assert "email" not in person


def test_the_first_page_lists_the_programmes(client, ada):
    (entry,) = graph(client, "/")["ItemList"]["itemListElement"]

    assert entry["url"] == "http://laurel.test/experts/northwind"


def test_what_people_wrote_never_leaves_the_data(client, partner):
    award = make_award(partner, make_freelancer(name=EVIL, title=EVIL, skills=[EVIL]))

    for address in ("/experts/northwind", f"/experts/northwind/people/{award.freelancer_id}"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert EVIL in json.dumps(graph(client, address))


@pytest.mark.parametrize("how", ["removed", "hidden", "on hold"])
def test_whoever_is_gone_is_gone_from_map_data_and_picture(client, session, at, ada, case, how):
    listing, picture = "/experts/northwind", "/experts/northwind/migrating-a-warehouse/card.png"
    with_ada = {path: client.get(path) for path in (listing, picture, "/experts/northwind/card.png", "/sitemap.xml")}
    if how == "removed":
        services.remove_from_directory(ada.id, "Not current.", by=None, at=at)
    elif how == "hidden":
        with joined_transaction():
            ada.hidden_at = at
    else:
        make_hold(ada.freelancer, HoldKind.BLOCK)

    for path, before in with_ada.items():
        after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.data != before.data
    assert not any(str(ada.freelancer_id) in address for address in urls(client))
    assert [each["name"] for each in graph(client, listing)["ItemList"]["itemListElement"]] == ["Grace Hopper"]


def test_a_picture_has_the_brand_and_so_much_as_fits():
    long = drawn(Card("Northwind", "Words " * 60, ["Somebody With A Long Name"] * 9, "#aa2211"))

    assert long.count('fill="#aa2211"') == 2
    assert "<text" not in long


def test_a_picture_writes_what_our_letters_lack_as_text_that_stays_text():
    shown = drawn(Card("北風", "خبراء <b>", ["عائشة"]))

    ElementTree.fromstring(shown)
    assert "خبراء &lt;b&gt;" in shown


def test_robots_are_told_where_the_map_is_and_what_is_no_page(client, partner):
    told = client.get("/robots.txt").text

    assert "Sitemap: http://laurel.test/sitemap.xml" in told
    assert "Disallow: /experts/*/people/*/hire" in told
