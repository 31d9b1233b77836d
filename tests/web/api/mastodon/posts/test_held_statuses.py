"""An app publishes something that waits for a look: it is answered as ever, and nobody else sees or hears of it."""

from models.moderation import filters, held_posts
from models.moderation.filters import ModerationRule
from models.store.database import connection, fetch_value, transaction
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/statuses"


async def test_its_author_gets_her_status_and_nothing_leaves(alice: Alice) -> None:
    rule = ModerationRule(name="Mots", patterns=("crypto*",), action="hold", on_local=True, on_remote=True)
    async with transaction(alice.api.pool) as conn:
        await filters.save(conn, rule)

    status = await alice.api.post(URL, strict.status, status="Des cryptos ?")

    id = int(status["id"])
    async with connection(alice.api.pool) as conn:
        held = await held_posts.find(conn, id)
        assert held is not None and held.author_id == alice.actor.id
        assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0
        assert await fetch_value(conn, "SELECT count(*) FROM stream_event WHERE object_id = $1", id) == 0
    assert (await alice.api.get(f"{URL}/{id}"))["id"] == status["id"]


async def test_editing_again_begins_with_what_waits_and_others_read_what_stands(alice: Alice) -> None:
    rule = ModerationRule(name="Mots", patterns=("crypto*",), action="hold", on_local=True, on_remote=True)
    async with transaction(alice.api.pool) as conn:
        await filters.save(conn, rule)
    status = await alice.api.post(URL, strict.status, status="Du pain", spoiler_text="Faim")

    typed = {"status": "Des cryptos ?", "spoiler_text": "Soif"}
    answer = await alice.api.ask("PUT", f"{URL}/{status['id']}", json=typed)

    assert answer.status == 200
    source = await alice.api.get(f"{URL}/{status['id']}/source")
    assert source == {"id": status["id"], "text": "Des cryptos ?", "spoiler_text": "Soif"}
    shown = await alice.api.get(f"{URL}/{status['id']}")
    assert (shown["content"], shown["spoiler_text"]) == (status["content"], "Faim")
