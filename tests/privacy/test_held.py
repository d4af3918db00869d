"""Every table is either declared as holding something about a person or as holding nothing. Rule X-3."""

import pytest
import sqlalchemy as sa

from privacy.held import HELD, IMPERSONAL, Leaving


@pytest.fixture
def columns(session):
    """Every column of every table: {table: {column: whether it can be NULL}}."""
    found = {}
    for table, column, nullable in session.execute(
        sa.text(
            "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND is_generated = 'NEVER'"
        )
    ):
        found.setdefault(table, {})[column] = nullable
    return found


def test_every_table_is_declared_once(columns):
    declared = [held.table for held in HELD] + list(IMPERSONAL)

    assert sorted(set(columns) - {"alembic_version"}) == sorted(set(declared) - {"alembic_version"})
    assert len(declared) == len(set(declared))


def test_a_blanked_row_keeps_or_replaces_whatever_cannot_be_empty(columns):
    for held in (each for each in HELD if each.leaving is Leaving.BLANKED):
        required = {name for name, nullable in columns[held.table].items() if not nullable}

        assert required <= {*held.keeps, *held.blanks}, held.table


def test_only_columns_that_exist_are_named(columns):
    for held in HELD:
        named = {*held.keeps, *held.blanks, *held.unread} - {"words"}

        assert named <= set(columns[held.table]), held.table


def test_a_table_that_points_at_a_person_is_declared_as_theirs(columns):
    theirs = {"freelancer_id", "award_id", "application_id"}

    assert {table for table, names in columns.items() if theirs & set(names)} <= {held.table for held in HELD}
