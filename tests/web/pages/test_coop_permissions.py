"""Every page of the cooperative's administration, by the role that it opens for: a new one has to stand here."""

import re

import pytest

from federation.instance import Instance
from models.people.accounts import ROLES, Role
from models.people.roles import RIGHTS, Right
from models.store.database import transaction
from tests.factories import make_member
from tests.points import fill_ledger
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.routes import ROUTES
from web.rendering.coop_menu import MENU

OPENS_FOR: dict[str, Right | None] = {
    "/coop": None,
    "/coop/courriels": "mails",
    "/coop/demandes": "sign_ups",
    "/coop/departs": "roles",
    "/coop/echanges.csv": "figures",
    "/coop/inconnus": "reports",
    "/coop/membres": "roles",
    "/coop/membres/nouveau": "roles",
    "/coop/membres/{username:[a-z0-9_]+}": "roles",
    "/coop/membres/{username:[a-z0-9_]+}/lien": "roles",
    "/coop/membres/{username:[a-z0-9_]+}/role": "roles",
    "/coop/membres/{username:[a-z0-9_]+}/verification": "roles",
    "/coop/points": "points",
    "/coop/points.csv": "points",
    "/coop/points/{username:[a-z0-9_]+}": "points",
    "/coop/reglages": "settings",
    "/coop/serveurs": "servers",
    "/coop/serveurs/liste": "servers",
    "/coop/serveurs/liste.csv": "servers",
    "/coop/serveurs/liste/apercu": "servers",
    "/coop/serveurs/liste/appliquer": "servers",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}": "servers",
    "/coop/serveurs/{host:[0-9A-Za-z.:-]{1,255}}/essai": "servers",
    "/coop/signalements": "reports",
    "/coop/territoires": "servers",
}
"""The right that whoever opens or sends each must have; None for every role."""


def fill(path: str) -> str:
    return re.sub(r"\{host:.*\}\}", "henin.test", re.sub(r"\{username:[^}]*\}", "alice", path))


def test_every_address_under_coop_stands_in_the_table() -> None:
    assert {route.path for route in ROUTES if route.path.startswith("/coop")} == set(OPENS_FOR)


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_each_address_opens_for_its_roles_alone(
    open_browser: object, instance: Instance, lomme: Village, role: Role | None
) -> None:
    async with transaction(instance.pool) as conn:
        await fill_ledger(conn, lomme)
        somebody = await make_member(conn, "quelqu_un", roles=[role] if role else [])
    browser: Browser = await open_browser(somebody)  # type: ignore[operator]
    token = (await browser.get("/compte")).html.xpath("string(//input[@name='csrf_token']/@value)")

    wrong = []
    for route in ROUTES:
        if not route.path.startswith("/coop"):
            continue
        right = OPENS_FOR[route.path]
        may = role is not None if right is None else role in RIGHTS[right]
        if route.method == "POST" and may:
            continue  # what it then does is tested where it is done
        data = {"csrf_token": token} if route.method == "POST" else None
        headers = {"Accept": "text/html"}
        answer = await browser.client.request(
            route.method, fill(route.path), data=data, headers=headers, allow_redirects=False
        )
        page = await answer.text() if answer.content_type == "text/html" and may else ""
        if (answer.status == 404) is may or bool(page) > ('class="rooms"' in page):
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []


def test_a_room_stands_in_the_menu_for_those_whom_its_page_opens_for() -> None:
    there = {one.path: one.right for one in MENU if one.path in OPENS_FOR}

    assert there == {path: OPENS_FOR[path] for path in there} and len(there) > 10
