"""How often people go from a directory to an expert's profile on the marketplace, counted by day. Rule D-5."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.clock import day_of
from core.database import session, transaction
from directory.models import Exposure


def is_a_click(headers: Mapping[str, str]) -> bool:
    """Say whether somebody followed a link of ours in a browser: it says so itself, and no program that crawls does.

    What a browser fetches beforehand, in case somebody might click, is none.
    """
    came = headers.get("Sec-Fetch-Site") == "same-origin" and headers.get("Sec-Fetch-Mode") == "navigate"
    return came and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))


@transaction()
def count_click(award_id: UUID, at: datetime) -> None:
    """Count one more who went to the marketplace to hire the badge's holder."""
    one = insert(Exposure).values(award_id=award_id, day=day_of(at), clicks=1)
    more = {"clicks": Exposure.clicks + 1}
    session.execute(one.on_conflict_do_update(index_elements=["award_id", "day"], set_=more))
