"""What each role may do, in one table: pages ask it whom they open for, news and mails whom they go to."""

from typing import Literal

from models.people.accounts import ROLES, Account, Role
from models.store.database import Connection, fetch_column

Right = Literal["sign_ups", "reports", "servers", "mails"]
"""Answer requests to join; read and settle reports; decide about other servers; see which mails do not leave."""

RIGHTS: dict[Right, Role] = {"sign_ups": "welcome", "reports": "moderator", "servers": "admin", "mails": "admin"}
"""The least trusted role that has each right; those above it have it too."""


def has_right(account: Account, right: Right) -> bool:
    """Whether this account may do it."""
    return account.has_role(RIGHTS[right])


async def list_holders(conn: Connection, right: Right) -> list[int]:
    """Row ids of those who may do it, to tell them; not those whose account is closed."""
    return await list_role(conn, RIGHTS[right])


async def list_role(conn: Connection, role: Role) -> list[int]:
    """Row ids of those who are trusted with this role or a higher one."""
    return await fetch_column(
        conn,
        "SELECT actor_id FROM account WHERE role = ANY($1) AND disabled_at IS NULL ORDER BY actor_id",
        list(ROLES[ROLES.index(role) :]),
    )
