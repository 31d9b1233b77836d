"""Figures of neighbour cooperatives, as they publish them: asked for once a day, kept, and added up with ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from models.coop.figures.cells import COUNTS, NOTHING, Shown
from models.coop.figures.periods import Period
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column

ASK_EVERY = timedelta(days=1)

ASKED_AT_ONCE = 50

Problem = Literal["not_published", "no_answer", "unreadable"]
"""Why there is nothing new of one: it publishes nothing, does not answer, or says what we cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourFigure(Shown):
    """A figure of a neighbour in the period of this code."""

    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourFigures:
    """All that one tells: who it is, where its page is, of which periods it has figures, and which."""

    name: str
    url: str
    periods: Sequence[str]
    figures: Sequence[NeighbourFigure]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureNeighbour:
    """A cooperative whose figures are asked for; `told_at` is when it last told any."""

    host: str
    name: str
    url: str
    periods: list[str]
    told_at: datetime | None
    problem: Problem | None


async def claim_due(conn: Connection) -> list[str]:
    """The hosts that it is time to ask, each taken by one: friends, and those that our cooperative follows."""
    await execute(
        conn,
        """
        WITH known AS (
            SELECT s.host FROM server s WHERE s.level <> 'aside' AND EXISTS (
                SELECT FROM actor a WHERE a.host = s.host AND NOT a.local AND a.type = 'Organization'
                    AND a.username = 'coop' AND a.deleted_at IS NULL
                    AND (s.level = 'friend' OR EXISTS (SELECT FROM follow f JOIN actor ours ON ours.id = f.follower_id
                        WHERE f.followed_id = a.id AND f.state = 'accepted' AND ours.local
                            AND ours.username = 'coop')))
        ), gone AS (
            DELETE FROM figure_neighbour n WHERE n.host NOT IN (SELECT host FROM known)
        )
        INSERT INTO figure_neighbour (host) SELECT host FROM known ON CONFLICT DO NOTHING
        """,
    )
    return await fetch_column(
        conn,
        """
        UPDATE figure_neighbour SET next_at = now() + $2::interval WHERE host IN (
            SELECT host FROM figure_neighbour WHERE next_at <= now() ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING host
        """,
        ASKED_AT_ONCE,
        ASK_EVERY,
    )


async def save(conn: Connection, host: str, told: NeighbourFigures) -> None:
    """What it tells now, instead of all that it told before."""
    kept = await execute(
        conn,
        """
        UPDATE figure_neighbour SET told_at = now(), problem = NULL, name = $2, url = $3, periods = $4 WHERE host = $1
        """,
        host,
        told.name,
        told.url,
        list(told.periods),
    )
    if not kept:
        return
    await execute(conn, "DELETE FROM figure_neighbour_cell WHERE host = $1", host)
    await execute_many(
        conn,
        """
        INSERT INTO figure_neighbour_cell (host, period, what, amount, partial) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        [(host, one.period, one.what, one.amount, one.partial) for one in told.figures],
    )


async def save_problem(conn: Connection, host: str, problem: Problem) -> None:
    """It told nothing; what it told before stays, with its age, unless it does not publish it any more."""
    await execute(conn, "UPDATE figure_neighbour SET problem = $2 WHERE host = $1", host, problem)
    if problem == "not_published":
        await execute(conn, "DELETE FROM figure_neighbour_cell WHERE host = $1", host)
        await execute(conn, "UPDATE figure_neighbour SET periods = '{}' WHERE host = $1", host)


async def list_neighbours(conn: Connection) -> list[FigureNeighbour]:
    """All of them, by name."""
    return await fetch_all(
        conn,
        FigureNeighbour,
        """
        SELECT n.host, coalesce(nullif(n.name, ''), n.host) AS name, n.url, n.periods, n.told_at, n.problem
        FROM figure_neighbour n ORDER BY fold(coalesce(nullif(n.name, ''), n.host)), n.host
        """,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfHost(Shown):
    host: str


async def map_figures(conn: Connection, period: Period) -> dict[str, dict[str, Shown]]:
    """The figures of a period by host; of what a neighbour that has the period does not name, there was nothing."""
    found = await fetch_all(
        conn,
        _OfHost,
        "SELECT host, what, amount, partial FROM figure_neighbour_cell WHERE period = $1",
        period.code,
    )
    by_host: dict[str, dict[str, Shown]] = {
        one.host: {what: Shown(what=what, amount=NOTHING) for what in COUNTS}
        for one in await list_neighbours(conn)
        if period.code in one.periods
    }
    for one in found:
        if one.host in by_host:
            by_host[one.host][one.what] = one
    return by_host


def add_up(figures: Iterable[Mapping[str, Shown]]) -> dict[str, Shown]:
    """What several cooperatives make together; where something of it is hidden it is at least so much."""
    all_figures = list(figures)
    return {what: _add([one[what] for one in all_figures], what) for what in COUNTS}


def _add(parts: Sequence[Shown], what: str) -> Shown:
    known = [one.amount for one in parts if one.amount is not None]
    partial = any(one.partial or one.amount is None for one in parts)
    amount = sum(known, Decimal())
    return Shown(what=what, amount=None if partial and not amount else amount, partial=partial)
