"""What anybody needs to draw a rotation again: seeds made beforehand, and who came to the pool and went.

Draws so far cannot be repeated, so the count of turns begins anew; nobody was ahead of another by more than one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_IDS = sa.ARRAY(sa.Uuid())
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rotation_seeds",
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partners.id", name="fk_rotation_seeds_partner_id_partners")),
        sa.Column("number", sa.Integer(), autoincrement=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("committed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "number", name="pk_rotation_seeds"),
    )
    op.create_table(
        "rotation_draws",
        sa.Column(
            "period_id",
            sa.Uuid(),
            sa.ForeignKey(
                "rotation_periods.id", name="fk_rotation_draws_period_id_rotation_periods", ondelete="CASCADE"
            ),
        ),
        sa.Column("drawn_at", _TIME),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("joined", _IDS, nullable=False),
        sa.Column("left", _IDS, nullable=False),
        sa.Column("drawn", _IDS, nullable=False),
        sa.PrimaryKeyConstraint("period_id", "drawn_at", name="pk_rotation_draws"),
    )
    op.drop_column("rotation_periods", "seed")
    op.add_column("rotation_periods", sa.Column("number", sa.Integer()))
    op.create_unique_constraint("uq_rotation_periods_partner_id_number", "rotation_periods", ["partner_id", "number"])
    op.execute("DELETE FROM rotation_turns")
    op.add_column("rotation_turns", sa.Column("partner_id", sa.Uuid(), nullable=False))
    op.create_foreign_key("fk_rotation_turns_partner_id_partners", "rotation_turns", "partners", ["partner_id"], ["id"])
    op.create_index("ix_rotation_turns_partner", "rotation_turns", ["partner_id"])


def downgrade() -> None:
    op.drop_column("rotation_turns", "partner_id")
    op.drop_column("rotation_periods", "number")
    op.add_column("rotation_periods", sa.Column("seed", sa.LargeBinary(), server_default="", nullable=False))
    op.alter_column("rotation_periods", "seed", server_default=None)
    op.drop_table("rotation_draws")
    op.drop_table("rotation_seeds")
