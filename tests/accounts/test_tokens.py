"""API tokens: a secret shown once, what it opens, when it ends, and who sees it. Rules I-3, X-2, X-4."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.errors import KeyUsedOtherwise, TokenNameTaken
from accounts.models import ApiAnswer, ApiToken, Role
from accounts.once import forget_answers, once
from accounts.rules import RECOGNISED_BY
from accounts.token_queries import program_of_token
from accounts.tokens import create_token, note_use, revoke_token
from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput, NotFound
from core.permissions import Scope
from core.secrets import token_hash
from tests.factories import make_member, make_partner, make_token, make_user, sign_in

FINDINGS = [Scope.FINDINGS]


@pytest.fixture
def northwind(session, at):
    return make_partner("Northwind", slug="northwind")


def stored(session, token_id):
    session.expire_all()
    return session.get_one(ApiToken, token_id)


def test_only_the_hash_of_a_token_is_stored(session, at):
    token, secret = create_token("Nightly feed", Scope, 90, partner_id=None, by=None, at=at)
    everything = " ".join(
        session.scalar(sa.text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))
        for table in ("api_tokens", "audit_events", "outbox_mails")
    )

    assert secret.startswith(RECOGNISED_BY)
    assert len(secret) >= len(RECOGNISED_BY) + 22  # 128 bits in base 64
    assert secret not in everything
    assert secret.removeprefix(RECOGNISED_BY)[:12] not in everything
    assert stored(session, token.id).token_hash == token_hash(secret)
    assert secret.endswith(token.ends_with)


def test_no_two_tokens_are_alike(session, at):
    assert len({make_token() for _ in range(50)}) == 50


def test_a_token_is_known_until_it_ends_or_is_revoked(session, at, northwind):
    token, secret = create_token("Sync", FINDINGS, 30, partner_id=northwind.id, by=None, at=at)

    known = program_of_token(secret, at + timedelta(days=29))
    assert (known.token_id, known.scopes, known.partner_id) == (token.id, {Scope.FINDINGS}, northwind.id)
    assert program_of_token(secret, at + timedelta(days=30)) is None
    assert program_of_token(secret + "x", at) is None
    assert program_of_token(secret.upper(), at) is None

    revoke_token(token.id, partner_id=northwind.id, by=None, at=at)
    assert program_of_token(secret, at) is None


def test_when_a_token_was_last_used_is_kept_to_the_minute(session, at):
    token, secret = create_token("Sync", FINDINGS, 30, partner_id=None, by=None, at=at)

    for seconds, kept in ((0, 0), (59, 0), (60, 60), (119, 60), (121, 121)):
        moment = at + timedelta(seconds=seconds)
        note_use(program_of_token(secret, moment), moment)
        assert stored(session, token.id).last_used_at == at + timedelta(seconds=kept)


def test_a_partners_token_never_opens_the_feed(session, at, northwind):
    with pytest.raises(InvalidInput, match="marketplace alone"):
        create_token("Feed", [Scope.FEED, Scope.FINDINGS], 30, partner_id=northwind.id, by=None, at=at)

    token, _ = create_token("Sync", FINDINGS, 30, partner_id=northwind.id, by=None, at=at)
    with pytest.raises(sa.exc.IntegrityError, match="feed_is_not_for_partners"):
        session.execute(sa.update(ApiToken).where(ApiToken.id == token.id).values(scopes=["feed"]))
    session.rollback()


@pytest.mark.parametrize(
    ("name", "scopes", "days", "why"),
    [
        (" \x00 ", FINDINGS, 30, "1 to 60 characters"),
        ("x" * 61, FINDINGS, 30, "1 to 60 characters"),
        ("Sync", [], 30, "without a scope"),
        ("Sync", FINDINGS, 0, "lasts 30, 90 or 365 days"),
        ("Sync", FINDINGS, 36_500, "lasts 30, 90 or 365 days"),
    ],
)
def test_what_makes_no_token_is_told(session, at, name, scopes, days, why):
    with pytest.raises(InvalidInput, match=why):
        create_token(name, scopes, days, partner_id=None, by=None, at=at)


def test_a_name_stands_for_one_token_of_its_owner_until_that_is_revoked(session, at, northwind):
    first, _ = create_token("Sync", FINDINGS, 30, partner_id=None, by=None, at=at)
    create_token("Sync", FINDINGS, 30, partner_id=northwind.id, by=None, at=at)
    with pytest.raises(TokenNameTaken):
        create_token("Sync", FINDINGS, 30, partner_id=None, by=None, at=at)

    revoke_token(first.id, partner_id=None, by=None, at=at)
    create_token("Sync", FINDINGS, 30, partner_id=None, by=None, at=at)
    with pytest.raises(Conflict):
        revoke_token(first.id, partner_id=None, by=None, at=at)


def test_a_partner_cannot_revoke_what_is_not_its_own(session, at, northwind):
    others, _ = create_token("Sync", FINDINGS, 30, partner_id=make_partner("Inkfold").id, by=None, at=at)
    own, _ = create_token("Sync", FINDINGS, 30, partner_id=None, by=None, at=at)

    for token in (others, own):
        with pytest.raises(NotFound):
            revoke_token(token.id, partner_id=northwind.id, by=None, at=at)


def test_making_and_revoking_are_in_the_log_with_the_partner(session, at, northwind):
    pat = make_member(northwind)
    token, _ = create_token("Sync", FINDINGS, 30, partner_id=northwind.id, by=pat.id, at=at)
    revoke_token(token.id, partner_id=northwind.id, by=pat.id, at=at)

    events = session.scalars(sa.select(AuditEvent).where(AuditEvent.subject_id == token.id).order_by(AuditEvent.id))
    told = [(each.action, each.actor_id, each.partner_id) for each in events]
    assert told == [("api_token.created", pat.id, northwind.id), ("api_token.revoked", pat.id, northwind.id)]


def test_the_same_key_does_the_work_once_for_a_day(session, at):
    token_id, done = program_of_token(make_token(), at).token_id, []

    def work():
        done.append(1)
        return f"answer {len(done)}".encode()

    first = once(token_id, "key", b"body", work, at=at)
    again = once(token_id, "key", b"body", work, at=at + timedelta(hours=23))
    assert (first.answer, first.is_repeat, again.answer, again.is_repeat) == (b"answer 1", False, b"answer 1", True)

    with pytest.raises(KeyUsedOtherwise):
        once(token_id, "key", b"another body", work, at=at)
    other = program_of_token(make_token(), at).token_id
    assert once(other, "key", b"another body", work, at=at).answer == b"answer 2"
    assert once(token_id, "key", b"another body", work, at=at + timedelta(hours=24)).answer == b"answer 3"


def test_work_that_fails_leaves_its_key_free(session, at):
    token_id = program_of_token(make_token(), at).token_id
    with pytest.raises(ZeroDivisionError):
        once(token_id, "key", b"body", lambda: 1 // 0, at=at)

    assert once(token_id, "key", b"a mended body", lambda: b"done", at=at).is_repeat is False


def test_answers_are_forgotten_after_a_day(session, at):
    token_id = program_of_token(make_token(), at).token_id
    once(token_id, "old", b"body", lambda: b"done", at=at - timedelta(hours=25))
    once(token_id, "new", b"body", lambda: b"done", at=at)

    assert forget_answers(at) == 1
    assert session.scalars(sa.select(ApiAnswer.key)).all() == ["new"]


def secret_on(page):
    return page.text.split('id="token" value="')[1].split('"')[0]


def test_staff_make_a_token_see_it_once_and_revoke_it(client, session, at):
    robin = make_user(Role.STAFF, name="Robin")
    sign_in(client, robin)
    made = client.post("/staff/tokens", data={"name": "Nightly feed", "scopes": ["feed", "findings"], "days": "365"})
    secret = secret_on(made)

    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert f"curl -H &#39;Authorization: Bearer {secret}&#39; http://laurel.test/api/v1/token" in made.text
    listed = client.get("/staff/tokens").text
    assert "Nightly feed" in listed
    assert secret not in listed
    assert f"laurel_…{secret[-4:]}" in listed

    token = session.scalars(sa.select(ApiToken)).one()
    assert (token.scopes, token.created_by) == (["feed", "findings"], robin.id)
    assert token.expires_at == at + timedelta(days=365)
    assert client.post(f"/staff/tokens/{token.id}/revoke").status_code == 303
    assert "revoked" in client.get("/staff/tokens").text
    assert program_of_token(secret, at) is None


def test_a_form_that_makes_no_token_comes_back_with_what_is_wrong(client, session, at):
    sign_in(client, make_user(Role.STAFF))
    for form in ({}, {"name": "Sync", "days": "30"}, {"name": "Sync", "scopes": "all", "days": "30"}):
        page = client.post("/staff/tokens", data=form)
        assert page.status_code == 422
        assert "There is something to put right" in page.text
    make_token(name="Sync")
    page = client.post("/staff/tokens", data={"name": "Sync", "scopes": "findings", "days": "30"})

    assert page.status_code == 409
    assert "Choose another name" in page.text


def test_admins_make_tokens_for_their_partner_alone_and_without_the_feed(client, session, at, northwind):
    sign_in(client, make_member(northwind))
    form = {"name": "Sync", "scopes": ["findings"], "days": "30"}

    assert 'value="feed"' not in client.get("/console/northwind/tokens").text
    assert client.post("/console/northwind/tokens", data=form | {"scopes": ["feed"]}).status_code == 422
    known = program_of_token(secret_on(client.post("/console/northwind/tokens", data=form)), at)
    assert (known.partner_id, known.scopes) == (northwind.id, {Scope.FINDINGS})

    make_token(FINDINGS, make_partner("Inkfold"), name="Theirs")
    make_token(FINDINGS, name="The marketplace’s")
    page = client.get("/console/northwind/tokens").text
    assert "Sync" in page
    assert "Theirs" not in page
    assert "The marketplace’s" not in page


def test_staff_see_partners_tokens_and_can_revoke_them(client, session, at, northwind):
    sign_in(client, make_user(Role.STAFF))
    secret = make_token(FINDINGS, northwind, name="Sync")
    page = client.get("/staff/tokens").text

    assert "Northwind" in page
    token = session.scalars(sa.select(ApiToken)).one()
    client.post(f"/staff/tokens/{token.id}/revoke")
    assert program_of_token(secret, at) is None
    assert "Northwind" not in client.get("/staff/tokens").text


def test_nobody_but_admins_finds_the_tokens_in_the_console(client, session, at, northwind):
    sign_in(client, make_member(northwind, duty="manager"))

    assert "/console/northwind/tokens" not in client.get("/console/northwind/team").text
    assert client.get("/console/northwind/tokens").status_code == 403


def test_the_log_names_the_token(client, session, at):
    sign_in(client, make_user(Role.STAFF))
    client.post("/staff/tokens", data={"name": "Nightly feed", "scopes": "feed", "days": "30"})
    page = client.get("/staff/audit").text

    assert "made an API token" in page
    assert "Nightly feed" in page
