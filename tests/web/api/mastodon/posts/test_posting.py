"""Writing, answering and taking back through a client."""

import asyncio
from typing import Any

from models import posts
from models.listings import listings
from models.posts.media.media import StoredPicture
from models.posts.media.uploads import create_upload
from models.store.database import connection, execute, fetch_records, fetch_value
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.outbox.communities.sample_community import found
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/statuses"

UNPUBLISHABLE: tuple[dict[str, Any], ...] = (
    {},
    {"status": "   "},
    {"status": "x" * 5001},
    {"status": "x", "visibility": "secret"},
    {"status": "x", "spoiler_text": "x" * 501},
    {"status": "x", "language": "../../etc"},
    {"status": "x", "media_ids[]": "abc"},
    {"status": "x", "media_ids[]": "5"},
    {"status": "x", "in_reply_to_id": "abc"},
    {"status": "à tous", "visibility": "direct"},
)


async def test_a_note_is_published_as_it_was_typed(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE token SET application_website = 'https://tests.example'")

    status = await alice.api.post(URL, strict.status, status="Bonjour <b>Lomme</b> #Vélo https://a.example/x")

    assert "&lt;b&gt;" in status["content"]
    assert status["tags"] == [{"name": "Vélo", "url": "https://lomme.test/tags/v%C3%A9lo"}]
    assert (status["visibility"], status["language"]) == ("public", "fr")
    assert status["application"] == {"name": "Tests", "website": "https://tests.example"}
    assert [one["id"] for one in await alice.api.get("/api/v1/timelines/home")] == [status["id"]]


async def test_it_is_for_whom_the_client_says(alice: Alice) -> None:
    for visibility in ("public", "unlisted", "private"):
        status = await alice.api.post(URL, strict.status, status="Bonjour", visibility=visibility, spoiler_text="Oh")

        assert (status["visibility"], status["spoiler_text"], status["sensitive"]) == (visibility, "Oh", True)


async def test_a_reply_names_its_author_stands_in_the_thread_and_is_delivered(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        listing = await make_listing(conn, bob)

    reply = await alice.api.post(URL, strict.status, status="Encore libre ?", in_reply_to_id=str(listing.id))

    context = await alice.api.get(f"{URL}/{listing.id}/context", strict.context)
    assert [one["id"] for one in context["descendants"]] == [reply["id"]]
    assert [one["acct"] for one in reply["mentions"]] == ["bob@henin.test"]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT inbox FROM delivery") == "https://henin.test/inbox"


async def test_a_share_can_be_answered_by_its_own_id(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_remote_actor(conn))
    wrapper = await alice.api.post(f"{URL}/{listing.id}/reblog", strict.status)

    reply = await alice.api.post(URL, strict.status, status="Oui", in_reply_to_id=wrapper["id"])

    assert reply["in_reply_to_id"] == str(listing.id)


async def test_an_answer_to_something_private_stays_private(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        secret = await make_note(conn, bob, audience="direct", mention_ids=(alice.actor.id,))

    reply = await alice.api.post(URL, strict.status, status="D’accord", in_reply_to_id=str(secret.id))

    assert reply["visibility"] == "direct"


async def test_what_the_reader_may_not_see_cannot_be_answered(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        secret = await make_note(conn, await make_remote_actor(conn), audience="direct")

    answer = await alice.api.ask("POST", URL, data={"status": "x", "in_reply_to_id": str(secret.id)})

    assert answer.status == 404


async def test_pictures_are_attached_in_their_order_and_only_ones_own(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        made = [
            await create_upload(
                conn,
                owner.id,
                StoredPicture(
                    file_key=f"{number:032x}.jpg",
                    thumbnail_key=f"{number + 9:032x}.jpg",
                    byte_size=9,
                    width=8,
                    height=6,
                    blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                ),
                f"Photo {number}",
            )
            for number, owner in enumerate((alice.actor, alice.actor, bob))
        ]
    first, second, bobs = (str(one.id) for one in made)

    refused = await alice.api.ask("POST", URL, json={"status": "", "media_ids": [first, bobs]})
    status = await alice.api.ask("POST", URL, json={"status": "", "media_ids": [second, first]})

    assert refused.status == 422
    strict.status(status.json)
    assert [one["description"] for one in status.json["media_attachments"]] == ["Photo 1", "Photo 0"]


async def test_what_cannot_be_published_is_refused_with_a_sentence_and_nothing_is_kept(alice: Alice) -> None:
    for data in UNPUBLISHABLE:
        answer = await alice.api.ask("POST", URL, data=data, headers={"Idempotency-Key": "k"})

        assert answer.status == 422, data
    async with connection(alice.api.pool) as conn:
        assert await fetch_records(conn, "SELECT id FROM post UNION ALL SELECT actor_id FROM idempotency") == []


async def test_the_same_key_gives_the_same_status_also_in_parallel(alice: Alice) -> None:
    async def send(key: str) -> str:
        answer = await alice.api.ask("POST", URL, data={"status": "Bonjour"}, headers={"Idempotency-Key": key})
        assert answer.status == 200, answer
        return str(answer.json["id"])

    together = await asyncio.gather(*(send("one") for _ in range(6)))
    again, other = await send("one"), await send("two")

    assert len({*together, again}) == 1
    assert other != again
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == 2


async def test_a_key_is_of_one_person(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await alice.api.as_member(await make_member(conn, "bob"))

    hers = await alice.api.ask("POST", URL, data={"status": "a"}, headers={"Idempotency-Key": "k"})
    his = await bob.ask("POST", URL, data={"status": "b"}, headers={"Idempotency-Key": "k"})

    assert hers.json["id"] != his.json["id"]


async def test_a_key_is_forgotten_after_a_day(alice: Alice) -> None:
    first = await alice.api.ask("POST", URL, data={"status": "a"}, headers={"Idempotency-Key": "k"})
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE idempotency SET created_at = now() - interval '25 hours'")

    second = await alice.api.ask("POST", URL, data={"status": "a"}, headers={"Idempotency-Key": "k"})

    assert first.json["id"] != second.json["id"]


async def test_a_mention_leads_to_the_same_address_in_the_text_and_beside_it(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_member(conn, "carol")
        await make_remote_actor(conn)

    posted = await alice.api.post("/api/v1/statuses", strict.status, status="Merci @carol et @bob@henin.test")

    named = [one["url"] for one in posted["mentions"]]
    assert len(named) == 2
    assert [f'href="{url}" class="u-url mention"' in posted["content"] for url in named] == [True, True]


async def test_whoever_is_named_for_the_first_time_is_looked_up_before(alice: Alice) -> None:
    carol = alice.api.fediverse.add_person("carol", "carvin.test")

    status = await alice.api.post(URL, strict.status, status="Bonjour @carol@carvin.test", visibility="direct")

    assert [one["acct"] for one in status["mentions"]] == ["carol@carvin.test"]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 1
    assert carol.uri in alice.api.fediverse.fetched


async def test_deleting_answers_what_was_typed_and_leaves_a_tombstone(alice: Alice) -> None:
    status = await alice.api.post(URL, strict.status, status="Bonjour #Lomme")

    answer = await alice.api.ask("DELETE", f"{URL}/{status['id']}")

    strict.status(answer.json)
    assert answer.json["text"] == "Bonjour #Lomme"
    assert (await alice.api.ask("GET", f"{URL}/{status['id']}")).status == 404
    async with connection(alice.api.pool) as conn:
        held = await posts.find_by_uri(conn, status["uri"])
    assert held is not None and held.deleted_at is not None


async def test_a_listing_of_ones_own_is_withdrawn_and_never_changed(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor, post={"source": "Une tente"})
    path = f"{URL}/{listing.id}"

    changed = await alice.api.ask("PUT", path, data={"status": "Autre chose"})
    deleted = await alice.api.ask("DELETE", path)

    assert changed.status == 422
    assert listing.post.url in changed.json["error"]
    assert (deleted.status, deleted.json["text"]) == (200, "Une tente")
    async with connection(alice.api.pool) as conn:
        held = await listings.find_by_listing_uri(conn, listing.uri)
    assert held is not None and held.post.deleted_at is not None


async def test_other_peoples_posts_are_neither_changed_nor_deleted(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        note, listing = await make_note(conn, bob), await make_listing(conn, bob)
    wrapper = await (await alice.api.as_member(bob)).post(f"{URL}/{note.id}/reblog", strict.status)

    for id in (note.id, listing.id, wrapper["id"]):
        assert (await alice.api.ask("DELETE", f"{URL}/{id}")).status == 404
        assert (await alice.api.ask("PUT", f"{URL}/{id}", data={"status": "x"})).status == 404


async def test_a_note_inside_a_community_is_for_its_members(alice: Alice) -> None:
    refused = await alice.api.ask("POST", URL, data={"status": "Entre nous", "visibility": "community:remorques"})
    async with connection(alice.api.pool) as conn:
        await found(conn, alice.actor)

    status = await alice.api.post(URL, strict.status, status="#offre Entre nous", visibility="community:remorques")

    assert refused.status == 422
    assert (status["visibility"], "🔒" in status["content"]) == ("private", True)
    async with connection(alice.api.pool) as conn:
        kept = await fetch_records(conn, "SELECT audience, community_id IS NOT NULL AS inside FROM post")
    assert [(row["audience"], row["inside"]) for row in kept] == [("community", True)], "no listing is proposed of it"
