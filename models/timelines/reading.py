"""What stands in the timelines of somebody who follows: the rules, and the statement of homes and lists."""

from models.posts.inside import READS_INSIDE
from models.store.database import Connection, fetch_records
from models.store.statements import Statement, fragment, name_values
from models.timelines.entries import ANYBODYS

# Whom of those that `f.follower_id` follows (the actor `a`) she reads of. Blocks end follows, so that only muted ones
# are hidden.
READS = """
    f.state = 'accepted' AND a.suspended_at IS NULL
    AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = f.follower_id AND m.target_id = f.followed_id
        AND (m.until IS NULL OR m.until > now()))
"""

# At home not those of lists that are read by themselves.
READS_AT_HOME = fragment(
    """
    {reads} AND NOT EXISTS (SELECT FROM list_member l JOIN list ON list.id = l.list_id
        WHERE l.follow_id = f.id AND list.exclusive)
    """,
    reads=READS,
)

# Whether the post `p` is in a language in which she wants to read its author; one that names none always is.
LANGUAGE_STANDS = """
    NOT coalesce((SELECT p.language <> ALL(x.languages) FROM follow x
        WHERE x.follower_id = {reader} AND x.followed_id = p.author_id AND x.languages IS NOT NULL), false)
"""

# Which posts `p` of those whom she reads, and of herself, stand in her home. `{known}` follows an actor's id: she reads
# of them, or is that actor. Notices, which are always direct, never do. An answer stands there when she knows what it
# answers: to somebody whom she follows, or to herself.
POST_STANDS = fragment(
    """
    (p.audience NOT IN ('direct', 'author', 'community') OR p.audience = 'community' AND (p.author_id = {reader}
        OR {inside})
    OR p.audience = 'direct' AND p.kind <> 'notice' AND (p.author_id = {reader}
        OR (SELECT true FROM mention m WHERE m.post_id = p.id AND m.actor_id = {reader})))
    AND (p.in_reply_to_uri IS NULL OR p.author_id = {reader}
        OR (SELECT parent.author_id FROM post parent WHERE parent.id = p.in_reply_to_id) {known})
    AND {language_stands}
    """,
    language_stands=LANGUAGE_STANDS,
    inside=READS_INSIDE,
)

# Which shares `s` of theirs. `{sharing}` follows an actor's id: she wants to see what they share. What somebody limited
# wrote is for who follows her, not for who follows somebody that shares it.
SHARE_STANDS = """
    p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND author.suspended_at IS NULL
    AND author.limited_at IS NULL AND NOT p.author_id {known}
    AND NOT coalesce((SELECT true FROM share o WHERE o.post_id = s.post_id AND o.id < s.id
        AND o.actor_id {sharing} LIMIT 1), false)
    AND NOT coalesce((SELECT true FROM hidden h
        WHERE h.reader_id = {reader} AND h.author_id = p.author_id LIMIT 1), false)
"""

_SET_APART = """
    coalesce((SELECT true FROM list_member l JOIN list ON list.id = l.list_id
        WHERE l.actor_id = p.author_id AND list.owner_id = {reader} AND list.exclusive LIMIT 1), false)
"""

# Which posts `p` by others (the actors `a`) stand there for a tag that she follows.
TAGGED_STANDS = fragment(
    """
    {anybodys} AND NOT {set_apart}
    AND NOT coalesce((SELECT true FROM hidden h
        WHERE h.reader_id = {reader} AND h.author_id = p.author_id LIMIT 1), false)
    """,
    anybodys=ANYBODYS,
    set_apart=_SET_APART,
)

# A share of what stands there for its tag would show it twice.
NOT_TAGGED = fragment(
    """
    NOT (p.audience = 'network' AND p.in_reply_to_uri IS NULL AND NOT {set_apart}
        AND coalesce((SELECT true FROM post_tag t JOIN followed_tag w ON w.tag = t.tag AND w.actor_id = {reader}
            WHERE t.post_id = p.id LIMIT 1), false))
    """,
    set_apart=_SET_APART,
)

# First the newest post of each followed actor: as many as the page is long stand above the `edge`, so nothing beyond it
# can be on the page, and the reads that follow touch few rows however many people are followed and however much they
# wrote. `:upward` says whether it goes from the oldest to the newest.
TIMELINE = fragment(
    """
    WITH followed AS MATERIALIZED (
        {followed}
    ), edge AS MATERIALIZED (
        SELECT CASE WHEN :upward::boolean THEN :floor ELSE coalesce(min(nth.id), :floor + 1) - 1 END AS low,
            CASE WHEN :upward::boolean THEN coalesce(min(nth.id), :ceiling - 1) + 1 ELSE :ceiling END AS high
        FROM (
            SELECT first.id FROM followed f CROSS JOIN LATERAL (
                SELECT p.id FROM post p
                WHERE p.author_id = f.id AND p.deleted_at IS NULL AND p.id < :ceiling AND p.id > :floor
                    AND p.in_reply_to_uri IS NULL AND p.audience NOT IN ('direct', 'author', 'community')
                    AND {language_stands}
                ORDER BY p.id {direction} LIMIT 1
            ) AS first
            ORDER BY first.id {direction} OFFSET :limit::bigint - 1 LIMIT 1
        ) AS nth
    )
    SELECT id, post_id, shared_by FROM (
        SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
        FROM followed f CROSS JOIN LATERAL (
            SELECT p.id FROM post p
            WHERE p.author_id = f.id AND p.deleted_at IS NULL
                AND p.id < (SELECT high FROM edge) AND p.id > (SELECT low FROM edge) AND {post_stands}
            ORDER BY p.id {direction} LIMIT :limit
        ) AS p
        UNION ALL
        SELECT s.id, s.post_id, s.actor_id
        FROM followed f CROSS JOIN LATERAL (
            SELECT s.id, s.post_id, s.actor_id FROM share s
            JOIN post p ON p.id = s.post_id JOIN actor author ON author.id = p.author_id
            WHERE s.actor_id = f.id AND s.id < (SELECT high FROM edge) AND s.id > (SELECT low FROM edge)
                AND {share_stands}
            ORDER BY s.id {direction} LIMIT :limit
        ) AS s
        WHERE f.shares
        {more}
    ) AS entry
    ORDER BY id {direction} LIMIT :limit
    """,
    language_stands=LANGUAGE_STANDS,
)

# The same rules from the other side: in which of these homes or lists these posts and shares stand. `reader` is one row
# each: of the people concerned, those whose posts are read there, and of these the ones whose shares are.
WATCHED = """
    WITH concerned AS MATERIALIZED (
        SELECT author_id AS id FROM post WHERE id = ANY(:post_ids::bigint[])
        UNION SELECT parent.author_id FROM post p JOIN post parent ON parent.id = p.in_reply_to_id
            WHERE p.id = ANY(:post_ids::bigint[])
        UNION SELECT p.author_id FROM share s JOIN post p ON p.id = s.post_id WHERE s.id = ANY(:share_ids::bigint[])
        UNION SELECT o.actor_id FROM share s JOIN share o ON o.post_id = s.post_id AND o.id <= s.id
            WHERE s.id = ANY(:share_ids::bigint[])
    ), reader AS MATERIALIZED (
        SELECT known.reader_id AS id, array_agg(known.id) AS knows,
            array_agg(known.id) FILTER (WHERE known.shares) AS shows
        FROM (
            {followed}
        ) AS known
        GROUP BY known.reader_id
    )
    SELECT p.id AS entry_id, reader.id AS reader_id
    FROM post p JOIN reader ON p.author_id = ANY(reader.knows)
    WHERE p.id = ANY(:post_ids::bigint[]) AND p.deleted_at IS NULL AND {post_stands}
    UNION ALL
    SELECT s.id, reader.id
    FROM share s JOIN post p ON p.id = s.post_id JOIN actor author ON author.id = p.author_id
    JOIN reader ON s.actor_id = ANY(reader.shows)
    WHERE s.id = ANY(:share_ids::bigint[]) AND {share_stands}
    {more}
"""


def name_watched(**parts: str) -> Statement:
    """The statement of WATCHED with these parts, for `fetch_watched`."""
    return name_values(WATCHED, also=["reader_ids", "post_ids", "share_ids"], **parts)


async def fetch_watched(
    conn: Connection, statement: Statement, reader_ids: list[int], post_ids: list[int], share_ids: list[int]
) -> dict[int, set[int]]:
    """Run a statement made of WATCHED: by the id of each post and share, in whose homes or which lists it stands."""
    found: dict[int, set[int]] = {}
    if reader_ids and (post_ids or share_ids):
        args = statement.args(reader_ids=reader_ids, post_ids=post_ids, share_ids=share_ids)
        for entry_id, reader_id in await fetch_records(conn, statement.sql, *args):
            found.setdefault(entry_id, set()).add(reader_id)
    return found
