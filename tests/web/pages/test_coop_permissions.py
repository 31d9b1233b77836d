"""Every page of the cooperative's administration, by the role that it opens for: a new one has to stand here."""

import re

import pytest

from federation.instance import Instance
from models.people.accounts import ROLES, Role
from models.store.database import transaction
from tests.factories import make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.routes import ROUTES

LEAST: dict[str, Role] = {
    "/coop/courriels": "admin",
    "/coop/demandes": "welcome",
    "/coop/departs": "admin",
    "/coop/echanges.csv": "admin",
    "/coop/inconnus": "moderator",
    "/coop/membres": "admin",
    "/coop/membres/nouveau": "admin",
    "/coop/membres/{username:[a-z0-9_]+}": "admin",
    "/coop/membres/{username:[a-z0-9_]+}/lien": "admin",
    "/coop/membres/{username:[a-z0-9_]+}/role": "admin",
    "/coop/membres/{username:[a-z0-9_]+}/verification": "admin",
    "/coop/points": "admin",
    "/coop/points.csv": "admin",
    "/coop/points/{username:[a-z0-9_]+}": "admin",
    "/coop/reglages": "admin",
    "/coop/serveurs": "admin",
    "/coop/serveurs/liste": "admin",
    "/coop/serveurs/liste.csv": "admin",
    "/coop/serveurs/liste/apercu": "admin",
    "/coop/serveurs/liste/appliquer": "admin",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}": "admin",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}/essai": "admin",
    "/coop/signalements": "moderator",
    "/coop/territoires": "admin",
}
"""The least trusted role that may open or send each."""


def fill(path: str) -> str:
    return re.sub(r"\{host:.*\}\}", "henin.test", re.sub(r"\{username:[^}]*\}", "alice", path))


def test_every_address_under_coop_stands_in_the_table() -> None:
    assert {route.path for route in ROUTES if route.path.startswith("/coop")} == set(LEAST)


@pytest.mark.parametrize("role", ROLES)
async def test_each_address_opens_for_its_roles_alone(
    open_browser: object, instance: Instance, lomme: Village, role: Role
) -> None:
    async with transaction(instance.pool) as conn:
        somebody = await make_member(conn, "quelqu_un", role=role)
    browser: Browser = await open_browser(somebody)  # type: ignore[operator]
    token = (await browser.get("/compte")).html.xpath("string(//input[@name='csrf_token']/@value)")

    wrong = []
    for route in ROUTES:
        if not route.path.startswith("/coop"):
            continue
        may = ROLES.index(role) >= ROLES.index(LEAST[route.path])
        if route.method == "POST" and may:
            continue  # what it then does is tested where it is done
        data = {"csrf_token": token} if route.method == "POST" else None
        headers = {"Accept": "text/html"}
        answer = await browser.client.request(
            route.method, fill(route.path), data=data, headers=headers, allow_redirects=False
        )
        if (answer.status == 403) is may:
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []
