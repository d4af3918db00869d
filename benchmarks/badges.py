"""How quickly badges are signed, against the signature alone, and how long 10,000 of them take to award and to read.

    .venv/bin/python -m benchmarks.badges                 10,000 badges, in turns

By hand is the least that a signature takes: `cryptography` signs 64 bytes with Ed25519, and nothing else. Ours writes
the badge, puts what it says in the canonical order, hashes, signs and writes the proof.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import psycopg
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges import renewing
from badges.awarding import award_many, foresee_awards
from badges.credentials import issuing
from badges.credentials.documents import Purpose, Site, method_id
from badges.credentials.keyring import Signers, signers
from badges.credentials.models import BadgePlace, StatusList
from badges.credentials.proofs import signed
from badges.credentials.signing import signed_badge
from badges.models import Achievement, Award, Issuer
from benchmarks.harness import SECRET_KEY, laurel, peak_mib, say, timed
from benchmarks.marketplace import AT, make
from core.database import session
from core.secrets import Sealer
from freelancers.models import Freelancer

SITE = Site("https://laurel.test")
#: Who is awarded in the marketplace of the benchmarks: three in four.
PEOPLE_FOR_A_BADGE = 4 / 3


def per_second(work: Callable[[], object], times: int) -> float:
    """Return how often `work` is done in a second of the processor."""
    began = time.process_time()
    for _ in range(times):
        work()
    return times / (time.process_time() - began)


def cost(work: Callable[[], object]) -> str:
    """Return how long `work` takes, and how much of that on the processor; the rest is the database, or others."""
    began = time.process_time()
    seconds = timed(work)
    return f"{seconds:.2f} s, {time.process_time() - began:.2f} s of the processor"


def compare_signing(found: Sequence[issuing.Issued], repeat: int) -> None:
    """Sign by hand, as Laurel does, and by PyLD alone, in turns."""
    key, one = Ed25519PrivateKey.generate(), found[0]
    method = method_id(SITE.issuer_did(one.issuing.issuer_slug), 1)
    document = signed_badge(one.issuing, one.held, SITE, key, method, AT)
    document.pop("proof")
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "Ed25519 alone": (lambda: key.sign(b"x" * 64), 5_000),
        "a badge": (lambda: signed_badge(one.issuing, one.held, SITE, key, method, AT), 2_000),
        "a badge by PyLD": (lambda: signed(document, key, method, AT), 50),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeat):
        for name, (work, times) in ways.items():
            rates[name].append(per_second(work, times))
    medians = {name: statistics.median(each) for name, each in rates.items()}
    for name, rate in medians.items():
        say(f"{name:<44}{rate:>10,.0f} a second of one core{rate / medians['Ed25519 alone']:>8.3f}")


def issue(ids: Sequence[UUID], keys: Signers) -> list[str]:
    """Return all these badges as JSON, a thousand at a time."""
    texts = []
    for first in range(0, len(ids), 1_000):
        found = issuing.issued_many(ids[first : first + 1_000], AT)
        texts += [issuing.badge_json(each, SITE, keys) for each in found]
        session.expunge_all()
    return texts


def award_anew(many: int) -> str:
    """Award one badge to `many` eligible people at once, with all that belongs to it; return what it cost.

    Facts read, rules asked, and stored: awards, receipts, audit events, mails, places in status lists.
    """
    achievement_id, issuer_id = session.execute(
        sa.select(Achievement.id, Issuer.id).join(Issuer).where(Issuer.slug == "partner-1")
    ).one()
    held = sa.select(Award.freelancer_id).where(Award.achievement_id == achievement_id)
    others = session.scalars(sa.select(Freelancer.id).where(Freelancer.id.not_in(held)).order_by(Freelancer.id))
    seen = foresee_awards(achievement_id, list(others), AT)
    people = [who for who, each in seen.items() if each.is_eligible][:many]
    session.rollback()
    took = cost(lambda: award_many(achievement_id, people, by=None, at=AT))
    places = (
        sa.select(sa.func.count()).select_from(BadgePlace).join(StatusList).where(StatusList.issuer_id == issuer_id)
    )
    assert len(people) == session.scalar(places) == many
    return took


def renew(sealer: Sealer) -> None:
    """Sign all badges with the keys of now, in both forms, check them, and note it."""
    last = None
    while (part := renewing.renew_some(SITE, sealer, AT, last)).signed:
        last = part.last
        session.expunge_all()


def main() -> None:
    """Run it and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--badges", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with laurel() as url:
        with psycopg.connect(url) as connection:
            make(connection, round(options.badges * PEOPLE_FOR_A_BADGE) + 100, 10)
        say(f"{options.badges:,} awards at once: {award_anew(options.badges)}")
        ids = list(session.scalars(sa.select(Award.id).order_by(Award.id).limit(options.badges)))
        sealer = Sealer(SECRET_KEY)
        keys = signers(sealer, AT)
        say(f"{len(ids):,} badges, places and all: {cost(lambda: issue(ids, keys))}")
        say(f"the same again, with their places: {cost(lambda: issue(ids, keys))}")
        list_id = session.scalar(sa.select(BadgePlace.list_id).limit(1))
        assert list_id is not None
        listed = cost(lambda: issuing.list_json(list_id, Purpose.SUSPENSION, SITE, keys, AT + timedelta(seconds=1)))
        say(f"a list of the states of a thousand: {listed}")
        every, _ = renewing.counted(sealer, AT)
        say(f"{every:,} badges signed anew after a change of keys: {cost(lambda: renew(sealer))}")
        compare_signing(issuing.issued_many(ids[:1], AT), options.repeat)
        say(f"at most {peak_mib()} MiB")


if __name__ == "__main__":
    main()
