"""Inviting many: lists and their rows, letters, campaigns, mails in batches, bounces and reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAITS = "sent_at IS NULL AND failed_at IS NULL"
JSON = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _mails_in_batches()
    _lists()
    _letters_and_campaigns()
    op.add_column("invitations", sa.Column("list_id", sa.Uuid(), nullable=True))
    op.add_column("invitations", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("invitations", sa.Column("reminders", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("invitations", sa.Column("reminded_at", MOMENT, nullable=True))
    op.add_column("invitations", sa.Column("bounced_at", MOMENT, nullable=True))
    op.add_column("invitations", sa.Column("bounce_reason", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_invitations_list_id_invitation_lists"), "invitations", "invitation_lists", ["list_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_invitations_campaign_id_campaigns"), "invitations", "campaigns", ["campaign_id"], ["id"]
    )
    op.create_index(
        "ix_invitations_campaign", "invitations", ["campaign_id"], postgresql_where=sa.text("campaign_id IS NOT NULL")
    )
    op.add_column("opt_outs", sa.Column("added_by", sa.Uuid(), nullable=True))
    op.add_column("opt_outs", sa.Column("note", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_opt_outs_added_by_users"), "opt_outs", "users", ["added_by"], ["id"])


def _mails_in_batches() -> None:
    op.create_table(
        "outbox_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_batches")),
    )
    op.add_column("outbox_mails", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("outbox_mails", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outbox_mails_batch_id_outbox_batches"), "outbox_mails", "outbox_batches", ["batch_id"], ["id"]
    )
    op.drop_index("ix_outbox_mails_due", table_name="outbox_mails")
    places = {
        "ix_outbox_mails_due": (["due_at", "id"], f"{WAITS} AND batch_id IS NULL"),
        "ix_outbox_mails_batch_due": (["due_at", "id"], f"{WAITS} AND batch_id IS NOT NULL"),
        "ix_outbox_mails_batch": (["batch_id"], "batch_id IS NOT NULL"),
        "ix_outbox_mails_about": (["about_id"], f"{WAITS} AND about_id IS NOT NULL"),
    }
    for name, (columns, where) in places.items():
        op.create_index(name, "outbox_mails", columns, postgresql_where=sa.text(where))


def _lists() -> None:
    op.create_table(
        "invitation_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("called_off", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["outbox_batches.id"], name=op.f("fk_invitation_lists_batch_id_outbox_batches")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_invitation_lists_created_by_users")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_invitation_lists_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_lists")),
    )
    op.create_index("ix_invitation_lists_programme", "invitation_lists", ["programme_id", "created_at"])
    op.create_table(
        "invitation_rows",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["invitation_lists.id"],
            name=op.f("fk_invitation_rows_list_id_invitation_lists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_id", "place", name=op.f("pk_invitation_rows")),
    )


def _letters_and_campaigns() -> None:
    op.create_table(
        "invitation_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_invitation_letters_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_invitation_letters_updated_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_letters")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_invitation_letters_programme_id_name")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("cap > 0", name=op.f("ck_campaigns_cap")),
        sa.CheckConstraint("taken BETWEEN 0 AND cap", name=op.f("ck_campaigns_taken")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_campaigns_created_by_users")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_campaigns_programme_id_programmes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_campaigns_token_hash")),
    )
    op.create_index(op.f("ix_campaigns_programme_id"), "campaigns", ["programme_id"])


def downgrade() -> None:
    op.drop_constraint("fk_opt_outs_added_by_users", "opt_outs", type_="foreignkey")
    op.drop_column("opt_outs", "note")
    op.drop_column("opt_outs", "added_by")
    op.drop_index("ix_invitations_campaign", table_name="invitations")
    for name in ("campaign_id", "list_id", "reminders", "reminded_at", "bounced_at", "bounce_reason"):
        op.drop_column("invitations", name)
    for table in ("campaigns", "invitation_letters", "invitation_rows", "invitation_lists"):
        op.drop_table(table)
    _words_back_into_each_mail()
    for name in ("due", "batch_due", "batch", "about"):
        op.drop_index(f"ix_outbox_mails_{name}", table_name="outbox_mails")
    op.drop_column("outbox_mails", "about_id")
    op.drop_column("outbox_mails", "batch_id")
    op.create_index("ix_outbox_mails_due", "outbox_mails", ["due_at"], postgresql_where=sa.text(WAITS))
    op.drop_table("outbox_batches")


def _words_back_into_each_mail() -> None:
    """A mail is rendered when it is sent, and then no batch will be there with the words that it shares."""
    op.execute(
        sa.text(
            "UPDATE outbox_mails m SET context = b.words || m.context FROM outbox_batches b "
            "WHERE b.id = m.batch_id AND m.sent_at IS NULL"
        )
    )
