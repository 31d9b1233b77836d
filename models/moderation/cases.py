"""Cases: what was reported, held or decided about one person, looked at together until it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.people.roles import RIGHTS
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

HELD_FOR = timedelta(hours=4)
"""So long whoever took a case holds it, unless she gives it back before."""

StepAct = Literal["taken", "given_back", "withdrew", "reopened", "thread_read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What waits about one person, or did; `holder_id` looks at it until `held_until`."""

    id: int
    actor_id: int | None
    actor_name: str
    opened_at: datetime
    latest_at: datetime
    closed_at: datetime | None
    holder_id: int | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """What somebody of the team did with a case; `words` say why she stepped aside, or read a whole talk.

    `untold_ids` are people of that talk whom no message could tell of it.
    """

    id: int
    case_id: int
    by_id: int | None
    act: StepAct
    words: str
    at: datetime
    untold_ids: list[int]


async def open_case(conn: Connection, actor_id: int | None, name: str = "") -> int:
    """The id of the open case about this actor, to which something is added now; a new one where none is open."""
    found: int = await fetch_value(
        conn,
        """
        INSERT INTO moderation_case (id, actor_id, actor_name) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id) WHERE closed_at IS NULL DO UPDATE SET latest_at = now()
        RETURNING id
        """,
        make_id(),
        actor_id,
        name,
    )
    return found


async def find(conn: Connection, id: int, reader_id: int | None) -> Case | None:
    """The case, unless it concerns the reader. Nobody holds it whose time is over, or whose role is."""
    return await fetch_one(
        conn,
        Case,
        """
        SELECT c.id, c.actor_id, actor_name, opened_at, latest_at, closed_at, holder.actor_id AS holder_id,
            CASE WHEN holder.actor_id IS NOT NULL THEN held_until END AS held_until
        FROM moderation_case c LEFT JOIN account holder ON holder.actor_id = c.holder_id AND held_until > now()
            AND holder.roles && $3::text[] AND holder.disabled_at IS NULL
        WHERE c.id = $1 AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = c.actor_id AND x.actor_id = $2)
        """,
        id,
        reader_id,
        sorted(RIGHTS["reports"]),
    )


async def lock(conn: Connection, id: int, reader_id: int | None) -> Case | None:
    """The same, which nobody else changes until this transaction ends."""
    await execute(conn, "SELECT FROM moderation_case WHERE id = $1 FOR UPDATE", id)
    return await find(conn, id, reader_id)


async def take(conn: Connection, id: int, by: int) -> bool:
    """She looks at it for a while, also where somebody else does. False where she holds it already."""
    taken = await execute(
        conn,
        """
        UPDATE moderation_case SET holder_id = $2, held_until = now() + $3::interval
        WHERE id = $1 AND NOT (holder_id IS NOT DISTINCT FROM $2 AND held_until > now())
        """,
        id,
        by,
        HELD_FOR,
    )
    if taken:
        await add_step(conn, id, by, "taken")
    return bool(taken)


async def give_back(conn: Connection, id: int, by: int) -> bool:
    """She holds it no more. False where somebody else does, or nobody."""
    given = await execute(
        conn,
        """
        UPDATE moderation_case SET holder_id = NULL, held_until = NULL
        WHERE id = $1 AND holder_id = $2 AND held_until > now()
        """,
        id,
        by,
    )
    if given:
        await add_step(conn, id, by, "given_back")
    return bool(given)


async def withdraw(conn: Connection, id: int, by: int, words: str) -> bool:
    """She steps aside, with why, and neither decides about it nor answers an appeal. False where she did before."""
    if any(one.act == "withdrew" and one.by_id == by for one in await list_steps(conn, id)):
        return False
    await execute(
        conn,
        "UPDATE moderation_case SET holder_id = NULL, held_until = NULL WHERE id = $1 AND holder_id = $2",
        id,
        by,
    )
    await add_step(conn, id, by, "withdrew", words)
    return True


async def add_step(conn: Connection, id: int, by: int | None, act: StepAct, words: str = "") -> None:
    """Note what somebody did with it."""
    await execute(
        conn,
        "INSERT INTO case_step (id, case_id, by_id, act, words) VALUES ($1, $2, $3, $4, $5)",
        make_id(),
        id,
        by,
        act,
        words,
    )


async def add_reading(
    conn: Connection, id: int, by: int, post_id: int, motive: str, *, untold_ids: Sequence[int]
) -> None:
    """Note that she read the whole talk of this message, why, and which people of it no message could tell."""
    await execute(
        conn,
        """
        INSERT INTO case_step (id, case_id, by_id, act, words, post_id, untold_ids)
        VALUES ($1, $2, $3, 'thread_read', $4, $5, $6)
        """,
        make_id(),
        id,
        by,
        motive,
        post_id,
        list(untold_ids),
    )


async def is_reading(conn: Connection, id: int, by: int, post_id: int) -> bool:
    """Whether she opened the talk of this message lately."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM case_step WHERE case_id = $1 AND by_id = $2 AND post_id = $3
                AND act = 'thread_read' AND at > now() - $4::interval)
            """,
            id,
            by,
            post_id,
            HELD_FOR,
        )
    )


async def list_steps(conn: Connection, id: int) -> list[CaseStep]:
    """What was done with it, the earliest first."""
    return await fetch_all(
        conn,
        CaseStep,
        "SELECT id, case_id, by_id, act, words, at, untold_ids FROM case_step WHERE case_id = $1 ORDER BY id",
        id,
    )


async def close(conn: Connection, id: int) -> bool:
    """Nothing of it waits any more; nobody holds it. False where that was so already."""
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_case SET closed_at = now(), holder_id = NULL, held_until = NULL
            WHERE id = $1 AND closed_at IS NULL
            """,
            id,
        )
    )


async def close_settled(conn: Connection, id: int) -> bool:
    """Close it where neither a report, nor a held post, nor a decision that needs a second one waits in it."""
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_case c SET closed_at = now(), holder_id = NULL, held_until = NULL
            WHERE id = $1 AND closed_at IS NULL
                AND NOT EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.closed_at IS NULL)
                AND NOT EXISTS (SELECT FROM held_post h WHERE h.case_id = c.id)
                AND NOT EXISTS (SELECT FROM moderation_decision d
                    WHERE d.case_id = c.id AND d.effective_at IS NULL AND d.refused_at IS NULL)
            """,
            id,
        )
    )


async def reopen(conn: Connection, id: int) -> bool:
    """It waits again. False where it does so already, or another case about the same person is open."""
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_case c SET closed_at = NULL, latest_at = now()
            WHERE id = $1 AND closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM moderation_case other
                WHERE other.actor_id = c.actor_id AND other.closed_at IS NULL)
            """,
            id,
        )
    )


async def find_open(conn: Connection, actor_id: int) -> int | None:
    """The open case about somebody."""
    found: int | None = await fetch_value(
        conn, "SELECT id FROM moderation_case WHERE actor_id = $1 AND closed_at IS NULL", actor_id
    )
    return found
