"""Who of ours does what in a shop: managers all of it, employees and volunteers its days. None of them has to be one
of the cooperative's team.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from models.people.accounts import Account
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

StaffRole = Literal["manager", "employee", "volunteer"]

STAFF_ROLES: tuple[StaffRole, ...] = get_args(StaffRole)

MOST_STAFF = 50
"""People of one shop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """One of them; `shown` is who agreed to be named on the page of the shop."""

    actor_id: int
    name: str
    username: str
    role: StaffRole
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShop:
    """A shop of somebody's, and what she does there."""

    actor_id: int
    name: str
    username: str
    role: StaffRole


async def list_staff(conn: Connection, shop_id: int) -> list[StaffMember]:
    """Who they are, managers first, by name; not those who are gone or whose account is closed."""
    return await fetch_all(
        conn,
        StaffMember,
        """
        SELECT k.actor_id, coalesce(nullif(actor.name, ''), actor.username) AS name, actor.username, k.role, k.shown
        FROM place_keeper k JOIN account a ON a.actor_id = k.actor_id JOIN actor ON actor.id = k.actor_id
        WHERE k.place_id = $1 AND a.disabled_at IS NULL AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        ORDER BY array_position($2::text[], k.role), fold(coalesce(nullif(actor.name, ''), actor.username)), k.actor_id
        """,
        shop_id,
        list(STAFF_ROLES),
    )


async def list_own(conn: Connection, actor_id: int) -> list[OwnShop]:
    """The shops in which she does something, by name; not those that are gone or suspended."""
    return await fetch_all(
        conn,
        OwnShop,
        """
        SELECT k.place_id AS actor_id, coalesce(nullif(a.name, ''), a.username) AS name, a.username, k.role
        FROM place_keeper k JOIN repair_shop s ON s.actor_id = k.place_id JOIN actor a ON a.id = k.place_id
        WHERE k.actor_id = $1 AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        ORDER BY fold(coalesce(nullif(a.name, ''), a.username)), k.place_id
        """,
        actor_id,
    )


async def find_role(conn: Connection, shop_id: int, account: Account) -> StaffRole | None:
    """What she does in this shop: its own account and whoever administers manage it; None for nobody of it."""
    if account.standing != "full":
        return None
    if account.actor_id == shop_id or "admin" in account.roles:
        return "manager"
    found: StaffRole | None = await fetch_value(
        conn, "SELECT role FROM place_keeper WHERE place_id = $1 AND actor_id = $2", shop_id, account.actor_id
    )
    return found


async def save(conn: Connection, shop_id: int, actor_id: int, role: StaffRole) -> bool:
    """She does this in the shop from now on; False where she did already, or the shop has as many people as it may."""
    await execute(conn, "SELECT FROM repair_shop WHERE actor_id = $1 FOR NO KEY UPDATE", shop_id)
    return bool(
        await execute(
            conn,
            """
            INSERT INTO place_keeper (place_id, actor_id, role)
            SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM place_keeper WHERE place_id = $1 AND actor_id = $2)
                OR (SELECT count(*) FROM place_keeper WHERE place_id = $1) < $4
            ON CONFLICT (place_id, actor_id) DO UPDATE SET role = excluded.role
            WHERE place_keeper.role <> excluded.role
            """,
            shop_id,
            actor_id,
            role,
            MOST_STAFF,
        )
    )


async def remove(conn: Connection, shop_id: int, actor_id: int) -> bool:
    """She does nothing there any more; False where she did not."""
    await execute(conn, "SELECT FROM repair_shop WHERE actor_id = $1 FOR NO KEY UPDATE", shop_id)
    return bool(
        await execute(conn, "DELETE FROM place_keeper WHERE place_id = $1 AND actor_id = $2", shop_id, actor_id)
    )


async def list_ids(conn: Connection, shop_id: int) -> list[int]:
    """Row ids of all of them."""
    return await fetch_column(conn, "SELECT actor_id FROM place_keeper WHERE place_id = $1 ORDER BY actor_id", shop_id)


async def find_member(conn: Connection, shop_id: int, username: str) -> StaffMember | None:
    """The one of this name."""
    return await fetch_one(
        conn,
        StaffMember,
        """
        SELECT k.actor_id, coalesce(nullif(a.name, ''), a.username) AS name, a.username, k.role, k.shown
        FROM place_keeper k JOIN actor a ON a.id = k.actor_id WHERE k.place_id = $1 AND lower(a.username) = lower($2)
        """,
        shop_id,
        username,
    )


async def save_shown(conn: Connection, shop_id: int, actor_id: int, shown: bool) -> bool:
    """She is named on the page of the shop, or no longer; False where she does nothing there."""
    return bool(
        await execute(
            conn, "UPDATE place_keeper SET shown = $3 WHERE place_id = $1 AND actor_id = $2", shop_id, actor_id, shown
        )
    )
