"""Who chose what in a poll: counted, shown to nobody but the voter, forgotten with her account."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column


async def lock(conn: Connection, post_id: int) -> None:
    """Let nobody else vote in this poll until the transaction ends."""
    await execute(conn, "SELECT FROM poll WHERE post_id = $1 FOR UPDATE", post_id)


async def save(conn: Connection, post_id: int, actor_id: int, uris: dict[int, str]) -> None:
    """Remember and count what somebody chose; in a poll of others only until its server tells the figures again.

    `uris` are the ids of her votes by what they choose. The caller holds the lock and has checked that none is there.
    """
    await execute(
        conn,
        """
        UPDATE poll SET
            voters = voters + (voters < 2147483647   -- others may claim any figure, or none
                AND NOT EXISTS (SELECT FROM poll_vote WHERE post_id = $1 AND actor_id = $3))::int,
            votes = ARRAY(
                SELECT least(counted + (place - 1 = ANY($2::int[]))::int::bigint, 2147483647)::int
                FROM unnest(votes) WITH ORDINALITY AS one (counted, place) ORDER BY place)
        WHERE post_id = $1
        """,
        post_id,
        list(uris),
        actor_id,
    )
    await execute_many(
        conn,
        "INSERT INTO poll_vote (post_id, actor_id, choice, uri) VALUES ($1, $2, $3, $4)",
        [(post_id, actor_id, choice, uri) for choice, uri in uris.items()],
    )


async def is_counted(conn: Connection, uri: str) -> bool:
    """Whether a vote with this id was counted, whatever it chose."""
    return bool(await fetch_column(conn, "SELECT 1 FROM poll_vote WHERE uri = $1", uri))


async def list_remote_voters(conn: Connection, post_id: int) -> list[int]:
    """Of each other server whose people voted in this poll one of them: it holds one copy, and wants its figures once.

    All of them would be as many deliveries as a server has voters, where they share no inbox.
    """
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT ON (a.host) v.actor_id FROM poll_vote v JOIN actor a ON a.id = v.actor_id
        WHERE v.post_id = $1 AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        ORDER BY a.host, v.actor_id
        """,
        post_id,
    )


async def forget_voter(conn: Connection, actor_id: int) -> None:
    """Somebody is gone: her votes go, and count no longer in polls of ours that are open."""
    await execute(
        conn,
        """
        WITH gone AS (DELETE FROM poll_vote WHERE actor_id = $1 RETURNING post_id, choice)
        UPDATE poll SET voters = greatest(voters - 1, 0), votes = ARRAY(
            SELECT greatest(counted - (EXISTS (
                SELECT FROM gone WHERE gone.post_id = poll.post_id AND gone.choice = place - 1))::int, 0)
            FROM unnest(votes) WITH ORDINALITY AS one (counted, place) ORDER BY place)
        FROM post p
        WHERE p.id = poll.post_id AND p.local AND poll.told_at IS NULL
            AND poll.post_id IN (SELECT post_id FROM gone)
        """,
        actor_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVote:
    """What somebody chose in one poll, in the words of its options."""

    uri: str
    answers: list[str]
    voted_at: datetime


async def list_own_votes(conn: Connection, actor_id: int, *, limit: int = 5000) -> list[OwnVote]:
    """What this person chose, the latest first: for herself alone."""
    return await fetch_all(
        conn,
        OwnVote,
        """
        SELECT p.uri, array_agg(poll.options[v.choice + 1] ORDER BY v.choice) AS answers, min(v.created_at) AS voted_at
        FROM poll_vote v JOIN poll USING (post_id) JOIN post p ON p.id = v.post_id
        WHERE v.actor_id = $1 GROUP BY p.id ORDER BY p.id DESC LIMIT $2
        """,
        actor_id,
        limit,
    )
