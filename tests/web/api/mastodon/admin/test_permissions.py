"""Every address of moderation, by the roles that it opens for and the scopes that it takes."""

import pytest

from models.people.accounts import ROLES, Role
from models.people.roles import RIGHTS, Right
from models.store.database import transaction
from tests.factories import make_local_actor, make_member
from tests.web.api.conftest import Api
from tests.web.api.mastodon.admin.crew import SCOPES, gather
from tests.web.api.strict import own_account
from web.api.mastodon.admin.routes import MODERATION

REPORTS, ACCOUNTS = "/api/v1/admin/reports", "/api/v1/admin/accounts"

ID = "{id:[0-9]+}"

OPENS_FOR: dict[str, tuple[Right, ...]] = {
    f"GET {REPORTS}": ("reports",),
    f"GET {REPORTS}/{ID}": ("reports",),
    f"PUT {REPORTS}/{ID}": ("reports",),
    **{f"POST {REPORTS}/{ID}/{act}": ("reports",) for act in ("assign_to_self", "unassign", "resolve", "reopen")},
    f"GET {ACCOUNTS}": ("reports", "members"),
    "GET /api/v2/admin/accounts": ("reports", "members"),
    f"GET {ACCOUNTS}/{ID}": ("reports", "members"),
    **{
        f"POST {ACCOUNTS}/{ID}/{act}": ("reports",)
        for act in ("action", "enable", "unsensitive", "unsilence", "unsuspend")
    },
    **{f"POST {ACCOUNTS}/{ID}/{act}": ("sign_ups",) for act in ("approve", "reject")},
}
"""The rights of which each wants one."""


def test_every_address_of_moderation_stands_in_the_table() -> None:
    assert {f"{route.method} {route.path}" for route in MODERATION} == set(OPENS_FOR)


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_each_opens_for_its_roles_alone_whatever_the_token_allows(anybody: Api, role: Role | None) -> None:
    crew = await gather(anybody)
    async with transaction(anybody.pool) as conn:
        somebody = await make_member(conn, "quelqu_un", roles=[role] if role else [])
    api = await anybody.as_member(somebody, *SCOPES)

    wrong = []
    for route in MODERATION:
        id = crew.report.id if "/reports/" in route.path else crew.zoe.id
        answer = await api.ask(route.method, route.path.replace(ID, str(id)))
        may = any(role in RIGHTS[right] for right in OPENS_FOR[f"{route.method} {route.path}"])
        expected = {404} if not may else {200, 404} if route.path.endswith(("approve", "reject")) else {200, 422}
        if answer.status not in expected:
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []


async def test_without_the_scope_it_is_refused_also_to_who_administers(anybody: Api) -> None:
    async with transaction(anybody.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        odile = await make_member(conn, "odile", roles=["admin"])
    plain = await anybody.as_member(odile, "read", "write", "follow", "push")
    reading = await anybody.as_member(odile, "admin:read")

    for route in MODERATION:
        path = route.path.replace(ID, "1")
        assert (await plain.ask(route.method, path)).status == 403, route.path
        assert ((await reading.ask(route.method, path)).status == 403) is (route.method != "GET"), route.path
        assert (await anybody.ask(route.method, path)).status == 401, route.path


async def test_apps_learn_from_the_account_what_to_offer(anybody: Api) -> None:
    found = {}
    async with transaction(anybody.pool) as conn:
        people = {role: await make_member(conn, f"p_{role}", roles=[role] if role else []) for role in (*ROLES, None)}
    for role, person in people.items():
        api = await anybody.as_member(person)
        shown = await api.get("/api/v1/accounts/verify_credentials", own_account)
        found[role] = (shown["role"]["name"], int(shown["role"]["permissions"]))

    assert found == {
        "welcome": ("Accueil", 1 << 10),
        "moderator": ("Modération", 1 << 10 | 1 << 4),
        "keeper": ("Lieu", 0),
        "admin": ("Administration", 1 << 10 | 1 << 4),
        None: ("", 0),
    }
