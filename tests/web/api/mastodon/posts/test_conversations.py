"""Private notes as conversations, through a client."""

from models.relations.blocking import blocks
from models.store.database import connection
from tests.factories import make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/conversations"
CONVERSATIONS = strict.many(strict.conversation)


async def test_conversations_are_listed_read_and_removed(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, dora = await make_remote_actor(conn), await make_member(conn, "dora")
        note = await make_note(conn, bob, audience="direct", mention_ids=(alice.actor.id,))
    [shown] = await alice.api.get(URL, CONVERSATIONS)
    others = await alice.api.as_member(dora)

    read = await alice.api.post(f"{URL}/{shown['id']}/read", strict.conversation)

    assert (shown["unread"], shown["last_status"]["id"]) == (True, str(note.id))
    assert [one["acct"] for one in shown["accounts"]] == ["bob@henin.test"]
    assert read == shown | {"unread": False}
    assert (await others.ask("POST", f"{URL}/{shown['id']}/read")).status == 404
    assert (await others.ask("DELETE", f"{URL}/{shown['id']}")).status == 404
    assert (await alice.api.ask("DELETE", f"{URL}/{shown['id']}")).json == {}
    assert await alice.api.get(URL) == []
    assert (await alice.api.get(f"/api/v1/statuses/{note.id}", strict.status))["visibility"] == "direct"


async def test_writing_to_somebody_makes_a_conversation_that_is_read(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        dora = await make_member(conn, "dora")
    await alice.api.post("/api/v1/statuses", status="@dora bonjour", visibility="direct")

    [mine] = await alice.api.get(URL, CONVERSATIONS)
    [hers] = await (await alice.api.as_member(dora)).get(URL, CONVERSATIONS)

    assert (mine["unread"], hers["unread"]) == (False, True)
    assert [one["acct"] for one in mine["accounts"]] == ["dora"]


async def test_conversations_are_paged_by_their_last_note_and_without_whom_one_blocks(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        people = [await make_remote_actor(conn, name) for name in ("bob", "carol", "eve")]
        notes = [
            str((await make_note(conn, one, audience="direct", mention_ids=(alice.actor.id,))).id) for one in people
        ]
        await blocks.save(conn, uri="urn:b", actor_id=alice.actor.id, target_id=people[2].id)

    first = await alice.api.ask("GET", f"{URL}?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    upward = await alice.api.ask("GET", f"{URL}?limit=1&min_id={notes[0]}")

    assert [one["last_status"]["id"] for one in first.json] == [notes[1]]
    assert [one["last_status"]["id"] for one in second.json] == [notes[0]]
    assert [one["last_status"]["id"] for one in upward.json] == [notes[1]]
    assert f"min_id={notes[2]}" in first.links["prev"]
