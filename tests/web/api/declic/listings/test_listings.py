"""Listings over our own API: what is found, what is said of each, and who may see it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from models.listings.listings import Listing
from models.store.database import connection, execute, transaction
from tests.factories import make_listing, make_member, make_remote_actor
from tests.namesakes import add_namesakes
from tests.web.api.conftest import Alice
from tests.web.api.declic.contract import Own
from tests.web.api.entities.test_entities import Counting, add_photo

ATOM = "{http://www.w3.org/2005/Atom}"


async def publish(alice: Alice, **changes: Any) -> Listing:
    """A listing by Alice."""
    async with connection(alice.api.pool) as conn:
        return await make_listing(conn, alice.actor, **changes)


async def publish_there(alice: Alice, **changes: Any) -> Listing:
    """A listing by Bob of Hénin, whose cooperative is known."""
    async with connection(alice.api.pool) as conn:
        coop = await make_remote_actor(conn, "coop", type="Organization", name="Le Coin", place_name="Hénin-Beaumont")
        bob = await make_remote_actor(conn, "bob")
        values = {"territory_uri": coop.uri, "commune_code": None} | changes
        return await make_listing(conn, bob, **values)


async def find(own: Own, query: str) -> list[str]:
    """The titles that are found."""
    return [one["title"] for one in await own.get(f"/listings?{query}")]


async def test_one_listing_says_everything_in_typed_fields(alice: Alice, open: Own) -> None:
    made = await publish(
        alice,
        deposit=Decimal("20.00"),
        currency="EUR",
        max_duration="P1W",
        condition="good",
        category="camping",
        begins_at=datetime(2027, 5, 1, tzinfo=UTC),
        quantity=Decimal(2),
    )
    async with connection(alice.api.pool) as conn:
        await add_photo(conn, made.id)

    found = await open.get(f"/listings/{made.id}")

    assert found["id"] == str(made.id)
    assert (found["kind"], found["mode"], found["status"], found["local"]) == ("offer", "loan", "open", True)
    assert (found["deposit"], found["quantity"], found["max_duration"]) == ("20.00", "2", "P1W")
    assert found["begins_at"] == "2027-05-01T00:00:00.000Z"
    assert found["category"]["label_en"] == "Camping and hiking"
    assert found["place"] == {
        "name": "Lomme",
        "postcode": "59160",
        "commune": "59355",
        "latitude": 50.645,
        "longitude": 2.987,
        "radius": 500,
    }
    assert found["author"]["acct"] == "alice"
    assert [photo["description"] for photo in found["photos"]] == ["Une tente verte"]
    assert found["source"] is None


async def test_a_listing_from_elsewhere_names_its_territory(alice: Alice, open: Own) -> None:
    made = await publish_there(alice, repair={"bike_type": "city", "interventions": ["brakes"], "rideable": False})

    found = await open.get(f"/listings/{made.id}")

    assert (found["local"], found["uri"]) == (False, made.uri)
    assert (found["territory"]["host"], found["territory"]["name"]) == ("henin.test", "Le Coin")
    assert found["repair"] == {
        "bike_type": "city",
        "interventions": ["brakes"],
        "wheel_size": None,
        "rideable": False,
        "urgency": None,
    }


async def test_an_exact_point_of_somebody_elsewhere_is_blurred_in_each_format(alice: Alice, open: Own) -> None:
    made = await publish_there(alice, latitude=50.6123456, longitude=2.9123456, radius=0)

    place = (await open.get(f"/listings/{made.id}"))["place"]
    feature = (await open.get("/listings.geojson"))["features"][0]
    entry = ET.fromstring(await open.get("/listings.atom")).find(f"{ATOM}entry")

    assert place["radius"] == 500
    assert abs(place["latitude"] - 50.6123456) > 1e-6
    assert feature["geometry"]["coordinates"] == [round(place["longitude"], 4), round(place["latitude"], 4)]
    assert feature["properties"]["radius"] == 500
    assert entry is not None
    assert entry.findtext("{http://www.georss.org/georss}point") == f"{place['latitude']:.4f} {place['longitude']:.4f}"


@pytest.mark.parametrize("audience", ["coop", "territories"])
async def test_what_is_for_members_only_is_missing_for_anybody(
    alice: Alice, own: Own, open: Own, audience: str
) -> None:
    made = await publish(alice, post={"audience": audience})
    async with connection(alice.api.pool) as conn:
        bob = await alice.api.as_member(await make_member(conn, "bob"))

    assert await open.refused("GET", f"/listings/{made.id}", 404) == await open.refused("GET", "/listings/1", 404)
    assert [await open.get("/listings"), (await open.get("/listings.geojson"))["features"]] == [[], []]
    member = Own(api=bob, document=own.document)
    assert [one["id"] for one in await member.get("/listings")] == [str(made.id)]
    assert (await member.get(f"/listings/{made.id}"))["audience"] == audience


async def test_filters_narrow_and_go_together(alice: Alice, open: Own) -> None:
    tent = await publish(alice, category="camping")
    await publish(alice, title="Vélo crevé", kind="repair_call", mode="repair", category="crevaison")
    await publish(alice, title="Échelle", status="fulfilled", closed_reason="here")
    await publish_there(
        alice,
        title="Machine à coudre",
        place_name="hénin-beaumont",
        postcode="62110",
        latitude=50.42,
        longitude=2.95,
        post={"published_at": datetime.now(UTC) - timedelta(days=9)},
    )
    async with connection(alice.api.pool) as conn:
        await add_photo(conn, tent.id)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    here = "Tente quatre places"

    expected = {
        "": ["Machine à coudre", "Vélo crevé", here],
        "kind=offer&kind=request": ["Machine à coudre", here],
        "kind[]=repair_call": ["Vélo crevé"],
        "mode=loan&category=sport": [here],
        "category=velo-reparation": ["Vélo crevé"],
        "status=fulfilled": ["Échelle"],
        "status=fulfilled&status=open&local=true": ["Échelle", "Vélo crevé", here],
        "commune=59355": ["Vélo crevé", here],
        "commune=Lomme+(59160)&kind=offer": [here],
        "commune=62427": ["Machine à coudre"],
        "postcode=62110": ["Machine à coudre"],
        "around=59355&within=5": ["Vélo crevé", here],
        "around=59355&within=50": ["Machine à coudre", "Vélo crevé", here],
        "territory=henin.test": ["Machine à coudre"],
        "remote=true": ["Machine à coudre"],
        "q=crev%C3%A9": ["Vélo crevé"],
        "with_photo=true": [here],
        "from_places=true": [],
        f"since={yesterday}": ["Vélo crevé", here],
        f"author={alice.actor.id}&kind=offer": [here],
        f"author={2**62}": [],
    }

    assert {query: await find(open, query) for query in expected} == expected


async def test_a_commune_is_asked_for_with_its_parts(alice: Alice, open: Own) -> None:
    await publish(alice)
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE commune SET parent_code = '62427' WHERE code = '59355'")

    assert await find(open, "commune=62427") == ["Tente quatre places"]


async def test_distances_are_told_only_where_the_place_is_known_finely(alice: Alice, open: Own) -> None:
    await publish(alice, latitude=50.645, longitude=3.06, radius=500)
    await publish(alice, latitude=50.645, longitude=3.06, radius=50_000)

    found = await open.get("/listings?around=59355&within=50")

    assert [one["distance_km"] is None for one in found] == [True, False]


REFUSED = {
    "limit=0": "limit",
    "limit=41": "limit",
    "limit=dix": "limit",
    "kind=sale": "kind",
    "category=rien": "category",
    "commune=Nulle-Part": "commune",
    "around=99999": "around",
    "within=0": "within",
    "postcode=5916": "postcode",
    "territory=inconnu.test": "territory",
    "since=hier": "since",
    "since=2027-01-01T00:00:00": "since",
    "max_id=abc": "max_id",
    f"min_id={2**63}": "min_id",
    "author=alice": "author",
    "local=peut-etre": "local",
    f"q={'a' * 201}": "q",
    "&".join(["kind=offer"] * 4): "kind",
}


async def test_what_is_out_of_bounds_is_refused_and_named(open: Own) -> None:
    named = {query: await open.refused("GET", f"/listings?{query}") for query in REFUSED}

    assert named == REFUSED


async def test_a_commune_whose_name_others_bear_takes_its_postcode_or_its_code(alice: Alice, open: Own) -> None:
    async with transaction(alice.api.pool) as conn:
        await add_namesakes(conn)

    refused = await open.ask("GET", "/listings?commune=Saint-Denis")

    assert (refused.status, refused.json["field"]) == (422, "commune")
    assert refused.json["error"].endswith("ajoutez le code postal, ou donnez le code INSEE.")
    assert await find(open, "commune=93200+Saint-Denis") == await find(open, "commune=93066") == []


@pytest.mark.parametrize("format", ["", ".geojson", ".atom"])
async def test_pages_are_walked_down_and_up_by_the_link_header(alice: Alice, open: Own, format: str) -> None:
    made = [str((await publish(alice)).id) for _ in range(5)]

    first = await open.ask("GET", f"/listings{format}?limit=2&kind=offer")
    second = await open.ask("GET", first.links["next"].partition("/declic")[2])
    back = await open.ask("GET", second.links["prev"].partition("/declic")[2])

    assert f"max_id={made[3]}" in first.links["next"]
    assert "kind=offer" in first.links["next"]
    assert f"max_id={made[1]}" in second.links["next"]
    assert back.json == first.json if not format else back.links == first.links


async def test_the_accept_header_chooses_the_format(alice: Alice, open: Own) -> None:
    made = await publish(alice)

    async def ask(accept: str) -> str:
        answer = await open.ask("GET", "/listings", headers={"Accept": accept})
        assert "Accept" in answer.headers["Vary"]
        return str(answer.headers["Content-Type"].partition(";")[0])

    assert await ask("application/geo+json") == "application/geo+json"
    assert await ask("text/html, application/atom+xml;q=0.9") == "application/atom+xml"
    assert await ask("application/json, application/atom+xml;q=0.1") == "application/json"
    assert await ask("image/png") == "application/json"
    assert str(made.id) == (await open.get("/listings.geojson"))["features"][0]["id"]


async def test_a_feed_survives_whatever_others_write(alice: Alice, open: Own) -> None:
    await publish_there(
        alice,
        title="Tente <b>&\x0b \ufffe \U0001f6b2",
        description="<p>A &amp; B</p>",
        post={"url": "javascript:alert(1)"},
    )

    feed = ET.fromstring(await open.get("/listings.atom"))

    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Tente <b>&  \U0001f6b2"
    assert entry.findtext(f"{ATOM}content") == "<p>A &amp; B</p>"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").startswith("https://henin.test/")
    assert {one.tag for one in feed} == {f"{ATOM}{name}" for name in ("id", "title", "updated", "link", "entry")}


async def test_answers_for_anybody_may_be_kept_and_those_for_a_token_not(alice: Alice, own: Own, open: Own) -> None:
    await publish(alice)
    for path in (
        "/listings",
        "/listings.geojson",
        "/listings.atom",
        "/categories",
        "/communes?q=lomme",
        "/territories",
    ):
        kept = await open.ask("GET", path)
        private = await own.ask("GET", path)
        again = await open.api.client.get(f"/api/v1/declic{path}", headers={"If-None-Match": kept.headers["ETag"]})

        assert kept.headers["Cache-Control"].startswith("public, max-age=")
        assert "Authorization" in kept.headers["Vary"]
        assert private.headers["Cache-Control"] == "private, no-store"
        assert again.status == 304


async def test_a_page_of_twenty_costs_as_many_queries_as_a_page_of_one(
    alice: Alice, open: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connection(alice.api.pool) as conn:
        for number in range(20):
            bob = await make_remote_actor(conn, f"bob{number}", f"h{number}.test")
            await add_photo(conn, (await make_listing(conn, bob)).id, number)
    asked: list[int] = []

    class Counted:
        def __init__(self, pool: Any) -> None:
            self.opened = connection(pool)

        async def __aenter__(self) -> Any:
            self.counting = Counting(await self.opened.__aenter__())
            return self.counting

        async def __aexit__(self, *error: Any) -> None:
            asked.append(self.counting.asked)
            await self.opened.__aexit__(*error)

    monkeypatch.setattr("web.api.declic.listings.reading.connection", Counted)

    lengths = [len(await open.get(f"/listings?limit={limit}")) for limit in (1, 20)]

    assert lengths == [1, 20]
    assert asked == [4, 4]
