"""Territories that members propose the cooperative to follow: who did and why, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose

ProposalState = Literal["waiting", "followed", "declined"]

MOST_WAITING = 5
"""Proposals of one member that wait at the same time."""

REST = timedelta(days=30)
"""So long after the team's no she cannot propose the same one again."""

KEPT = 20
"""Proposals of one member that are remembered, the latest."""

LONGEST = 300
"""Characters of why she proposes it, and of what the team answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryProposal:
    """One member proposes the territory of this host; `answer` is a sentence of whoever declined."""

    id: int
    host: str
    member_id: int
    reason: str
    state: ProposalState
    answer: str
    created_at: datetime
    settled_at: datetime | None


_COLUMNS = "id, host, member_id, reason, state, answer, created_at, settled_at"

_OWN, _WAITING, _LATEST = (
    compose(text, columns=_COLUMNS)
    for text in (
        "SELECT {columns} FROM territory_proposal WHERE member_id = $1 ORDER BY id DESC",
        """
        SELECT {columns} FROM territory_proposal WHERE state = 'waiting' AND host IN (
            SELECT host FROM territory_proposal WHERE state = 'waiting' GROUP BY host ORDER BY min(id) LIMIT $1)
        ORDER BY id
        """,
        """
        SELECT {columns} FROM territory_proposal WHERE member_id = $1 AND state <> 'waiting'
        ORDER BY settled_at DESC, id DESC LIMIT 1
        """,
    )
)


async def save(conn: Connection, member_id: int, host: str, reason: str) -> None:
    """She proposes it. Raises Conflict where she does already, or MOST_WAITING of hers wait."""
    await fetch_value(conn, "SELECT 1 FROM account WHERE actor_id = $1 FOR UPDATE", member_id)
    waiting = await list_waiting_of(conn, member_id)
    if host in waiting:
        raise Conflict("territory_already_proposed", field="proposed")
    if await fetch_value(
        conn,
        """
        SELECT EXISTS (SELECT FROM territory_proposal WHERE member_id = $1 AND host = $2 AND state = 'declined'
            AND settled_at > now() - $3::interval)
        """,
        member_id,
        host,
        REST,
    ):
        raise Conflict("territory_declined_lately", field="proposed")
    if len(waiting) >= MOST_WAITING:
        raise Conflict("too_many_territories_proposed", field="proposed", most=MOST_WAITING)
    await execute(
        conn,
        "INSERT INTO territory_proposal (id, host, member_id, reason) VALUES ($1, $2, $3, $4)",
        make_id(),
        host,
        member_id,
        reason,
    )
    await execute(
        conn,
        """
        DELETE FROM territory_proposal WHERE member_id = $1 AND state <> 'waiting'
            AND id NOT IN (SELECT id FROM territory_proposal WHERE member_id = $1 ORDER BY id DESC LIMIT $2)
        """,
        member_id,
        KEPT,
    )


async def list_waiting_of(conn: Connection, member_id: int) -> list[str]:
    """The hosts that she proposes and that nobody has settled."""
    return await fetch_column(
        conn, "SELECT host FROM territory_proposal WHERE member_id = $1 AND state = 'waiting' ORDER BY id", member_id
    )


async def forget_waiting(conn: Connection, member_id: int, host: str) -> bool:
    """She proposes it no more. False where it was settled, or never proposed."""
    statement = "DELETE FROM territory_proposal WHERE member_id = $1 AND host = $2 AND state = 'waiting'"
    return bool(await execute(conn, statement, member_id, host))


async def settle(
    conn: Connection, hosts: Collection[str], state: Literal["followed", "declined"], answer: str = ""
) -> list[int]:
    """This became of these territories, whoever proposed them: their row ids."""
    return await fetch_column(
        conn,
        """
        UPDATE territory_proposal SET state = $2, answer = $3, settled_at = now()
        WHERE host = ANY($1) AND state = 'waiting' RETURNING member_id
        """,
        sorted(hosts),
        state,
        answer,
    )


async def list_own(conn: Connection, member_id: int) -> list[TerritoryProposal]:
    """What she proposed, the latest first: KEPT at most, and what waits."""
    return await fetch_all(conn, TerritoryProposal, _OWN, member_id)


async def find_latest_answer(conn: Connection, member_id: int) -> TerritoryProposal | None:
    """That of hers which was settled last."""
    return await fetch_one(conn, TerritoryProposal, _LATEST, member_id)


async def list_waiting(conn: Connection, *, limit: int) -> list[TerritoryProposal]:
    """What waits for the team, the oldest first: all proposals of so many territories."""
    return await fetch_all(conn, TerritoryProposal, _WAITING, limit)
