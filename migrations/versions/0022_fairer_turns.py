"""Turns are counted in millionths, so that whoever comes can start between two; and each draw says by which rule.

Draws so far were made by the first rule, and are checked by it for ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TURN = 1_000_000


def upgrade() -> None:
    op.add_column("rotation_draws", sa.Column("rule", sa.SmallInteger(), nullable=False, server_default="1"))
    op.alter_column("rotation_draws", "rule", server_default=None)
    _change_turns(sa.Integer(), sa.BigInteger(), f"{{}}::bigint * {_TURN}")
    op.drop_index("ix_rotation_turns_partner", "rotation_turns")
    op.create_index("ix_rotation_turns_next", "rotation_turns", ["partner_id", "lead", "turns"])
    op.create_index(
        "ix_freelancers_not_shown",
        "freelancers",
        ["id"],
        postgresql_where=sa.text("visibility <> 'public' OR account_state <> 'active'"),
    )


def downgrade() -> None:
    op.drop_index("ix_freelancers_not_shown", "freelancers")
    op.drop_index("ix_rotation_turns_next", "rotation_turns")
    op.create_index("ix_rotation_turns_partner", "rotation_turns", ["partner_id"])
    _change_turns(sa.BigInteger(), sa.Integer(), f"floor({{}} / {_TURN}.0)::int")
    op.drop_column("rotation_draws", "rule")


def _change_turns(before: sa.types.TypeEngine, after: sa.types.TypeEngine, anew: str) -> None:
    for name in ("turns", "lead"):
        using = anew.format(name)
        op.alter_column("rotation_turns", name, existing_type=before, type_=after, postgresql_using=using)
