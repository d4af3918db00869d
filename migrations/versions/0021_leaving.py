"""Somebody can leave: who did is known by a fingerprint alone, and what the log says of them can be blanked."""

import sqlalchemy as sa
from alembic import op

from core.audit import APPEND_ONLY_SQL, BLANKS_ONLY_SQL

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_departures"),
    )
    op.create_index("ix_departures_departure_id", "departures", ["departure_id"])
    for statement in BLANKS_ONLY_SQL:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_events_blanks_only ON audit_events")
    op.execute("DROP TRIGGER audit_events_append_only ON audit_events")
    op.execute(APPEND_ONLY_SQL[1])
    op.drop_table("departures")
