"""Whom a use case takes by rule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("use_cases", sa.Column("rule", _JSON, nullable=False, server_default="{}"))
    op.alter_column("use_cases", "rule", server_default=None)


def downgrade() -> None:
    op.drop_column("use_cases", "rule")
