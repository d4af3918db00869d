"""How long 100,000 invitations take, against a bare COPY of the same rows into the same tables.

    .venv/bin/python -m benchmarks.inviting                 a file of 100,000 rows, three times in turns

The preview reads, checks and judges the file; sending it makes invitations, mails and events of it. What is copied by
hand is the invitations and the mails that sending made, with every index and check that the tables have.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from accounts.models import Role, User
from benchmarks.harness import Comparison, autocommit, laurel, peak_mib, say, timed
from benchmarks.marketplace import AT
from core.database import new_id, session, transaction
from partners.invitations import lists, sending
from partners.invitations.models import InvitationList
from partners.models import Programme
from partners.services import create_partner

TABLES = ("invitation_lists", "invitation_rows", "outbox_batches", "invitations", "outbox_mails", "audit_events")


def file_of(rows: int) -> bytes:
    """Return a CSV file of so many people, in an order of its own, with a column that is not needed."""
    people = (f"Person Number{n},person{n * 7919 % rows}.known@company{n % 997}.example.com,GB\n" for n in range(rows))
    return ("Name,E-mail,Country\n" + "".join(people)).encode()


class Bench:
    """A partner who invites, and a second connection that does by hand what must be done at the least."""

    def __init__(self, connection: psycopg.Connection[Any], rows: int, folder: Path) -> None:
        self.connection, self.rows, self.file, self.folder = connection, rows, file_of(rows), folder
        self.programme_id, self.by = make_partner()
        self.found: InvitationList

    def preview(self) -> None:
        """Bring the file in and judge every row, as the page before sending does."""
        programme = session.get_one(Programme, self.programme_id)
        self.found = lists.bring(programme, self.file, "experts.csv", None, by=self.by, at=AT)

    def send(self) -> None:
        """Make invitations and mails of what was previewed."""
        self.found = sending.send(self.found.id, by=self.by, at=AT)

    def check(self) -> None:
        """Stop when not every row became one invitation, one mail and one event."""
        for table in ("invitations", "outbox_mails", "audit_events WHERE action = 'invitation.sent'"):
            counted = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if counted != (self.rows,):
                raise SystemExit(f"{self.rows:,} rows, but {counted} in {table}")
        self.connection.commit()

    def keep(self) -> None:
        """Write the rows that sending made to files, to be copied back in by hand."""
        self.copies = {table: self._out(table) for table in ("invitations", "outbox_mails")}

    def _out(self, table: str) -> Path:
        path = self.folder / table
        statement = f"COPY {table} TO STDOUT (FORMAT binary)"
        with path.open("wb") as file, self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            file.writelines(copy)
        return path

    def by_hand(self) -> None:
        """Copy the same rows into the same tables, and commit."""
        for table, path in self.copies.items():
            statement = f"COPY {table} FROM STDIN (FORMAT binary)"
            with path.open("rb") as file, self.connection.cursor() as cursor, cursor.copy(statement) as copy:
                while piece := file.read(1_000_000):
                    copy.write(piece)
        self.connection.commit()

    def empty(self, *tables: str) -> None:
        """Let both sides begin alike: without rows of before, and nothing waiting for the disk."""
        session.rollback()
        self.connection.execute("SET LOCAL session_replication_role = replica")  # the audit log can only grow
        self.connection.execute(f"TRUNCATE {', '.join(tables or TABLES)} CASCADE")
        self.connection.commit()
        with autocommit(self.connection):
            self.connection.execute("CHECKPOINT")


@transaction()
def make_partner() -> tuple[Any, Any]:
    """Make a partner and somebody of its team; return the ids of its programme and of the person."""
    user = User(id=new_id(), email="pat@northwind.example", name="Pat", role=Role.PARTNER, created_at=AT)
    session.add(user)
    session.flush()
    partner = create_partner(
        "northwind", "Northwind", colour="#243b7a", website=None, admin_email=None, admin_name="", by=None, at=AT
    )
    session.refresh(partner)
    return partner.programme.id, user.id


def measure(rows: int, repeat: int) -> None:
    """Make all comparisons."""
    with laurel() as url, psycopg.connect(url) as connection, tempfile.TemporaryDirectory() as folder:
        bench = Bench(connection, rows, Path(folder))
        preview, send = Comparison("the preview of the file"), Comparison("invitations, mails and events")
        preview.changed = send.changed = rows
        for _ in range(repeat):
            bench.empty()
            preview.ours.append(timed(bench.preview))
            send.ours.append(timed(bench.send))
            bench.check()
            bench.keep()
            again = timed(bench.preview)
            bench.empty("invitations", "outbox_mails")
            hand = timed(bench.by_hand)
            preview.by_hand.append(hand)
            send.by_hand.append(hand)
        say(Comparison.HEAD)
        say(str(preview))
        say(str(send))
        say(f"The same file once more, everybody being invited already: {again:.2f} s")
        say(f"Peak memory of this process: {peak_mib():,} MiB")


def main() -> None:
    """Compare, and say how much memory it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    measure(chosen.rows, chosen.repeat)


if __name__ == "__main__":
    main()
