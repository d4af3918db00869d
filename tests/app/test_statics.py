"""Stylesheets and scripts of ours: packed, and kept for good under an address that names their content. Decision 5."""

import gzip
import re

import brotli
import pytest

KEPT_FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def links(client):
    """The addresses of stylesheets and scripts on the home page."""
    found = re.findall(r'(?:href|src)="([^"]*/static/[^"]+)"', client.get("/").text)
    assert len(found) >= 3
    return found


def test_every_page_names_the_content_that_it_needs(client, links):
    for link in links:
        answer = client.get(link)

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == KEPT_FOR_GOOD
        assert "Set-Cookie" not in answer.headers


def test_another_content_is_never_kept_under_the_name_of_this_one(client):
    for link in ("/static/laurel.css", "/static/laurel.css?v=0123456789abcdef"):
        answer = client.get(link)

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(("way", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_stylesheet_is_packed_as_its_reader_allows(client, way, unpack):
    plain = client.get("/static/laurel.css")
    packed = client.get("/static/laurel.css", headers={"Accept-Encoding": way})

    assert packed.headers["Content-Encoding"] == way
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert unpack(packed.data) == plain.data
    assert len(packed.data) * 4 < len(plain.data)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.mimetype == "text/css"


def test_whoever_has_it_is_sent_nothing(client):
    packed = {"Accept-Encoding": "br"}
    known = client.get("/static/laurel.css", headers=packed).headers["ETag"]

    answer = client.get("/static/laurel.css", headers=packed | {"If-None-Match": known})

    assert answer.status_code == 304
    assert answer.data == b""


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/", "/static/../wsgi.py", "/static/%2e%2e/wsgi.py"])
def test_nothing_but_the_folder_is_given(client, path):
    assert client.get(path).status_code == 404
