"""Whom people knew before hosts had to be known stays known, and what stood goes on standing."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from models.store.migrate import list_migrations, migrate
from tests.databases import with_database

BEFORE = "0071_exchange_indexes"

FILLED = """
INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox)
SELECT n, 'https://' || host || '/' || n, 'Person', host = 'lomme.test', 'p' || n, host, '', 'https://' || host,
    'https://' || host || '/inbox'
FROM (VALUES (1, 'lomme.test'), (2, 'followed.test'), (3, 'written.test'), (4, 'answered.test'), (5, 'agreed.test'),
    (6, 'unknown.test'), (7, 'refused.test')) AS a (n, host);
INSERT INTO follow (id, follower_id, followed_id, state) VALUES (1, 1, 2, 'pending'), (2, 6, 1, 'accepted'),
    (3, 1, 7, 'rejected');
INSERT INTO post (id, uri, kind, local, author_id, url, audience, published_at, in_reply_to_id) VALUES
    (10, 'u:10', 'note', false, 4, 'u', 'network', now(), NULL),
    (11, 'u:11', 'note', true, 1, 'u', 'network', now(), 10),
    (12, 'u:12', 'note', true, 1, 'u', 'direct', now(), NULL),
    (13, 'u:13', 'listing', false, 5, 'u', 'network', now(), NULL),
    (14, 'u:14', 'listing', false, 6, 'u', 'network', now(), NULL);
INSERT INTO mention (post_id, actor_id) VALUES (12, 3);
INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id) VALUES (20, 13, 5, 1, 0);
INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, request_uri, offer_uri, proposed_by, state,
    updated_at) VALUES (21, 20, 13, 5, 1, 'u:21', 'u:21', 1, 'requested', now());
"""


@pytest.fixture
async def old_url(postgres_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A database as it was then."""
    for migration in list_migrations():
        if migration.name <= BEFORE:
            (tmp_path / f"{migration.name}.sql").write_text(migration.sql)
    name = f"declic_test_known_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = with_database(postgres_url, name)
    await migrate(url, tmp_path)
    yield url
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_who_was_followed_written_to_answered_or_asked_is_known_and_nothing_leaves_the_lists(
    old_url: str,
) -> None:
    conn = await asyncpg.connect(old_url)
    await conn.execute(FILLED)

    await migrate(old_url)

    known = [tuple(row) for row in await conn.fetch("SELECT host, why FROM known_host ORDER BY host")]
    audiences = await conn.fetchval("SELECT array_agg(DISTINCT audience) FROM post WHERE kind = 'listing'")
    waiting = await conn.fetchval("SELECT count(*) FROM waiting_post")
    await conn.close()
    assert known == [
        ("agreed.test", "answered"),
        ("answered.test", "answered"),
        ("followed.test", "followed"),
        ("written.test", "answered"),
    ]
    assert (audiences, waiting) == (["network"], 0)
