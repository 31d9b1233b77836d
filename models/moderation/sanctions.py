"""What decisions that are in force do to a person and her posts.

It is computed anew from all of them (`refresh`): however they overlap, end or are taken back, what is left is what the
others say.
"""

from dataclasses import dataclass

from models.moderation.decisions import IN_FORCE
from models.store.database import Connection, execute, fetch_all, fetch_one
from models.store.statements import compose


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
    """Why a post is hidden; without `decision_id` it waits for a look before it is published, or who leads the
    community inside which it stays (`community`) hid it."""

    decision_id: int | None
    rule: str
    words: str
    community: str


_HIDING = compose(
    """
    SELECT d.id AS decision_id, coalesce(d.rule, '') AS rule, coalesce(d.words, h.reason, '') AS words,
        CASE WHEN d.id IS NULL AND h.post_id IS NOT NULL THEN coalesce(nullif(c.name, ''), c.username) ELSE '' END
            AS community
    FROM post p LEFT JOIN community_hiding h ON h.post_id = p.id LEFT JOIN actor c ON c.id = h.community_id
    LEFT JOIN LATERAL (
        SELECT id, rule, words FROM moderation_decision
        WHERE actor_id = p.author_id AND {in_force} AND (p.id = ANY(post_ids) OR kind IN ('suspend', 'exclude'))
        ORDER BY p.id = ANY(post_ids) DESC, effective_at DESC LIMIT 1
    ) AS d ON true
    WHERE p.id = $1 AND p.hidden_at IS NOT NULL
    """,
    in_force=IN_FORCE,
)


async def find_hiding(conn: Connection, post_id: int) -> Hiding | None:
    """Why a post is hidden, for its author and the team; None where it is not.

    The latest decision that hides it or suspends its author, or without one that it waits for a look.
    """
    return await fetch_one(conn, Hiding, _HIDING, post_id)


_SET_ACTOR = compose(
    """
    WITH before AS (
        SELECT id, suspended_at IS NOT NULL AS suspended, excluded_at IS NOT NULL AS excluded
        FROM actor WHERE id = $1
    ), ruling AS (
        SELECT min(effective_at) FILTER (WHERE kind = 'limit') AS limited_at,
            min(effective_at) FILTER (WHERE kind IN ('suspend', 'exclude')) AS suspended_at,
            min(effective_at) FILTER (WHERE kind = 'exclude') AS excluded_at
        FROM moderation_decision WHERE actor_id = $1 AND {in_force}
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
    in_force=IN_FORCE,
)

_SET_POSTS = compose(
    """
    WITH in_force AS (
        SELECT kind, post_ids FROM moderation_decision WHERE actor_id = $1 AND {in_force}
    ), wanted AS MATERIALIZED (
        SELECT unnest(post_ids) AS post_id FROM in_force
        UNION SELECT h.post_id FROM held_post h JOIN post p ON p.id = h.post_id
            WHERE p.author_id = $1 AND h.draft IS NULL
        UNION SELECT h.post_id FROM community_hiding h JOIN post p ON p.id = h.post_id WHERE p.author_id = $1
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
    in_force=IN_FORCE,
)


async def refresh(conn: Connection, actor_id: int) -> Changed:
    """Set what this actor and her posts suffer to what the decisions in force say, and what is held.

    Of two decisions that change at once, the second one waits here and then sees what the first one did. Whoever is
    suspended by a decision has all hidden that she published; what she wrote to somebody in private stays readable.
    """
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR NO KEY UPDATE", actor_id)
    states = await fetch_all(conn, _State, _SET_ACTOR, actor_id)
    posts = await fetch_all(conn, _PostState, _SET_POSTS, actor_id)
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
