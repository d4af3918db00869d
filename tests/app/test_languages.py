"""Public pages in English, Spanish and German: an address is one language, and nothing of it is left in another."""

import re
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app import words
from core import wording
from core.languages import DEFAULT, NAMES, gettext, is_in_every_language, ngettext, parted, place_of, speaking
from core.permissions import Access, declared
from directory import editing
from directory.rotation import rotate
from tests.factories import make_award, make_freelancer, make_partner, make_use_case

OTHERS = [language for language in NAMES if language != DEFAULT]
TEMPLATES = Path(__file__).parents[2] / "templates"
#: Every template that a page in every language is made of.
PUBLIC = [
    *sorted(TEMPLATES.glob("directory/*.html")),
    *sorted(TEMPLATES.glob("badges/*.html")),
    *sorted(TEMPLATES.glob("freelancers/_skills.html")),
    *sorted(TEMPLATES.glob("freelancers/skill*.html")),
    TEMPLATES / "error.html",
    TEMPLATES / "layouts" / "public.html",
    TEMPLATES / "macros" / "directory.html",
    TEMPLATES / "macros" / "machines.html",
]
#: These are for a freelancer and for a partner's team, in English.
PRIVATE = {"listing.html"}
#: What is written alike in every language.
ALIKE = {"Laurel", "PNG", "SVG", "JSON", "JWT"}


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner, at):
    award = make_award(
        partner,
        make_freelancer(
            name="Ada Byron", country="DE", hourly_rate_cents=120_050, skills=["SQL"], english_level="fluent"
        ),
    )
    for number in range(8):
        make_award(partner, make_freelancer(name=f"Expert {number}"))
    rotate(at)
    return award


@pytest.mark.parametrize("language", OTHERS)
def test_everything_that_pages_say_is_translated(language):
    assert words.untranslated(language) == [], "run script/words, and say these in the catalogue"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_and_the_marks_of_the_original(language):
    for message in words.catalogue(language):
        if not message.id:
            continue
        for said in [message.string] if isinstance(message.string, str) else message.string:
            places, tags = (re.compile(each) for each in (r"%\(\w+\)s|\{\w+\}", r"</?\w+"))
            original = message.id if isinstance(message.id, str) else message.id[1]
            assert set(places.findall(said)) <= set(places.findall(original)), said
            assert isinstance(message.id, tuple) or set(places.findall(said)) == set(places.findall(original)), said
            assert sorted(tags.findall(said)) == sorted(tags.findall(original)), said


def test_the_catalogues_say_nothing_that_no_page_says():
    said = {words.id_of(each.id) for each in words.extracted() if each.id}

    for language in OTHERS:
        assert {words.id_of(each.id) for each in words.catalogue(language) if each.id} <= said


def untranslated_in(template):
    """Yield the words of a template that are not marked: between tags, and in attributes that are read out."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{% trans .*?%\}.*?\{% endtrans %\}", "", text, flags=re.DOTALL)
    shown = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\x00", text, flags=re.DOTALL)
    read_out = re.findall(r'(?:alt|aria-label|title|placeholder)="([^"]*)"', shown)
    between = re.sub(r"<(script|style|svg|code)\b.*?</\1>|<!--.*?-->|<[^>]*>", "\x00", shown, flags=re.DOTALL)
    for piece in [*read_out, *between.split("\x00")]:
        if re.search(r"[^\W\d_]{2}", piece) and piece.strip(" (),.:;·…") not in ALIKE:
            yield piece.strip()


def sentences_in(template):
    """Yield the sentences that a template hands to macros without a mark."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(template.read_text("utf-8"))
    marked = {
        id(each)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext", "later")
        for each in call.find_all(nodes.Const)
    }
    for text in tree.find_all(nodes.Const):
        is_sentence = isinstance(text.value, str) and re.match(r"[A-Z][a-z]+(?: [a-z]|$)", text.value)
        if is_sentence and id(text) not in marked and text.value not in ALIKE:
            yield text.value


@pytest.mark.parametrize("template", [each for each in PUBLIC if each.name not in PRIVATE], ids=lambda path: path.name)
def test_no_words_of_a_public_template_are_without_a_mark(template):
    found = [*untranslated_in(template), *sentences_in(template)]

    assert not found, "say these with _(…) or {% trans %}, run script/words, and translate them"


def test_every_public_page_of_words_is_in_every_language(app):
    """A page that somebody reads is in every language; what programs read has one address."""
    for_programs = re.compile(
        r"\.(json|jwt|svg|png|webp|jpg|xml|txt|css)$|/(rotation|suggest|hire|contact|seen)$|^/api/|^/me/|^/(livez|readyz|metrics)$|status|/issuers/|/logos/"
    )
    public = {
        rule.rule: is_in_every_language(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if (permission := declared(app.view_functions[rule.endpoint])) and permission.access is Access.PUBLIC
    }

    assert [rule for rule, is_in_all in public.items() if not is_in_all and not for_programs.search(rule)] == []
    assert [rule for rule, is_in_all in public.items() if is_in_all and for_programs.search(rule)] == []


@pytest.mark.parametrize(
    ("path", "german", "spanish"),
    [
        (
            "/",
            "Fachleute, für die die Hersteller selbst bürgen",
            "Especialistas con el aval de los propios fabricantes",
        ),
        ("/experts/northwind", "Jetzt hervorgehoben", "Destacados ahora"),
        ("/experts/northwind?q=nobody-at-all", "Niemand passt zu alledem", "Nadie cumple todo esto"),
        ("/experts/northwind/compare", "Nebeneinander", "Comparación"),
        ("/experts/northwind/turns", "Wer an der Reihe ist", "A quién le toca"),
        ("/experts/northwind/embed", "Von Northwind ausgewählte Fachleute", "Especialistas elegidos por Northwind"),
        ("/badges/verify", "Abzeichen prüfen", "Comprobar una insignia"),
        ("/skills", "Offene und volle Fähigkeiten", "Habilidades abiertas y completas"),
        ("/nothing/here", "Hier ist nichts", "Aquí no hay nada"),
    ],
)
def test_an_address_is_one_language(client, ada, path, german, spanish):
    for language, sentence in (("de", german), ("es", spanish)):
        page = client.get(f"/{language}{path}").text
        assert f'<html lang="{language}">' in page
        assert sentence in page
    assert '<html lang="en">' in client.get(path).text
    assert german not in client.get(path).text


def test_whoever_reads_german_is_led_to_german_pages(client, ada):
    page = client.get("/de/experts/northwind").text
    ours = {link for link in re.findall(r'<a[^>]* href="(/[^"#?]*)', page) if not link.endswith(("/hire", "/contact"))}

    assert ours - {"/sign-in", "/api/docs", "/", "/experts/northwind", "/es/experts/northwind"} == {
        link for link in ours if link.startswith("/de")
    }


def test_an_experts_facts_are_written_as_the_language_writes_them(client, ada):
    person = f"/experts/northwind/people/{ada.freelancer_id}"
    german, english = (client.get(f"{prefix}{person}").text for prefix in ("/de", ""))

    assert all(
        words in german for words in ("Deutschland", "1.200,50\xa0$ pro Stunde", "Englisch (fließend)", "2. März 2026")
    )
    assert all(words in english for words in ("Germany", "$1,200.50 an hour", "English (fluent)", "2 March 2026"))
    assert ">Deutschland (1)</option>" in client.get("/de/experts/northwind").text


def test_a_page_names_its_address_in_each_language(client, ada):
    for prefix in ("", "/de"):
        page = client.get(f"{prefix}/experts/northwind").text
        named = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://laurel.test([^"]+)"', page))
        assert named == {
            "en": "/experts/northwind",
            "es": "/es/experts/northwind",
            "de": "/de/experts/northwind",
            "x-default": "/experts/northwind",
        }
        assert f'<link rel="canonical" href="http://laurel.test{prefix}/experts/northwind">' in page


def test_a_search_keeps_its_filters_from_language_to_language(client, ada):
    page = client.get("/experts/northwind?skill=SQL").text

    assert '<a href="/de/experts/northwind?skill=SQL" lang="de"' in page


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/staff", "/me", "/robots.txt", "/sitemap.xml", "/static/laurel.css", "/experts/northwind/embed.json"],
)
def test_what_is_in_one_language_has_one_address(client, partner, path):
    answer = client.get(f"/de{path}")

    assert answer.status_code == 404
    assert "Hier ist nichts" in answer.text
    assert client.get(f"/en{path}").status_code == 404


def test_no_answer_varies_with_a_header(client, ada):
    plain = client.get("/experts/northwind")
    german = client.get("/experts/northwind", headers={"Accept-Language": "de"})

    assert (german.data, german.headers["ETag"]) == (plain.data, plain.headers["ETag"])
    assert "Accept-Language" not in plain.headers.get("Vary", "")
    assert client.get("/de/experts/northwind").headers["ETag"] != plain.headers["ETag"]


def test_cards_that_are_remembered_are_remembered_in_their_language(client, ada):
    english = client.get("/experts/northwind").text
    german = client.get("/de/experts/northwind").text

    assert ("Germany" in english, "Deutschland" in english.split("<main")[1].split("<form")[0]) == (True, False)
    assert "Vergleichen" in german
    assert client.get("/experts/northwind").text == english


def test_a_use_case_and_a_badge_are_in_every_language(client, at, partner, ada):
    case = make_use_case(partner, "Migrating a warehouse")
    editing.choose_for_use_case(case.id, ada.id, by=None, at=at)

    assert "Dafür ausgewählt" in client.get("/de/experts/northwind/migrating-a-warehouse").text
    assert "hat dieses Abzeichen am 2. März 2026 verliehen" in client.get(f"/de/badges/{ada.id}").text


def test_a_check_answers_in_the_language_of_its_page(client, session):
    answer = client.post("/de/badges/verify", data={"badge": "{}"})

    assert "Das ist kein gültiges Abzeichen" in answer.text
    assert 'action="/de/badges/verify"' in answer.text
    assert "Fügen Sie die Adresse" in client.post("/de/badges/verify", data={"badge": ""}).text


def test_what_people_wrote_stays_words_in_every_language(client, partner):
    evil = "<script>alert(1)</script> %(name)s 100 %"
    award = make_award(partner, make_freelancer(name=evil, title=evil))

    for path in ("/de/experts/northwind", f"/es/experts/northwind/people/{award.freelancer_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "%(name)s 100 %" in page.text


@pytest.mark.parametrize(
    ("path", "language", "rest"),
    [("/de/skills", "de", "/skills"), ("/de", "de", "/"), ("/de/", "de", "/"), ("/description", "en", "/description")],
)
def test_the_language_is_the_first_step_of_an_address(path, language, rest):
    assert parted(path) == (language, rest)
    assert parted(place_of(language, rest)) == (language, rest)


def test_days_numbers_and_places_are_said_as_each_language_says_them():
    said = {}
    for language in NAMES:
        with speaking(language):
            said[language] = (
                wording.day(date(2026, 3, 2)),
                wording.amount(120_050, "USD"),
                wording.country("DE"),
                wording.listed(["A", "B"]),
                ngettext("%(num)s expert", "%(num)s experts", 12_345),
            )

    assert said["en"] == ("2 March 2026", "$1,200.50", "Germany", "A and B", "12,345 experts")
    assert said["de"] == ("2. März 2026", "1.200,50\xa0$", "Deutschland", "A und B", "12.345 Fachleute")
    assert said["es"] == ("2 de marzo de 2026", "1.200,50\xa0$", "Alemania", "A y B", "12.345 especialistas")


def test_words_that_nobody_translated_are_said_in_english():
    with speaking("de"):
        assert gettext("Nobody ever said this.") == "Nobody ever said this."
        assert gettext("") == ""
