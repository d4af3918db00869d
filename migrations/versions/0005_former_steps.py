"""Steps that a programme no longer asks for, so that what was answered to them is not lost; versions of applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "programmes",
        sa.Column("former_steps", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")),
    )
    op.alter_column("programmes", "former_steps", server_default=None)
    op.add_column("applications", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.alter_column("applications", "version", server_default=None)


def downgrade() -> None:
    op.drop_column("applications", "version")
    op.drop_column("programmes", "former_steps")
