"""A cooperative that ran before exchanges did brings its members, listings and posts along, whole."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models import preferences
from models.exchanges.agreements import Terms
from models.listings import listings
from models.people import accounts, actors
from models.store.database import Pool, connection, fetch_column, open_pool, transaction
from models.store.migrate import list_migrations, migrate
from outbox.exchanges.agreements.agreements import accept, request
from tests.databases import with_database
from tests.factories import HERE

BEFORE = "0026_private_hosts"
"""The last schema without exchanges."""

FILLED = """
INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, outbox, followers_uri)
SELECT n, 'https://' || host || '/users/' || name, type, host = 'lomme.test', name, host, initcap(name),
    'https://' || host || '/@' || name, 'https://' || host || '/users/' || name || '/inbox',
    'https://' || host || '/users/' || name || '/outbox', 'https://' || host || '/users/' || name || '/followers'
FROM (VALUES (1, 'alice', 'lomme.test', 'Person'), (2, 'hocine', 'lomme.test', 'Person'),
    (3, 'bob', 'henin.test', 'Person'), (4, 'coop', 'henin.test', 'Organization')) AS a (n, name, host, type);
INSERT INTO account (actor_id, email, role, confirmed_at, default_audience)
VALUES (1, 'alice@example.org', 'admin', now(), 'unlisted'), (2, 'hocine@example.org', 'member', now(), 'network');
INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at)
SELECT 100 + n, 'https://lomme.test/users/alice/items/' || n, 'listing', true, 1, 'https://lomme.test/annonces/' || n,
    'network', '<p>Tente ' || n || '</p>', now() FROM generate_series(1, 20) AS n;
INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, published_at, in_reply_to_id)
VALUES (200, 'https://henin.test/notes/1', 'note', false, 3, 'https://henin.test/@bob/1', 'direct', '<p>Bonjour</p>',
    now(), 101);
INSERT INTO listing (post_id, kind, mode, title, status, place_name, postcode)
SELECT 100 + n, 'offer', CASE WHEN n % 2 = 0 THEN 'gift' ELSE 'loan' END, 'Tente ' || n,
    CASE WHEN n = 20 THEN 'paused' ELSE 'open' END, 'Lomme', '59160' FROM generate_series(1, 20) AS n;
INSERT INTO mention (post_id, actor_id) VALUES (200, 1);
INSERT INTO follow (id, uri, follower_id, followed_id, state)
VALUES (300, 'https://henin.test/follows/1', 3, 1, 'accepted');
INSERT INTO favourite (id, actor_id, post_id, uri) VALUES (301, 3, 101, 'https://henin.test/likes/1');
INSERT INTO notification (id, recipient_id, type, actor_id, post_id)
VALUES (400, 1, 'mention', 3, 200), (401, 1, 'favourite', 3, 101);
INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body)
VALUES (500, 'https://lomme.test/users/alice/activities/1', 'Create', 1, 'https://lomme.test/users/alice/items/1', true,
    '{}');
INSERT INTO delivery (activity_id, actor_id, inbox, host) VALUES (500, 1, 'https://henin.test/inbox', 'henin.test');
INSERT INTO preference (key, value) VALUES ('name', '"La Remise"'), ('modes', '["gift", "loan"]');
INSERT INTO server (host, level, no_private, knock, knock_until)
VALUES ('henin.test', 'friend', false, 'rfc9421', now()), ('loin.test', 'aside', true, NULL, NULL);
INSERT INTO knock (host, knocks) VALUES ('brest.test', 7);
"""

RENAMED = {"knock": "access_request"}
"""Tables that are called otherwise since."""

RENAMED_COLUMNS = {
    ("server", "knock"): "signature_scheme",
    ("server", "knock_until"): "signature_scheme_until",
    ("knock", "knocks"): "requests",
    ("account", "role"): "roles",
}
"""Columns that are, by the table and the column as they were called then."""


READ: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("account", "role"): {"member": [], "moderator": ["welcome", "moderator"], "admin": ["admin"]}.__getitem__
}
"""Columns whose values are written otherwise since, and how."""

MADE_ANEW = frozenset({("listing", "search")})
"""Columns that the database makes of others, otherwise than then."""


@pytest.fixture
async def old_url(postgres_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A database as it was then, with people and what they published in it."""
    for migration in list_migrations():
        if migration.name <= BEFORE:
            (tmp_path / f"{migration.name}.sql").write_text(migration.sql)
    name = f"declic_test_old_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = with_database(postgres_url, name)
    await migrate(url, tmp_path)
    conn = await asyncpg.connect(url)
    await conn.execute(FILLED)
    await conn.close()
    yield url
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def upgraded(old_url: str) -> AsyncIterator[Pool]:
    """The same database, at the newest schema."""
    await migrate(old_url)
    pool = await open_pool(old_url)
    yield pool
    await pool.close()


async def read_all(conn: asyncpg.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that people filled."""
    found = {}
    for (table,) in await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        if table not in ("migration", "pgqueuer_schedules"):
            rows = await conn.fetch(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            found[table] = [json.loads(row[0]) for row in rows]
    return found


async def test_no_row_is_lost_and_no_value_changed(old_url: str) -> None:
    conn = await asyncpg.connect(old_url)
    before = await read_all(conn)

    applied = await migrate(old_url)

    after = await read_all(conn)
    await conn.close()
    assert applied == [one.name for one in list_migrations() if one.name > BEFORE]
    assert (len(before["listing"]), len(before["account"]), len(before["post"])) == (20, 2, 21)
    assert before["knock"] and before["server"][0]["knock"]
    for table, rows in before.items():
        since = after[RENAMED.get(table, table)]
        kept = [
            {name: one[RENAMED_COLUMNS.get((table, name), name)] for name in old if (table, name) not in MADE_ANEW}
            for old, one in zip(rows, since, strict=True)
        ]
        assert kept == [
            {
                name: READ.get((table, name), _as_is)(value)
                for name, value in one.items()
                if (table, name) not in MADE_ANEW
            }
            for one in rows
        ], table


def _as_is(value: Any) -> Any:
    return value


async def test_what_waited_for_an_administrator_waits_for_whom_it_was_written_to(old_url: str) -> None:
    conn, eve = await asyncpg.connect(old_url), "https://neu.test/users/eve"
    await conn.execute(
        """
        INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, outbox, followers_uri)
        VALUES (9, $1, 'Person', false, 'eve', 'neu.test', 'Eve', $1, $1, $1, $1)
        """,
        eve,
    )
    alice, hocine = "https://lomme.test/users/alice", "https://lomme.test/users/hocine"
    tag = [{"type": "Mention", "href": alice}]
    note = {"id": f"{eve}/1", "to": [alice], "cc": hocine, "tag": tag, "content": "<p>Bonjour <![x] vous</p>"}
    bodies = [json.dumps({"type": "Create", "actor": eve, "object": note}), '{"type": "Create"', '{"object": 3}']
    for number, body in enumerate(bodies):
        await conn.execute(
            """
            INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, attempts)
            VALUES ($1, $2, 'x', 'Create', $3, 'neu.test', $4, 'held', 3)
            """,
            1000 * number + 1,
            f"{eve}/activities/{number}",
            eve,
            body.encode(),
        )

    await migrate(old_url)

    kept = await conn.fetch("SELECT reader_id, author_id, uri, private, named, text FROM message_request ORDER BY 1")
    states = await conn.fetch("SELECT state FROM received ORDER BY id")
    await conn.close()
    assert [tuple(row) for row in kept] == [
        (1, 9, f"{eve}/1", True, True, "Bonjour <![x] vous"),
        (2, 9, f"{eve}/1", True, False, "Bonjour <![x] vous"),
    ]
    assert [row["state"] for row in states] == ["held", "waiting", "waiting"]


async def test_every_constraint_holds_for_what_was_there_and_every_index_is_whole(upgraded: Pool) -> None:
    async with connection(upgraded) as conn:
        assert await fetch_column(conn, "SELECT conname FROM pg_constraint WHERE NOT convalidated") == []
        assert await fetch_column(conn, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid") == []


async def test_what_was_there_is_read_with_what_has_come_since_at_rest(upgraded: Pool) -> None:
    async with connection(upgraded) as conn:
        tent = await listings.find_by_post(conn, 101)
        alice = await accounts.get(conn, 1)
        choices = await preferences.load(conn)

    assert tent is not None and (tent.details.title, tent.details.status) == ("Tente 1", "open")
    assert tent.details.points is None and not tent.details.first_come and tent.details.calendar_uri is None
    assert (alice.email, alice.roles) == ("alice@example.org", ["admin"])
    assert (choices.name, choices.modes, choices.hold_hours, choices.points) == (
        "La Remise",
        ("gift", "loan"),
        72,
        False,
    )


async def test_an_exchange_about_a_listing_from_before_begins_at_once(upgraded: Pool) -> None:
    moment = datetime.now(UTC)
    terms = Terms(begins_at=moment + timedelta(days=1), ends_at=moment + timedelta(days=2))
    async with transaction(upgraded) as conn:
        alice, hocine = await actors.get(conn, 1), await actors.get(conn, 2)
        tent = await listings.find_by_post(conn, 101)
        assert tent is not None

        agreed = await accept(conn, HERE, alice, await request(conn, HERE, hocine, tent, terms))

    assert agreed.state == "agreed"


async def test_what_answered_a_page_by_its_address_answers_what_the_page_shows(old_url: str) -> None:
    conn = await asyncpg.connect(old_url)
    await conn.execute(
        """
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, published_at, in_reply_to_uri, root_id)
        VALUES (201, 'https://henin.test/notes/2', 'note', false, 3, 'https://henin.test/@bob/2', 'network', now(),
                'https://lomme.test/annonces/2', 201),
            (202, 'https://henin.test/notes/3', 'note', false, 3, 'https://henin.test/@bob/3', 'network', now(),
                'https://henin.test/notes/2', 201)
        """
    )

    await migrate(old_url)

    rows = await conn.fetch("SELECT in_reply_to_uri, in_reply_to_id, root_id FROM post WHERE id > 200 ORDER BY id")
    await conn.close()
    assert tuple(rows[0]) == ("https://lomme.test/users/alice/items/2", 102, 102)
    assert rows[1]["root_id"] == 102


CARELESS = """
INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, shared_inbox)
VALUES (5, 'https://evil.test/users/eve', 'Person', false, 'eve', 'evil.test', 'Eve', 'https://banque.test/@eve',
    'https://evil.test/users/eve/inbox', 'https://henin.test/inbox');
INSERT INTO post_tag (post_id, tag, name)
VALUES (101, 'offrelomme', 'OffreLomme'), (101, 'ete_2026', 'Été_2026'), (200, 'deuxmots', 'deux mots'),
    (200, 'scriptalert1script', '<script>alert(1)'), (200, '', '#');
INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, finished_at)
VALUES (600, 'https://henin.test/1', '', 'Create', 'https://henin.test/users/bob', 'henin.test',
    convert_to(repeat('x', 100000), 'UTF8'), 'failed', now());
"""
"""What others could make us keep before that was looked at."""


async def test_what_others_could_make_us_keep_is_put_in_order(old_url: str) -> None:
    old = await asyncpg.connect(old_url)
    await old.execute(CARELESS)
    await old.close()

    await migrate(old_url)

    conn = await asyncpg.connect(old_url)
    pages = [row["url"] for row in await conn.fetch("SELECT url FROM actor WHERE id IN (3, 5) ORDER BY id")]
    shared = await conn.fetchval("SELECT shared_inbox FROM actor WHERE id = 5")
    tags = {row["name"] for row in await conn.fetch("SELECT name FROM post_tag")}
    size = await conn.fetchval("SELECT octet_length(body) FROM received WHERE id = 600")
    await conn.close()
    assert pages == ["https://henin.test/@bob", "https://evil.test/users/eve"]
    assert (shared, size, tags) == (None, 8192, {"OffreLomme", "Été_2026"})


LEFT_ALONE = """
INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, error)
SELECT 700 + n, 'https://henin.test/ignored/' || n, '', 'Create', 'https://henin.test/users/bob', 'henin.test', '{}',
    state, error
FROM (VALUES (1, 'ignored', 'Nobody here follows its author, is named in it, or is answered by it.'),
    (2, 'ignored', 'This is somebody else''s.'), (3, 'ignored', 'These terms cannot be: date_too_far'),
    (4, 'ignored', 'Said by a version before.'), (5, 'failed', 'This is somebody else''s.'), (6, 'done', NULL))
    AS r (n, state, error);
"""
"""Activities that were left alone, and why in English; one that failed with such words, and one that did not."""


async def test_why_something_was_left_alone_becomes_a_code_where_one_is_known(old_url: str) -> None:
    conn = await asyncpg.connect(old_url)
    await conn.execute(LEFT_ALONE)

    await migrate(old_url)

    kept = [row["error"] for row in await conn.fetch("SELECT error FROM received WHERE id > 700 ORDER BY id")]
    await conn.close()
    assert kept == [
        "concerns_nobody",
        "not_by_outbox_owner",
        "terms_impossible: date_too_far",
        "Said by a version before.",
        "This is somebody else's.",
        None,
    ]
