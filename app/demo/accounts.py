"""How to sign in to the demo: one password for each role, and whom to be."""

from __future__ import annotations

from dataclasses import dataclass

from rich import box
from rich.table import Table

from accounts.models import Role
from app.demo.plan import Fate

PASSWORDS = {
    Role.STAFF: "laurel-staff",
    Role.PARTNER: "laurel-partner",
    Role.FREELANCER: "laurel-freelancer",
}


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to sign in as. `what` says in a word or two who they are in the story, `start` where their pages begin.

    A freelancer, known by the feed's `key`, goes the way of `fate` at the partner `slug`.
    """

    role: Role
    what: str
    address: str
    start: str
    name: str = ""
    key: str = ""
    slug: str = ""
    fate: Fate | None = None


def _freelancer(what: str, address: str, start: str, key: str, slug: str, fate: Fate) -> DemoAccount:
    return DemoAccount(Role.FREELANCER, what, address, start, key=key, slug=slug, fate=fate)


STAFF = DemoAccount(Role.STAFF, "staff", "staff@laurel.example", "/staff", "Robin Hale")
AGENT = DemoAccount(Role.STAFF, "agent", "noor@laurel.example", "/staff/identity", "Noor Haddad")
NEWCOMER = DemoAccount(
    Role.FREELANCER, "newcomer", "mira.solano@example.org", "/me/badges", "Mira Solano", slug="loomwright"
)
ASKS = DemoAccount(Role.FREELANCER, "new here", "ines.prado@example.org", "/me/approval", "Inês Prado")
EXPERT = _freelancer("expert", "jason.singh@example.org", "/me", "FL250044", "quernstone", Fate.EXPERT)
IN_GRACE = _freelancer("in grace", "jeremy.sawyer@example.org", "/me/badges", "FL250174", "quernstone", Fate.EXPERT)
HELD = _freelancer("on hold", "teresa.kim@example.org", "/me", "FL250117", "inkfold", Fate.EXPERT)
KEPT = _freelancer("applicant", "suzanne.ingram@example.org", "/me/applications", "FL250500", "loomwright", Fate.KEPT)
INVITED = _freelancer("invited", "susan.dixon@example.org", "/me", "FL250415", "hedgeward", Fate.SENT)

ACCOUNTS = (
    STAFF,
    AGENT,
    DemoAccount(Role.PARTNER, "admin", "ada@quernstone.example", "/console/quernstone"),
    DemoAccount(Role.PARTNER, "reviewer", "imani@quernstone.example", "/console/quernstone"),
    DemoAccount(Role.PARTNER, "admin", "lucia@inkfold.example", "/console/inkfold"),
    DemoAccount(Role.PARTNER, "admin", "hanna@loomwright.example", "/console/loomwright"),
    DemoAccount(Role.PARTNER, "admin", "priya@hedgeward.example", "/console/hedgeward"),
    EXPERT,
    IN_GRACE,
    HELD,
    KEPT,
    INVITED,
    NEWCOMER,
    ASKS,
)


def cast_of(slug: str) -> dict[str, Fate]:
    """Return the fates of those at the partner called `slug` who can be signed in as, by the marketplace's key."""
    return {account.key: account.fate for account in ACCOUNTS if account.fate and account.slug == slug}


def password_of(key: str) -> str | None:
    """Return the password of the freelancer with this key, or None: most have never chosen one."""
    return PASSWORDS[Role.FREELANCER] if any(account.key == key for account in ACCOUNTS) else None


def shown(base_url: str) -> Table:
    """Return the accounts as a table, narrow enough for a terminal of 80 columns."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, title_style="")
    table.title, table.title_justify = f"Sign in at {base_url}/sign-in", "left"
    for heading in ("Who", "Address", "Password", "Starts at"):
        table.add_column(heading)
    for number, account in enumerate(ACCOUNTS, start=1):
        last = number == len(ACCOUNTS) or ACCOUNTS[number].role is not account.role
        table.add_row(account.what, account.address, PASSWORDS[account.role], account.start, end_section=last)
    return table
