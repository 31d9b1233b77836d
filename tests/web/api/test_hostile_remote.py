"""What hostile servers send goes through the whole inside of the server, and no answer of the API loses its shape."""

from typing import Any

import pytest

from models import posts
from models.news import notifications
from models.people import actors
from models.relations import reactions
from models.store.database import connection, fetch_column
from tests.factories import make_follow
from tests.web.api import hostile_texts, strict
from tests.web.api.conftest import Alice

STATUSES, ACCOUNTS = strict.many(strict.status), strict.many(strict.account)

FIELDS = ("name", "summary", "content", "contentMap", "url", "published", "updated", "sensitive", "attachment", "tag")

OF_LISTING = ("name", "purpose", "unitBased", "proposalStatus", "endTime", "location", "publishes", "reciprocal")

OF_PERSON = ("name", "summary", "url", "published", "icon", "image", "attachment", "tag", "endpoints", "featured")


async def find(alice: Alice, uri: str) -> Any:
    return await alice.api.get("/api/v2/search", strict.results, q=uri, resolve="true")


@pytest.mark.parametrize("base", [hostile_texts.NOTE, hostile_texts.LISTING], ids=["note", "listing"])
async def test_every_answer_with_hostile_data_in_it_keeps_its_shape(alice: Alice, base: dict[str, Any]) -> None:
    mallory = alice.api.fediverse.add_person("mallory", hostile_texts.HOST, **hostile_texts.PERSON)
    document = hostile_texts.make_note(mallory.uri, base, 1)
    alice.api.fediverse.documents[document["id"]] = document
    [found] = (await find(alice, document["id"]))["statuses"]
    async with connection(alice.api.pool) as conn:
        actor = await actors.find_by_uri(conn, mallory.uri)
        assert actor is not None
        await make_follow(conn, alice.actor, actor)
        await make_follow(conn, actor, alice.actor)
        await reactions.share(conn, uri=f"{mallory.uri}#s", actor_id=actor.id, post_id=int(found["id"]))
        await notifications.notify(
            conn, recipient_id=alice.actor.id, type="mention", actor_id=actor.id, post_id=int(found["id"])
        )
    path, account = f"/api/v1/statuses/{found['id']}", f"/api/v1/accounts/{found['account']['id']}"
    for act in ("favourite", "bookmark", "reblog"):
        await alice.api.post(f"{path}/{act}", strict.status)

    for address, check in ((path, strict.status), (f"{path}/context", strict.context), (f"{path}/history", None)):
        await alice.api.get(address, check)
    for name in ("home", "public", "tag/velo"):
        assert await alice.api.get(f"/api/v1/timelines/{name}", STATUSES), name
    for address in ("/api/v1/favourites", "/api/v1/bookmarks", f"{account}/statuses"):
        assert await alice.api.get(address, STATUSES), address
    for address in (f"{account}/followers", f"{account}/following", f"{path}/favourited_by", f"{path}/reblogged_by"):
        assert await alice.api.get(address, ACCOUNTS), address
    await alice.api.get(account, strict.account)
    await alice.api.get("/api/v1/tags/velo", strict.tag)
    assert await alice.api.get("/api/v1/notifications", strict.many(strict.notification))
    assert (found["created_at"][:4], found["account"]["display_name"][:3]) != ("0000", "")


@pytest.mark.parametrize("base", [hostile_texts.NOTE, hostile_texts.LISTING], ids=["note", "listing"])
async def test_junk_in_any_field_of_a_post_breaks_nothing(alice: Alice, base: dict[str, Any]) -> None:
    mallory = alice.api.fediverse.add_person("mallory", hostile_texts.HOST)
    fields = FIELDS if base is hostile_texts.NOTE else OF_LISTING
    spoiled = [document for field in fields for document in hostile_texts.spoil(base, field)]
    for number, document in enumerate(spoiled):
        made = hostile_texts.make_note(mallory.uri, document, number)
        alice.api.fediverse.documents[made["id"]] = made

    kept = [
        bool((await find(alice, f"https://{hostile_texts.HOST}/notes/{number}"))["statuses"])
        for number in range(len(spoiled))
    ]

    assert sum(kept) > len(kept) * 0.9
    async with connection(alice.api.pool) as conn:
        ids = await fetch_column(conn, "SELECT id FROM post")
        assert len(await posts.filter_visible(conn, ids, None)) == sum(kept)
    await alice.api.get("/api/v1/timelines/public?limit=40", STATUSES)


async def test_junk_in_any_field_of_a_person_breaks_nothing(alice: Alice) -> None:
    people = [
        alice.api.fediverse.add_person(f"m{field}{number}", hostile_texts.HOST, **changes)
        for field in OF_PERSON
        for number, changes in enumerate({field: junk} for junk in hostile_texts.JUNK)
    ]

    found = [(await find(alice, person.uri))["accounts"] for person in people]

    assert sum(bool(one) for one in found) > len(people) * 0.9
