"""Decisions of the team about a person and her posts, and what follows from those that are in force.

What an actor and her posts suffer is computed anew from all decisions that are in force (`refresh`): however they
overlap, end or are taken back, what is left is what the others say.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one

DecisionKind = Literal["nothing", "warn", "hide", "limit", "suspend", "exclude"]

KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
"""From the mildest to the hardest."""

APPEAL_TIME = timedelta(days=30)
"""So long an exclusion can be objected to before the account is erased."""


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
    """What `refresh` changed: whether she is now suspended, or excluded, or no more (None: as before).

    And which of her posts were hidden or shown.
    """

    suspended: bool | None
    excluded: bool | None
    hidden: list[int]
    shown: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """Why a post is hidden; without `decision_id` it waits for a look before it is published."""

    decision_id: int | None
    rule: str
    words: str


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


async def find_hiding(conn: Connection, post_id: int) -> Hiding | None:
    """Why a post is hidden, for its author and the team; None where it is not.

    The latest decision that hides it or suspends its author, or without one that it waits for a look.
    """
    return await fetch_one(
        conn,
        Hiding,
        """
        SELECT d.id AS decision_id, coalesce(d.rule, '') AS rule, coalesce(d.words, '') AS words
        FROM post p LEFT JOIN LATERAL (
            SELECT id, rule, words FROM moderation_decision
            WHERE actor_id = p.author_id AND effective_at IS NOT NULL AND taken_back_at IS NULL
                AND (ends_at IS NULL OR ends_at > now()) AND (p.id = ANY(post_ids) OR kind IN ('suspend', 'exclude'))
            ORDER BY p.id = ANY(post_ids) DESC, effective_at DESC LIMIT 1
        ) AS d ON true
        WHERE p.id = $1 AND p.hidden_at IS NOT NULL
        """,
        post_id,
    )


async def refresh(conn: Connection, actor_id: int) -> Changed:
    """Set what this actor and her posts suffer to what the decisions in force say, and what is held.

    Of two decisions that change at once, the second one waits here and then sees what the first one did. Whoever is
    suspended by a decision has all hidden that she published; what she wrote to somebody in private stays readable.
    """
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR NO KEY UPDATE", actor_id)
    states = await fetch_all(
        conn,
        _State,
        """
        WITH before AS (
            SELECT id, suspended_at IS NOT NULL AS suspended, excluded_at IS NOT NULL AS excluded
            FROM actor WHERE id = $1
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
                CASE WHEN suspended_with_server OR suspended_at_home
                    OR EXISTS (SELECT FROM account w WHERE w.actor_id = $1 AND w.waits_since IS NOT NULL)
                THEN actor.suspended_at END)
        FROM before, ruling WHERE actor.id = before.id
        RETURNING before.suspended AS before, actor.suspended_at IS NOT NULL AS after,
            before.excluded AS excluded_before, actor.excluded_at IS NOT NULL AS excluded_after
        """,
        actor_id,
    )
    posts = await fetch_all(
        conn,
        _PostState,
        """
        WITH in_force AS (
            SELECT kind, post_ids FROM moderation_decision
            WHERE actor_id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL
                AND (ends_at IS NULL OR ends_at > now())
        ), wanted AS MATERIALIZED (
            SELECT unnest(post_ids) AS post_id FROM in_force
            UNION SELECT h.post_id FROM held_post h JOIN post p ON p.id = h.post_id
                WHERE p.author_id = $1 AND h.draft IS NULL
            UNION SELECT id FROM post WHERE author_id = $1 AND deleted_at IS NULL AND kind <> 'notice'
                AND coalesce(hidden_audience, audience) <> 'direct'
                AND EXISTS (SELECT FROM in_force WHERE kind IN ('suspend', 'exclude'))
        )
        UPDATE post SET hidden_at = CASE WHEN hidden_at IS NULL THEN clock_timestamp() END
        WHERE author_id = $1 AND deleted_at IS NULL
            AND (hidden_at IS NOT NULL) <> (id IN (SELECT post_id FROM wanted))
            AND (hidden_at IS NOT NULL OR id IN (SELECT post_id FROM wanted))
        RETURNING id, hidden_at IS NOT NULL AS hidden
        """,
        actor_id,
    )
    state = states[0] if states else None
    return Changed(
        suspended=state.after if state is not None and state.after != state.before else None,
        excluded=state.excluded_after if state is not None and state.excluded_after != state.excluded_before else None,
        hidden=sorted(one.id for one in posts if one.hidden),
        shown=sorted(one.id for one in posts if not one.hidden),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    before: bool
    after: bool
    excluded_before: bool
    excluded_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _PostState:
    id: int
    hidden: bool


async def claim_ended(conn: Connection, *, limit: int = 50) -> list[ModerationDecision]:
    """Decisions whose time is over and that were not lifted yet: each is found once, also by two who look at once.

    `refresh` lifts them, in the same transaction.
    """
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        WITH over AS (
            SELECT id FROM moderation_decision
            WHERE ends_at <= now() AND lifted_at IS NULL AND effective_at IS NOT NULL AND taken_back_at IS NULL
            ORDER BY ends_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        UPDATE moderation_decision d SET lifted_at = now() FROM over WHERE d.id = over.id
        RETURNING d.id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        """,
        limit,
    )


async def list_final_exclusions(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Members of ours whose exclusion can no longer be appealed, the longest ago first.

    So long after it took effect (APPEAL_TIME), with no appeal that waits; or once an appeal was refused.
    """
    return await fetch_column(
        conn,
        """
        SELECT d.actor_id FROM moderation_decision d JOIN actor a ON a.id = d.actor_id
        LEFT JOIN appeal p ON p.decision_id = d.id
        WHERE d.kind = 'exclude' AND d.effective_at IS NOT NULL AND d.taken_back_at IS NULL
            AND (d.ends_at IS NULL OR d.ends_at > $1) AND a.local AND a.deleted_at IS NULL AND a.excluded_at IS NOT NULL
            AND (p.outcome = 'kept' OR (p.decision_id IS NULL AND d.effective_at <= $1::timestamptz - $2::interval))
        GROUP BY d.actor_id ORDER BY min(d.effective_at) LIMIT $3
        """,
        at,
        APPEAL_TIME,
        limit,
    )


async def take_back(conn: Connection, id: int, by: int | None, words: str = "") -> bool:
    """It holds no more, with why; `refresh` does the rest. False where that was so already, or its
    time was over.
    """
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_decision SET taken_back_at = now(), taken_back_by = $2, taken_back_words = $3
            WHERE id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL AND lifted_at IS NULL
            """,
            id,
            by,
            words,
        )
    )
