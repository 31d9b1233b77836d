"""Categories, communes and territories over our own API; following a territory."""

from models import preferences
from models.listings import categories
from models.own_categories import Subcategory
from models.relations import follows
from models.store.database import connection, transaction
from tests.factories import make_follow, make_listing, make_remote_actor
from tests.web.api.conftest import Alice
from tests.web.api.declic.contract import Own

TENT = {"kind": "offer", "mode": "loan", "title": "Tente quatre places", "commune": "59355"}


async def test_the_tree_of_categories_has_both_languages(open: Own) -> None:
    found = await open.get("/categories")

    assert [one["slug"] for one in found] == [one.slug for one in categories.CATEGORIES]
    [camping] = [one for one in found if one["slug"] == "camping"]
    assert (camping["label_fr"], camping["label_en"], camping["parent"]) == (
        "Camping et randonnée",
        "Camping and hiking",
        "sport",
    )
    assert camping["uri"] == "https://w3id.org/declic/cat#camping"


async def test_what_is_closed_here_and_what_is_ours_is_said_and_taken(own: Own, alice: Alice) -> None:
    roof = Subcategory(slug="camping.tentes", label="Tentes de toit")
    async with transaction(alice.api.pool) as conn:
        await preferences.write(conn, {"categories_closed": ("film",), "subcategories": (roof,)})

    listed = {one["slug"]: one for one in await own.get("/categories")}
    made = await own.ask("POST", "/listings", json=TENT | {"category": roof.slug})

    assert [slug for slug, one in listed.items() if one["closed"]] == ["film"]
    assert [one["label"] for one in listed.values() if one["own"]] == ["Tentes de toit"]
    assert listed[roof.slug]["parent"] == "camping" and listed[roof.slug]["uri"] == listed["camping"]["uri"]
    assert made.json["category"]["slug"] == "camping"
    assert made.json["subcategory"] == {"slug": roof.slug, "label": "Tentes de toit"}
    found = [await own.get(f"/listings?category={slug}") for slug in (roof.slug, "camping", "vaisselle")]
    assert [len(one) for one in found] == [1, 1, 0]
    for gone in ("camping.duvets", "film"):
        assert (await own.ask("POST", "/listings", json=TENT | {"category": gone})).status == 422
    changed = await own.ask("PATCH", f"/listings/{made.json['id']}", json={"title": "Tente haute"})
    assert changed.json["subcategory"] is not None, "what is not said stays"


async def test_communes_are_found_as_they_are_typed(open: Own) -> None:
    found = await open.get("/communes?q=lomm")

    assert [(one["code"], one["postcodes"]) for one in found] == [("59355", ["59160"])]
    assert await open.get("/communes?q=zz") == []
    assert await open.refused("GET", "/communes") == "q"
    assert await open.refused("GET", "/communes?q=lomme&limit=100") == "limit"


async def test_territories_are_those_of_the_network_page(alice: Alice, own: Own, open: Own) -> None:
    async with transaction(alice.api.pool) as conn:
        coop = await make_remote_actor(conn, "coop", type="Organization", name="Le Coin", place_name="Hénin-Beaumont")
        offers = await make_remote_actor(conn, "offres", type="Group")
        await make_follow(conn, alice.actor, offers)
        await make_listing(conn, await make_remote_actor(conn), territory_uri=coop.uri, category="camping")

    [seen] = await own.get("/territories?q=henin")

    assert (seen["host"], seen["name"], seen["place"]) == ("henin.test", "Le Coin", "Hénin-Beaumont")
    assert (seen["listings"], seen["offers"], seen["requests"]) == (1, 1, 0)
    assert (seen["followed"], seen["requested"], seen["counted_here"]) == (True, False, True)
    assert (seen["categories"], seen["places"]) == (["camping"], ["Lomme"])
    assert await own.get("/territories?q=lens") == []
    assert await open.get("/territories") == []  # nobody but Alice brought it here


async def test_a_territory_is_followed_through_its_streams_and_no_longer(alice: Alice, own: Own) -> None:
    offers = alice.api.fediverse.add_person("offres", "lens.test", type="Group")

    asked = await own.ask("POST", "/territories/Lens.test/follow")
    async with connection(alice.api.pool) as conn:
        rows = await follows.list_asked(conn, alice.actor.id)
    ended = await own.ask("POST", "/territories/lens.test/unfollow")

    assert asked.json["host"] == "lens.test"
    assert [(one["acct"], one["following"], one["requested"]) for one in asked.json["followed"]] == [
        ("offres@lens.test", False, True)
    ]
    assert [row.state for row in rows] == ["pending"]
    assert offers.uri in alice.api.fediverse.fetched
    assert ended.json == {"host": "lens.test", "followed": []}
    async with connection(alice.api.pool) as conn:
        assert await follows.list_asked(conn, alice.actor.id) == []


async def test_a_territory_that_is_not_there_or_is_ours_is_said_so(alice: Alice, own: Own) -> None:
    nowhere = await own.ask("POST", "/territories/nowhere.test/follow")
    ours = await own.ask("POST", f"/territories/{alice.api.site.host}/follow")
    none = await own.ask("POST", "/territories/nowhere.test/unfollow")

    assert (nowhere.status, ours.status) == (422, 422)
    assert "nowhere.test" in nowhere.json["error"]
    assert none.json["followed"] == []
