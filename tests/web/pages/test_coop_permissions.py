"""Every page of the cooperative's administration, by the role that it opens for: a new one has to stand here."""

import re

import pytest

from federation.instance import Instance
from models.people.accounts import ROLES, Role
from models.people.roles import RIGHTS, Right
from models.store.database import Connection, execute, transaction
from tests.factories import make_member
from tests.points import fill_ledger
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.routes import ROUTES

OPENS_FOR: dict[str, Right] = {
    "/coop/courriels": "mails",
    "/coop/demandes": "sign_ups",
    r"/coop/demandes/{id:\d{1,19}}": "sign_ups",
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
    "/coop/reglages/arrivees": "settings",
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
"""The right that whoever opens or sends each must have."""


def fill(path: str) -> str:
    path = path.replace(r"{id:\d{1,19}}", str(ASKED))
    return re.sub(r"\{host:.*\}\}", "henin.test", re.sub(r"\{username:[^}]*\}", "alice", path))


ASKED = 4_000_000_000_000_000_001
"""The request to join that addresses name."""


async def ask_to_join(conn: Connection) -> None:
    await execute(
        conn,
        """
        INSERT INTO sign_up (id, username, email, password_hash, name, language)
        VALUES ($1, 'rachid', 'rachid@example.org', '', 'Rachid', 'fr')
        """,
        ASKED,
    )


def test_every_address_under_coop_stands_in_the_table() -> None:
    assert {route.path for route in ROUTES if route.path.startswith("/coop")} == set(OPENS_FOR)


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_each_address_opens_for_its_roles_alone(
    open_browser: object, instance: Instance, lomme: Village, role: Role | None
) -> None:
    async with transaction(instance.pool) as conn:
        await fill_ledger(conn, lomme)
        await ask_to_join(conn)
        somebody = await make_member(conn, "quelqu_un", roles=[role] if role else [])
    browser: Browser = await open_browser(somebody)  # type: ignore[operator]
    token = (await browser.get("/compte")).html.xpath("string(//input[@name='csrf_token']/@value)")

    wrong = []
    for route in ROUTES:
        if not route.path.startswith("/coop"):
            continue
        may = role in RIGHTS[OPENS_FOR[route.path]]
        if route.method == "POST" and may:
            continue  # what it then does is tested where it is done
        data = {"csrf_token": token} if route.method == "POST" else None
        headers = {"Accept": "text/html"}
        answer = await browser.client.request(
            route.method, fill(route.path), data=data, headers=headers, allow_redirects=False
        )
        if (answer.status == 404) is may:
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []
