"""Private notes of our people about others: read by who wrote them and nobody else."""

from models.errors import Invalid
from models.store.database import Connection, execute

LONGEST = 2000


async def save(conn: Connection, actor_id: int, target_id: int, text: str) -> None:
    """Write the note about somebody, or with an empty text throw it away. Raises Invalid."""
    if len(text) > LONGEST:
        raise Invalid("account_note_too_long", most=LONGEST, field="comment")
    if not text:
        await execute(conn, "DELETE FROM account_note WHERE actor_id = $1 AND target_id = $2", actor_id, target_id)
        return
    await execute(
        conn,
        """
        INSERT INTO account_note (actor_id, target_id, text) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, target_id) DO UPDATE SET text = excluded.text
        """,
        actor_id,
        target_id,
        text,
    )
