"""How soon somebody usually answers stands on what she publishes and on her profile, where it is good to know."""

from datetime import timedelta

import pytest

from federation.instance import Instance
from models.store.database import execute, transaction
from tests.factories import make_listing, make_local_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.rendering.paths import listing_path


async def answer_after(instance: Instance, village: Village, wait: timedelta) -> None:
    """Three people wrote to Alice, and each time she took that long."""
    async with transaction(instance.pool) as conn:
        for number in range(3):
            partner = await make_local_actor(conn, f"ami{number}")
            listing = await make_listing(conn, village.alice)
            await execute(
                conn,
                """
                WITH made AS (INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id, created_at)
                    VALUES ($1, $1, $2, $3, 1, now() - interval '30 days') RETURNING id, created_at)
                INSERT INTO exchange_event (id, exchange_id, kind, actor_id, created_at)
                SELECT id + 1, id, 'said', $2, created_at + $4::interval FROM made
                """,
                listing.id,
                village.alice.id,
                partner.id,
                wait,
            )


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(hours=3), "Répond en général dans la journée"),
        (timedelta(hours=40), "Répond en général en un jour ou deux"),
        (timedelta(days=6), "Répond en général dans la semaine"),
        (timedelta(days=12), None),
    ],
)
async def test_it_is_told_to_everybody_and_blames_nobody(
    visitor: Browser, instance: Instance, lomme: Village, wait: timedelta, words: str | None
) -> None:
    path = listing_path(lomme.site, lomme.tent)
    assert "Répond en général" not in (await visitor.get(path)).words()
    await answer_after(instance, lomme, wait)

    for page in (await visitor.get(path), await visitor.get("/@alice")):
        assert (words in page.words()) if words else ("Répond en général" not in page.words())
