"""Publishing, changing, closing and withdrawing over our own API: the same verbs and rules as the pages."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import preferences
from models.listings import listings
from models.listings.listing_duration import latest_end
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people import member_locations
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.outbox.communities.sample_community import found
from tests.web.api.conftest import Alice
from tests.web.api.declic.contract import Own
from tests.web.api.mastodon.posts.test_media import picture, upload

TENT = {"kind": "offer", "mode": "loan", "title": "Tente quatre places", "commune": "59355"}

CALL = {
    "kind": "repair_call",
    "title": "Ne freine plus",
    "commune": "59355",
    "interventions": ["brakes"],
    "mode": "repair",
}


async def create(own: Own, **changes: Any) -> Any:
    """A listing that was published."""
    answer = await own.ask("POST", "/listings", json=TENT | changes)
    assert answer.status == 200, answer
    return answer.json


async def test_an_offer_is_published_with_all_its_terms_and_sent(alice: Alice, own: Own) -> None:
    async with connection(alice.api.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn), alice.actor)
    photo = (await upload(alice.api, picture(), description="Une tente verte")).json["id"]

    made = await create(
        own,
        text="Facile à monter.",
        category="camping",
        deposit="20",
        max_duration="P1W",
        condition="good",
        quantity=2,
        media_ids=[photo],
        begins_at="2027-05-01T00:00:00Z",
        ends_at="2027-05-09T00:00:00Z",
    )

    assert (made["status"], made["audience"], made["source"]) == ("open", "network", "Facile à monter.")
    assert (made["deposit"], made["quantity"], made["condition"]) == ("20", "2", "good")
    assert (made["place"]["commune"], made["place"]["postcode"]) == ("59355", "59160")
    assert [one["id"] for one in made["photos"]] == [photo]
    assert made["expires_at"] is None, "what is lent has no end of its own"
    assert await own.get(f"/listings/{made['id']}") == made
    async with connection(alice.api.pool) as conn:
        assert await fetch_column(conn, "SELECT type FROM activity") == ["Create"]
        assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 1


async def test_a_form_says_the_same_as_json(own: Own) -> None:
    pairs = [*[*CALL.items()][:3], ("interventions[]", "brakes"), ("interventions[]", "chain"), ("rideable", "false")]

    made = (await own.ask("POST", "/listings", data=pairs)).json

    assert (made["kind"], made["mode"], made["category"]["slug"]) == ("repair_call", "repair", "velo-reparation")
    assert made["repair"] == {
        "bike_type": None,
        "interventions": ["brakes", "chain"],
        "wheel_size": None,
        "rideable": False,
        "urgency": None,
    }


async def test_without_a_commune_it_is_the_members_own_or_her_blurred_home(alice: Alice, own: Own) -> None:
    without = {name: value for name, value in TENT.items() if name != "commune"}
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE account SET default_commune_code = '59355' WHERE actor_id = $1", alice.actor.id)

    plain = (await own.ask("POST", "/listings", json=without)).json
    refused = await own.refused("POST", "/listings", json=TENT | {"around_home": True})
    async with transaction(alice.api.pool) as conn:
        await member_locations.save_location(conn, alice.actor.id, (50.6412345, 2.9812345))
    blurred = await create(own, around_home=True)

    assert plain["place"]["commune"] == "59355"
    assert refused == "around_home"
    assert blurred["place"]["radius"] == 500
    assert blurred["place"]["latitude"] != 50.6412345


WRONG: dict[str, dict[str, Any]] = {
    "kind": {"kind": "sale"},
    "mode": {"mode": "sale"},
    "title": {"title": " "},
    "text": {"text": "a" * 4001},
    "category": {"category": "crevaison"},
    "commune": {"commune": "Nulle Part"},
    "around_home": {"around_home": True},
    "media_ids": {"media_ids": ["1"]},
    "condition": {"condition": "broken"},
    "quantity": {"quantity": 1000},
    "unit": {"unit": "hour"},
    "first_come": {"first_come": True},
    "price": {"price": "5"},
    "free_price": {"free_price": True},
    "wants": {"wants": "Des confitures"},
    "deposit": {"deposit": "12.345"},
    "max_duration": {"max_duration": "une semaine"},
    "begins_at": {"begins_at": "demain"},
    "ends_at": {"begins_at": "2027-05-09T00:00:00Z", "ends_at": "2027-05-01T00:00:00Z"},
    "expires_at": {"expires_at": "2020-01-01T00:00:00Z"},
    "bike_type": {"bike_type": "city"},
    "interventions": CALL | {"interventions": []},
    "wheel_size": CALL | {"wheel_size": "a" * 61},
    "rideable": CALL | {"rideable": "un peu"},
    "urgency": CALL | {"urgency": "Hier"},
    "audience": {"audience": "direct"},
    "language": {"language": "klingon!"},
}


async def test_what_is_wrong_is_refused_by_its_field_and_nothing_is_kept(alice: Alice, own: Own) -> None:
    named = {
        field: await own.refused("POST", "/listings", json=TENT | wrong, headers={"Idempotency-Key": "k"})
        for field, wrong in WRONG.items()
    }

    assert named == {field: field for field in WRONG}
    assert set(WRONG) == set(own.document["components"]["schemas"]["NewListing"]["properties"])
    async with connection(alice.api.pool) as conn:
        assert await fetch_column(conn, "SELECT id FROM post UNION ALL SELECT actor_id FROM idempotency") == []


async def test_a_listing_stands_until_the_last_moment_allowed_and_not_a_second_longer(own: Own) -> None:
    latest = latest_end(datetime.now(UTC))
    later = {"expires_at": (latest + timedelta(seconds=1)).isoformat()}

    made = await create(own, expires_at=latest.isoformat())

    assert datetime.fromisoformat(made["expires_at"]) == latest
    assert await own.refused("POST", "/listings", json=TENT | later) == "expires_at"
    assert await own.refused("PATCH", f"/listings/{made['id']}", json=later) == "expires_at"


@pytest.mark.parametrize("missing", ["kind", "title", "mode"])
async def test_what_is_missing_is_named(own: Own, missing: str) -> None:
    sent = {name: value for name, value in TENT.items() if name != missing}

    assert await own.refused("POST", "/listings", json=sent) == missing


@pytest.mark.parametrize("money", ["NaN", "-1", "1e999999", "0", "Infinity", "1e-9"])
async def test_no_number_breaks_anything(own: Own, money: str) -> None:
    assert await own.refused("POST", "/listings", json=TENT | {"deposit": money}) == "deposit"


async def test_a_sale_is_had_where_the_cooperative_allows_it_and_has_a_price(alice: Alice, own: Own) -> None:
    async with transaction(alice.api.pool) as conn:
        await preferences.save(conn, preferences.Preferences(modes=("gift", "sale")))

    assert await own.refused("POST", "/listings", json=TENT | {"mode": "sale"}) == "price"
    made = await create(own, mode="sale", price="12.50")

    assert made["exchange"] == {"price": "12.50", "currency": "EUR", "free_price": False, "wants": None}
    assert await own.refused("POST", "/listings", json=TENT) == "mode"


async def test_a_service_is_by_the_hour_and_a_gift_for_the_first_who_asks(own: Own) -> None:
    service = await create(own, mode="service", unit="hour", quantity=6)
    gift = await create(own, mode="gift", first_come=True)

    assert (service["unit"], service["quantity"], gift["first_come"]) == ("hour", "6", True)
    assert await own.refused("POST", "/listings", json=TENT | {"mode": "loan", "unit": "hour"}) == "unit"
    assert await own.refused("POST", "/listings", json=TENT | {"mode": "loan", "first_come": True}) == "first_come"
    changed = (await own.ask("PATCH", f"/listings/{service['id']}", json={"mode": "loan"})).json
    assert changed["unit"] == "one"


async def test_a_picture_without_words_waits_for_them(alice: Alice, own: Own) -> None:
    photo = (await upload(alice.api, picture())).json["id"]

    refused = await own.ask("POST", "/listings", json=TENT | {"media_ids": [photo]})
    await alice.api.ask("PUT", f"/api/v1/media/{photo}", data={"description": "Une tente"})
    made = await create(own, media_ids=[photo])

    assert refused.status == 422
    assert f"/api/v1/media/{photo}" in refused.json["error"]
    assert made["photos"][0]["description"] == "Une tente"


async def test_the_same_key_gives_the_same_listing_also_in_parallel(alice: Alice, own: Own) -> None:
    async def send(key: str) -> str:
        answer = await own.ask("POST", "/listings", json=TENT, headers={"Idempotency-Key": key})
        return str(answer.json["id"])

    together = await asyncio.gather(*(send("one") for _ in range(4)))
    again, other = await send("one"), await send("two")

    assert len({*together, again}) == 1
    assert other != again
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == 2


async def test_a_key_that_made_a_note_makes_no_listing(alice: Alice, own: Own) -> None:
    headers = {"Idempotency-Key": "k"}
    await alice.api.ask("POST", "/api/v1/statuses", data={"status": "Bonjour"}, headers=headers)

    await own.refused("POST", "/listings", 409, json=TENT, headers=headers)


async def test_a_change_leaves_what_it_does_not_name_and_null_takes_out(alice: Alice, own: Own) -> None:
    made = await create(own, text="Facile.", category="camping", deposit="20", max_duration="P1W")

    answer = await own.ask("PATCH", f"/listings/{made['id']}", json={"title": "Grande tente", "deposit": None})

    changed = answer.json
    different = {name for name in made if made[name] != changed[name]}
    assert different == {"title", "deposit", "exchange", "edited_at"}  # the currency went with the money
    assert (changed["title"], changed["deposit"], changed["max_duration"]) == ("Grande tente", None, "P1W")
    async with connection(alice.api.pool) as conn:
        assert await fetch_column(conn, "SELECT type FROM activity ORDER BY id") == ["Create", "Update"]


async def test_a_change_begins_with_the_version_that_waits(alice: Alice, own: Own) -> None:
    made = await create(own, text="Facile.")
    async with transaction(alice.api.pool) as conn:
        rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)
        await filters.save(conn, rule)

    waits = (await own.ask("PATCH", f"/listings/{made['id']}", json={"text": "Payable en cryptos"})).json
    await own.ask("PATCH", f"/listings/{made['id']}", json={"title": "Grande tente"})

    async with connection(alice.api.pool) as conn:
        [draft] = await fetch_column(conn, "SELECT draft FROM held_post")
    assert (waits["source"], draft["title"], draft["text"]) == ("Facile.", "Grande tente", "Payable en cryptos")


async def test_terms_of_another_mode_are_taken_out(own: Own) -> None:
    made = await create(own, deposit="20", max_duration="P1W")

    changed = (await own.ask("PATCH", f"/listings/{made['id']}", data={"mode": "gift"})).json

    assert (changed["mode"], changed["deposit"], changed["max_duration"]) == ("gift", None, None)


async def test_an_audience_only_widens_and_is_never_widened_silently(own: Own) -> None:
    made = await create(own, audience="coop")

    same = (await own.ask("PATCH", f"/listings/{made['id']}", json={"title": "Tente"})).json
    wider = (await own.ask("PATCH", f"/listings/{made['id']}", json={"audience": "network"})).json
    refused = await own.refused("PATCH", f"/listings/{made['id']}", json={"audience": "coop"})

    assert (same["audience"], wider["audience"], refused) == ("coop", "network", "audience")


async def test_what_became_of_it_is_told_and_withdrawing_takes_it_back(alice: Alice, own: Own) -> None:
    path = f"/listings/{(await create(own))['id']}"

    states = []
    for outcome in ("paused", "open", "done", "elsewhere", "cancelled"):
        told = (await own.ask("POST", f"{path}/state", json={"outcome": outcome})).json
        states.append((told["status"], told["closed_reason"]))
    refused = await own.refused("POST", f"{path}/state", json={"outcome": "perdu"})
    gone = await own.ask("DELETE", path)

    assert states == [
        ("paused", None),
        ("open", None),
        ("fulfilled", "here"),
        ("fulfilled", "elsewhere"),
        ("cancelled", None),
    ]
    assert (refused, gone.status) == ("outcome", 200)
    await own.refused("GET", path, 404)
    async with connection(alice.api.pool) as conn:
        assert await fetch_column(conn, "SELECT type FROM activity ORDER BY id DESC LIMIT 1") == ["Delete"]


async def test_nobody_changes_what_is_somebody_elses_or_no_listing(alice: Alice, own: Own) -> None:
    async with transaction(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        theirs = [await make_listing(conn, bob), await make_listing(conn, await make_remote_actor(conn, "carol"))]
        note = await make_note(conn, alice.actor)
    ids = [*(one.id for one in theirs), note.id, 1, 2**63, "0" * 19]

    for id in ids:
        await own.refused("PATCH", f"/listings/{id}", 404, json={"title": "A"})
        await own.refused("POST", f"/listings/{id}/state", 404, json={"outcome": "done"})
        await own.refused("DELETE", f"/listings/{id}", 404)

    async with connection(alice.api.pool) as conn:
        found = await listings.list_by_posts(conn, [one.id for one in theirs])
    assert [found[one.id].details.title for one in theirs] == ["Tente quatre places"] * 2


async def test_scopes_and_persons_are_asked_for(alice: Alice, own: Own, open: Own) -> None:
    reading = Own(api=await alice.api.as_member(alice.actor, "read"), document=own.document)

    await open.refused("POST", "/listings", 401, json=TENT)
    assert "write:statuses" in await reading.refused("POST", "/listings", 403, json=TENT)
    assert "write:follows" in await reading.refused("POST", "/territories/henin.test/follow", 403)


async def test_a_community_of_hers_is_named_as_audience(alice: Alice, own: Own) -> None:
    refused = await own.ask("POST", "/listings", json=TENT | {"audience": "community:remorques"})
    async with transaction(alice.api.pool) as conn:
        await found(conn, alice.actor)

    made = await create(own, audience="community:remorques")

    assert (refused.status, made["audience"]) == (422, "community:remorques")
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT audience FROM post WHERE kind = 'listing'") == "community"
    status = await alice.api.get(f"/api/v1/statuses/{made['id']}")
    assert (status["visibility"], "🔒 Remorques en commun" in status["content"]) == ("private", True)
