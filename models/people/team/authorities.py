"""Accounts of local authorities, such as a town hall: they follow, announce and read the figures, and decide nothing.

Such an account is that of an organization, never of a person, and holds no role; what opens for it is one table
(models/people/roles).
"""

from collections.abc import Collection

from models.errors import Conflict, Invalid
from models.people import accounts
from models.people.team import place_keepers
from models.store.database import Connection, execute, fetch_column


async def set_authority(conn: Connection, actor_id: int, *, authority: bool) -> bool:
    """Say that this account is that of a local authority, or is no more; False where that was said already.

    Raises Invalid for a person, Conflict for who holds a role.
    """
    await accounts.lock_account(conn, actor_id)
    account = await accounts.get(conn, actor_id)
    if account.authority is authority:
        return False
    if authority:
        await _require_fit(conn, account)
    await execute(conn, "UPDATE account SET authority = $2 WHERE actor_id = $1", actor_id, authority)
    return True


async def _require_fit(conn: Connection, account: accounts.Account) -> None:
    if not await place_keepers.is_place(conn, account.actor_id):
        raise Invalid("authority_of_person", field="authority")
    if account.roles:
        raise Conflict("authority_of_team", field="authority")


async def filter_authorities(conn: Connection, actor_ids: Collection[int]) -> set[int]:
    """Those of these actors whose account is that of a local authority."""
    found = await fetch_column(
        conn, "SELECT actor_id FROM account WHERE authority AND actor_id = ANY($1)", list(actor_ids)
    )
    return set(found)


async def is_authority(conn: Connection, actor_id: int) -> bool:
    """Whether this actor's account is that of a local authority."""
    return bool(await filter_authorities(conn, [actor_id]))
