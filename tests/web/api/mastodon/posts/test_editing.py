"""Changing a note through a client, and the versions that stay of it."""

from datetime import UTC, datetime
from typing import Any

from models import posts
from models.listings import listings
from models.listings.listing_duration import latest_end
from models.posts import NewPost
from models.posts.media import media
from models.posts.media.media import StoredPicture
from models.posts.media.uploads import create_upload
from models.posts.notes import save_remote
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/statuses"

VERSIONS = strict.many(
    strict.shaped(
        {
            "content": strict.html,
            "spoiler_text": strict.text,
            "sensitive": strict.flag,
            "created_at": strict.moment,
            "account": strict.account,
            "media_attachments": strict.many(strict.attachment),
            "emojis": strict.empty,
            "poll": strict.maybe(strict.shaped({"options": strict.many(strict.shaped({"title": strict.text}))})),
        }
    )
)


async def add_upload(alice: Alice, number: int) -> str:
    async with transaction(alice.api.pool) as conn:
        made = await create_upload(
            conn,
            alice.actor.id,
            StoredPicture(
                file_key=f"{number:032x}.jpg",
                thumbnail_key=f"{number + 100:032x}.jpg",
                byte_size=9,
                width=8,
                height=6,
                blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            ),
            f"Photo {number}",
        )
    return str(made.id)


async def edit(alice: Alice, id: str, **data: Any) -> Any:
    answer = await alice.api.ask("PUT", f"{URL}/{id}", json=data)
    assert answer.status == 200, answer
    strict.status(answer.json)
    return answer.json


async def test_an_edited_note_keeps_its_place_and_every_version(alice: Alice) -> None:
    first = await alice.api.post(URL, strict.status, status="Un #Vélo", visibility="unlisted")

    second = await edit(alice, first["id"], status="Deux #Lomme", spoiler_text="Oh")
    third = await edit(alice, first["id"], status="Trois")

    assert (third["id"], third["uri"], third["visibility"]) == (first["id"], first["uri"], "unlisted")
    assert third["created_at"] == first["created_at"] < second["edited_at"] < third["edited_at"]
    assert [tag["name"] for tag in second["tags"]] == ["Lomme"]
    history = await alice.api.get(f"{URL}/{first['id']}/history", VERSIONS)
    assert [one["content"] for one in history] == [first["content"], second["content"], third["content"]]
    assert [one["spoiler_text"] for one in history] == ["", "Oh", ""]
    assert [one["created_at"] for one in history] == [first["created_at"], second["edited_at"], third["edited_at"]]
    source = await alice.api.get(f"{URL}/{first['id']}/source")
    assert source == {"id": first["id"], "text": "Trois", "spoiler_text": ""}


async def test_followers_and_whoever_held_it_get_the_edit(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        carol = await make_remote_actor(conn, "carol", host="carvin.test")
        await make_follow(conn, carol, alice.actor)
        await make_remote_actor(conn)
    status = await alice.api.post(URL, strict.status, status="Bonjour @bob@henin.test")

    await edit(alice, status["id"], status="Bonjour à tous")

    async with connection(alice.api.pool) as conn:
        inboxes = await fetch_column(
            conn,
            "SELECT d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Update' ORDER BY 1",
        )
        body = await fetch_value(conn, "SELECT body FROM activity WHERE type = 'Update'")
    assert inboxes == ["https://carvin.test/inbox", "https://henin.test/inbox"]
    assert '"updated"' in body and "Bonjour à tous" in body


async def test_pictures_and_their_words_change_with_the_note_and_stay_in_its_history(alice: Alice) -> None:
    one, two = await add_upload(alice, 1), await add_upload(alice, 2)
    status = (await alice.api.ask("POST", URL, json={"status": "Voici", "media_ids": [one]})).json

    changed = await edit(
        alice,
        status["id"],
        status="Voici",
        media_ids=[two, one],
        media_attributes=[{"id": one, "description": "Un vélo", "focus": "0.5,-0.5"}],
    )

    assert [(m["id"], m["description"]) for m in changed["media_attachments"]] == [(two, "Photo 2"), (one, "Un vélo")]
    assert changed["media_attachments"][1]["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    history = await alice.api.get(f"{URL}/{status['id']}/history", VERSIONS)
    told = [[m["description"] for m in version["media_attachments"]] for version in history]
    assert told == [["Photo 1"], ["Photo 2", "Un vélo"]]


async def test_an_edit_that_changes_nothing_makes_no_version_that_people_see(alice: Alice) -> None:
    status = await alice.api.post(URL, strict.status, status="Bonjour")

    await edit(alice, status["id"], status="Bonjour")

    assert len(await alice.api.get(f"{URL}/{status['id']}/history", VERSIONS)) == 1


async def test_an_edited_answer_still_names_whom_it_answers(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_remote_actor(conn))
    reply = await alice.api.post(URL, strict.status, status="Libre ?", in_reply_to_id=str(listing.id))

    changed = await edit(alice, reply["id"], status="Encore libre ?")

    assert [one["acct"] for one in changed["mentions"]] == ["bob@henin.test"]
    assert changed["in_reply_to_id"] == str(listing.id)
    assert (await alice.api.get(f"{URL}/{reply['id']}/source"))["text"] == "Encore libre ?"


async def test_whoever_is_named_by_the_edit_is_told_and_whoever_shared_it_too(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_member(conn, "bob"), await make_member(conn, "carol")
    status = await alice.api.post(URL, strict.status, status="Bonjour")
    bobs, carols = await alice.api.as_member(bob), await alice.api.as_member(carol)
    await carols.post(f"{URL}/{status['id']}/reblog", strict.status)

    await edit(alice, status["id"], status="Bonjour @bob")

    assert [one["type"] for one in await bobs.get("/api/v1/notifications")] == ["mention"]
    assert [one["type"] for one in await carols.get("/api/v1/notifications")] == ["update"]


async def test_what_cannot_be_published_cannot_be_made_of_a_note_either(alice: Alice) -> None:
    status = await alice.api.post(URL, strict.status, status="Bonjour")

    for data in ({}, {"status": "x" * 5001}, {"status": "x", "media_ids": ["5"]}, {"status": "x", "language": "../x"}):
        assert (await alice.api.ask("PUT", f"{URL}/{status['id']}", json=data)).status == 422, data

    assert (await alice.api.get(f"{URL}/{status['id']}", strict.status))["edited_at"] is None


async def test_versions_of_others_are_kept_from_their_first_edit_on_and_no_more_than_fifty(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        note = await make_note(conn, bob, content="<p>0</p>")
        for number in range(1, 61):
            new = NewPost(
                uri=note.uri,
                kind="note",
                local=False,
                author_id=bob.id,
                url=note.url,
                audience="network",
                content=f"<p>{number}</p>",
                updated_at=await fetch_value(conn, "SELECT now() + make_interval(secs => $1)", float(number)),
            )
            await save_remote(conn, new)

    history = await alice.api.get(f"{URL}/{note.id}/history", VERSIONS)

    assert [one["content"] for one in history] == [f"<p>{number}</p>" for number in range(10, 61)]


async def test_versions_go_with_the_post(alice: Alice) -> None:
    status = await alice.api.post(URL, strict.status, status="Secret")
    await edit(alice, status["id"], status="Rien")

    await alice.api.ask("DELETE", f"{URL}/{status['id']}")

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post_version") == 0


async def test_pictures_of_a_deleted_note_wait_for_its_second_try(alice: Alice) -> None:
    one = await add_upload(alice, 1)
    status = (await alice.api.ask("POST", URL, json={"status": "Voici", "media_ids": [one]})).json

    deleted = await alice.api.ask("DELETE", f"{URL}/{status['id']}")
    again = await alice.api.ask("POST", URL, json={"status": deleted.json["text"] + " !", "media_ids": [one]})

    assert (deleted.json["text"], [m["id"] for m in deleted.json["media_attachments"]]) == ("Voici", [one])
    assert (again.status, [m["id"] for m in again.json["media_attachments"]]) == (200, [one])


async def test_pictures_go_where_there_will_be_no_second_try(alice: Alice) -> None:
    one = await add_upload(alice, 1)
    status = (await alice.api.ask("POST", URL, json={"status": "Voici", "media_ids": [one]})).json

    await alice.api.ask("DELETE", f"{URL}/{status['id']}?delete_media=true")

    async with connection(alice.api.pool) as conn:
        assert await media.find(conn, int(one)) is None


async def test_a_private_note_stays_for_those_whom_it_names(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
    status = await alice.api.post(URL, strict.status, status="Pour @bob", visibility="direct")

    refused = await alice.api.ask("PUT", f"{URL}/{status['id']}", json={"status": "Pour personne"})
    await edit(alice, status["id"], status="Pour toi @bob", visibility="public")

    assert refused.status == 422
    async with connection(alice.api.pool) as conn:
        held = await posts.find_visible(conn, int(status["id"]), bob.id)
        assert held is not None and held.audience == "direct"


async def test_a_listing_keeps_its_end_whatever_a_client_sends(alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor, expires_at=latest_end(datetime.now(UTC)))
    path = f"{URL}/{listing.id}"

    refused = await alice.api.ask("PUT", path, json={"status": "Pour toujours", "expires_at": "2099-01-01T00:00:00Z"})

    assert (refused.status, refused.json["code"]) == (422, "listing_edited_on_page")
    async with connection(alice.api.pool) as conn:
        held = await listings.find_by_post(conn, listing.id)
    assert held is not None and held.details.expires_at == listing.details.expires_at
