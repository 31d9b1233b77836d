"""Whether the site is open to visitors: a new instance is closed, until its publisher and host are named and somebody
opens it.
"""

from datetime import UTC, datetime
from typing import Literal

from models import preferences
from models.errors import Conflict
from models.preferences import Preferences
from models.store.database import Connection, execute, execute_many, fetch_value

Missing = Literal["legal_publisher", "legal_host"]

REQUIRED: tuple[Missing, ...] = ("legal_publisher", "legal_host")
"""What the law asks every site to say (LCEN, article 1-1): who publishes it, and who hosts it."""


def list_missing(chosen: Preferences) -> list[Missing]:
    """What has to be filled in before the site opens."""
    return [name for name in REQUIRED if not getattr(chosen, name).strip()]


async def is_closed(conn: Connection) -> bool:
    """Whether visitors see the page that says so, and nothing else."""
    found: bool = await fetch_value(
        conn, "SELECT EXISTS (SELECT FROM preference WHERE key = 'closed' AND value = 'true'::jsonb)"
    )
    return found


async def close_site(conn: Connection) -> bool:
    """Show visitors nothing but that page; False where it was so already."""
    if await is_closed(conn):
        return False
    await _save(conn, {"closed": True})
    await execute(conn, "DELETE FROM preference WHERE key IN ('opened_at', 'opened_by')")
    return True


async def open_site(conn: Connection, *, by: int | None) -> bool:
    """Show the site to everybody; False where it was open already. Raises Conflict without publisher or host."""
    if list_missing(await preferences.load_for_change(conn)):
        raise Conflict("opening_needs_legal")
    if not await is_closed(conn):
        return False
    await _save(conn, {"closed": False, "opened_at": datetime.now(UTC), **({} if by is None else {"opened_by": by})})
    return True


async def _save(conn: Connection, values: dict[str, object]) -> None:
    await execute_many(
        conn,
        """
        INSERT INTO preference (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
        """,
        list(values.items()),
    )
