"""Profiles from the marketplace, in batches of rows. They are imported as `flask feed import` would. docs/feed.md."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from flask import request
from werkzeug.wrappers import Response

from accounts.once import Answered, once
from accounts.rules import KEY_MAX
from api import examples
from api.blueprint import gives, json_answer, program, route, says
from api.bodies import BATCH_MAX_BYTES, NDJSON, UNPACKED_MAX_BYTES, batch
from api.errors import TooMuch, Unreadable
from api.schemas import ImportSchema
from badges.sweep import sweep
from core import clock
from core.permissions import Access, Scope, allow
from core.slugs import slug_of
from freelancers.feed.batch import import_batch
from freelancers.feed.report import Ids, Report, RowOutcome, RowResult

ROWS_MAX = 10_000
TAG = "The marketplace’s feed"
_KEY = "Idempotency-Key"
_REPEATED = "Idempotency-Replayed"

_BODY = {
    "required": True,
    "description": f"Rows of Laurel’s own format, one JSON object a line: at most {ROWS_MAX:,} rows and "
    f"{BATCH_MAX_BYTES:,} bytes as sent. With “Content-Encoding: gzip” it may be packed, and have up to "
    f"{UNPACKED_MAX_BYTES:,} bytes unpacked. The fields are said in docs/feed.md.",
    "content": {NDJSON: {"schema": {"type": "string"}, "example": examples.ROWS}},
}
_HEADERS: list[dict[str, Any]] = [
    {
        "in": "header",
        "name": _KEY,
        "required": False,
        "description": "Any text of your choice for this batch, such as a UUID. Sent again with the same body within "
        f"24 hours, the very same answer comes back and nothing is done twice; {_REPEATED} then says true.",
        "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX, "pattern": "^[!-~]+$"},
    }
]


@route("PUT", "/feed/freelancers", TAG)
@allow(Access.STAFF_PROGRAM, Scope.FEED)
@gives(ImportSchema, example=examples.IMPORT)
@says(requestBody=_BODY, parameters=_HEADERS)
def put_freelancers() -> Response:
    """Send profiles

    Each row creates or updates the person with its marketplace_id; the same row again changes nothing. A row with bad
    values is refused with all that is wrong with it, and the others are stored. A body of which a line is not JSON
    changes nothing at all. Whoever changed is evaluated again at once.
    """
    rows, key, own, at = _rows(), _key(), program(), clock.now()
    changed: list[Ids] = []

    def work() -> bytes:
        report = import_batch(rows, f"api-{slug_of(own.name) or 'token'}.ndjson", by=own.made_by, at=at)
        changed.append(report.affected_ids)
        return _answer(report)

    if key is None:
        found = Answered(work(), is_repeat=False)
    else:
        found = once(own.token_id, key, hashlib.sha256(rows).digest(), work, at=at)
    for affected in changed:
        sweep(at, changed=affected)
    return json_answer(found.answer, headers={_REPEATED: "true"} if found.is_repeat else {})


def _rows() -> bytes:
    rows = batch()
    if rows.count(b"\n") >= ROWS_MAX and sum(1 for row in rows.split(b"\n") if row.strip()) > ROWS_MAX:
        raise TooMuch(f"There are more than {ROWS_MAX:,} rows.", "Send them in several batches.")
    return rows


def _key() -> str | None:
    key = request.headers.get(_KEY)
    if key is not None and not (1 <= len(key) <= KEY_MAX and all("!" <= sign <= "~" for sign in key)):
        raise Unreadable(
            f"The {_KEY} is not 1 to {KEY_MAX} characters of ASCII without spaces.", "A UUID makes a good one."
        )
    return key


def _answer(report: Report) -> bytes:
    rows = [] if report.rows is None else [_row(each) for each in report.rows.values()]
    return msgspec.json.encode(
        {"import_id": str(report.import_id), "read": report.read, **report.counts(), "rows": rows}
    )


def _row(row: RowOutcome) -> dict[str, Any]:
    told: dict[str, Any] = {"line": row.line, "marketplace_id": row.key, "result": row.result.value}
    if row.result is RowResult.UPDATED:
        told["fields"] = row.fields
    elif row.result is RowResult.REFUSED:
        told["defects"] = [
            {"field": each.column, "value": each.value, "detail": each.reason, "next_step": each.hint}
            for each in row.defects
        ]
    return told
