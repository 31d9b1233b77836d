"""Follows that were answered although the request that brought them was refused: they arrived."""

from collections.abc import Sequence

from models.store.database import Connection, execute


async def confirm(conn: Connection, uri: str, followed_uri: str) -> None:
    """Whom one of ours asked to follow has answered: that Follow arrived, whatever was said to the request with it.

    What stands behind it in its lane may go now.
    """
    await confirm_many(conn, [(uri, followed_uri)])


async def confirm_many(conn: Connection, answered: Sequence[tuple[str, str]]) -> None:
    """The same for several, by the id of the Follow and whom it is about."""
    await execute(
        conn,
        """
        WITH answered AS (
            SELECT d.id, d.host, d.actor_id
            FROM unnest($1::text[], $2::text[]) AS said (uri, followed_uri)
                JOIN activity a ON a.uri = said.uri AND a.object_uri = said.followed_uri
                JOIN delivery d ON d.activity_id = a.id
            WHERE a.type = 'Follow' AND d.state IN ('waiting', 'held', 'failed')
        ), locked AS MATERIALIZED (  -- by their ids: of two that want the same ones one waits, and never both
            SELECT id FROM delivery WHERE id IN (
                SELECT id FROM answered
                UNION SELECT d.id FROM delivery d JOIN answered ON d.host = answered.host
                    AND d.actor_id = answered.actor_id AND d.id > answered.id
                WHERE d.state = 'waiting' AND d.due_at > now())
            ORDER BY id FOR NO KEY UPDATE
        ), arrived AS (
            UPDATE delivery SET state = 'done', finished_at = now(), error = NULL, cause = NULL
            FROM locked JOIN answered ON answered.id = locked.id
            WHERE delivery.id = locked.id AND delivery.state IN ('waiting', 'held', 'failed')
            RETURNING delivery.id, delivery.host, delivery.actor_id
        )
        UPDATE delivery SET due_at = now() FROM arrived, locked
        WHERE delivery.id = locked.id AND delivery.id > arrived.id AND delivery.host = arrived.host
            AND delivery.actor_id = arrived.actor_id AND delivery.state = 'waiting' AND delivery.due_at > now()
        """,
        [uri for uri, _ in answered],
        [followed_uri for _, followed_uri in answered],
    )
