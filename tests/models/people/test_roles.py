"""One table says which role has which right."""

import pytest

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
    "figures": {"admin"},
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
