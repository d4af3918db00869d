"""Mails are rendered well, and no word in them can do harm. Rule X-1."""

import email
import email.policy
from datetime import UTC, date, datetime
from uuid import UUID

import jinja2
import pytest
from jinja2 import nodes

from app import mail_message
from app.mail_wire import BadAddress, address
from core.outbox import OutboxMail
from tests.app.posting import arriving
from tests.conftest import AT

TEMPLATES = sorted(path.stem for path in (mail_message.TEMPLATES / "email").glob("[!_]*.txt") if path.stem != "base")


def mail(template="password_changed", to="ada@example.org", **words):
    """A mail as it stands in the outbox, without a database."""
    context = {"name": "Ada", "email": to, **words}
    return OutboxMail(
        id=UUID("01900000-0000-7000-8000-000000000001"),
        key="k",
        template=template,
        to_address=to,
        context=context,
        sealed_secrets=None,
        created_at=AT,
        due_at=AT,
        attempts=0,
    )


def rendered(template, tmp_path, monkeypatch, subject="Hello", body="", top="", **words):
    """A mail of a template that is written here."""
    folder = tmp_path / "email"
    folder.mkdir()
    for ending in ("txt", "html"):
        base = (mail_message.TEMPLATES / "email" / f"base.{ending}").read_text()
        (folder / f"base.{ending}").write_text(base)
        (folder / f"{template}.{ending}").write_text(
            f'{{% extends "email/base.{ending}" %}}{top}{{% block subject_line %}}{subject}{{% endblock %}}'
            f"{{% block body %}}{body}{{% endblock %}}"
        )
    monkeypatch.setattr(mail_message._environment, "loader", jinja2.FileSystemLoader(tmp_path))
    mail_message._environment.cache.clear()
    yield arriving(mail(template, **words))
    mail_message._environment.cache.clear()


class _Any(jinja2.Undefined):
    """Stands for whatever a template asks for: text, a list of one, a thing with parts."""

    def __str__(self):
        return f"sample {self._undefined_name}"

    def __bool__(self):
        return True

    def __iter__(self):
        yield _Any(name="item")

    def __len__(self):
        return 1

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Any(name=name)

    __getitem__ = __getattr__


def _sample(template, ending):
    """Words for everything that a template and its blocks ask for."""
    source = (mail_message.TEMPLATES / "email" / f"{template}.{ending}").read_text()
    tree = mail_message._environment.parse(source)
    asked = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    known = {"base_url", "when", "filled", "self", "super", "loop", "plural", *mail_message._environment.globals}
    calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") == "when"]
    moments = {call.args[0].name for call in calls if isinstance(call.args[0], nodes.Name)}
    words = {}
    for part in tree.find_all(nodes.Include):
        name, _, its_ending = part.template.value.removeprefix("email/").rpartition(".")
        words |= _sample(name, its_ending)
    for name in sorted(asked - made - known):
        if name in moments:
            words[name] = AT.isoformat()
        elif name.endswith(("_path", "path")):
            words[name] = f"/sample/{name}"
        elif name.endswith("_url"):
            words[name] = f"http://laurel.test/sample/{name}"
        else:
            words[name] = _Any(name=name)
    return words


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_gives_a_letter_with_a_subject_text_and_html(app, template):
    words = _sample(template, "txt") | _sample(template, "html")

    with app.app_context():
        message = arriving(mail(template, **words))

    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert 5 < len(message["Subject"]) < mail_message.SUBJECT_MAX
    assert text.startswith(message["Subject"])
    assert message["Subject"].split()[0] in html
    assert "-- \nLaurel\n" in text
    assert "\n\n\n" not in text
    for leftover in ("{{", "{%", "Undefined", "None", "http://laurel.testhttp"):
        assert leftover not in text + html


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_comes_as_text_and_as_html_and_says_why_it_comes(template):
    for ending in ("txt", "html"):
        source = (mail_message.TEMPLATES / "email" / f"{template}.{ending}").read_text()
        assert "reason" in source


def test_a_letter_carries_what_mail_programs_need(app):
    with app.app_context():
        message = arriving(mail(), "Läurel <no-reply@laurel.test>", "https://experts.laurel.test:8443")

    assert message["From"] == "Läurel <no-reply@laurel.test>"
    assert message["To"] == "ada@example.org"
    assert message["Message-ID"] == "<01900000-0000-7000-8000-000000000001@experts.laurel.test>"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_rendered_again_a_letter_is_the_same_to_the_byte(app):
    with app.app_context():
        first, second = (arriving(mail(), "L <l@laurel.test>", "http://laurel.test").as_bytes() for _ in range(2))

    assert first == second


def test_the_way_to_stop_mails_stands_on_one_line_of_the_header(app, tmp_path, monkeypatch):
    path = "/invitations/" + "Ab3-_" * 14 + "/stop"
    top = "{% set stop_url = base_url ~ path %}"

    for message in rendered("stop", tmp_path, monkeypatch, top=top, path=path):
        assert f"List-Unsubscribe: <http://laurel.test{path}>\r\n".encode() in message.as_bytes()
        assert f"Stop these e-mails: http://laurel.test{path}" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("path", ["/a b", "/a\r\nBcc: eve@example.org", "/é", "/" + "a" * 2000])
def test_an_address_to_stop_mails_that_is_none_is_left_out(app, tmp_path, monkeypatch, path):
    for message in rendered("stop", tmp_path, monkeypatch, top="{% set stop_url = base_url ~ path %}", path=path):
        assert "List-Unsubscribe" not in message


@pytest.mark.parametrize("letter", ["a", "é"])
@pytest.mark.parametrize("words", range(8, 40))
def test_a_subject_of_any_length_begins_on_the_line_of_its_name(app, tmp_path, monkeypatch, words, letter):
    subject = " ".join([letter * 4] * words)[: mail_message.SUBJECT_MAX].strip()
    for message in rendered("hello", tmp_path, monkeypatch, subject=subject):
        lines = message.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")
        [first] = [line for line in lines if line.startswith(b"Subject:")]
        assert len(first) > len("Subject: ")
        assert max(map(len, lines)) < 100
        received = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
        assert received["Subject"] == subject


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: eve@example.org", "Ada\nSubject: x", "Ada\x00\x1b[31m", "Ada\u2028Bcc: x"]
)
def test_no_word_can_add_a_header(app, tmp_path, monkeypatch, name):
    for message in rendered("hello", tmp_path, monkeypatch, subject="Hello {{ name }}", name=name):
        head = message.as_bytes().partition(b"\r\n\r\n")[0]
        lines = [line for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
        assert [line.partition(b":")[0].decode() for line in lines] == [
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        ]  # fmt: skip
        assert message["Subject"].startswith("Hello Ada")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@a.org\r\nBcc: b@b.org",
        "ada@a.org, b@b.org",
        "a b@c.org",
        "Ada <a@b.org>",
    ],
)
def test_what_is_no_single_plain_address_gets_no_mail(to):
    with pytest.raises(BadAddress):
        address(to)


def test_a_domain_in_any_script_is_written_as_dns_has_it():
    assert address("ada@bücher.example").addr_spec == "ada@xn--bcher-kva.example"


def test_html_is_escaped_and_text_is_not(app, tmp_path, monkeypatch):
    for message in rendered("hello", tmp_path, monkeypatch, body="{{ said }}", said="<b>&"):
        assert "<b>&" in message.get_body(("plain",)).get_content()
        assert "&lt;b&gt;&amp;" in message.get_body(("html",)).get_content()


def test_a_templates_own_lines_leave_no_gaps(app, tmp_path, monkeypatch):
    body = "Open:\n{% for one in many %}\n- {{ one }}\n{% endfor %}\n\nGoodbye"
    for message in rendered("hello", tmp_path, monkeypatch, body=body, many=["a", "b"]):
        assert "Hello\n\nOpen:\n- a\n- b\n\nGoodbye\n\n-- \nLaurel\n" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-04T09:05:00+00:00", "4 November 2026"),
        ("2026-11-04T01:30:00+02:00", "3 November 2026"),
        (date(2026, 11, 4), "4 November 2026"),
        ("2026-11-04", "4 November 2026"),
        (None, ""),
        (datetime(2026, 11, 4, 9, 5, tzinfo=UTC), "4 November 2026"),
    ],
)
def test_moments_are_written_as_people_write_days(moment, words):
    assert mail_message.when(moment) == words


def test_a_time_of_day_names_its_zone():
    assert mail_message.when("2026-11-04T09:05:00+00:00", time=True) == "4 November 2026, 09:05 UTC"
