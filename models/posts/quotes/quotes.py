"""Who quotes whom, and whether whoever is quoted agreed (FEP-044f); the same for people here and elsewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.domains import find_domain
from models.ids import make_id
from models.posts import Post
from models.store.background import stream_events
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

QuoteState = Literal["pending", "accepted", "rejected", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One post quotes another. `quoting_id` and `quoted_id` are None while those are not held here.

    `request_uri` asked for it, `stamp_uri` is the QuoteAuthorization that grants it; both may be anybody's.
    """

    id: int
    quoting_uri: str
    quoting_id: int | None
    quoting_actor_id: int
    quoted_uri: str
    quoted_id: int | None
    state: QuoteState
    request_uri: str | None
    stamp_uri: str | None
    created_at: datetime


async def find_by_quoting_uri(conn: Connection, uri: str) -> Quote | None:
    """What the post with this id quotes."""
    return await fetch_one(conn, Quote, "SELECT * FROM quote WHERE quoting_uri = $1", uri)


async def find_by_quoting(conn: Connection, post_id: int) -> Quote | None:
    """What this post quotes."""
    return await fetch_one(conn, Quote, "SELECT * FROM quote WHERE quoting_id = $1", post_id)


async def find(conn: Connection, id: int) -> Quote | None:
    """One quote by its row."""
    return await fetch_one(conn, Quote, "SELECT * FROM quote WHERE id = $1", id)


async def find_by_request(conn: Connection, uri: str) -> Quote | None:
    """The quote that was asked for by this QuoteRequest."""
    return await fetch_one(conn, Quote, "SELECT * FROM quote WHERE request_uri = $1", uri)


async def list_by_stamp(conn: Connection, uri: str) -> list[Quote]:
    """The quotes that name this QuoteAuthorization: one, unless somebody lies."""
    return await fetch_all(conn, Quote, "SELECT * FROM quote WHERE stamp_uri = $1 ORDER BY id", uri)


async def save(conn: Connection, quoting: Post, quoted_uri: str, stamp_uri: str | None = None) -> Quote:
    """This post says that it quotes that. What was settled about the two stays.

    Another thing quoted begins anew, and so does a no where a stamp comes: it is looked at again.
    """
    saved = await fetch_one(
        conn,
        Quote,
        """
        INSERT INTO quote (id, quoting_uri, quoting_id, quoting_actor_id, quoted_uri, quoted_id, state, stamp_uri)
        VALUES ($1, $2, $3, $4, $5,
            (SELECT id FROM post WHERE uri = $5 AND deleted_at IS NULL), 'pending', $6)
        ON CONFLICT (quoting_uri) DO UPDATE SET quoting_id = excluded.quoting_id, quoted_uri = excluded.quoted_uri,
            quoted_id = excluded.quoted_id,
            state = CASE WHEN quote.quoted_uri <> excluded.quoted_uri
                OR quote.state = 'rejected' AND excluded.stamp_uri IS NOT NULL THEN 'pending' ELSE quote.state END,
            stamp_uri = CASE WHEN quote.quoted_uri = excluded.quoted_uri AND quote.state IN ('accepted', 'revoked')
                THEN quote.stamp_uri ELSE excluded.stamp_uri END,
            request_uri = CASE WHEN quote.quoted_uri = excluded.quoted_uri THEN quote.request_uri END
        RETURNING *
        """,
        make_id(),
        quoting.uri,
        quoting.id,
        quoting.author_id,
        quoted_uri,
        stamp_uri,
    )
    assert saved is not None
    return saved


async def forget(conn: Connection, post_id: int) -> None:
    """This post quotes nothing any more."""
    await execute(conn, "DELETE FROM quote WHERE quoting_id = $1", post_id)


async def grant(
    conn: Connection, *, quoting_uri: str, actor_id: int, quoted: Post, request_uri: str, stamp_uri: str
) -> Quote:
    """Whoever is quoted agrees, by a stamp of ours; again keeps the stamp that there is, unless it was revoked."""
    granted = await fetch_one(
        conn,
        Quote,
        """
        INSERT INTO quote (id, quoting_uri, quoting_id, quoting_actor_id, quoted_uri, quoted_id, state, request_uri,
            stamp_uri)
        VALUES ($1, $2, (SELECT id FROM post WHERE uri = $2 AND author_id = $3), $3, $4, $5, 'accepted', $6, $7)
        ON CONFLICT (quoting_uri) DO UPDATE SET quoting_id = coalesce(excluded.quoting_id, quote.quoting_id),
            quoted_uri = excluded.quoted_uri, quoted_id = excluded.quoted_id, request_uri = excluded.request_uri,
            stamp_uri = CASE WHEN quote.state = 'accepted' THEN coalesce(quote.stamp_uri, $7) ELSE $7 END,
            state = 'accepted'
        RETURNING *
        """,
        make_id(),
        quoting_uri,
        actor_id,
        quoted.uri,
        quoted.id,
        request_uri,
        stamp_uri,
    )
    assert granted is not None
    await _record(conn, granted)
    return granted


async def ask(conn: Connection, id: int, request_uri: str) -> None:
    """Whoever is quoted was asked by this QuoteRequest."""
    await execute(conn, "UPDATE quote SET request_uri = $2 WHERE id = $1", id, request_uri)


async def settle(conn: Connection, id: int, state: QuoteState, *, stamp_uri: str | None = None) -> Quote | None:
    """A quote is now in this state, and apps see it; None when it was already, or is gone."""
    settled = await fetch_one(
        conn,
        Quote,
        """
        UPDATE quote SET state = $2, stamp_uri = coalesce($3, stamp_uri),
            quoted_id = coalesce(quoted_id, (SELECT id FROM post WHERE uri = quoted_uri AND deleted_at IS NULL))
        WHERE id = $1 AND (state <> $2 OR stamp_uri IS DISTINCT FROM coalesce($3, stamp_uri)) RETURNING *
        """,
        id,
        state,
        stamp_uri,
    )
    if settled is not None:
        await _record(conn, settled)
    return settled


async def _record(conn: Connection, quote: Quote) -> None:
    if quote.quoting_id is not None:
        await stream_events.record(conn, "edit", quote.quoting_id)


async def list_accepted(conn: Connection, quoted_id: int) -> list[Quote]:
    """Who quotes this post by others' hand and with its author's agreement, oldest first."""
    return await fetch_all(
        conn,
        Quote,
        """
        SELECT q.* FROM quote q JOIN post p ON p.id = q.quoted_id
        WHERE q.quoted_id = $1 AND q.state = 'accepted' AND q.quoting_actor_id <> p.author_id
        ORDER BY q.id
        """,
        quoted_id,
    )


async def list_accepted_between(conn: Connection, author_id: int, actor_id: int) -> list[Quote]:
    """By which posts one of the two quotes the other, with agreement: `actor_id` what `author_id` wrote."""
    return await fetch_all(
        conn,
        Quote,
        """
        SELECT q.* FROM quote q JOIN post p ON p.id = q.quoted_id
        WHERE q.quoting_actor_id = $2 AND p.author_id = $1 AND q.state = 'accepted' ORDER BY q.id
        """,
        author_id,
        actor_id,
    )


async def list_quoting_ids(
    conn: Connection, quoted_id: int, *, before: int | None = None, after: int | None = None, limit: int = 20
) -> list[int]:
    """Posts held here that quote this one with its author's agreement, newest first. Audience not checked."""
    return await fetch_column(
        conn,
        """
        SELECT q.quoting_id FROM quote q JOIN post p ON p.id = q.quoting_id
        WHERE q.quoted_id = $1 AND q.state = 'accepted' AND p.deleted_at IS NULL
            AND ($2::bigint IS NULL OR q.quoting_id < $2) AND ($3::bigint IS NULL OR q.quoting_id > $3)
        ORDER BY q.quoting_id DESC LIMIT $4
        """,
        quoted_id,
        before,
        after,
        limit,
    )


async def list_by_posts(conn: Connection, post_ids: list[int]) -> dict[int, Quote]:
    """What each of these posts quotes."""
    rows = await fetch_all(conn, Quote, "SELECT * FROM quote WHERE quoting_id = ANY($1)", post_ids)
    return {row.quoting_id: row for row in rows if row.quoting_id is not None}


async def count_lately(conn: Connection, host: str, *, within: timedelta) -> int:
    """How many quotes by people of this host, and of others of its domain, became known here within this time.

    Those of one domain are counted one after the other, until the transaction ends.
    """
    domain = find_domain(host)
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.quote'), hashtext($1))", domain)
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM quote q JOIN actor a ON a.id = q.quoting_actor_id
        WHERE q.created_at > now() - $2::interval AND $1 = ANY (domains_of(a.host))
        """,
        domain,
        within,
    )
    return found
