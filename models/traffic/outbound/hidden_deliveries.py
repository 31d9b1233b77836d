"""Deliveries of what the team hides: nothing that shows it leaves after the decision. A like shows nothing."""

from models.store.database import Connection, execute


async def cancel_hidden(conn: Connection, post_ids: list[int]) -> int:
    """Stop sending what waits about these posts, which are hidden from now on; for what was claimed see `pull_back`."""
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now() FROM activity a JOIN post p ON p.uri = a.object_uri
        WHERE p.id = ANY($1) AND a.id = delivery.activity_id AND a.type NOT IN ('Delete', 'Like')
            AND delivery.state IN ('waiting', 'held') AND delivery.claimed_until IS NULL
        """,
        post_ids,
    )


async def pull_back(conn: Connection, id: int) -> bool:
    """Do not send what was claimed and shows a post that was hidden meanwhile; whether it was such a one."""
    return bool(
        await execute(
            conn,
            """
            UPDATE delivery SET state = 'cancelled', finished_at = now(), claimed_by = NULL, claimed_until = NULL
            FROM activity a JOIN post p ON p.uri = a.object_uri
            WHERE delivery.id = $1 AND a.id = delivery.activity_id AND a.type NOT IN ('Delete', 'Like')
                AND p.hidden_at IS NOT NULL AND (NOT p.withheld OR a.id < (SELECT max(said.id) FROM activity said
                    WHERE said.object_uri = a.object_uri AND said.type = 'Update'))
            """,
            id,
        )
    )
