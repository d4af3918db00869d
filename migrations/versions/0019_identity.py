"""Identity verification: pictures under lock, agents, their time, and calls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identity_agents",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", _MOMENT, nullable=True),
        _fk("identity_agents", "added_by", "users", "SET NULL"),
        _fk("identity_agents", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_identity_agents"),
    )
    _create_calls()
    op.create_table(
        "identity_pictures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mimetype", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("stored_as", sa.Text(), nullable=True),
        sa.Column("sealed_key", sa.Text(), nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("erase_at", _MOMENT, nullable=False),
        sa.Column("erased_at", _MOMENT, nullable=True),
        sa.Column("erased_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('document', 'reference')", name="ck_identity_pictures_kind"),
        sa.CheckConstraint(
            "CASE WHEN erased_at IS NULL THEN num_nonnulls(stored_as, sealed_key) = 2 AND erased_because IS NULL "
            "ELSE num_nonnulls(stored_as, sealed_key, valid_until) = 0 AND erased_because IS NOT NULL END",
            name="ck_identity_pictures_gone_when_erased",
        ),
        _fk("identity_pictures", "freelancer_id", "freelancers", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_pictures"),
        sa.UniqueConstraint("stored_as", name="uq_identity_pictures_stored_as"),
    )
    kept = sa.text("erased_at IS NULL")
    op.create_index(
        "uq_identity_pictures_kept", "identity_pictures", ["freelancer_id", "kind"], unique=True, postgresql_where=kept
    )
    op.create_index("ix_identity_pictures_erase_at", "identity_pictures", ["erase_at"], postgresql_where=kept)
    op.create_index("ix_identity_pictures_freelancer_id", "identity_pictures", ["freelancer_id"])
    op.create_table(
        "identity_slots",
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["identity_agents.user_id"], ondelete="CASCADE",
            name="fk_identity_slots_agent_id_identity_agents",
        ),
        _fk("identity_slots", "call_id", "identity_calls", "SET NULL"),
        sa.PrimaryKeyConstraint("starts_at", "agent_id", name="pk_identity_slots"),
        sa.UniqueConstraint("call_id", name="uq_identity_slots_call_id"),
    )  # fmt: skip
    op.create_index("ix_identity_slots_agent", "identity_slots", ["agent_id", "starts_at"])


def _create_calls() -> None:
    moments = ("booked_for", "moved_at", "reminded_at", "here_at", "queue_from", "seen_at")
    op.create_table(
        "identity_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT, nullable=True) for name in moments),
        sa.Column("goes_first", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("cut_off", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("taken_at", "held_until", "found_at")),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("second_id", sa.Uuid(), nullable=True),
        sa.Column("second_until", _MOMENT, nullable=True),
        sa.Column("second_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("room", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ending IN ('verified', 'failed', 'again', 'no_show', 'left', 'called_off')",
            name="ck_identity_calls_ending",
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ck_identity_calls_ended"),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id IS DISTINCT FROM agent_id", name="ck_identity_calls_second_is_another"
        ),
        _fk("identity_calls", "agent_id", "users", "SET NULL"),
        _fk("identity_calls", "freelancer_id", "freelancers", "CASCADE"),
        _fk("identity_calls", "second_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_calls"),
        sa.UniqueConstraint("room", name="uq_identity_calls_room"),
    )
    is_open = "ended_at IS NULL"
    op.create_index(
        "uq_identity_calls_open", "identity_calls", ["freelancer_id"], unique=True, postgresql_where=sa.text(is_open)
    )
    op.create_index(
        "uq_identity_calls_agent",
        "identity_calls",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text(f"{is_open} AND found_at IS NULL"),
    )
    op.create_index("ix_identity_calls_ended", "identity_calls", ["ended_at"])
    op.create_index("ix_identity_calls_person", "identity_calls", ["freelancer_id", "asked_at"])


def _fk(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], ondelete=ondelete, name=f"fk_{table}_{column}_{to}")


def downgrade() -> None:
    for table in ("identity_slots", "identity_pictures", "identity_calls", "identity_agents"):
        op.drop_table(table)
