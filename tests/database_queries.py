"""What tests ask of the database, and no part of the server does."""

from models.store.database import Connection, fetch_value
from models.traffic import backfills
from models.traffic.backfills import Backfill
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived


async def is_known(conn: Connection, host: str) -> bool:
    """Whether what this host publishes stands in lists."""
    return bool(await fetch_value(conn, "SELECT is_known($1)", host))


async def count_jobs(conn: Connection) -> int:
    """How many jobs wait or run."""
    return int(await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')"))


async def enqueue_one(conn: Connection, new: NewReceived) -> bool:
    """Keep one activity for processing. False for the same id with the same body."""
    return bool(await received.enqueue_many(conn, [new]))


async def find_backfill(conn: Connection, actor_id: int) -> Backfill | None:
    """How far this actor's past is."""
    return (await backfills.list_by_actors(conn, [actor_id])).get(actor_id)


async def count_unread_threads(conn: Connection, actor_id: int) -> int:
    """In how many threads something is new to this person, those that she muted aside."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM exchange
        WHERE (owner_id = $1 AND last_id > owner_read_id AND NOT owner_muted)
            OR (partner_id = $1 AND last_id > partner_read_id AND NOT partner_muted)
        """,
        actor_id,
    )
    return found
