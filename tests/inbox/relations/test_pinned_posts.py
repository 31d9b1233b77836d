"""The pinned posts of somebody elsewhere: read from their collection, believed no more than what is sent."""

from typing import Any

from inbox.relations.pinned_posts import ask_once_a_day, read_featured
from models import posts
from models.people.actors import Actor
from models.relations import pins
from models.store.database import connection, execute, transaction
from tests.database_queries import count_jobs
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def read(desk: Desk, actor: Actor, *items: Any) -> list[str]:
    """Serve this collection, read it, and tell which posts are pinned now."""
    uri = str(actor.featured_uri)
    desk.fediverse.documents[uri] = {"id": uri, "type": "OrderedCollection", "orderedItems": list(items)}
    await read_featured(desk.instance, {"actor": actor.id})
    async with connection(desk.instance.pool) as conn:
        ids = await pins.list_pinned(conn, actor.id)
        found = {post.id: post.uri for post in await posts.list_by_ids(conn, ids)}
    return [found[id] for id in ids]


async def test_pinned_posts_come_in_their_order_and_tell_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    actor = await desk.follow(alice, bob)
    notes = [desk.note(bob, content=f"<p>{number}</p>") for number in range(3)]
    for note in notes:
        desk.fediverse.documents[note["id"]] = note

    pinned = await read(desk, actor, notes[2], notes[0]["id"], notes[1], {"type": "Hashtag", "name": "#a"})

    assert pinned == [notes[2]["id"], notes[0]["id"], notes[1]["id"]]
    assert await read(desk, actor, notes[1]) == [notes[1]["id"]]
    assert await desk.told(alice) == []


async def test_ax19_what_is_somebody_elses_private_or_lies_elsewhere_is_left_out(desk: Desk, bob: Person) -> None:
    actor = await desk.meet(bob)
    carol = desk.fediverse.add_person("carol", "henin.test")
    hers, secret = desk.note(carol), desk.note(bob, to=[f"{bob.uri}/followers"], cc=[])
    embedded = desk.note(bob, content="<p>Nothing stands at its address</p>")
    for note in (hers, secret):
        desk.fediverse.documents[note["id"]] = note

    pinned = await read(desk, actor, hers["id"], secret["id"], embedded, "https://evil.test/notes/1", 5)

    assert pinned == []
    assert "https://evil.test/notes/1" not in desk.fediverse.fetched


async def test_a_collection_that_cannot_be_read_changes_nothing(desk: Desk, bob: Person) -> None:
    actor = await desk.meet(bob)
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = note
    await read(desk, actor, note)
    del desk.fediverse.documents[str(actor.featured_uri)]

    await read_featured(desk.instance, {"actor": actor.id})

    async with connection(desk.instance.pool) as conn:
        assert len(await pins.list_pinned(conn, actor.id)) == 1


async def test_it_is_asked_for_once_a_day(desk: Desk, bob: Person) -> None:
    actor = await desk.meet(bob)

    for _ in range(2):
        async with transaction(desk.instance.pool) as conn:
            await ask_once_a_day(conn, actor)
            waiting = await count_jobs(conn)

    assert waiting == 1
    async with transaction(desk.instance.pool) as conn:
        assert not await pins.claim_refresh(conn, actor.id)
        await execute(conn, "UPDATE actor SET featured_at = now() - interval '25 hours'")
        assert await pins.claim_refresh(conn, actor.id)
