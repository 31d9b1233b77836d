"""When each sweep of the night last went through all of its table: one that lags keeps what was to be forgotten."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_all

NIGHT = "night"
"""The name that stands for all of them, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateSweep:
    """A sweep that did not come round in its time, and when it last did."""

    name: str
    ended_at: datetime


async def begin(conn: Connection, names: Collection[str]) -> None:
    """These are swept from now on: of one that is new nothing is late yet, and of one that is gone nothing stays."""
    await execute(
        conn, "INSERT INTO sweep_round (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING", list(names)
    )
    await execute(conn, "DELETE FROM sweep_round WHERE name <> ALL($1) AND name <> $2", list(names), NIGHT)


async def end(conn: Connection, name: str) -> None:
    """This one came round."""
    await execute(
        conn,
        """
        INSERT INTO sweep_round (name) VALUES ($1)
        ON CONFLICT (name) DO UPDATE SET ended_at = excluded.ended_at
        """,
        name,
    )


async def list_late(conn: Connection, within: Mapping[str, timedelta], otherwise: timedelta) -> list[LateSweep]:
    """Those that last came round longer ago than they may, each `within` its time; the latest by that first.

    So are those that did it at a time that is far ahead, by a clock that was wrong: else nobody would hear of them
    until then. One is not due twice in two days, and is done at once where it was put off for longer (`chores.claim`).
    """
    return await fetch_all(
        conn,
        LateSweep,
        """
        SELECT s.name, s.ended_at FROM sweep_round s
        LEFT JOIN unnest($1::text[], $2::interval[]) AS own (name, within) ON own.name = s.name
        WHERE s.ended_at < now() - coalesce(own.within, $3::interval) OR s.ended_at > now() + interval '2 days'
        ORDER BY s.ended_at + coalesce(own.within, $3), s.name
        """,
        list(within),
        list(within.values()),
        otherwise,
    )
