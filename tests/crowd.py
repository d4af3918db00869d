"""A crowd at a running service: people stored all at once and signed in, and clients that ask together or insist."""

from __future__ import annotations

import asyncio
import http.client
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

import sqlalchemy as sa
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from accounts.models import SignIn, User
from app import create_app
from app.config import Settings
from core import clock
from core.database import db, new_id, session
from core.secrets import token_hash
from freelancers.models import Freelancer

_CSRF = "0" * 40


@dataclass(frozen=True)
class Answer:
    """What one request was answered."""

    status: int
    location: str | None
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Inside:
    """The database of a running service, to store in by the factories, and who is signed in there."""

    def __init__(self, app):
        self.app = app

    @cached_property
    def _cookies(self):
        return SecureCookieSessionInterface().get_signing_serializer(self.app)

    def headers_of(self, token):
        """Return the headers that the browser of somebody sends whose sign-in has this token."""
        kept = {"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": _CSRF}
        return {"Cookie": f"laurel={self._cookies.dumps(kept)}", "Content-Type": "application/x-www-form-urlencoded"}

    def form(self, **fields):
        """Return a form as anybody's browser would post it."""
        signer = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token")
        return urlencode({"csrf_token": signer.dumps(_CSRF), **fields})

    def signed_in(self, *user_ids):
        """Sign accounts in, without a password; return each one's headers."""
        at, tokens = clock.now(), [secrets.token_urlsafe(24) for _ in user_ids]
        rows = [
            {"id": new_id(), "user_id": user_id, "token_hash": token_hash(token), "created_at": at}
            | {"expires_at": at + timedelta(days=1)}
            for user_id, token in zip(user_ids, tokens, strict=True)
        ]
        session.execute(sa.insert(SignIn), rows)
        session.commit()
        return [self.headers_of(token) for token in tokens]

    def freelancers(self, *emails):
        """Store a freelancer with an account for each address, who meets every rule; return each one's headers."""
        at = clock.now()
        users = [
            {"id": new_id(), "email": email, "name": "Ada Byron", "role": "freelancer", "created_at": at}
            for email in emails
        ]
        people = [
            {"id": new_id(), "marketplace_id": user["email"], "name": user["name"], "email": user["email"]}
            | {"user_id": user["id"], "jss_pct": 95, "completeness_pct": 100, "completeness_stated_pct": 100}
            | {"english_level": "fluent", "visibility": "public", "account_state": "active", "first_scored_at": at}
            | {"jss_observed_at": at, "feed_seen_at": at, "created_at": at, "updated_at": at}
            for user in users
        ]
        session.execute(sa.insert(User), users)
        session.execute(sa.insert(Freelancer), people)
        return self.signed_in(*(user["id"] for user in users))


@contextmanager
def inside(service):
    """Work in the database of a running service as the service itself does."""
    app = create_app(Settings.from_environment(service.environment))
    with app.app_context():
        yield Inside(app)
        session.remove()
        db.engine.dispose()


def ask(port, method, path, headers=None, body=None, timeout_s=60):
    """Send one request over a connection of its own. Raises OSError or HTTPException where it breaks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("Location"), answer.read(), tuple(answer.getheaders()))
    finally:
        connection.close()


def ask_on(connection, path, headers=None):
    """Send a GET over a connection that is kept, and once more where the server has ended it; return answer and body.

    The server ends a connection that was quiet for some seconds. Raises as `ask` does.
    """
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
    except ConnectionError:
        connection.close()
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
    return answer, answer.read()


def all_at_once(port, requests, most=1_000):
    """Send (method, path, headers, body) each over its own connection, `most` at a time; return each one's answer.

    The first `most` are connected before the first is sent.
    """
    return asyncio.run(_all_at_once(port, list(requests), most))


async def _all_at_once(port, requests, most):
    answers, waiting = [None] * len(requests), iter(enumerate(requests))
    gate = asyncio.Barrier(min(most, len(requests)))

    async def client():
        is_first = True
        for number, request in waiting:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if is_first:
                await gate.wait()
                is_first = False
            writer.write(_written(*request))
            answers[number] = _read(await reader.read())
            writer.close()
            await writer.wait_closed()

    async with asyncio.TaskGroup() as group:
        for _ in range(gate.parties):
            group.create_task(client())
    return answers


def _written(method, path, headers, body):
    data = (body or "").encode()
    lines = {"Host": "127.0.0.1", "Connection": "close", **(headers or {}), "Content-Length": str(len(data))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data


def _read(data):
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple(tuple(line.split(": ", 1)) for line in lines)
    location = next((value for name, value in headers if name.lower() == "location"), None)
    return Answer(int(first.split()[1]), location, body, headers)
