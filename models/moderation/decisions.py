"""Decisions of the team about a person and her posts, and what follows from those that are in force.

What an actor and her posts suffer is computed anew from all decisions that are in force (`refresh`): however they
overlap, end or are taken back, what is left is what the others say.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from models.store.database import Connection, execute, fetch_all, fetch_one

DecisionKind = Literal["nothing", "warn", "hide", "limit", "suspend", "exclude"]

KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
"""From the mildest to the hardest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationDecision:
    """One decision. `words` are what the person reads, `rule` what it rests on, `post_ids` what is hidden.

    Without `effective_at` it waits for a second of the team; `second_id` is who is asked, or who confirmed it.
    """

    id: int
    case_id: int
    actor_id: int | None
    kind: DecisionKind
    post_ids: list[int]
    rule: str
    words: str
    decided_by: int | None
    decided_at: datetime
    second_id: int | None
    seconded_at: datetime | None
    refused_at: datetime | None
    effective_at: datetime | None
    ends_at: datetime | None
    taken_back_at: datetime | None
    taken_back_by: int | None
    taken_back_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What `refresh` changed: whether she is now suspended or no more, and which of her posts were hidden or shown."""

    suspended: bool | None
    hidden: list[int]
    shown: list[int]


async def find(conn: Connection, id: int) -> ModerationDecision | None:
    """The decision."""
    return await fetch_one(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision WHERE id = $1
        """,
        id,
    )


async def list_by_ids(conn: Connection, ids: Collection[int]) -> list[ModerationDecision]:
    """These decisions."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision WHERE id = ANY($1) ORDER BY id
        """,
        list(ids),
    )


async def list_about(conn: Connection, actor_id: int) -> list[ModerationDecision]:
    """Everything that was decided about this actor, the latest first, in force or not."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision WHERE actor_id = $1 ORDER BY decided_at DESC, id DESC
        """,
        actor_id,
    )


async def list_in_force(
    conn: Connection, actor_id: int, kinds: Collection[DecisionKind] = KINDS
) -> list[ModerationDecision]:
    """What is in force about this actor just now, of these kinds, the latest first."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision
        WHERE actor_id = $1 AND kind = ANY($2) AND effective_at IS NOT NULL AND taken_back_at IS NULL
            AND (ends_at IS NULL OR ends_at > now())
        ORDER BY effective_at DESC, id DESC
        """,
        actor_id,
        list(kinds),
    )


async def refresh(conn: Connection, actor_id: int) -> Changed:
    """Set what this actor and her posts suffer to what the decisions in force say, and what is held."""
    states = await fetch_all(
        conn,
        _State,
        """
        WITH before AS (
            SELECT id, suspended_at IS NOT NULL AS suspended FROM actor WHERE id = $1 FOR UPDATE
        ), ruling AS (
            SELECT min(effective_at) FILTER (WHERE kind = 'limit') AS limited_at,
                min(effective_at) FILTER (WHERE kind IN ('suspend', 'exclude')) AS suspended_at,
                min(effective_at) FILTER (WHERE kind = 'exclude') AS excluded_at
            FROM moderation_decision
            WHERE actor_id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL
                AND (ends_at IS NULL OR ends_at > now())
        )
        UPDATE actor SET limited_at = ruling.limited_at, excluded_at = ruling.excluded_at,
            suspended_at = coalesce(ruling.suspended_at,
                CASE WHEN suspended_with_server
                    OR EXISTS (SELECT FROM account w WHERE w.actor_id = $1 AND w.waits_since IS NOT NULL)
                THEN actor.suspended_at END)
        FROM before, ruling WHERE actor.id = before.id
        RETURNING before.suspended AS before, actor.suspended_at IS NOT NULL AS after
        """,
        actor_id,
    )
    posts = await fetch_all(
        conn,
        _PostState,
        """
        WITH wanted AS (
            SELECT unnest(post_ids) AS post_id FROM moderation_decision
            WHERE actor_id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL
                AND (ends_at IS NULL OR ends_at > now())
            UNION SELECT h.post_id FROM held_post h JOIN post p ON p.id = h.post_id WHERE p.author_id = $1
        )
        UPDATE post SET hidden_at = CASE WHEN hidden_at IS NULL THEN now() END
        WHERE author_id = $1 AND (hidden_at IS NOT NULL) <> (id IN (SELECT post_id FROM wanted))
            AND (hidden_at IS NOT NULL OR id IN (SELECT post_id FROM wanted))
        RETURNING id, hidden_at IS NOT NULL AS hidden
        """,
        actor_id,
    )
    state = states[0] if states else None
    return Changed(
        suspended=state.after if state is not None and state.after != state.before else None,
        hidden=[one.id for one in posts if one.hidden],
        shown=[one.id for one in posts if not one.hidden],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    before: bool
    after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _PostState:
    id: int
    hidden: bool


async def list_ended(conn: Connection) -> list[ModerationDecision]:
    """Decisions whose time is over and that still weigh on somebody: `refresh` lifts them."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT d.id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision d JOIN actor a ON a.id = d.actor_id
        WHERE d.ends_at <= now() AND d.effective_at IS NOT NULL AND d.taken_back_at IS NULL
            AND (a.limited_at IS NOT NULL OR a.suspended_at IS NOT NULL
                OR EXISTS (SELECT FROM post p WHERE p.id = ANY(d.post_ids) AND p.hidden_at IS NOT NULL))
        ORDER BY d.ends_at LIMIT 100
        """,
    )


async def take_back(conn: Connection, id: int, by: int | None, words: str = "") -> bool:
    """It holds no more, with why; `refresh` does the rest. False where that was so already."""
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_decision SET taken_back_at = now(), taken_back_by = $2, taken_back_words = $3
            WHERE id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL
            """,
            id,
            by,
            words,
        )
    )
