"""Who is featured in a use case: turns, draws and features of each use case besides those of the page.

A pool is named by an id: the page's by the partner's, a use case's by its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_rotation_turns_partner_id_partners", "rotation_turns", type_="foreignkey")
    op.drop_constraint("pk_rotation_turns", "rotation_turns", type_="primary")
    op.alter_column("rotation_turns", "partner_id", new_column_name="pool_id")
    op.create_primary_key("pk_rotation_turns", "rotation_turns", ["award_id", "pool_id"])

    op.add_column("rotation_draws", sa.Column("pool_id", sa.Uuid()))
    op.execute("UPDATE rotation_draws d SET pool_id = p.partner_id FROM rotation_periods p WHERE p.id = d.period_id")
    op.drop_constraint("pk_rotation_draws", "rotation_draws", type_="primary")
    op.create_primary_key("pk_rotation_draws", "rotation_draws", ["period_id", "pool_id", "drawn_at"])

    op.add_column(
        "features",
        sa.Column(
            "use_case_id",
            sa.Uuid(),
            sa.ForeignKey("use_cases.id", name="fk_features_use_case_id_use_cases", ondelete="CASCADE"),
        ),
    )


def downgrade() -> None:
    op.execute("DELETE FROM features WHERE use_case_id IS NOT NULL")
    op.drop_column("features", "use_case_id")

    op.execute("DELETE FROM rotation_draws d USING use_cases u WHERE u.id = d.pool_id")
    op.drop_constraint("pk_rotation_draws", "rotation_draws", type_="primary")
    op.drop_column("rotation_draws", "pool_id")
    op.create_primary_key("pk_rotation_draws", "rotation_draws", ["period_id", "drawn_at"])

    op.execute("DELETE FROM rotation_turns t USING use_cases u WHERE u.id = t.pool_id")
    op.drop_constraint("pk_rotation_turns", "rotation_turns", type_="primary")
    op.alter_column("rotation_turns", "pool_id", new_column_name="partner_id")
    op.create_primary_key("pk_rotation_turns", "rotation_turns", ["award_id"])
    op.create_foreign_key("fk_rotation_turns_partner_id_partners", "rotation_turns", "partners", ["partner_id"], ["id"])
