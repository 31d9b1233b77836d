"""Which places of ours there are, and who runs each: an administrator says so; administrators reach all of them."""

from dataclasses import dataclass

from models.people import accounts
from models.people.accounts import Account
from models.people.roles import has_right
from models.store.database import Connection, execute, fetch_all, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Somebody who runs a place."""

    actor_id: int
    name: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """A place of ours."""

    actor_id: int
    name: str
    username: str
    street: str


async def list_places(conn: Connection, account: Account) -> list[OwnPlace]:
    """The places that she runs, by name; all of them for administrators, none for whoever lacks the right.

    Not those that are suspended: whoever runs one publishes for it no more than it could itself.
    """
    if not has_right(account, "places"):
        return []
    return await fetch_all(
        conn,
        OwnPlace,
        """
        SELECT a.actor_id, coalesce(nullif(actor.name, ''), actor.username) AS name, actor.username,
            coalesce(actor.street, '') AS street
        FROM account a JOIN actor ON actor.id = a.actor_id
        WHERE actor.type = 'Organization' AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
            AND a.disabled_at IS NULL
            AND ($2 OR EXISTS (SELECT FROM place_keeper k
                WHERE k.place_id = a.actor_id AND k.actor_id = $1 AND k.role = 'manager'))
        ORDER BY fold(coalesce(nullif(actor.name, ''), actor.username)), a.actor_id
        """,
        account.actor_id,
        "admin" in account.roles,
    )


async def find_place(conn: Connection, account: Account, username: str) -> Account | None:
    """The place of this name, if it is hers to run."""
    found = next((one for one in await list_places(conn, account) if one.username == username.lower()), None)
    return await accounts.find(conn, found.actor_id) if found is not None else None


async def is_place(conn: Connection, actor_id: int) -> bool:
    """Whether this account of ours is a place to which people come."""
    found: bool = await fetch_value(
        conn,
        """
        SELECT EXISTS (SELECT FROM account JOIN actor ON actor.id = actor_id
            WHERE actor_id = $1 AND type = 'Organization' AND deleted_at IS NULL)
        """,
        actor_id,
    )
    return found


async def may_keep(conn: Connection, account: Account) -> bool:
    """Whether a place can be put into the care of this account: of a member who takes part, and is no place."""
    return account.standing == "full" and account.disabled_at is None and not await is_place(conn, account.actor_id)


async def list_keepers(conn: Connection, place_id: int) -> list[Keeper]:
    """Who runs this place, by name; not those who lost the role."""
    return await fetch_all(
        conn,
        Keeper,
        """
        SELECT k.actor_id, coalesce(nullif(actor.name, ''), actor.username) AS name, actor.username
        FROM place_keeper k JOIN account a ON a.actor_id = k.actor_id JOIN actor ON actor.id = k.actor_id
        WHERE k.place_id = $1 AND k.role = 'manager' AND 'keeper' = ANY(a.roles) AND a.disabled_at IS NULL
            AND actor.deleted_at IS NULL
        ORDER BY fold(coalesce(nullif(actor.name, ''), actor.username)), k.actor_id
        """,
        place_id,
    )


async def add(conn: Connection, place_id: int, actor_id: int) -> bool:
    """She runs this place from now on; False where she did already."""
    return bool(
        await execute(
            conn,
            "INSERT INTO place_keeper (place_id, actor_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            place_id,
            actor_id,
        )
    )


async def remove(conn: Connection, place_id: int, actor_id: int) -> bool:
    """She runs it no more; False where she did not."""
    return bool(
        await execute(conn, "DELETE FROM place_keeper WHERE place_id = $1 AND actor_id = $2", place_id, actor_id)
    )


async def remove_all(conn: Connection, actor_id: int) -> None:
    """She runs no place any more: the role is gone, and does not bring them back.

    What she does in a repair shop needs no role of the cooperative's, and stays.
    """
    await execute(
        conn,
        """
        DELETE FROM place_keeper k
        WHERE k.actor_id = $1 AND NOT EXISTS (SELECT FROM repair_shop s WHERE s.actor_id = k.place_id)
        """,
        actor_id,
    )
