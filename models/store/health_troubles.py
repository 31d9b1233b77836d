"""What a look at the machine found wrong: kept until it is well for a day, told by mail once and each week.

Each machine has its own troubles, and those of what they share (the database, the certificate) are of the machine ''.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from models.store.database import Connection, execute, fetch_all, fetch_column

SHARED = ""
"""The name that stands for what all machines share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong: a check of the doctor, and the machine where it is, '' for all."""

    machine: str
    name: str
    severe: bool


async def save(
    conn: Connection,
    looked: Collection[str],
    found: Mapping[str, bool],
    *,
    watched: Collection[str],
    machine: str = SHARED,
) -> None:
    """What these checks say now on this machine: those `found` wrong, and whether severely; the others are well.

    Of checks that are no longer among those `watched` nothing stays, nor of a machine that nobody looks at for an hour.
    """
    await execute(
        conn,
        """
        INSERT INTO machine_trouble (machine, name, severe) SELECT $3, * FROM unnest($1::text[], $2::boolean[])
        ON CONFLICT (machine, name) DO UPDATE SET severe = excluded.severe, well_at = NULL,
            since = CASE WHEN machine_trouble.well_at IS NULL THEN machine_trouble.since ELSE now() END
        """,
        list(found),
        list(found.values()),
        machine,
    )
    well = [name for name in looked if name not in found]
    await execute(
        conn,
        """
        UPDATE machine_trouble SET looked_at = now(),
            well_at = CASE WHEN name = ANY($1::text[]) THEN coalesce(well_at, now()) ELSE well_at END
        WHERE machine = $2
        """,
        well,
        machine,
    )
    await execute(
        conn,
        """
        DELETE FROM machine_trouble WHERE well_at < now() - interval '1 day' OR looked_at < now() - interval '1 hour'
            OR name <> ALL($1::text[])
        """,
        list(watched),
    )


async def claim_untold(conn: Connection, settled: Mapping[str, timedelta], machine: str = SHARED) -> list[str]:
    """Which of these are wrong on this machine and nobody had a mail about for a week; they count as told from now on.

    What comes and goes within a day is told as if it had stayed. Nothing is told before it is wrong for as long as it
    takes to be `settled`.
    """
    return await fetch_column(
        conn,
        """
        UPDATE machine_trouble AS one SET told_at = now()
        FROM unnest($2::text[], $3::interval[]) AS own (name, settled)
        WHERE one.machine = $1 AND one.well_at IS NULL AND own.name = one.name
            AND (one.told_at IS NULL OR one.told_at < now() - interval '7 days') AND one.since <= now() - own.settled
        RETURNING one.name
        """,
        machine,
        list(settled),
        list(settled.values()),
    )


async def list_troubles(conn: Connection) -> list[Trouble]:
    """All that is wrong, on whichever machine."""
    return await fetch_all(
        conn, Trouble, "SELECT machine, name, severe FROM machine_trouble WHERE well_at IS NULL ORDER BY machine, name"
    )
