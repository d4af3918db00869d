"""Pictures of the main pages, from the demo, at the widths of a desk and of a phone. Run by `script/screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from app.demo.accounts import ACCOUNTS, PASSWORDS
from tests.browsing import BROWSER, Person, chromium
from tests.live import ROOT, laurel

FOLDER = ROOT / "docs" / "screenshots"
DESK, PHONE = 1280, 390

#: (file, whom to sign in as in the words of the demo's accounts, address, width)
PICTURES = (
    ("directory", None, "/experts/{partner}", DESK),
    ("directory-phone", None, "/experts/{partner}", PHONE),
    ("expert", None, "/experts/{partner}/people/{expert}", DESK),
    ("badge", None, "/badges/{award}", DESK),
    ("console", "admin", "/console/{partner}", DESK),
    ("application", "admin", "/console/{partner}/applications/{application}", DESK),
    ("requirements", "admin", "/console/{partner}/requirements/draft", DESK),
    ("me-phone", "in grace", "/me", PHONE),
    ("path-phone", "in grace", "/me/path/{partner}", PHONE),
    ("staff-hold", "staff", "/staff/freelancers/{freelancer}", DESK),
)


def main() -> int:
    """Make every picture. Returns an exit status."""
    if not BROWSER:
        print("There is no browser to take pictures with.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, laurel(folder, worker=False, demo=True) as service:
        places = _places(service)
        with chromium() as browser:
            for name, who, address, width in PICTURES:
                person = Person(browser, service.url, width=width, height=900 if width == DESK else 844)
                if who:
                    account = next(one for one in ACCOUNTS if one.what == who)
                    person.sign_in(account.address, PASSWORDS[account.role])
                person.go(address.format(**places))
                _save(person, FOLDER / f"{name}.png")
                person.close()
                print(f"{name}.png")
    return 0


def _places(service) -> dict[str, str]:
    """Return the identifiers of one lively example of everything."""
    slug, partner_id = service.sql(
        "SELECT p.slug, p.id FROM partners p JOIN achievements a ON a.issuer_id = p.id "
        "JOIN awards w ON w.achievement_id = a.id GROUP BY p.slug, p.id ORDER BY count(*) DESC LIMIT 1"
    )[0]
    award, expert = service.sql(
        "SELECT f.award_id, w.freelancer_id FROM features f JOIN awards w ON w.id = f.award_id "
        "WHERE f.partner_id = %s ORDER BY f.starts_at DESC, f.position LIMIT 1",
        partner_id,
    )[0]
    application = service.sql(
        "SELECT a.id FROM applications a JOIN programmes g ON g.id = a.programme_id "
        "WHERE g.partner_id = %s AND a.submitted_at IS NOT NULL AND a.selected_at IS NULL AND a.kept_at IS NULL "
        "AND a.withdrawn_at IS NULL ORDER BY a.submitted_at LIMIT 1",
        partner_id,
    )[0][0]
    held = service.sql("SELECT freelancer_id FROM holds WHERE lifted_at IS NULL LIMIT 1")[0][0]
    return {"partner": slug, "award": award, "expert": expert, "application": application, "freelancer": held}


def _save(person: Person, path: Path) -> None:
    """Save what the window shows, with the colours reduced so that the repository stays small."""
    person.page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
