"""What one loud member of the crowd has piled up in years, and what her administrators look at.

As in `tests/large_database`, a few statements write it, and the same numbers give the same rows.
"""

from models.store.database import Connection, execute
from tests.large_database import FIRST_ID, PEOPLE, unchecked

HER = FIRST_ID + 20
"""The loud member."""

# Everybody of ours has an account.
_ACCOUNTS = """
    INSERT INTO account (actor_id, email, confirmed_at)
    SELECT id, username || '@example.org', now() FROM actor WHERE local AND type = 'Person'
    ON CONFLICT DO NOTHING
"""

# Most of it is one listing that everybody likes; the rest are single things.
_NOTIFICATIONS = """
    INSERT INTO notification (id, recipient_id, type, actor_id, post_id, created_at)
    SELECT $1::bigint + 70000000000 + n, :her,
        (ARRAY['favourite', 'favourite', 'favourite', 'reblog', 'follow', 'mention', 'status', 'favourite'])[1 + n % 8],
        $1::bigint + 21 + (n * 31) % ($2::bigint - 21),
        CASE WHEN n % 8 = 4 THEN NULL WHEN n % 8 IN (5, 6) THEN post.id ELSE loved.id END, now()
    FROM generate_series(0, 19999) AS n,
        LATERAL (SELECT $1::bigint + 100000 + (n % 50000) * 2000 + 1000 AS id) AS post,
        LATERAL (SELECT $1::bigint + 100000 + (CASE WHEN n % 3 = 0 THEN n % 40 ELSE 0 END) * 2000 AS id) AS loved
    WHERE EXISTS (SELECT FROM post p WHERE p.id = post.id) AND EXISTS (SELECT FROM post p WHERE p.id = loved.id)
    ON CONFLICT DO NOTHING
"""

# Others have some of it too.
_OTHERS = """
    INSERT INTO notification (id, recipient_id, type, actor_id, post_id, created_at)
    SELECT $1::bigint + 75000000000 + n, $1::bigint + 10 * (3 + n % 150), 'mention', $1::bigint + 1 + n % 7,
        $1::bigint + 100000 + n * 1000, now()
    FROM generate_series(0, 29999) AS n
"""

# Half of her threads are about her own listings, the others about those of others; each has two events.
_THREADS = """
    INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id)
    SELECT $1::bigint + 80000000000 + n, $1::bigint + 100000 + n * 2000,
        CASE WHEN n % 2 = 0 THEN :her ELSE other.id END, CASE WHEN n % 2 = 0 THEN other.id ELSE :her END,
        $1::bigint + 81000000000 + n * 10 + 1
    FROM generate_series(0, 2999) AS n,
        LATERAL (SELECT $1::bigint + 21 + (n * 17) % ($2::bigint - 21) AS id) AS other
"""
_EVENTS = """
    INSERT INTO exchange_event (id, exchange_id, actor_id, kind)
    SELECT $1::bigint + 81000000000 + n * 10 + k, e.id,
        CASE WHEN e.owner_id = :her THEN e.partner_id ELSE e.owner_id END,
        CASE k WHEN 0 THEN 'requested' ELSE 'countered' END
    FROM generate_series(0, 2999) AS n JOIN exchange e ON e.id = $1::bigint + 80000000000 + n,
        generate_series(0, 1) AS k
"""


# Half of her threads have an agreement with days, one in three is over.
_AGREEMENTS = """
    INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, request_uri, offer_uri, proposed_by,
        state, begins_at, ends_at, held_until, updated_at)
    SELECT e.id, e.id, e.listing_id, e.owner_id, e.partner_id, 'https://h.test/offers/' || n,
        'https://h.test/offers/' || n, e.partner_id, (ARRAY['agreed', 'requested', 'done'])[1 + n % 3],
        now() + (n % 400 - 100) * interval '1 day',
        now() + (n % 400 - 98) * interval '1 day', now() + interval '2 days', now()
    FROM generate_series(0, 2999, 2) AS n JOIN exchange e ON e.id = $1::bigint + 80000000000 + n
"""

# What she keeps, likes, mutes, whom she talks to; what was given and taken in points.
_KEPT = (
    """
    INSERT INTO bookmark (id, actor_id, post_id)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 100000 + n * 2000 FROM generate_series(0, 4999) AS n
    """,
    """
    INSERT INTO favourite (id, actor_id, post_id)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 100000 + n * 2000 FROM generate_series(0, 4999) AS n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO mute (id, actor_id, target_id)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 1000 + n FROM generate_series(0, 499) AS n
    """,
    """
    INSERT INTO block (id, actor_id, target_id)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 1500 + n FROM generate_series(0, 399) AS n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO follow (id, follower_id, followed_id, state)
    SELECT $1::bigint + 82000000000 + n, $1::bigint + n, :her, CASE WHEN n % 9 = 0 THEN 'pending' ELSE 'accepted' END
    FROM generate_series(21, 1900) AS n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO message_request (id, reader_id, author_id, uri, url, kind, private, text)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 1901 + n % 90, 'https://h.test/m/' || n, '', 'note', true,
        'Hé'
    FROM generate_series(0, 299) AS n
    """,
    """
    INSERT INTO conversation (id, owner_id, root_id, participant_ids, last_post_id, unread)
    SELECT $1::bigint + 82000000000 + n, :her, $1::bigint + 101000 + n * 2000, ARRAY[$1::bigint + 1 + n % 1900],
        $1::bigint + 101000 + n * 2000, n % 3 = 0
    FROM generate_series(0, 2999) AS n
    """,
    """
    WITH moved AS (
        INSERT INTO points_movement (id, kind, member_id, reason, by_id)
        SELECT $1::bigint + 82000000000 + n, 'correction',
            CASE WHEN n % 2 = 0 THEN :her ELSE $1::bigint + 10 * (n % 150) END, 'Fête', :her
        FROM generate_series(0, 9999) AS n
        RETURNING id, member_id
    )
    INSERT INTO points_line (movement_id, member_id, amount)
    SELECT id, side.member_id, side.amount
    FROM moved, LATERAL (VALUES (member_id, 3), (NULL, -3)) AS side (member_id, amount)
    """,
)

# What administrators look at.
_OFFICE = (
    "INSERT INTO access_request (host, requests) SELECT 'k' || n || '.test', n FROM generate_series(1, 300) AS n",
    "INSERT INTO overflow (domain, refused) SELECT 'o' || n || '.test', n FROM generate_series(1, 300) AS n",
    """
    INSERT INTO waiting_host (host, domain) SELECT 'h' || n || '.test', 'h' || n || '.test'
    FROM generate_series(100, 190) AS n
    """,
    """
    INSERT INTO waiting_post (post_id, host, domain, audience, wanted)
    SELECT p.id, a.host, a.host, 'network', false FROM post p JOIN actor a ON a.id = p.author_id
    JOIN waiting_host w ON w.host = a.host WHERE p.kind = 'note' AND p.audience = 'network' AND p.id % 7 = 0
    """,
    """
    INSERT INTO sign_up (id, username, email, password_hash, name, language)
    SELECT n, 'new' || n, 'new' || n || '@example.org', 'x', 'New ' || n, 'fr' FROM generate_series(1, 300) AS n
    """,
    """
    INSERT INTO mail (id, recipient_id, kind, state, cause, created_at)
    SELECT $1::bigint + 83000000000 + n, $1::bigint + 10 * (n % 150), 'news', 'failed', 'address',
        now() - n * interval '1 minute' FROM generate_series(0, 4999) AS n
    """,
    """
    INSERT INTO report (id, reporter_id, target_id, object_uris, content, local)
    SELECT $1::bigint + 83000000000 + n, $1::bigint + 1 + n % 700, $1::bigint + 701 + n % 700, '{}', 'Non.', true
    FROM generate_series(0, 1999) AS n
    """,
    """
    INSERT INTO server (host, last_in_at) SELECT 'h' || n || '.test', now() FROM generate_series(0, 1999) AS n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, error)
    SELECT $1::bigint + 83000000000 + n, 'https://h.test/a/' || n, sha256(n::text::bytea), 'Create', 'https://h.test/u',
        'h' || n % 200 || '.test', '{}', (ARRAY['done', 'done', 'done', 'failed', 'ignored'])[1 + n % 5],
        CASE WHEN n % 5 = 3 THEN 'No.' END
    FROM generate_series(0, 29999) AS n
    """,
    """
    INSERT INTO activity (id, uri, type, actor_id, public, body)
    SELECT $1::bigint + 83000000000 + n, 'https://lomme.test/a/' || n, 'Create', $1, true, '{}'
    FROM generate_series(0, 999) AS n
    """,
    """
    INSERT INTO delivery (activity_id, actor_id, inbox, host, state, last_status, error)
    SELECT $1::bigint + 83000000000 + n % 1000, $1,
        'https://h' || n % 200 || '.test/inbox', 'h' || n % 200 || '.test',
        (ARRAY['done', 'done', 'failed', 'waiting'])[1 + n % 4], 500, 'No.'
    FROM generate_series(0, 29999) AS n
    ON CONFLICT DO NOTHING
    """,
)


async def fill(conn: Connection) -> None:
    """Write it for HER, and let the database look at it (ANALYZE)."""
    async with unchecked(conn):
        for statement in (_ACCOUNTS, _NOTIFICATIONS, _OTHERS, _THREADS, _EVENTS, _AGREEMENTS, *_KEPT, *_OFFICE):
            values = (FIRST_ID, PEOPLE)[: 2 if "$2" in statement else 1 if "$1" in statement else 0]
            await execute(conn, statement.replace(":her", f"{HER}::bigint"), *values)
    await execute(conn, "ANALYZE")
