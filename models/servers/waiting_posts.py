"""What unknown hosts publish: to be opened by its address, and in no list until its host is known (`known_hosts`).

A listing that came unasked waits for an administrator's yes or no, thirty days at most. What somebody here looked up,
was shown by somebody she follows, or names her, is as quiet but asks nobody: it stays as long as it does elsewhere.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from models.domains import find_domain
from models.limits import UNKNOWN_HOST_LISTINGS, UNKNOWN_HOST_MAILS
from models.posts import Audience, NewPost
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_value

MOST_OF_ONE = 100
MOST = 2000
"""So many wait of one registrable domain, and of all."""

LONGEST = 64 * 1024
"""So many bytes the document of one may have: all together fit on any disk."""

DAYS = 30
"""So long a listing waits for a decision; then it goes, and nobody is told."""

Refusal = Literal["hour", "domain", "all", "long"]

NARROWED: dict[Audience, Audience] = {"network": "unlisted", "territories": "followers"}
"""What an audience is while its post waits: nobody may read more than before, and lists leave it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingHost:
    """A host whose listings wait. `leaves_at` is when the eldest goes; `refused` counts what was not kept, and why.

    `post_id`, `title` and `extract`, which is how its text begins without markup, are of the newest one for everybody:
    what is for its author's followers alone nobody here may open. `followers` are accounts there that follow somebody
    here: they would be cut off too if it were sent away.
    """

    host: str
    listings: int
    authors: int
    since: datetime
    leaves_at: datetime | None
    followers: int
    refused: int
    refused_at: datetime | None
    refused_why: Refusal | None
    post_id: int | None
    title: str
    extract: str


def narrow(new: NewPost) -> NewPost:
    """The post as it is kept while its host is unknown."""
    return replace(new, audience=NARROWED.get(new.audience, new.audience))


async def find_refusal(conn: Connection, host: str, size: int, *, held: bool = False) -> Refusal | None:
    """Why a listing of an unknown host, a document of so many bytes, is not kept; None where there is room.

    One that is `held` has its place already, and only may not grow beyond. Those of one domain are counted one after
    the other, until the transaction ends.
    """
    if size > LONGEST:
        return "long"
    if held:
        return None
    domain = find_domain(host)
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.waiting_post'), hashtext($1))", domain)
    refusal: Refusal | None = await fetch_value(
        conn,
        """
        SELECT CASE
            WHEN (SELECT count(*) FROM waiting_post WHERE domain = $1 AND NOT wanted
                AND since > now() - $5::interval) >= $2 THEN 'hour'
            WHEN (SELECT count(*) FROM waiting_post WHERE domain = $1 AND NOT wanted) >= $3 THEN 'domain'
            WHEN (SELECT count(*) FROM waiting_post WHERE NOT wanted) >= $4 THEN 'all' END
        """,
        domain,
        UNKNOWN_HOST_LISTINGS.most,
        MOST_OF_ONE,
        MOST,
        UNKNOWN_HOST_LISTINGS.within,
    )
    return refusal


async def keep(conn: Connection, post_id: int, host: str, audience: Audience, *, wanted: bool) -> None:
    """Note that a post, narrowed already, waits; `audience` is the one that it came with."""
    domain = find_domain(host)
    await execute(
        conn,
        """
        INSERT INTO waiting_post (post_id, host, domain, audience, wanted) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        post_id,
        host,
        domain,
        audience,
        wanted,
    )
    if not wanted:
        await execute(
            conn, "INSERT INTO waiting_host (host, domain) VALUES ($1, $2) ON CONFLICT DO NOTHING", host, domain
        )


async def note_refusal(conn: Connection, host: str, why: Refusal) -> None:
    """A listing of this host was not kept: written down at the host, or at another one of its domain that waits."""
    await execute(
        conn,
        """
        UPDATE waiting_host SET refused = refused + 1, refused_at = now(), refused_why = $3
        WHERE host = (SELECT host FROM waiting_host WHERE domain = $2 ORDER BY host <> $1, since, host LIMIT 1)
        """,
        host,
        find_domain(host),
        why,
    )


async def list_hosts(conn: Connection, limit: int = 100) -> list[WaitingHost]:
    """The hosts whose listings wait, the longest first; those set aside meanwhile are not among them."""
    return await fetch_all(
        conn,
        WaitingHost,
        """
        SELECT w.host, kept.listings::integer AS listings, kept.authors::integer AS authors, w.since,
            kept.eldest + make_interval(days => $1) AS leaves_at, w.refused, w.refused_at, w.refused_why,
            (SELECT count(DISTINCT f.follower_id) FROM actor a JOIN follow f ON f.follower_id = a.id
                JOIN actor ours ON ours.id = f.followed_id
                WHERE a.host = w.host AND ours.local AND f.state = 'accepted')::integer AS followers,
            newest.post_id, coalesce(newest.title, '') AS title, coalesce(newest.extract, '') AS extract
        FROM waiting_host w
        CROSS JOIN LATERAL (
            SELECT count(*) AS listings, count(DISTINCT p.author_id) AS authors, min(x.since) AS eldest
            FROM waiting_post x JOIN post p ON p.id = x.post_id
            WHERE x.host = w.host AND NOT x.wanted AND p.deleted_at IS NULL
        ) AS kept
        LEFT JOIN LATERAL (
            SELECT l.post_id, l.title, regexp_replace(left(l.description, 4000), '<[^>]*>', ' ', 'g') AS extract
            FROM waiting_post x JOIN post p ON p.id = x.post_id JOIN listing l ON l.post_id = p.id
            WHERE x.host = w.host AND NOT x.wanted AND p.deleted_at IS NULL AND p.audience = 'unlisted'
            ORDER BY x.post_id DESC LIMIT 1
        ) AS newest ON true
        WHERE (kept.listings > 0 OR w.refused_at > now() - make_interval(days => $1)) AND is_welcome(w.host)
        ORDER BY w.since, w.host LIMIT $2
        """,
        DAYS,
        limit,
    )


async def mark_seen(conn: Connection) -> None:
    """An administrator has looked at the page where they stand."""
    await execute(conn, "UPDATE waiting_host SET seen_at = now() WHERE seen_at IS NULL")


async def claim_unmailed(conn: Connection) -> list[str]:
    """The hosts of which administrators are to be told by mail now: each once, all together, at most once a day."""
    return await fetch_column(
        conn,
        """
        UPDATE waiting_host w SET told_at = now()
        WHERE w.told_at IS NULL AND w.seen_at IS NULL AND is_welcome(w.host)
            AND EXISTS (SELECT FROM waiting_post x WHERE x.host = w.host AND NOT x.wanted)
            AND (SELECT count(*) FROM (SELECT DISTINCT told_at FROM waiting_host
                WHERE told_at > now() - $2::interval) AS mail) < $1
        RETURNING w.host
        """,
        UNKNOWN_HOST_MAILS.most,
        UNKNOWN_HOST_MAILS.within,
    )


async def release_known(conn: Connection) -> int:
    """Let stand whatever waits of hosts that are known by now; how much it was. Safe at any time."""
    found: int = await fetch_value(
        conn,
        """
        SELECT coalesce(sum(let_stand(host)), 0) FROM (
            SELECT host FROM waiting_host UNION SELECT host FROM waiting_post ORDER BY host OFFSET 0
        ) AS waiting WHERE is_known(host)
        """,
    )
    return found


async def drop(conn: Connection, host: str) -> int:
    """Remove the listings of this host that wait; how many. What somebody here asked for stays as quiet as it is."""
    await execute(conn, "DELETE FROM waiting_host WHERE host = $1", host)
    return await execute(
        conn,
        """
        DELETE FROM post USING waiting_post w
        WHERE w.post_id = post.id AND w.host = $1 AND NOT w.wanted AND NOT post.local
        """,
        host,
    )


async def forget_over(conn: Connection, at: datetime | None = None) -> int:
    """Remove what waited for thirty days without a decision; how much. A chore.

    What somebody here likes, keeps or passed on meanwhile stays for her, and waits for nothing any more.
    """
    limit = (at or datetime.now(UTC)) - timedelta(days=DAYS)
    await execute(
        conn,
        """
        UPDATE waiting_post w SET wanted = true WHERE NOT w.wanted AND w.since < $1 AND (
            EXISTS (SELECT FROM bookmark b WHERE b.post_id = w.post_id)
            OR EXISTS (SELECT FROM favourite f JOIN actor a ON a.id = f.actor_id
                WHERE f.post_id = w.post_id AND a.local)
            OR EXISTS (SELECT FROM share s WHERE s.post_id = w.post_id)
            OR EXISTS (SELECT FROM exchange e WHERE e.listing_id = w.post_id))
        """,
        limit,
    )
    gone = await execute(
        conn,
        """
        DELETE FROM post USING waiting_post w
        WHERE w.post_id = post.id AND NOT w.wanted AND w.since < $1 AND NOT post.local
        """,
        limit,
    )
    await execute(
        conn,
        """
        DELETE FROM waiting_host w WHERE w.since < $1 AND coalesce(w.refused_at, w.since) < $1
            AND NOT EXISTS (SELECT FROM waiting_post x WHERE x.host = w.host AND NOT x.wanted)
        """,
        limit,
    )
    return gone
