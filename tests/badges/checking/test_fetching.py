"""A check reaches nothing that is not public, whatever address somebody brings."""

from __future__ import annotations

import socket
import ssl

import pytest

from badges.checking import fetching
from badges.checking.fetching import NotFetched, fetch, is_public, target

#: Network addresses behind a name that anybody may register.
INSIDE = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%1",
    "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1", "2001::1", "2001:db8::1", "100::1",
)  # fmt: skip
#: Addresses that are refused before any name is looked up.
REFUSED = (
    "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/",
    "https://localhost/", "https://localhost./", "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://017700000001/", "https://127.1/", "https://0/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://example.org:22/", "https://example.org:8443/",
    "https://user@example.org/", "https://user:secret@example.org/", "https://example.org\\@127.0.0.1/",
    "https://intern/", "https:///", "https://",
    "https://ex ample.org/", "https://example.org/\r\nX: y", "https://①②⑦.0.0.1/", "example.org",
    "javascript:alert(1)", "https://-a.example.org/", "https://example.org:99999/",
)  # fmt: skip


def refuses(address, resolve):
    try:
        target(address, resolve)
    except NotFetched:
        return True
    return False


@pytest.mark.parametrize("inside", INSIDE)
def test_a_name_that_leads_inside_is_not_followed(inside):
    assert not is_public(inside)
    assert refuses("https://badge.example.org/did.json", lambda _: [inside])
    assert refuses("https://badge.example.org/did.json", lambda _: ["93.184.216.34", inside])


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_no_plain_https_address_is_not_looked_up(address):
    def never(_host):
        raise AssertionError("it was looked up")

    assert refuses(address, never)


def test_there_are_sixty_forbidden_targets():
    assert len({*INSIDE, *REFUSED}) >= 60


def test_a_public_address_is_where_the_connection_goes():
    found = target("https://Badge.Example.org/a?b=c#d", lambda _: ["93.184.216.34"])

    assert found == ("badge.example.org", "93.184.216.34", "/a?b=c")


class Answering:
    """A connection that is given an answer, and notes where it was to go."""

    def __init__(self, status=200, body=b"{}"):
        self.status, self.body, self.asked = status, body, []

    def getresponse(self):
        return self

    def request(self, method, path, headers):
        self.asked.append((method, path, headers))

    def read(self, size):
        return self.body[:size]

    def cut(self):
        pass

    def close(self):
        self.asked.append("closed")


@pytest.fixture
def answering(monkeypatch):
    def use(connection):
        made = []
        monkeypatch.setattr(fetching, "resolved", lambda _: ["93.184.216.34"])
        monkeypatch.setattr(fetching, "target", lambda address: target(address, lambda _: ["93.184.216.34"]))
        monkeypatch.setattr(fetching, "_Connection", lambda *where: made.append(where) or connection)
        return made

    return use


def test_what_was_looked_at_is_what_is_connected_to(answering):
    made = answering(connection := Answering(body=b"{}"))

    assert fetch("https://badge.example.org/x") == b"{}"
    assert made == [("badge.example.org", "93.184.216.34")]
    assert connection.asked[-1] == "closed"


def test_a_name_that_leads_inside_the_second_time_is_looked_up_once(answering, monkeypatch):
    """DNS rebinding: the first answer is public, every later one is the machine itself."""
    made = answering(Answering())
    answers = iter(["93.184.216.34"])

    def rebound(_host):
        return [next(answers, "127.0.0.1")]

    monkeypatch.setattr(fetching, "target", lambda address: target(address, rebound))

    assert fetch("https://badge.example.org/x") == b"{}"
    assert made == [("badge.example.org", "93.184.216.34")]
    with pytest.raises(NotFetched, match="not on the public internet"):
        fetch("https://badge.example.org/x")
    assert len(made) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 404, 500, 204])
def test_nothing_but_an_answer_is_taken_and_no_redirect_followed(answering, status):
    answering(connection := Answering(status=status))

    with pytest.raises(NotFetched, match=str(status)):
        fetch("https://badge.example.org/x")
    assert len([asked for asked in connection.asked if asked != "closed"]) == 1


def test_what_is_too_large_is_not_taken(answering):
    answering(Answering(body=b"x" * (fetching.BYTES_MAX + 1)))

    with pytest.raises(NotFetched, match="larger"):
        fetch("https://badge.example.org/x")


def test_a_server_that_never_answers_is_left(monkeypatch):
    """It accepts, and says nothing: the connection ends when the time is over."""
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(fetching, "TIME_MAX_S", 0.2)
    monkeypatch.setattr(fetching, "target", lambda _: ("badge.example.org", "93.184.216.34", "/"))
    monkeypatch.setattr(socket, "create_connection", lambda _where, timeout: ours.settimeout(timeout) or ours)

    with theirs, pytest.raises(NotFetched, match="did not answer"):
        fetch("https://badge.example.org/")
    ours.close()


def test_the_name_on_the_certificate_is_the_one_that_was_asked_for(monkeypatch):
    seen = []
    monkeypatch.setattr(socket, "create_connection", lambda where, _timeout: seen.append(where) or socket.socket())
    monkeypatch.setattr(
        ssl.SSLContext, "wrap_socket", lambda _self, plain, server_hostname: seen.append(server_hostname) or plain
    )
    connection = fetching._Connection("badge.example.org", "93.184.216.34")
    connection.connect()
    connection.close()

    assert seen == [("93.184.216.34", 443), "badge.example.org"]
