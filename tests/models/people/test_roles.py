"""One table says which role has which right."""

import pytest
from asyncpg import CheckViolationError

from models.errors import Conflict
from models.people import accounts, roles
from models.people.accounts import ROLES
from models.people.roles import RIGHTS, Right
from models.store.database import Connection, execute
from tests.factories import make_member

HOLDERS: dict[Right, set[str]] = {
    "sign_ups": {"welcome", "admin"},
    "invitations": {"welcome", "admin"},
    "members": {"welcome", "admin"},
    "reports": {"moderator", "admin"},
    "message_requests": {"moderator", "admin"},
    "places": {"keeper", "admin"},
    "duty": {"welcome", "moderator", "keeper", "admin"},
    "roles": {"admin"},
    "documents": {"admin"},
    "settings": {"admin"},
    "servers": {"admin"},
    "mails": {"admin"},
    "operation": {"admin"},
    "points": {"admin"},
    "see_figures": {"admin"},
    "figures": {"admin"},
    "repair_figures": {"welcome", "moderator", "keeper", "admin"},
    "communities": {"moderator", "admin"},
    "repair_shops": {"admin"},
    "meetings": {"welcome", "keeper", "admin"},
    "meetings_of_coop": {"welcome", "admin"},
}


@pytest.mark.parametrize("right", RIGHTS)
async def test_each_right_belongs_to_its_roles_and_to_nobody_who_is_closed_out(conn: Connection, right: Right) -> None:
    members = {role: await make_member(conn, role, roles=[role]) for role in ROLES}
    gone = await make_member(conn, "gone", roles=["admin"])
    await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", gone.id)

    aside = await make_member(conn, "aside", roles=list(ROLES))
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", aside.id)

    told = await roles.list_holders(conn, right)

    assert told == [member.id for role, member in members.items() if role in HOLDERS[right]]
    for role, member in members.items():
        account = await accounts.get(conn, member.id)
        assert roles.has_right(account, right) is (role in HOLDERS[right])


async def test_a_local_authority_reads_figures_is_told_of_nothing_and_holds_no_role(conn: Connection) -> None:
    town = await make_member(conn, "mairie", type="Organization")
    await execute(conn, "UPDATE account SET authority = true WHERE actor_id = $1", town.id)
    account = await accounts.get(conn, town.id)

    assert {right for right in RIGHTS if roles.has_right(account, right)} == {"see_figures", "repair_figures"}
    assert [await roles.list_holders(conn, right) for right in RIGHTS] == [[]] * len(RIGHTS)
    with pytest.raises(Conflict, match="authority_without_roles"):
        await roles.set_roles(conn, town.id, ["keeper"])
    with pytest.raises(CheckViolationError):
        await execute(conn, "UPDATE account SET roles = '{welcome}' WHERE actor_id = $1", town.id)
