"""The phone number that a member keeps here, to give it in a thread by a tap; no page shows it to others."""

from models.store.database import Connection, execute, fetch_value


async def find_phone(conn: Connection, actor_id: int) -> str:
    """The member's number; nothing where she keeps none."""
    return await fetch_value(conn, "SELECT phone FROM account WHERE actor_id = $1", actor_id) or ""


async def set_phone(conn: Connection, actor_id: int, phone: str) -> None:
    """Keep a number, or none."""
    await execute(conn, "UPDATE account SET phone = $2 WHERE actor_id = $1", actor_id, phone)
