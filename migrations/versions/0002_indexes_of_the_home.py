"""Indexes for a console's home: who was invited last, and what happened last."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_invitations_sent", "invitations", ["programme_id", "sent_at"])
    for answer in ("accepted", "declined"):
        op.create_index(
            f"ix_invitations_{answer}",
            "invitations",
            ["programme_id", f"{answer}_at"],
            postgresql_where=sa.text(f"{answer}_at IS NOT NULL"),
        )
    op.create_index("ix_applications_submitted", "applications", ["programme_id", "submitted_at"])
    op.create_index("ix_applications_selected", "applications", ["programme_id", "selected_at"])


def downgrade() -> None:
    for name in ("ix_applications_selected", "ix_applications_submitted"):
        op.drop_index(name, table_name="applications")
    for name in ("ix_invitations_declined", "ix_invitations_accepted", "ix_invitations_sent"):
        op.drop_index(name, table_name="invitations")
