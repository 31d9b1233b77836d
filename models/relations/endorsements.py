"""People whom members show on their profiles, among those whom they follow."""

from dataclasses import dataclass

from models.errors import Invalid
from models.ids import make_id
from models.people import accounts
from models.store.database import Connection, execute, fetch_all, fetch_value

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """A member shows somebody."""

    id: int
    actor_id: int
    target_id: int


async def save(conn: Connection, *, actor_id: int, target_id: int) -> None:
    """Show somebody; again changes nothing. Raises Invalid for whom the member does not follow, or too many."""
    await accounts.lock_account(conn, actor_id)
    follows = await fetch_value(
        conn,
        "SELECT true FROM follow WHERE follower_id = $1 AND followed_id = $2 AND state = 'accepted'",
        actor_id,
        target_id,
    )
    if not follows:
        raise Invalid("endorsed_not_followed")
    held = await fetch_value(
        conn, "SELECT count(*) FROM endorsement WHERE actor_id = $1 AND target_id <> $2", actor_id, target_id
    )
    if held >= MOST:
        raise Invalid("too_many_endorsements", most=MOST)
    await execute(
        conn,
        "INSERT INTO endorsement (id, actor_id, target_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        make_id(),
        actor_id,
        target_id,
    )


async def remove(conn: Connection, *, actor_id: int, target_id: int) -> None:
    """Show somebody no longer."""
    await execute(conn, "DELETE FROM endorsement WHERE actor_id = $1 AND target_id = $2", actor_id, target_id)


async def list_endorsed(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Endorsement]:
    """Whom a member shows, the last first, by keyset on the row's id."""
    return await fetch_all(
        conn,
        Endorsement,
        """
        SELECT e.id, e.actor_id, e.target_id FROM endorsement e
        JOIN follow f ON f.follower_id = e.actor_id AND f.followed_id = e.target_id AND f.state = 'accepted'
        WHERE e.actor_id = $1 AND ($2::bigint IS NULL OR e.id < $2) AND ($3::bigint IS NULL OR e.id > $3)
        ORDER BY e.id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )
