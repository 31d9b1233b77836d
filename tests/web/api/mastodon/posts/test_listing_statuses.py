"""Offers, requests and repair calls as clients see them, row by row: ours and those of other territories alike."""

from decimal import Decimal
from typing import Any

import pytest

from models.listings.listings import ListingDraft
from models.people.actors import Actor
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.repairs.calls import figures
from models.store.database import connection, execute, transaction
from outbox.listings import listings as outbox
from tests.factories import make_follow, make_listing, make_member, make_remote_actor
from tests.outbox.sent_activities import make_streams
from tests.payloads import load_json
from tests.web.api import strict
from tests.web.api.conftest import Alice

HOME = "/api/v1/timelines/home"
STATUSES = strict.many(strict.status)


@pytest.fixture
async def streams(alice: Alice) -> dict[str, Actor]:
    """The Groups of our territory, the one for offers followed by Alice."""
    async with connection(alice.api.pool) as conn:
        streams = await make_streams(conn)
        await make_follow(conn, alice.actor, streams["offres"])
        await execute(conn, "UPDATE actor SET territory_uri = $1 WHERE id = $2", streams["coop"].uri, alice.actor.id)
    return streams


async def publish(alice: Alice, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "kind": "offer",
        "mode": "sale",
        "title": "Tente <quatre> places",
        "text": "Facile à monter. #Camping",
        "place_name": "Hénin-Beaumont",
        "price": Decimal(25),
        "condition": "good",
        "category": "sport",
    }
    async with transaction(alice.api.pool) as conn:
        return await outbox.publish(conn, alice.api.site, alice.actor, ListingDraft(**(values | changes)))


async def test_a_listing_of_ours_says_everything_in_its_text(alice: Alice, streams: dict[str, Actor]) -> None:
    listing = await publish(alice)

    status = await alice.api.get(f"/api/v1/statuses/{listing.id}", strict.status)

    content = status["content"]
    assert content.startswith("<p><strong>💶 Vente\u00a0: Tente &lt;quatre&gt; places, 25\u00a0€</strong></p>")
    assert f'📍 Hénin-Beaumont · bon état · <a href="{status["url"]}">voir et répondre</a></p>' in content
    names = [tag["name"] for tag in status["tags"]]
    assert {"Offre", "HéninBeaumont", "OffreHéninBeaumont", "Camping"} <= set(names)
    for tag in status["tags"]:
        assert f'<a href="{tag["url"]}" class="mention hashtag" rel="tag">#<span>{tag["name"]}</span></a>' in content
    assert (status["uri"], status["url"]) == (listing.uri, listing.post.url)
    assert (status["spoiler_text"], status["sensitive"], status["visibility"]) == ("", False, "public")
    assert (status["card"], status["poll"], status["in_reply_to_id"]) == (None, None, None)
    assert (status["emojis"], status["mentions"], status["edited_at"]) == ([], [], None)
    assert status["language"] == "fr"


@pytest.mark.parametrize("outcome", ["done", "elsewhere", "cancelled"])
async def test_a_closed_listing_is_marked_before_its_title_and_as_edited(
    alice: Alice, streams: dict[str, Actor], outcome: str
) -> None:
    listing = await publish(alice)
    async with transaction(alice.api.pool) as conn:
        await outbox.close(conn, alice.api.site, alice.actor, listing.uri, outcome)

    status = await alice.api.get(f"/api/v1/statuses/{listing.id}", strict.status)

    state = "❌ Annulé" if outcome == "cancelled" else "✅ Pourvu"
    assert status["content"].startswith(f"<p><strong>{state} — 💶 Vente")
    assert status["edited_at"] is not None
    assert status["edited_at"] >= status["created_at"]


async def test_the_groups_of_a_territory_boost_what_is_published_there(alice: Alice, streams: dict[str, Actor]) -> None:
    listing = await publish(alice)

    [boost] = await alice.api.as_anybody().get(f"/api/v1/accounts/{streams['offres'].id}/statuses", STATUSES)

    assert (boost["account"]["username"], boost["account"]["group"]) == ("offres", True)
    assert (boost["reblog"]["id"], boost["reblog"]["account"]["group"]) == (str(listing.id), False)
    assert boost["content"] == boost["reblog"]["content"]
    assert [one["id"] for one in await alice.api.get(HOME, STATUSES)] == [str(listing.id)]
    async with connection(alice.api.pool) as conn:
        dora = await make_member(conn, "dora")
        await make_follow(conn, dora, streams["offres"])
    [hers] = await (await alice.api.as_member(dora)).get(HOME, STATUSES)
    assert (hers["id"], hers["reblog"]["id"]) == (boost["id"], str(listing.id))


@pytest.mark.parametrize("name", ["note_loan_offer", "note_gift_offer", "note_loan_request", "note_repair_call"])
async def test_a_listing_of_another_territory_is_a_status_like_ours(alice: Alice, name: str) -> None:
    document = load_json(f"declic/{name}" if name != "note_gift_offer" else "declic/create_note_gift_offer")
    document = document.get("object", document) if document["type"] == "Create" else document
    document = {"@context": load_json("declic/note_loan_offer")["@context"]} | document
    there = document["attributedTo"].split("/")[2]
    alice.api.fediverse.add_person(document["attributedTo"].rpartition("/")[2], there)
    alice.api.fediverse.documents[document["id"]] = document
    async with transaction(alice.api.pool) as conn:
        await make_follow(conn, alice.actor, await make_remote_actor(conn, "coop", there))

    found = await alice.api.get("/api/v2/search", strict.results, q=document["id"], resolve="true")
    [status] = found["statuses"]
    async with connection(alice.api.pool) as conn:
        photos = [RemoteDocument(url=f"https://{there}/{n}.jpg", mime_type="image/jpeg") for n in range(6)]
        await media.save_remote(conn, int(status["id"]), photos)
    status = await alice.api.get(f"/api/v1/statuses/{status['id']}", strict.status)

    assert status["content"].startswith("<p><strong>")
    assert (status["uri"], status["url"]) == (document["id"], document["url"])
    assert {tag["name"] for tag in status["tags"]} == {
        tag["name"].removeprefix("#") for tag in document["tag"] if tag["type"] == "Hashtag"
    }
    assert len(status["media_attachments"]) == 4
    assert (status["visibility"], status["sensitive"], status["spoiler_text"]) == ("public", False, "")
    assert (status["card"], status["poll"], status["language"]) == (None, None, "fr")
    assert [one["id"] for one in await alice.api.get("/api/v1/timelines/public?remote=true", STATUSES)] == [
        status["id"]
    ]


@pytest.mark.parametrize("address", ["/api/v1/statuses/{id}", "/api/v1/declic/listings/{id}"])
async def test_a_repair_call_that_an_app_opens_is_counted_for_who_was_told(alice: Alice, address: str) -> None:
    async with transaction(alice.api.pool) as conn:
        caller = await make_member(conn, "hocine")
        call = await make_listing(conn, caller, kind="repair_call", mode="repair", repair={})
        await execute(conn, "INSERT INTO repair_call_told VALUES ($1, $2)", call.id, alice.actor.id)

    for _ in range(2):
        assert (await alice.api.ask("GET", address.format(id=call.id))).status == 200

    async with connection(alice.api.pool) as conn:
        assert (await figures.count_here(conn, call.id)).opened == 1
