"""What a look at the machine found wrong: kept until it is well for a day, told by mail once and each week."""

from collections.abc import Collection, Mapping

from models.store.database import Connection, execute, fetch_column


async def save(
    conn: Connection, looked: Collection[str], found: Mapping[str, bool], *, watched: Collection[str]
) -> None:
    """What these checks say now: those `found` wrong, and whether severely; the others of them are well.

    Of checks that are no longer among those `watched` nothing stays.
    """
    await execute(
        conn,
        """
        INSERT INTO health_trouble (name, severe) SELECT * FROM unnest($1::text[], $2::boolean[])
        ON CONFLICT (name) DO UPDATE SET severe = excluded.severe, well_at = NULL,
            since = CASE WHEN health_trouble.well_at IS NULL THEN health_trouble.since ELSE now() END
        """,
        list(found),
        list(found.values()),
    )
    well = [name for name in looked if name not in found]
    await execute(
        conn, "UPDATE health_trouble SET well_at = now() WHERE name = ANY($1::text[]) AND well_at IS NULL", well
    )
    await execute(
        conn,
        "DELETE FROM health_trouble WHERE well_at < now() - interval '1 day' OR name <> ALL($1::text[])",
        list(watched),
    )


async def claim_untold(conn: Connection) -> list[str]:
    """What is wrong and nobody had a mail about for a week; they count as told from now on.

    What comes and goes within a day is told as if it had stayed.
    """
    return await fetch_column(
        conn,
        """
        UPDATE health_trouble SET told_at = now()
        WHERE well_at IS NULL AND (told_at IS NULL OR told_at < now() - interval '7 days') RETURNING name
        """,
    )
