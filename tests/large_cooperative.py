"""A cooperative after ten years: 5,000 members, 60,000 threads with agreements and answers, 2,000 reports.

Written by the database itself in a few statements; nothing is random. Ids are those of their moments, as `make_id`
makes them.
"""

from datetime import UTC, datetime, timedelta

from models.store.database import Connection, execute
from tests.large_database import unchecked, unindexed

MEMBERS = 5_000
EXCHANGES = 60_000
REPORTS = 2_000
OPEN_REPORTS = 60
YEARS = 10

_MEMBERS = """
    WITH new AS (
        INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, created_at, published_at)
        SELECT id, 'http://coop.test/m' || n, 'Person', n % 10 > 0, 'm' || n,
            CASE WHEN n % 10 = 0 THEN 'amie' || n % 30 || '.test' ELSE 'coop.test' END,
            'Membre ' || n, 'http://coop.test/@m' || n, 'http://coop.test/m' || n || '/inbox', at, at
        FROM (
            SELECT n, at, ((extract(epoch FROM at - '1990-01-01 00:00Z') * 1000000)::bigint << 12) + n % 4096 AS id
            FROM generate_series(1, $1::integer * 10 / 9) AS n,
                LATERAL (SELECT $2::timestamptz + n * $3::interval / ($1 * 10 / 9 + 1) AS at) AS moment
        ) AS numbered
        RETURNING id, username, local, created_at
    )
    INSERT INTO account (actor_id, email, confirmed_at, created_at, last_seen_at)
    SELECT id, username || '@example.org', created_at, created_at, created_at FROM new WHERE local
"""

_THREADS = """
    CREATE TEMPORARY TABLE numbered AS
    SELECT n, at, ((extract(epoch FROM at - '1990-01-01 00:00Z') * 1000000)::bigint << 12) + 100 AS id,
        people.ids[1 + (n::bigint * 7919) % array_length(people.ids, 1)] AS owner_id,
        people.ids[1 + (n::bigint * 104729 + 1) % array_length(people.ids, 1)] AS partner_id
    FROM generate_series(1, $1::integer) AS n,
        LATERAL (SELECT $2::timestamptz + n * $3::interval / ($1 + 1) AS at) AS moment,
        (SELECT array_agg(id ORDER BY id) AS ids FROM actor WHERE username ~ '^m[0-9]+$') AS people
"""

_POSTS = """
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, language, published_at, received_at)
    SELECT t.id + part - 1, a.uri || '/p' || n || '-' || part, CASE part WHEN 1 THEN 'listing' ELSE 'note' END, a.local,
        a.id, a.url || '/' || n || '-' || part, CASE part WHEN 1 THEN 'network' ELSE 'direct' END, '<p>Bonjour.</p>',
        'fr', t.at, t.at + (part || ' hours')::interval * (n % 20)
    FROM numbered t CROSS JOIN generate_series(1, 3) AS part
    JOIN actor a ON a.id = CASE part WHEN 2 THEN t.partner_id ELSE t.owner_id END
"""

# The words are read once: they differ by a number.
_LISTINGS = """
    INSERT INTO listing (post_id, author_id, found_by, kind, mode, title, search, status, expires_at)
    SELECT id, owner_id, 'everybody', 'offer', 'loan', 'Échelle ' || n, replace(words, '987654321', n::text)::tsvector,
        CASE WHEN n % 20 = 0 THEN 'open' ELSE 'fulfilled' END,
        CASE WHEN n % 40 = 0 THEN now() + (n % 900 || ' hours')::interval END
    FROM numbered, (SELECT search_words('Échelle 987654321', '', NULL, NULL, 'offer', 'loan')::text AS words) AS written
"""

_EXCHANGES = """
    INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id, owner_read_id, created_at)
    SELECT id + 10, id, owner_id, partner_id, id + 2, CASE WHEN n % 17 = 0 THEN 0 ELSE id + 2 END, at FROM numbered
    WHERE owner_id <> partner_id
"""

_MESSAGES = """
    INSERT INTO exchange_message (post_id, exchange_id)
    SELECT t.id + part, x.id FROM numbered t JOIN exchange x ON x.listing_id = t.id, generate_series(1, 2) AS part
"""

_AGREEMENTS = """
    INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, request_uri, offer_uri, proposed_by,
        state, updated_at, agreed_at, ended_at, created_at)
    SELECT t.id + 20, x.id, t.id, x.owner_id, x.partner_id, 'x:' || n, 'x:' || n, x.partner_id,
        CASE WHEN n % 5 = 0 THEN 'refused' ELSE 'done' END, t.at, CASE WHEN n % 5 > 0 THEN t.at + interval '1 day' END,
        t.at + interval '4 days', t.at
    FROM numbered t JOIN exchange x ON x.listing_id = t.id
"""

_EVENTS = """
    INSERT INTO exchange_event (id, exchange_id, agreement_id, actor_id, kind, created_at)
    SELECT t.id + 30 + place, x.id, t.id + 20, CASE place WHEN 0 THEN x.partner_id ELSE x.owner_id END,
        (ARRAY['requested', 'agreed', 'done'])[1 + place], t.at + place * (n % 50 || ' hours')::interval
    FROM numbered t JOIN exchange x ON x.listing_id = t.id, generate_series(0, 2) AS place
"""

_REPORTS = """
    WITH people AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM actor WHERE username ~ '^m[0-9]+$'
    ), cases AS (
        INSERT INTO moderation_case (id, actor_id, actor_name, opened_at, closed_at)
        SELECT 1000000 + n, id, 'Membre', now() - (n || ' hours')::interval,
            CASE WHEN n > $2::integer / 2 THEN now() - (n || ' hours')::interval END
        FROM generate_series(1, $1::integer / 2) AS n JOIN people ON place = n RETURNING id, actor_id, closed_at
    )
    INSERT INTO report (id, target_id, content, local, case_id, created_at, closed_at)
    SELECT id * 10 + part, actor_id, 'Ce n’est pas permis.', part = 0, id, now() - interval '1 day', closed_at
    FROM cases, generate_series(0, 1) AS part
"""

_DECISIONS = """
    INSERT INTO moderation_decision (id, case_id, actor_id, kind, decided_at, effective_at)
    SELECT id, id, actor_id, 'hide', now(), CASE WHEN id % 50 > 0 THEN now() END FROM moderation_case
    WHERE closed_at IS NOT NULL
"""

_MAILS = """
    INSERT INTO mail (id, recipient_id, kind, state, cause, created_at)
    SELECT 2000000 + place, actor_id, 'news', CASE WHEN place % 10 = 0 THEN 'failed' ELSE 'sent' END,
        CASE WHEN place % 10 = 0 THEN 'busy' END, now() - (place || ' minutes')::interval * 4
    FROM (SELECT actor_id, row_number() OVER (ORDER BY actor_id) AS place FROM account) AS numbered
"""

_SERVERS = """
    INSERT INTO server (host, level, last_out_at, failure, failure_cause, last_failure_at, unavailable_since)
    SELECT 'amie' || n || '.test', CASE WHEN n % 10 = 0 THEN 'friend' ELSE 'reader' END, now() - interval '1 hour',
        CASE WHEN n % 7 = 0 THEN 'No answer' END, CASE WHEN n % 7 = 0 THEN 'timed-out' END,
        CASE WHEN n % 7 = 0 THEN now() END, CASE WHEN n % 7 = 0 THEN now() - interval '1 day' END
    FROM generate_series(1, 2000) AS n
"""

_SIGN_UPS = """
    INSERT INTO sign_up (id, username, email, password_hash, name, language)
    SELECT n, 'neuf' || n, 'neuf' || n || '@example.org', '', 'Neuf ' || n, 'fr' FROM generate_series(1, 30) AS n
"""


async def fill(conn: Connection, *, exchanges: int = EXCHANGES, members: int = MEMBERS) -> None:
    """Write it all, and let the database look at it (ANALYZE)."""
    years = timedelta(days=365 * YEARS)
    since = datetime.now(UTC) - years
    async with unchecked(conn):
        await execute(conn, _MEMBERS, members, since, years)
        await execute(conn, _THREADS, exchanges, since, years)
        async with unindexed(conn, "post", "listing"):
            await execute(conn, _POSTS)
            await execute(conn, _LISTINGS)
        async with unindexed(conn, "exchange_message", "agreement", "exchange_event"):
            for statement in (_EXCHANGES, _MESSAGES, _AGREEMENTS, _EVENTS):
                await execute(conn, statement)
        await execute(conn, _REPORTS, REPORTS, OPEN_REPORTS)
        for statement in (_DECISIONS, _MAILS, _SERVERS, _SIGN_UPS):
            await execute(conn, statement)
    await execute(conn, "ANALYZE")
