"""The network page: which listings stand there, in which order, and how many are counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from models import searches
from models.ids import make_id
from models.listings.listings import Listing
from models.people.actors import Actor
from models.searches import Cursor, NetworkFilter, Order, pages
from models.searches.ranking import REST, WINDOW, Bounds
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_remote_actor

LOMME = (50.645, 2.987)
LILLE = (50.631, 3.047)
CARVIN = (50.491, 2.958)


def at(place: tuple[float, float]) -> dict[str, Any]:
    return {"latitude": place[0], "longitude": place[1]}


async def find(conn: Connection, **filter: Any) -> list[int]:
    return [found.id for found in await searches.list_network(conn, NetworkFilter(**filter))]


async def test_open_listings_of_everybody_stand_there_newest_first(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first, second = await make_listing(conn, bob), await make_listing(conn, alice, kind="request")
    reserved = await make_listing(conn, bob, status="reserved")
    for status in ("fulfilled", "cancelled", "expired", "paused"):
        await make_listing(conn, bob, status=status)
    deleted = await make_listing(conn, alice)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", deleted.id)

    assert await find(conn) == [reserved.id, second.id, first.id]
    counted = await searches.count_network(conn, NetworkFilter())
    assert counted == {("offer", "loan"): 2, ("request", "loan"): 1}


async def test_members_also_see_what_is_for_the_cooperative_and_friends(conn: Connection) -> None:
    alice = await make_member(conn)
    made = {
        audience: (await make_listing(conn, alice, post={"audience": audience})).id
        for audience in ("network", "unlisted", "coop", "territories", "followers", "direct")
    }

    assert await find(conn) == [made["network"]]
    assert await find(conn, reader_local=True) == [made["territories"], made["coop"], made["network"]]
    assert sum((await searches.count_network(conn, NetworkFilter(reader_local=True))).values()) == 3


async def test_listings_of_suspended_people_are_hidden_everywhere(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await make_listing(conn, bob, **at(LOMME))

    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    assert await find(conn) == []
    assert await find(conn, order="near", **at(LOMME)) == []
    assert await searches.count_network(conn, NetworkFilter()) == {}


async def test_filters_narrow_together(conn: Connection) -> None:
    alice = await make_member(conn)
    there = "https://henin.test/users/coop"
    tent = await make_listing(conn, alice, category="sport", territory_uri=there)
    bike = await make_listing(conn, alice, kind="repair_call", mode="repair", title="Vélo", category="bikes")
    gift = await make_listing(conn, alice, mode="gift", title="Étagère", category="sport")
    await execute(conn, "INSERT INTO media (id, post_id) VALUES (1, $1)", gift.id)

    assert await find(conn, kinds=("repair_call",)) == [bike.id]
    assert await find(conn, modes=("gift", "repair")) == [gift.id, bike.id]
    assert await find(conn, categories=("sport",)) == [gift.id, tent.id]
    assert await find(conn, categories=("sport",), modes=("loan",)) == [tent.id]
    assert await find(conn, territory_uri=there) == [tent.id]
    assert await find(conn, with_photo=True) == [gift.id]


@pytest.mark.parametrize("text", ["etagere", "ÉTAGÈRES", "étagère bois", '"bois massif"', "étagère -verre", "lomme"])
async def test_words_are_found_without_accents_case_and_plural(conn: Connection, text: str) -> None:
    alice = await make_member(conn)
    shelf = await make_listing(conn, alice, title="Étagère", description="<p>En bois massif.</p>")
    await make_listing(conn, alice, title="Table", description="<p>En verre.</p>", place_name="Lille")

    assert await find(conn, text=text) == [shelf.id]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("vélo", "vélos"),
        ("Piano", "PIANOS"),
        ("clou", "clous"),
        ("pneu", "pneus"),
        ("ski", "skis"),
        ("jeu de société", "jeux"),
        ("chou", "choux"),
        ("bateau", "bateaux"),
        ("tente", "tentes"),
        ("outil", "outils"),
        ("cheval à bascule", "chevaux"),
        ("bus", "bus"),
        ("tapis", "tapis"),
    ],
)
async def test_one_and_many_find_each_other(conn: Connection, one: str, many: str) -> None:
    alice = await make_member(conn)
    single = await make_listing(conn, alice, title=one)
    several = await make_listing(conn, alice, title="Lot", description=f"<p>Des {many}, en bon état.</p>")

    for text in (one.split()[0], many, many.upper()):
        assert await find(conn, text=text) == [single.id, several.id]


async def test_what_no_search_would_type_finds_nothing_and_breaks_nothing(conn: Connection) -> None:
    await make_listing(conn, await make_member(conn))

    for text in ("tente & | !", "' OR 1=1", "(((", "tente:*b", '"'):
        await find(conn, text=text)
    assert await find(conn, text="   ") != []


async def test_a_radius_keeps_what_is_near_and_tells_how_far(conn: Connection) -> None:
    alice = await make_member(conn)
    lille, carvin = await make_listing(conn, alice, **at(LILLE)), await make_listing(conn, alice, **at(CARVIN))
    nowhere = await make_listing(conn, alice, latitude=None, longitude=None)

    near = await searches.list_network(conn, NetworkFilter(radius=6, **at(LOMME)))
    far = await searches.list_network(conn, NetworkFilter(radius=25, order="near", **at(LOMME)))
    everywhere = await searches.list_network(conn, NetworkFilter(order="near", **at(LOMME)))

    assert [found.id for found in near] == [lille.id]
    assert near[0].distance == pytest.approx(4.5, abs=0.1)
    assert [found.id for found in far] == [lille.id, carvin.id]
    assert far[1].distance == pytest.approx(17.2, abs=0.2)
    assert [found.id for found in everywhere] == [lille.id, carvin.id, nowhere.id]
    assert everywhere[2].distance is None
    assert (await searches.list_network(conn, NetworkFilter()))[0].distance is None
    assert await searches.count_network(conn, NetworkFilter(radius=6, **at(LOMME))) == {("offer", "loan"): 1}


async def test_a_radius_is_a_circle_and_no_square(conn: Connection) -> None:
    alice = await make_member(conn)
    place = at(LOMME)
    inside = await make_listing(conn, alice, latitude=place["latitude"] + 0.04, longitude=place["longitude"])
    await make_listing(conn, alice, latitude=place["latitude"] + 0.04, longitude=place["longitude"] + 0.06)
    filter = NetworkFilter(radius=5, **place)

    assert [one.id for one in await searches.list_network(conn, filter)] == [inside.id]
    assert sum((await searches.count_network(conn, filter)).values()) == 1


async def test_nearest_first_without_a_place_is_newest_first(conn: Connection) -> None:
    alice = await make_member(conn)
    one, two = await make_listing(conn, alice), await make_listing(conn, alice)

    assert await find(conn, order="near") == [two.id, one.id]


@pytest.mark.parametrize(
    "filter",
    [
        NetworkFilter(),
        NetworkFilter(order="new"),
        NetworkFilter(order="ending"),
        NetworkFilter(text="tente"),
        NetworkFilter(**at(LOMME)),
        NetworkFilter(order="near", **at(LOMME)),
        NetworkFilter(text="tente", order="near", **at(LOMME)),
        NetworkFilter(text="tente", **at(LOMME)),
    ],
)
async def test_pages_follow_one_another(conn: Connection, filter: NetworkFilter) -> None:
    alice = await make_member(conn)
    made = {(await make_listing(conn, alice, **at(LILLE))).id for _ in range(5)}
    whole = [one.id for one in await searches.list_network(conn, filter)]

    first = await searches.search_network(conn, filter, limit=2)
    newer = await make_listing(conn, alice, **at(LOMME))
    second = await searches.search_network(conn, filter, after=through(first.next), limit=2)
    third = await searches.search_network(conn, filter, after=through(second.next), limit=2)

    pages = [[one.id for one in page.found] for page in (first, second, third)]
    assert pages == [whole[:2], whole[2:4], whole[4:]] and set(whole) == made
    assert third.next is None and newer.id not in {id for page in pages for id in page}


def through(cursor: Cursor | None) -> Cursor | None:
    """The cursor as it comes back from an address."""
    assert cursor is not None
    return Cursor.read(str(cursor))


async def test_what_ends_first_stands_first_and_what_does_not_end_last(conn: Connection) -> None:
    alice = await make_member(conn)
    never = await make_listing(conn, alice)
    late = await make_listing(conn, alice, expires_at=datetime(2099, 2, 1, tzinfo=UTC))
    soon = await make_listing(conn, alice, expires_at=datetime(2099, 1, 1, tzinfo=UTC))

    assert await find(conn, order="ending") == [soon.id, late.id, never.id]


async def test_words_distance_and_age_count_together(conn: Connection) -> None:
    alice = await make_member(conn)
    old = await make_old(conn, alice, days=90, title="Tente", **at(LILLE))
    text_only = await make_listing(conn, alice, title="Sac", description="<p>Avec une tente.</p>", **at(LOMME))
    far = await make_listing(conn, alice, title="Tente", latitude=48.85, longitude=2.35)
    new = await make_listing(conn, alice, title="Tente", **at(LILLE))

    assert await find(conn, text="tente", **at(LOMME)) == [new.id, old.id, far.id, text_only.id]


async def make_old(conn: Connection, author: Actor, *, days: int, **details: Any) -> Listing:
    """A listing that came so many days ago."""
    made = await make_listing(conn, author, **details)
    id = make_id(datetime.now(UTC) - timedelta(days=days))
    await execute(conn, "SET LOCAL session_replication_role = replica")
    await execute(conn, "UPDATE listing SET post_id = $2 WHERE post_id = $1", made.id, id)
    await execute(conn, "UPDATE post SET id = $2 WHERE id = $1", made.id, id)
    await execute(conn, "SET LOCAL session_replication_role = DEFAULT")
    return replace(made, post=replace(made.post, id=id))


async def test_who_somebody_is_does_not_count(conn: Connection) -> None:
    known, new = await make_member(conn, "alice", roles=["admin"]), await make_member(conn, "bob")
    for number in range(3):
        await make_listing(conn, known, title="Table", status="fulfilled" if number else "open")
    hers, his = await make_listing(conn, known, **at(LILLE)), await make_listing(conn, new, **at(LILLE))

    assert await find(conn, text="tente", **at(LOMME)) == [his.id, hers.id]


@pytest.mark.parametrize("order", ["best", "near", "new", "ending"])
async def test_windows_that_are_too_small_change_nothing(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    alice = await make_member(conn)
    for number in range(8):
        place: dict[str, Any] = {"latitude": 50.6 + number / 50, "longitude": 2.987}
        await make_listing(conn, alice, title="Tente" if number % 3 else "Vélo", **place)
    filter = NetworkFilter(text="tente", order=order, **at(LOMME))
    whole = [one.id for one in await searches.list_network(conn, filter)]
    monkeypatch.setattr(pages, "Bounds", partial(Bounds, window=3, candidates=2, walked=3, near_walked=3))
    monkeypatch.setattr(pages, "MOST_RANKED", -1)
    monkeypatch.setattr(pages, "MOST_SORTED", -1)

    seen: list[int] = []
    after: Cursor | None = None
    while True:
        page = await searches.search_network(conn, filter, after=after, limit=2)
        seen += [one.id for one in page.found]
        after = page.next
        if after is None:
            break

    assert len(seen) == len(set(seen)) and set(seen) == set(whole) and len(whole) == 5
    assert order == "best" or seen == whole


@pytest.mark.parametrize("order", ["best", "near", "new", "ending"])
async def test_windows_give_nothing_that_is_not_open(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    alice = await make_member(conn)
    places: list[dict[str, Any]] = [{"latitude": 50.7 + number / 10, "longitude": 2.987} for number in range(8)]
    offered = [(await make_listing(conn, alice, title="Tente", **place)).id for place in places]
    for status in ("paused", "fulfilled", "expired"):
        first = await make_listing(conn, alice, title="Tente", status=status, **at(LOMME))
        await execute(conn, "UPDATE listing SET expires_at = now() + interval '1 day' WHERE post_id = $1", first.id)
    monkeypatch.setattr(pages, "MOST_RANKED", -1)
    monkeypatch.setattr(pages, "MOST_SORTED", -1)

    page = await searches.search_network(conn, NetworkFilter(order=order, **at(LOMME)), limit=1)

    assert page.next is not None and page.next.way == WINDOW
    assert [one.id for one in page.found] == [offered[0] if order in ("best", "near") else offered[-1]]


@pytest.mark.parametrize("order", ["near", "new", "ending"])
async def test_a_cursor_of_another_order_begins_this_one(conn: Connection, order: Order) -> None:
    listing = await make_listing(conn, await make_member(conn))
    foreign = Cursor(begun=listing.id, way=REST, id=listing.id, value=1)

    page = await searches.search_network(conn, NetworkFilter(order=order, **at(LOMME)), after=foreign)

    assert [one.id for one in page.found] == [listing.id]


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é", "A" * 44, "-" * 44, "_" * 500, "%00"])
def test_a_cursor_that_is_none_begins_at_the_beginning(text: str) -> None:
    assert Cursor.read(text) is None
