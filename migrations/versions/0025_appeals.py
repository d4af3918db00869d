"""Holds that end by themselves, and holds that became stricter ones."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("holds", sa.Column("became_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_holds_became_id_holds", "holds", "holds", ["became_id"], ["id"], ondelete="SET NULL")
    op.create_index(
        "ix_holds_ending", "holds", ["ends_at"], postgresql_where=sa.text("lifted_at IS NULL AND ends_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_holds_ending", "holds")
    op.drop_column("holds", "became_id")
    op.drop_column("holds", "ends_at")
