"""Places in status lists: one for each badge, drawn at random, and what a list says of them. Rule B-2."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from badges import services
from badges.credentials import bits, places
from badges.credentials.documents import Purpose
from badges.credentials.models import BadgePlace, StatusList
from badges.credentials.tokens import encoded
from tests.factories import make_award, make_expert, make_freelancer, make_hold, make_partner

DAY = timedelta(days=1)
#: Well packed, and shorter than the standard allows.
SHORT = f"u{encoded(gzip.compress(bytes(bits.LENGTH // 8 - 1), mtime=0))}"


def place(session, award):
    return session.get(BadgePlace, award.id)


def test_everybody_gets_one_place_and_asking_again_changes_nothing(session, at):
    partner = make_partner()
    awards = [make_award(partner, make_freelancer()) for _ in range(20)]
    places.give_places([award.id for award in awards], at)
    first = {award.id: place(session, award).list_index for award in awards}
    places.give_places([award.id for award in awards], at)
    session.expire_all()

    assert {award.id: place(session, award).list_index for award in awards} == first
    assert len(set(first.values())) == 20
    assert session.query(StatusList).count() == 1
    assert list(first.values()) != sorted(first.values())  # in the order of their awards
    assert len({place(session, award).salt for award in awards}) == 20


def test_each_issuer_has_lists_of_its_own(session, at):
    north, south = make_expert(make_partner("North")), make_expert(make_partner("South"))
    places.give_places([north.id, south.id], at)

    assert place(session, north).list_id != place(session, south).list_id


def test_a_list_that_is_half_full_takes_no_more(session, at, monkeypatch):
    monkeypatch.setattr(places, "FULL", 3)
    partner = make_partner()
    ids = [make_award(partner, make_freelancer()).id for _ in range(8)]
    places.give_places(ids[:2], at)
    places.give_places(ids, at)

    sizes = [session.query(BadgePlace).filter_by(list_id=each.id).count() for each in session.query(StatusList)]
    assert sorted(sizes) == [2, 3, 3]


def test_bits_say_who_is_suspended_and_who_is_revoked(session, at):
    partner = make_partner()
    active, held, revoked, expired = (make_award(partner, make_freelancer(), at=at - 2 * DAY) for _ in range(4))
    expired.expires_at = at - DAY
    session.commit()
    make_hold(held.freelancer)
    services.revoke(revoked.id, "The certificate was somebody else's.", by=None, at=at)
    places.give_places([award.id for award in (active, held, revoked, expired)], at)
    index = {name: place(session, award).list_index for name, award in
             {"held": held, "revoked": revoked}.items()}  # fmt: skip
    list_id = place(session, active).list_id

    assert set(places.bits_set(list_id, Purpose.SUSPENSION, at)) == {index["held"], index["revoked"]}
    assert set(places.bits_set(list_id, Purpose.REVOCATION, at)) == {index["revoked"]}


def test_a_row_of_bits_travels_and_comes_back():
    row = bits.unpacked(bits.encoded_list([0, 9, bits.LENGTH - 1]))

    assert len(row) * 8 == bits.LENGTH == 131_072
    assert row[0] == 0b1000_0000
    assert row[1] == 0b0100_0000
    assert row[-1] == 0b0000_0001
    assert [bits.is_set(row, index) for index in (0, 1, 9, bits.LENGTH - 1)] == [True, False, True, True]


@pytest.mark.parametrize("index", [-1, bits.LENGTH])
def test_there_is_no_place_outside_the_list(index):
    with pytest.raises(ValueError, match="outside"):
        bits.is_set(bits.unpacked(bits.encoded_list([])), index)


@pytest.mark.parametrize(
    "text", ["", "u", "uAAAA", "H4sIAAAAAAAA", "u" + "H4sI" * 9, bits.encoded_list([])[:-8], SHORT]
)
def test_what_is_no_list_is_refused(text):
    with pytest.raises(ValueError):
        bits.unpacked(text)
