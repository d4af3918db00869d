"""A letter put together from pieces is the letter that its templates give, to the letter. Rule X-1."""

from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import mail_message
from app.mail_form import Forms
from app.mail_message import render
from core.outbox import MailBatch, OutboxMail
from tests.conftest import AT

BATCH = MailBatch(
    id=UUID("01900000-0000-7000-8000-00000000000b"),
    words={
        "partner": "Quernstone & Söhne",
        "inviter": "Ada",
        "summary": "Show clients that you know <Quernstone>.",
        "benefits": ["A badge", "A place"],
        "message": None,
        "subject": "{first_name|Hello}, {partner} would like you",
        "body": "Hello {name|there},\n\n{sender} looks for people.\n\n\n{first_name}, until {valid_until}.",
    },
    created_at=AT,
)
line = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
plain = st.from_regex(r"[A-Za-zäß<&\"'{}0-9.|-]{1,12}( [A-Za-zé>]{1,12}){0,3}", fullmatch=True)


def invitation(batch=BATCH, **words):
    return OutboxMail(
        id=UUID("01900000-0000-7000-8000-000000000001"),
        key="k",
        template="invitation",
        to_address="ada@example.org",
        context={"path": "/invitations/abc", "stop": "/stop/abc", "valid_until": "24 December 2026", **words},
        sealed_secrets=None,
        created_at=AT,
        batch=batch,
        batch_id=batch.id if batch else None,
    )


def in_full(mail):
    """The same letter, rendered by itself."""
    alone = OutboxMail(**{name: getattr(mail, name) for name in ("id", "key", "template", "to_address", "created_at")})
    alone.context, alone.sealed_secrets = mail.words(), None
    return render(alone, "Laurel <no-reply@laurel.test>", "http://laurel.test").to_bytes()


def from_pieces(mail):
    return render(mail, "Laurel <no-reply@laurel.test>", "http://laurel.test").to_bytes()


@settings(max_examples=300, deadline=None)
@given(st.none() | plain | line, plain | line)
@example(" ", "")
def test_from_pieces_it_is_the_same_to_the_byte(name, valid_until):
    mail = invitation(name=name, valid_until=valid_until)
    assert from_pieces(mail) == in_full(mail)


def test_templates_are_rendered_for_the_first_of_a_kind_alone(monkeypatch):
    rendered = []

    def counting(template, words):
        rendered.append(words["name"])
        return mail_message._written(template, words)

    monkeypatch.setattr(mail_message, "_forms", Forms(counting))
    for name in ("Ada Lovelace", "Grace Hopper", "Jean <Bartik>", "Alan M. Turing"):
        assert name.split()[0].replace("<", "&lt;") in from_pieces(invitation(name=name)).decode()
    assert len(rendered) == 2, "the first, and its form"
    from_pieces(invitation(name="Plato"))
    assert len(rendered) == 4, "who has one name gets a form of their own"


@pytest.mark.parametrize(
    "template",
    ["{{ name|upper }}", "{{ name|length }}", "{{ name[:1] }}", "{% if name == 'Ada' %}it is you{% endif %}"],
)
def test_where_a_template_does_more_than_place_a_word_all_are_rendered(template, tmp_path, monkeypatch):
    (tmp_path / "email").mkdir()
    for ending in ("txt", "html"):
        body = "{% block subject_line %}Hello{% endblock %} " + template
        (tmp_path / "email" / f"invitation.{ending}").write_text(body)
    monkeypatch.setattr(mail_message, "_forms", Forms(mail_message._written))
    monkeypatch.setattr(mail_message._environment.loader, "searchpath", [str(tmp_path)])
    mail_message._environment.cache.clear()
    try:
        for name in ("Ada", "Plato", "Socrates"):
            mail = invitation(name=name)
            assert from_pieces(mail) == in_full(mail)
    finally:
        mail_message._environment.cache.clear()


def test_a_mail_of_no_batch_is_rendered_by_itself():
    mail = invitation(batch=None, **BATCH.words, name="Ada")
    assert from_pieces(mail) == in_full(mail)
