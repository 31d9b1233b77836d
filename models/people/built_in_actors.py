"""The first start: one process founds the instance, and the built-in actors carry the cooperative's name."""

from collections.abc import Mapping

from models.store.database import Connection, execute, execute_many, fetch_value


async def lock_creation(conn: Connection) -> None:
    """Processes that start together found one after the other; held until the transaction ends."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.founding'))")


async def rename_built_in(conn: Connection, names: Mapping[str, str]) -> None:
    """Give these built-in actors their names; those that have them already keep their date."""
    await execute_many(
        conn,
        "UPDATE actor SET name = $2, updated_at = now() WHERE local AND username = $1 AND name <> $2",
        list(names.items()),
    )


async def is_anybody_here(conn: Connection) -> bool:
    """Whether there is an account, of whatever role."""
    found: bool = await fetch_value(conn, "SELECT EXISTS (SELECT 1 FROM account)")
    return found
