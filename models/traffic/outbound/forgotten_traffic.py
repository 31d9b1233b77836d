"""What we sent is forgotten by night, in steps: deliveries that are over, activities that nobody asks for any more."""

from datetime import timedelta

from models.store import sweep_positions
from models.store.database import Connection, Record, execute, fetch_records

KEPT_DAYS = 60  # so long a delivery that is finished is known

ACTIVITIES_KEPT = timedelta(days=365)
"""So long an activity of ours is kept that nothing hangs on any more."""

PASSED_ON_KEPT = timedelta(days=60)
"""So long it is known what we passed on for others, so that it is passed on once."""

LOOKED_AT = 20_000
"""So many deliveries, or activities that may go, are looked at in one step."""


async def forget_deliveries(conn: Connection) -> int:
    """Forget finished ones, but where a living post went (its deletion follows), or a hidden one is still to go.

    Where it went by changes alone the last one of them says so.
    """
    after = await _find_place(conn, "delivery")
    [looked] = await fetch_records(
        conn,
        """
        SELECT max(id) AS last, count(*) AS many
        FROM (SELECT id FROM delivery WHERE id > $1 ORDER BY id LIMIT $2) AS next
        """,
        after,
        LOOKED_AT,
    )
    last = await _go_on(conn, "delivery", looked)
    return await execute(
        conn,
        """
        WITH looked AS MATERIALIZED (
            SELECT id, activity_id, inbox, state FROM delivery
            WHERE id > $1 AND id <= $2 AND state IN ('done', 'failed', 'cancelled')
                AND finished_at < now() - make_interval(days => $3)
        ), said AS MATERIALIZED (  -- many deliveries are of one activity: it is looked up once
            SELECT a.*, p.id AS post_id, p.hidden_at, p.deleted_at
            FROM (SELECT DISTINCT activity_id FROM looked) AS of
            CROSS JOIN LATERAL (SELECT id, type, object_uri FROM activity WHERE id = of.activity_id OFFSET 0) AS a
            LEFT JOIN LATERAL (SELECT * FROM post WHERE uri = a.object_uri OFFSET 0) AS p ON true
        )
        DELETE FROM delivery USING (
            SELECT d.id FROM looked d JOIN said a ON a.id = d.activity_id
            WHERE NOT (d.state = 'cancelled' AND a.hidden_at IS NOT NULL)
                AND NOT (d.state = 'done' AND a.post_id IS NOT NULL AND a.deleted_at IS NULL
                    AND (a.type IN ('Create', 'Announce', 'QuoteRequest') OR a.type = 'Update' AND NOT EXISTS (
                        SELECT FROM activity c JOIN delivery o ON o.activity_id = c.id AND o.inbox = d.inbox
                        WHERE c.object_uri = a.object_uri AND o.state = 'done'
                            AND (c.type = 'Create' OR c.type = 'Update' AND c.id > a.id))))
        -- Again, since somebody may ask meanwhile that it be sent once more.
        ) AS over WHERE delivery.id = over.id AND delivery.state IN ('done', 'failed', 'cancelled')
            AND delivery.finished_at < now() - make_interval(days => $3)
        """,
        after,
        last,
        KEPT_DAYS,
    )


async def forget_activities(conn: Connection) -> int:
    """Forget what was answered or said again long ago and what no delivery is known of any more; how many.

    These are answers to who asked to follow, what a post or a profile was changed to before it was changed again, and
    likes that were taken back, with that. What a post was published, shared, asked for, agreed or deleted by stays, and
    the last change of each: by these it is served, taken back and told anew.
    """
    after = await _find_place(conn, "activity")
    [looked] = await fetch_records(
        conn,
        """
        SELECT max(id) AS last, count(*) AS many FROM (
            SELECT id FROM activity
            WHERE type IN ('Accept', 'Like', 'Reject', 'Undo', 'Update') AND id > $1 ORDER BY id LIMIT $2) AS next
        """,
        after,
        LOOKED_AT,
    )
    last = await _go_on(conn, "activity", looked)
    return await execute(
        conn,
        """
        DELETE FROM activity a
        WHERE a.type IN ('Accept', 'Like', 'Reject', 'Undo', 'Update') AND a.id > $1 AND a.id <= $2
            AND a.created_at < now() - $3::interval
            AND CASE a.type
                WHEN 'Update' THEN EXISTS (SELECT FROM activity later
                    WHERE later.object_uri = a.object_uri AND later.actor_id = a.actor_id AND later.type = 'Update'
                        AND later.id > a.id)
                WHEN 'Like' THEN a.object_uri IS NOT NULL AND NOT EXISTS (SELECT FROM favourite WHERE uri = a.uri)
                    -- While its end is on its way, or did not arrive, the like leads to that.
                    AND NOT EXISTS (SELECT FROM activity u JOIN delivery d ON d.activity_id = u.id
                        WHERE u.object_uri = a.uri AND u.type = 'Undo')
                WHEN 'Undo' THEN a.object_uri IS NOT NULL AND strpos(a.body, '"type":"Like"') > 0
                -- Their words cannot be taken for it: in them quotation marks are written otherwise.
                ELSE a.object_uri IS NULL AND strpos(a.body, '"type":"Follow"') > 0 END
            AND NOT EXISTS (SELECT FROM delivery d WHERE d.activity_id = a.id)
        """,
        after,
        last,
        ACTIVITIES_KEPT,
    )


async def forget_passed_on(conn: Connection) -> int:
    """Forget what others said and we passed on, with its words, once it is nowhere under way any more; how many.

    What we say ourselves and is about nothing, as a bike's book that we hand over, has an id of its author's and stays.
    """
    after = await _find_place(conn, "passed_on")
    [looked] = await fetch_records(
        conn,
        """
        SELECT max(id) AS last, count(*) AS many FROM (
            SELECT id FROM activity
            WHERE object_uri IS NULL AND type IN ('Announce', 'Create', 'Delete', 'Update') AND id > $1
            ORDER BY id LIMIT $2) AS next
        """,
        after,
        LOOKED_AT,
    )
    last = await _go_on(conn, "passed_on", looked)
    return await execute(
        conn,
        """
        DELETE FROM activity a USING actor p
        WHERE p.id = a.actor_id AND a.object_uri IS NULL AND a.type IN ('Announce', 'Create', 'Delete', 'Update')
            AND a.id > $1 AND a.id <= $2 AND a.created_at < now() - $3::interval
            AND (a.type = 'Announce' OR NOT starts_with(a.uri, p.uri || '/'))
            AND NOT EXISTS (SELECT FROM delivery d WHERE d.activity_id = a.id)
        """,
        after,
        last,
        PASSED_ON_KEPT,
    )


async def _find_place(conn: Connection, name: str) -> int:
    """Behind which row to look; each of what hangs on it is looked up, however many there are."""
    await execute(conn, "SET LOCAL enable_seqscan = off")
    return int(await sweep_positions.find(conn, name) or 0)


async def _go_on(conn: Connection, name: str, looked: Record) -> int | None:
    """Up to which row to look: the next step begins there, or anew."""
    await sweep_positions.go_on(conn, name, str(looked["last"]) if looked["many"] == LOOKED_AT else None)
    last: int | None = looked["last"]
    return last
