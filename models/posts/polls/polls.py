"""Polls, ours and others': their options, their figures as far as they are known here, and when they are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.background import stream_events
from models.store.database import Connection, execute, fetch_all, fetch_value

REFRESH_AFTER = timedelta(minutes=5)
"""Nobody makes us ask for the figures of one poll more often."""

FEWEST_OPTIONS = 2
MOST_OPTIONS = 4
LONGEST_OPTION = 50
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(seconds=2_629_746)
"""Limits of our own polls, as Mastodon has them and clients are told; the longest is a twelfth of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoll:
    """A poll as its server tells it; ours begin without votes. With `hide_totals` its figures wait for its end."""

    options: tuple[str, ...]
    votes: tuple[int, ...]
    multiple: bool
    voters: int | None
    ends_at: datetime | None
    closed_at: datetime | None
    hide_totals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll, and what the reader chose in it (places in `options`); `mine`: the reader asks."""

    post_id: int
    multiple: bool
    options: list[str]
    votes: list[int]
    voters: int | None
    ends_at: datetime | None
    closed_at: datetime | None
    hide_totals: bool
    over: bool
    own: list[int]
    mine: bool

    @property
    def hidden(self) -> bool:
        """Whether nobody is shown how many chose what, not yet."""
        return self.hide_totals and not self.over

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while it is open."""
        return (self.closed_at or self.ends_at) if self.over else None


async def save_remote(conn: Connection, post_id: int, new: NewPoll) -> None:
    """Keep a poll or its newer figures. Where its options changed, votes count no longer, as at its home."""
    changed = await fetch_value(conn, "SELECT options <> $2 FROM poll WHERE post_id = $1", post_id, list(new.options))
    if changed:
        await execute(conn, "DELETE FROM poll_vote WHERE post_id = $1", post_id)
    moved = await fetch_value(
        conn,
        """
        INSERT INTO poll (post_id, multiple, options, votes, voters, ends_at, closed_at, hide_totals)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (post_id) DO UPDATE SET multiple = excluded.multiple, options = excluded.options,
            votes = excluded.votes, voters = excluded.voters, ends_at = excluded.ends_at,
            closed_at = CASE WHEN excluded.closed_at IS NOT NULL
                THEN coalesce(poll.closed_at, excluded.closed_at) END,   -- some say "closed" without a date each time
            told_at = CASE WHEN excluded.closed_at IS NOT NULL OR excluded.ends_at <= now() THEN poll.told_at END,
            hide_totals = excluded.hide_totals, fetched_at = now()
        RETURNING xmax <> 0   -- it was here before
        """,
        post_id,
        new.multiple,
        list(new.options),
        list(new.votes),
        new.voters,
        new.ends_at,
        new.closed_at,
        new.hide_totals,
    )
    if moved:
        await stream_events.record(conn, "edit", post_id)
        await _forget_end(conn, post_id)


async def _forget_end(conn: Connection, post_id: int) -> None:
    """Whoever was told that it is over is told again where it goes on."""
    await execute(
        conn,
        """
        DELETE FROM notification WHERE post_id = $1 AND type = 'poll'
            AND EXISTS (SELECT FROM poll WHERE poll.post_id = $1 AND told_at IS NULL)
        """,
        post_id,
    )


async def save_own(conn: Connection, post_id: int, new: NewPoll) -> None:
    """Keep a poll of ours, or change it: its end begins anew, and other options, or another way to choose, empty it."""
    kept = await fetch_value(
        conn,
        """
        SELECT options = $2 AND multiple = $3 FROM poll WHERE post_id = $1 FOR UPDATE
        """,
        post_id,
        list(new.options),
        new.multiple,
    )
    if kept is False:
        await remove(conn, post_id)
    await execute(
        conn,
        """
        INSERT INTO poll (post_id, multiple, options, votes, voters, ends_at, hide_totals)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (post_id) DO UPDATE SET ends_at = excluded.ends_at, hide_totals = excluded.hide_totals,
            closed_at = NULL, told_at = NULL
        """,
        post_id,
        new.multiple,
        list(new.options),
        list(new.votes),
        new.voters,
        new.ends_at,
        new.hide_totals,
    )
    await _forget_end(conn, post_id)


async def remove(conn: Connection, post_id: int) -> None:
    """The post asks nothing any more: the poll goes with its votes."""
    await execute(conn, "DELETE FROM poll WHERE post_id = $1", post_id)


async def list_by_posts(conn: Connection, post_ids: Sequence[int], reader_id: int | None) -> dict[int, Poll]:
    """The polls among these posts."""
    rows = await fetch_all(
        conn,
        Poll,
        """
        SELECT post_id, multiple, options, votes, voters, ends_at, closed_at, hide_totals,
            closed_at IS NOT NULL OR coalesce(ends_at <= now(), false) AS over,
            ARRAY(SELECT choice::int FROM poll_vote v WHERE v.post_id = poll.post_id AND v.actor_id = $2
                ORDER BY choice) AS own,
            coalesce((SELECT author_id = $2 FROM post WHERE id = poll.post_id), false) AS mine
        FROM poll WHERE post_id = ANY($1)
        """,
        list(post_ids),
        reader_id,
    )
    return {row.post_id: row for row in rows}


async def find(conn: Connection, post_id: int, reader_id: int | None) -> Poll | None:
    """The poll of this post."""
    return (await list_by_posts(conn, [post_id], reader_id)).get(post_id)


async def claim_refresh(conn: Connection, post_id: int) -> bool:
    """Whether its figures are to be asked for: not lately, and not since it ended. Whoever hears yes asks."""
    return bool(
        await execute(
            conn,
            """
            UPDATE poll SET fetched_at = now()
            WHERE post_id = $1 AND fetched_at < now() - $2::interval
                AND (ends_at IS NULL OR fetched_at < ends_at + $2::interval)
                AND (closed_at IS NULL OR fetched_at < closed_at + $2::interval)
            """,
            post_id,
            REFRESH_AFTER,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedPoll:
    """A poll that is over, whether it is one of ours, and who voted in it here or, if it is ours, anywhere."""

    post_id: int
    author_id: int
    local: bool
    voter_ids: list[int]


async def take_ended(conn: Connection, limit: int = 100) -> list[EndedPoll]:
    """Polls that ended and of which nobody was told yet; they count as told now."""
    return await fetch_all(
        conn,
        EndedPoll,
        """
        UPDATE poll SET told_at = now() FROM post p
        WHERE p.id = poll.post_id AND poll.post_id IN (
            SELECT post_id FROM poll
            WHERE told_at IS NULL AND (ends_at <= now() OR closed_at IS NOT NULL)
            LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING poll.post_id, p.author_id, p.local,
            ARRAY(SELECT DISTINCT v.actor_id FROM poll_vote v WHERE v.post_id = poll.post_id) AS voter_ids
        """,
        limit,
    )
