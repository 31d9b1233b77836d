"""What was published when hashtags were said twice says them once."""

from dataclasses import replace

from models.store.database import Pool, execute, fetch_value, transaction
from models.store.migrate import list_migrations
from outbox.builders.objects.content import build_listing_content
from tests.factories import HERE, make_listing, make_member

[SCRIPT] = [one.sql for one in list_migrations() if one.name == "0107_hashtag_lines"]

TYPED = '<a href="https://lomme.test/tags/offre" class="mention hashtag" rel="tag">#<span>offre</span></a>'


async def test_the_line_of_hashtags_loses_what_the_text_has(pool: Pool) -> None:
    async with transaction(pool) as conn:
        tent = await make_listing(conn, await make_member(conn), description=f"<p>Une tente {TYPED}.</p>")
        plain = replace(tent.details, description="<p>Une tente.</p>")
        once, without = [
            build_listing_content(HERE, details, url=tent.post.url, language="fr") for details in (tent.details, plain)
        ]
        doubled = without.replace("<p>Une tente.</p>", tent.details.description)
        await execute(conn, "UPDATE post SET content = $2 WHERE id = $1", tent.id, doubled)

        for _ in range(2):
            await conn.execute(SCRIPT)

        assert doubled != once
        assert await fetch_value(conn, "SELECT content FROM post WHERE id = $1", tent.id) == once


async def test_what_says_them_once_stays_as_it_is(pool: Pool) -> None:
    async with transaction(pool) as conn:
        tent = await make_listing(conn, await make_member(conn), description="<p>Une tente.</p>")
        content = build_listing_content(HERE, tent.details, url=tent.post.url, language="fr")
        await execute(conn, "UPDATE post SET content = $2 WHERE id = $1", tent.id, content)

        await conn.execute(SCRIPT)

        assert await fetch_value(conn, "SELECT content FROM post WHERE id = $1", tent.id) == content
