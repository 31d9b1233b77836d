"""What each role may do, in one table: pages ask it whom they open for, news and mails whom they go to."""

from collections.abc import Collection, Mapping
from typing import Literal

from models.errors import Conflict
from models.people import accounts
from models.people.accounts import Account, Role
from models.store.database import Connection, execute, fetch_column

Right = Literal[
    "sign_ups",
    "invitations",
    "members",
    "reports",
    "message_requests",
    "places",
    "meetings",
    "meetings_of_coop",
    "duty",
    "roles",
    "documents",
    "settings",
    "servers",
    "mails",
    "operation",
    "points",
    "see_figures",
    "figures",
    "repair_figures",
    "communities",
    "repair_shops",
]

RIGHTS: Mapping[Right, frozenset[Role]] = {
    # Answer requests to join; invite people; see who the members are and help them to log in.
    "sign_ups": frozenset({"welcome", "admin"}),
    "invitations": frozenset({"welcome", "admin"}),
    "members": frozenset({"welcome", "admin"}),
    # Read and settle reports, hide, limit, suspend; decide about letters of strangers.
    "reports": frozenset({"moderator", "admin"}),
    "message_requests": frozenset({"moderator", "admin"}),
    # Hours, closures and listings of the place that she runs.
    "places": frozenset({"keeper", "admin"}),
    # Call people together: for the cooperative, or for the place that she runs; see who comes.
    "meetings": frozenset({"welcome", "keeper", "admin"}),
    "meetings_of_coop": frozenset({"welcome", "admin"}),
    # Say when she is on duty, and hand it over: everybody of the team.
    "duty": frozenset(accounts.ROLES),
    # Give roles and create accounts; charter and terms; everything that the cooperative sets.
    "roles": frozenset({"admin"}),
    "documents": frozenset({"admin"}),
    "settings": frozenset({"admin"}),
    # Decide about other servers; mails that do not leave; backups, chores, the disk; points.
    "servers": frozenset({"admin"}),
    "mails": frozenset({"admin"}),
    "operation": frozenset({"admin"}),
    "points": frozenset({"admin"}),
    # Read the figures that are not published; publish them, and take them one by one; those of repairs.
    "see_figures": frozenset({"admin"}),
    "figures": frozenset({"admin"}),
    "repair_figures": frozenset(accounts.ROLES),
    # See the communities of this server, name a manager where there is none, and found one in any case.
    "communities": frozenset({"moderator", "admin"}),
    # Open repair shops, say who decides which appear, and decide it where no collective does.
    "repair_shops": frozenset({"admin"}),
}
"""The roles that have each right. Who administers may do everything that the others may."""

RIGHTS_OF_AUTHORITIES: frozenset[Right] = frozenset({"see_figures", "repair_figures"})
"""What opens for the account of a local authority, beside what opens for every member: nothing in which it decides."""


def has_right(account: Account, right: Right) -> bool:
    """Whether this account may do it."""
    if account.authority and right in RIGHTS_OF_AUTHORITIES:
        return True
    return not RIGHTS[right].isdisjoint(account.roles)


async def list_holders(conn: Connection, right: Right) -> list[int]:
    """Row ids of those who may do it, to tell them; not those whose account is closed or who are suspended."""
    return await fetch_column(
        conn,
        """
        SELECT actor_id FROM account JOIN actor ON actor.id = actor_id
        WHERE roles && $1::text[] AND disabled_at IS NULL AND suspended_at IS NULL ORDER BY actor_id
        """,
        sorted(RIGHTS[right]),
    )


async def list_authorities(conn: Connection) -> list[int]:
    """Row ids of the accounts of local authorities, to tell them; not those that are closed or suspended."""
    return await fetch_column(
        conn,
        """
        SELECT actor_id FROM account JOIN actor ON actor.id = actor_id
        WHERE authority AND disabled_at IS NULL AND suspended_at IS NULL ORDER BY actor_id
        """,
    )


async def list_accounts(conn: Connection, role: Role) -> list[Account]:
    """The accounts that hold this role and can take their turn, by name."""
    ids = await fetch_column(
        conn,
        """
        SELECT actor_id FROM account JOIN actor ON actor.id = actor_id
        WHERE $1 = ANY(roles) AND disabled_at IS NULL AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        ORDER BY fold(coalesce(nullif(actor.name, ''), actor.username)), actor_id
        """,
        role,
    )
    return [await accounts.get(conn, id) for id in ids]


async def set_roles(conn: Connection, actor_id: int, roles: Collection[Role]) -> None:
    """Trust this account with these roles alone.

    Raises Conflict rather than leave the instance without an admin, and for the account of a local authority.
    """
    if roles and (await accounts.get(conn, actor_id)).authority:
        raise Conflict("authority_without_roles", field="roles")
    changed = await execute(
        conn,
        """
        UPDATE account SET roles = $2
        WHERE actor_id = $1 AND ('admin' = ANY($2) OR 'admin' <> ALL(roles) OR EXISTS (
            SELECT 1 FROM account AS other
            WHERE 'admin' = ANY(other.roles) AND other.actor_id <> $1 AND other.disabled_at IS NULL
                AND NOT EXISTS (SELECT FROM actor a WHERE a.id = other.actor_id AND a.suspended_at IS NOT NULL)
                AND NOT EXISTS (SELECT FROM departure d WHERE d.actor_id = other.actor_id)))
        """,
        actor_id,
        accounts.order_roles(roles),
    )
    if not changed:
        await accounts.get(conn, actor_id)
        raise Conflict("last_administrator", field="roles")
