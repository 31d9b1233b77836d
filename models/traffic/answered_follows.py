"""Follows that were answered although the request that brought them was refused: they arrived."""

from models.store.database import Connection, execute


async def confirm(conn: Connection, uri: str, followed_uri: str) -> None:
    """Whom one of ours asked to follow has answered: that Follow arrived, whatever was said to the request with it.

    What stands behind it in its lane may go now.
    """
    await execute(
        conn,
        """
        WITH arrived AS (
            UPDATE delivery SET state = 'done', finished_at = now(), error = NULL, cause = NULL
            FROM activity a
            WHERE a.uri = $1 AND a.type = 'Follow' AND a.object_uri = $2 AND delivery.activity_id = a.id
                AND delivery.state IN ('waiting', 'held', 'failed')
            RETURNING delivery.id, delivery.host, delivery.actor_id
        )
        UPDATE delivery SET due_at = now() FROM arrived
        WHERE delivery.host = arrived.host AND delivery.actor_id = arrived.actor_id AND delivery.id > arrived.id
            AND delivery.state = 'waiting' AND delivery.due_at > now()
        """,
        uri,
        followed_uri,
    )
