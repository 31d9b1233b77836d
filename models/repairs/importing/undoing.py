"""What an import made and nobody touched since is taken back."""

from collections.abc import Collection

from models.store.database import Connection, execute, fetch_column, fetch_records


async def list_untouched_shops(conn: Connection, import_id: int) -> list[int]:
    """Shops that it made and nobody did anything with since: no follower, no post, no question, no word changed."""
    return await fetch_column(
        conn,
        """
        SELECT i.row_id FROM repair_import_item i JOIN repair_shop t ON t.actor_id = i.row_id
        JOIN account c ON c.actor_id = i.row_id
        WHERE i.import_id = $1 AND i.kind = 'shop' AND c.last_seen_at IS NULL
            AND i.digest = md5(t::text || coalesce((SELECT string_agg(p::text, ' ' ORDER BY p.position)
                FROM repair_price p WHERE p.shop_id = t.actor_id), '')
                || (SELECT coalesce(a.hours::text, '') || coalesce(a.street, '') FROM actor a WHERE a.id = t.actor_id))
            AND NOT EXISTS (SELECT FROM follow f WHERE i.row_id IN (f.follower_id, f.followed_id))
            AND NOT EXISTS (SELECT FROM post p WHERE p.author_id = i.row_id)
            AND NOT EXISTS (SELECT FROM activity a WHERE a.actor_id = i.row_id)
            AND NOT EXISTS (SELECT FROM repair_shop_request q WHERE q.shop_id = i.row_id)
            AND NOT EXISTS (SELECT FROM membership m WHERE m.actor_id = i.row_id)
            AND NOT EXISTS (SELECT FROM place_keeper k WHERE k.place_id = i.row_id AND (
                k.role <> 'manager' OR k.shown OR NOT EXISTS (
                    SELECT FROM repair_import_item o
                    WHERE o.kind = 'manager' AND o.row_id = i.row_id AND o.member_id = k.actor_id)))
            AND NOT EXISTS (SELECT FROM repair_result r WHERE r.repairer_id = i.row_id AND NOT EXISTS (
                SELECT FROM repair_import_item o
                WHERE o.import_id = i.import_id AND o.kind = 'result' AND o.row_id = r.id))
        ORDER BY i.row_id
        """,
        import_id,
    )


async def remove_rows(conn: Connection, import_id: int) -> dict[str, int]:
    """Take back results, walk-ins, lines of books and bikes that nobody touched since; how many of each.

    What hangs on a line or a bike counts as touching it. A book that somebody else has by now, or that is on its way to
    her, keeps its lines.
    """
    removed: dict[str, int] = {}
    removed["result"] = await execute(
        conn,
        """
        DELETE FROM repair_result t USING repair_import_item i
        WHERE i.import_id = $1 AND i.kind = 'result' AND i.row_id = t.id AND i.digest = md5(t::text)
            AND NOT EXISTS (SELECT FROM bike_entry e WHERE e.result_id = t.id)
        """,
        import_id,
    )
    removed["walk_in"] = await execute(
        conn,
        """
        DELETE FROM walk_in t USING repair_import_item i
        WHERE i.import_id = $1 AND i.kind = 'walk_in' AND i.row_id = t.id AND i.digest = md5(t::text)
            AND t.ends_at > now()
        """,
        import_id,
    )
    removed["entry"] = await execute(
        conn,
        """
        DELETE FROM bike_entry t USING repair_import_item i
        WHERE i.import_id = $1 AND i.kind = 'entry' AND i.row_id = t.id AND i.digest = md5(t::text)
            AND EXISTS (SELECT FROM bike b WHERE b.id = t.bike_id AND b.owner_id = i.member_id
                AND b.left_how IS DISTINCT FROM 'handed-over')
            AND NOT EXISTS (SELECT FROM bike_file f WHERE f.entry_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_handover h WHERE h.bike_id = t.bike_id)
        """,
        import_id,
    )
    removed["bike"] = await execute(
        conn,
        """
        DELETE FROM bike t USING repair_import_item i
        WHERE i.import_id = $1 AND i.kind = 'bike' AND i.row_id = t.id AND i.digest = md5(t::text)
            AND NOT EXISTS (SELECT FROM bike_entry WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_file WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_link WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_distance WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_reminder WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM bike_handover WHERE bike_id = t.id)
            AND NOT EXISTS (SELECT FROM frame_sighting WHERE bike_id = t.id)
        """,
        import_id,
    )
    return removed


async def remove_shops(conn: Connection, shop_ids: Collection[int]) -> int:
    """Take back shops of which nobody was told: they go without a trace, and their names are free again."""
    return await execute(
        conn,
        """
        WITH gone AS (DELETE FROM actor WHERE id = ANY($1) AND local RETURNING username),
            freed AS (DELETE FROM used_username USING gone WHERE used_username.username = gone.username)
        SELECT FROM gone
        """,
        list(shop_ids),
    )


async def remove_managers(conn: Connection, import_id: int) -> int:
    """Take back who manages a shop that came before, and does so still as this import made her.

    A shop of the import itself that stays keeps its manager: without her nobody could change what it says.
    """
    return await execute(
        conn,
        """
        DELETE FROM place_keeper k USING repair_import_item i
        WHERE i.import_id = $1 AND i.kind = 'manager' AND i.row_id = k.place_id AND i.member_id = k.actor_id
            AND k.role = 'manager' AND NOT k.shown
            AND NOT EXISTS (SELECT FROM repair_import_item s
                WHERE s.import_id = $1 AND s.kind = 'shop' AND s.row_id = i.row_id)
        """,
        import_id,
    )


async def forget_items(conn: Connection, import_id: int) -> dict[str, int]:
    """Those whose rows are gone may come again with another import; how many of each kind are left."""
    await execute(
        conn,
        """
        DELETE FROM repair_import_item i WHERE i.import_id = $1
            AND NOT EXISTS (SELECT FROM actor WHERE id = i.row_id AND i.kind = 'shop')
            AND NOT EXISTS (SELECT FROM place_keeper k
                WHERE k.place_id = i.row_id AND k.actor_id = i.member_id AND i.kind = 'manager')
            AND NOT EXISTS (SELECT FROM bike WHERE id = i.row_id AND i.kind = 'bike')
            AND NOT EXISTS (SELECT FROM bike_entry WHERE id = i.row_id AND i.kind = 'entry')
            AND NOT EXISTS (SELECT FROM repair_result WHERE id = i.row_id AND i.kind = 'result')
            AND NOT EXISTS (SELECT FROM walk_in WHERE id = i.row_id AND i.kind = 'walk_in')
        """,
        import_id,
    )
    rows = await fetch_records(
        conn,
        "SELECT kind, count(*)::integer AS left_over FROM repair_import_item WHERE import_id = $1 GROUP BY kind",
        import_id,
    )
    return {row["kind"]: row["left_over"] for row in rows}
