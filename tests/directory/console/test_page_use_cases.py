"""The console's use cases: added, filled, arranged and deleted. Rules D-1, X-4."""

import pytest
import sqlalchemy as sa

from directory import services
from directory.models import UseCase
from tests.directory.console.conftest import HOME, PUBLISH
from tests.factories import make_award, make_freelancer


def test_a_use_case_is_added_filled_arranged_and_deleted(manager, session, at, partner, ada):
    bob = make_award(partner, make_freelancer(name="Bob"))
    answer = manager.post(f"{HOME}/page/use-cases/new", data={"name": "Migrating", "summary": "Fast."})
    url = answer.headers["Location"]
    assert manager.get("/experts/northwind/migrating").status_code == 404
    manager.post(PUBLISH)
    for award in (ada, bob):
        manager.post(f"{url}/experts", data={"award": award.id})
    manager.post(f"{url}/experts/{bob.id}/up")
    public = manager.get("/experts/northwind/migrating").text

    assert url == f"{HOME}/page/use-cases/migrating"
    assert public.index("Bob") < public.index("Ada Byron")

    manager.post(f"{url}/experts/{bob.id}/drop")
    assert "Bob" not in manager.get("/experts/northwind/migrating").text
    manager.post(url, data={"name": "Moving", "summary": "Faster."})
    assert "Moving" not in manager.get("/experts/northwind/migrating").text
    manager.post(PUBLISH)
    assert "Moving" in manager.get("/experts/northwind/migrating").text
    manager.post(f"{url}/delete")
    assert manager.get("/experts/northwind/migrating").status_code == 200
    manager.post(PUBLISH)
    assert manager.get("/experts/northwind/migrating").status_code == 404
    assert session.scalar(sa.select(UseCase.published)) is False


def test_use_cases_change_places(manager, at, partner):
    for name in ("One", "Two"):
        services.add_use_case(partner.id, name, "S.", by=None, at=at)
    manager.post(f"{HOME}/page/use-cases/two/move", data={"to": "up"})
    manager.post(PUBLISH)
    page = manager.get("/experts/northwind").text

    assert page.index("/experts/northwind/two") < page.index("/experts/northwind/one")


@pytest.mark.parametrize("award", ["", "x", "00000000-0000-4000-8000-000000000007"])
def test_a_use_case_takes_nobody_who_is_not_an_expert(manager, at, partner, award):
    services.add_use_case(partner.id, "One", "S.", by=None, at=at)

    assert manager.post(f"{HOME}/page/use-cases/one/experts", data={"award": award}).status_code == 404


def test_a_use_case_needs_a_name_of_its_own(manager, at, partner):
    url = f"{HOME}/page/use-cases/new"
    assert manager.post(url, data={"name": "", "summary": "S."}).status_code == 422
    manager.post(url, data={"name": "One", "summary": "S."})

    assert manager.post(url, data={"name": "one", "summary": "S."}).status_code == 409
