"""A place that somebody made up is refused before the database is asked, whatever the columns' types."""

import pytest
import sqlalchemy as sa

from core.errors import InvalidInput
from core.keyset import after
from core.paging import encode_cursor

SMALL, LARGE = sa.column("small", sa.Integer), sa.column("large", sa.BigInteger)


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30], ids=["a bit", "a bit below", "far"])
def test_a_number_that_no_row_can_have_is_refused(number):
    with pytest.raises(InvalidInput, match="This link to a later page is damaged"):
        after(encode_cursor([number]), SMALL)


def test_each_column_takes_what_it_has_room_for(session):
    beyond = after(encode_cursor([2**31 - 1, -(2**63)]), SMALL, LARGE)
    row = sa.select(sa.literal(1).label("small"), sa.literal(2).label("large")).subquery()

    assert session.execute(sa.select(row).where(beyond)).all() == []
    with pytest.raises(InvalidInput):
        after(encode_cursor([0, 2**63]), SMALL, LARGE)
