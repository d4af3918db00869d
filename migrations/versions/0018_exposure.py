"""What clients see of experts, and what they look for."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NAMES = ("pk_{}", "fk_{}_award_id_awards")
_COUNTS = ("shown", "found", "viewed")


def upgrade() -> None:
    op.drop_constraint("ck_directory_clicks_clicks", "directory_clicks", type_="check")
    _rename("directory_clicks", "directory_exposure")
    for name in _COUNTS:
        op.add_column("directory_exposure", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("directory_exposure", "clicks", server_default="0")
    op.create_check_constraint(
        "ck_directory_exposure_counts", "directory_exposure", "least(shown, found, viewed, clicks) >= 0"
    )
    op.create_check_constraint(
        "ck_directory_exposure_something", "directory_exposure", "shown + found + viewed + clicks > 0"
    )
    op.create_table(
        "directory_counted",
        sa.Column("view", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("thing", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("view", "what", "thing", name="pk_directory_counted"),
    )
    op.create_index("ix_directory_counted_at", "directory_counted", ["at"])
    op.create_table(
        "directory_demand",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("nobody", sa.Integer(), nullable=False),
        sa.CheckConstraint("searches > 0 AND nobody BETWEEN 0 AND searches", name="ck_directory_demand_counts"),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name="fk_directory_demand_partner_id_partners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_id", "day", "kind", "value", name="pk_directory_demand"),
    )


def downgrade() -> None:
    op.drop_table("directory_demand")
    op.drop_table("directory_counted")
    op.drop_constraint("ck_directory_exposure_something", "directory_exposure", type_="check")
    op.drop_constraint("ck_directory_exposure_counts", "directory_exposure", type_="check")
    op.execute("DELETE FROM directory_exposure WHERE clicks = 0")
    op.alter_column("directory_exposure", "clicks", server_default=None)
    for name in _COUNTS:
        op.drop_column("directory_exposure", name)
    _rename("directory_exposure", "directory_clicks")
    op.create_check_constraint("ck_directory_clicks_clicks", "directory_clicks", "clicks > 0")


def _rename(table: str, to: str) -> None:
    op.rename_table(table, to)
    for name in _NAMES:
        op.execute(f"ALTER TABLE {to} RENAME CONSTRAINT {name.format(table)} TO {name.format(to)}")
