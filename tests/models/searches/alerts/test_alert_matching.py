"""A new listing is held against all alerts: what each filter lets pass, who may be told of it, and that it is once."""

from typing import Any

import pytest

from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.relations.blocking import blocks, mutes
from models.searches import NetworkFilter
from models.searches.alerts import alert_matching, alerts
from models.searches.alerts.alerts import AlertDraft
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_follow, make_listing, make_member, make_remote_actor

LOMME = {"place_name": "Lomme", "postcode": "59160", "commune_code": "59355", "latitude": 50.645, "longitude": 2.987}
NEAR = {"latitude": 50.63, "longitude": 3.03}


async def watch(conn: Connection, actor_id: int, *, rhythm: Any = "daily", **filter: Any) -> int:
    """She wants to be told of this search."""
    draft = AlertDraft(parameters=repr(filter), filter=NetworkFilter(**filter), rhythm=rhythm)
    return (await alerts.create(conn, actor_id, draft))[0].id


async def match_all(conn: Connection) -> list[str]:
    """Hold what waits against the alerts; who has found something."""
    for listing in await alert_matching.take_unmatched(conn):
        await alert_matching.match(conn, listing)
    return await fetch_column(
        conn, "SELECT a.username FROM alert_find f JOIN actor a ON a.id = f.actor_id ORDER BY f.listing_id, a.username"
    )


@pytest.fixture(autouse=True)
async def communes(conn: Connection) -> None:
    """Lomme, a part of Lille, as the list of communes has it."""
    await execute(
        conn,
        """
        INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name, precision,
            parent_code, kind)
        VALUES ('59355', 'Lomme', ' lomme', '{59160}', '59', '32', '200093201', 'MEL', 'exact', '59350', 'associated')
        """,
    )


FILTERS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    ({"text": "tentes"}, {"title": "Tente 4 places"}, True),
    ({"text": "tente"}, {"title": "Réchaud"}, False),
    ({"text": "tente -enfant"}, {"title": "Tente d’enfant"}, False),
    ({"kinds": ("request", "repair_call")}, {"kind": "request"}, True),
    ({"kinds": ("request",)}, {"kind": "offer"}, False),
    ({"modes": ("gift", "loan")}, {"mode": "loan"}, True),
    ({"modes": ("gift",)}, {"mode": "loan"}, False),
    ({"categories": ("sport", "camping")}, {"category": "camping"}, True),
    ({"categories": ("sport",)}, {"category": "cuisine"}, False),
    ({"categories": ("sport",)}, {"category": None}, False),
    ({"territory_uri": "https://henin.test/users/coop"}, {"territory_uri": "https://henin.test/users/coop"}, True),
    ({"territory_uri": "https://henin.test/users/coop"}, {"territory_uri": None}, False),
    ({"territory_uris": ("https://a.test/c", "https://b.test/c")}, {"territory_uri": "https://b.test/c"}, True),
    ({"radius": 5.0, **NEAR}, LOMME, True),
    ({"radius": 2.0, **NEAR}, LOMME, False),
    ({"radius": 5.0, **NEAR}, {"latitude": None, "longitude": None}, False),
    ({"communes": ("59355",)}, LOMME, True),
    ({"communes": ("59355",)}, LOMME | {"commune_code": None}, True),
    ({"communes": ("59350",)}, LOMME | {"commune_code": "59355"}, True),
    ({"communes": ("59560",)}, LOMME, False),
    ({"epcis": ("200093201",)}, LOMME, True),
    ({"epcis": ("200093201",), "communes": ("62065",)}, LOMME, True),
    ({"epcis": ("246200364",)}, LOMME, False),
    ({"with_photo": True}, {}, False),
    ({"from_places": True}, {}, False),
    ({"text": "tente", "modes": ("loan",), "radius": 10.0, **NEAR}, LOMME | {"title": "Tente", "mode": "loan"}, True),
    ({"text": "tente", "modes": ("gift",), "radius": 10.0, **NEAR}, LOMME | {"title": "Tente", "mode": "loan"}, False),
]


@pytest.mark.parametrize(("filter", "listing", "found"), FILTERS)
async def test_each_filter_of_an_alert_narrows_what_it_finds(
    conn: Connection, filter: dict[str, Any], listing: dict[str, Any], found: bool
) -> None:
    await watch(conn, (await make_member(conn, "awa")).id, **filter)

    await make_listing(conn, await make_remote_actor(conn), **listing)

    assert await match_all(conn) == (["awa"] if found else [])


AUDIENCES = [("network", True), ("coop", True), ("territories", True), ("unlisted", False), ("followers", False),
    ("direct", False), ("author", False)]  # fmt: skip


@pytest.mark.parametrize(("audience", "found"), AUDIENCES)
async def test_members_are_told_of_what_stands_in_lists_for_members(
    conn: Connection, audience: str, found: bool
) -> None:
    await watch(conn, (await make_member(conn, "awa")).id)

    await make_listing(conn, await make_member(conn, "bob"), post={"audience": audience})

    assert await match_all(conn) == (["awa"] if found else [])


async def test_nobody_is_told_who_wrote_it_or_hides_from_the_author_or_is_gone(conn: Connection) -> None:
    bob = await make_member(conn, "bob")
    people = {name: await make_member(conn, name) for name in ("blocks", "blocked", "mutes", "closed", "stopped")}
    for one in (bob, *people.values()):
        await watch(conn, one.id)
    await blocks.save(conn, uri="https://lomme.test/a", actor_id=people["blocks"].id, target_id=bob.id)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=bob.id, target_id=people["blocked"].id)
    await mutes.save(conn, actor_id=people["mutes"].id, target_id=bob.id, notifications=False)
    await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", people["closed"].id)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", people["stopped"].id)

    await make_listing(conn, bob)

    assert await match_all(conn) == []


async def test_of_somebody_limited_those_alone_are_told_who_follow_her(conn: Connection) -> None:
    bob, awa, zoe = await make_remote_actor(conn), await make_member(conn, "awa"), await make_member(conn, "zoe")
    await execute(conn, "UPDATE actor SET limited_at = now() WHERE id = $1", bob.id)
    await make_follow(conn, awa, bob)
    for one in (awa, zoe):
        await watch(conn, one.id)

    await make_listing(conn, bob)

    assert await match_all(conn) == ["awa"]


@pytest.mark.parametrize("change", ["suspended_at = now()", "away_until = now() + interval '1 day'"])
async def test_what_somebody_who_is_suspended_or_away_offers_is_found_once_she_is_back(
    conn: Connection, change: str
) -> None:
    bob = await make_remote_actor(conn)
    await execute(conn, f"UPDATE actor SET {change} WHERE id = $1", bob.id)
    await watch(conn, (await make_member(conn, "awa")).id)
    await make_listing(conn, bob)
    before = await match_all(conn)

    await execute(conn, "UPDATE actor SET suspended_at = NULL, away_until = NULL WHERE id = $1", bob.id)

    assert (before, await match_all(conn)) == ([], ["awa"])


@pytest.mark.parametrize("status", ["fulfilled", "cancelled", "expired", "paused"])
async def test_what_is_not_to_be_had_is_found_when_it_is_opened_again(conn: Connection, status: str) -> None:
    await watch(conn, (await make_member(conn, "awa")).id)
    made = await make_listing(conn, await make_remote_actor(conn), status=status)
    before = await match_all(conn)

    await execute(conn, "UPDATE listing SET status = 'open' WHERE post_id = $1", made.id)

    assert (before, await match_all(conn)) == ([], ["awa"])


async def test_what_waited_for_its_host_or_for_a_look_is_found_once_it_stands(conn: Connection) -> None:
    await watch(conn, (await make_member(conn, "awa")).id)
    made = await make_listing(conn, await make_remote_actor(conn), post={"audience": "author"})
    before = await match_all(conn)

    await execute(conn, "UPDATE post SET audience = 'network' WHERE id = $1", made.id)

    assert (before, await match_all(conn)) == ([], ["awa"])


async def test_whoever_was_told_is_told_no_more_after_an_edit_and_each_listing_is_found_by_one_of_her_alerts(
    conn: Connection,
) -> None:
    awa = await make_member(conn, "awa")
    weekly, daily = await watch(conn, awa.id, text="tente", rhythm="weekly"), await watch(conn, awa.id, modes=("loan",))
    made = await make_listing(conn, await make_remote_actor(conn), title="Tente")
    await match_all(conn)

    await execute(conn, "UPDATE listing SET title = 'Grande tente' WHERE post_id = $1", made.id)
    await match_all(conn)

    assert await fetch_column(conn, "SELECT alert_id FROM alert_find") == [daily]
    assert weekly != daily


@pytest.mark.parametrize(
    ("first", "before", "found"),
    [("alert", "Tente", ["awa"]), ("alert", "Tante", ["awa"]), ("listing", "Tente", []), ("listing", "Tante", ["awa"])],
)
async def test_an_edit_is_told_to_those_whose_alert_was_there_before_the_listing_or_whose_words_it_has_only_now(
    conn: Connection, first: str, before: str, found: list[str]
) -> None:
    """Whoever keeps a search has seen what it finds that day."""
    awa, bob = await make_member(conn, "awa"), await make_remote_actor(conn)
    if first == "alert":
        await watch(conn, awa.id, text="tente")
    made = await make_listing(conn, bob, title=before)
    await match_all(conn)
    if first == "listing":
        await watch(conn, awa.id, text="tente")

    for title in ("Tente 4 places", "Tente 4 places, verte"):
        await execute(conn, "UPDATE listing SET title = $2 WHERE post_id = $1", made.id, title)

    assert await match_all(conn) == found


@pytest.mark.parametrize("by", ["here", "elsewhere"])
async def test_a_photo_that_comes_later_is_found_by_those_who_want_one(conn: Connection, by: str) -> None:
    await watch(conn, (await make_member(conn, "awa")).id, with_photo=True)
    bob = await make_member(conn, "bob") if by == "here" else await make_remote_actor(conn)
    made = await make_listing(conn, bob)
    before = await match_all(conn)

    if by == "here":
        await execute(conn, "INSERT INTO media (id, owner_id) VALUES (1, $1)", bob.id)
        await execute(conn, "UPDATE media SET post_id = $1", made.id)
    else:
        document = RemoteDocument(url="https://henin.test/1.jpg", mime_type="image/jpeg", description="")
        await media.save_remote(conn, made.id, [document])

    assert (before, await match_all(conn)) == ([], ["awa"])


async def test_an_alert_that_rests_finds_nothing(conn: Connection) -> None:
    awa = await make_member(conn, "awa")
    await alerts.pause(conn, awa.id, await watch(conn, awa.id), paused=True)

    await make_listing(conn, await make_remote_actor(conn))

    assert await match_all(conn) == []
