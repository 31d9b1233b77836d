"""An offer and a need that go together find each other, where their owners want to be told."""

from typing import Any

import pytest

from models.people.actors import Actor
from models.relations.blocking import blocks
from models.searches.alerts import match_choices, matches
from models.searches.alerts.match_choices import MatchChoice
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_listing, make_member, make_remote_actor

NEAR = {"latitude": 50.63, "longitude": 3.03}

TRAILER: dict[str, Any] = {"title": "Remorque à vélo", "category": "remorque"}
SOUGHT: dict[str, Any] = {"kind": "request", "title": "Cherche remorque", "category": "remorque"} | NEAR

PAIRS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    (TRAILER, SOUGHT, True),
    (TRAILER, SOUGHT | {"category": None}, True),
    (TRAILER, SOUGHT | {"title": "On recherche des remorques"}, True),
    (TRAILER, SOUGHT | {"title": "Besoin urgent : remorque pour un déménagement"}, True),
    (TRAILER, SOUGHT | {"title": "Cherche tondeuse", "category": "outil-jardin"}, False),
    (TRAILER, SOUGHT | {"category": "couture"}, False),
    (TRAILER, SOUGHT | {"kind": "offer"}, False),
    (TRAILER, SOUGHT | {"latitude": 50.42, "longitude": 2.95}, False),
    (TRAILER, SOUGHT | {"latitude": None, "longitude": None}, False),
    (TRAILER | {"status": "paused"}, SOUGHT, False),
    (TRAILER, SOUGHT | {"status": "fulfilled"}, False),
    ({"title": "Cherche", "category": "remorque"}, SOUGHT, False),
    ({"title": "Vélo", "category": "velo"}, SOUGHT | {"title": "Vélo d’enfant", "category": "velo-enfant"}, True),
    (
        {"title": "Réparation de vélos", "mode": "service", "category": "velo-reparation"},
        {"kind": "repair_call", "mode": "repair", "title": "Pneu à plat", "category": "crevaison"} | NEAR,
        True,
    ),
    (TRAILER, {"kind": "repair_call", "mode": "repair", "title": "Remorque", "category": "crevaison"} | NEAR, False),
]


async def list_told(conn: Connection) -> list[str]:
    return await fetch_column(
        conn, "SELECT a.username FROM match_told t JOIN actor a ON a.id = t.actor_id ORDER BY a.username"
    )


@pytest.mark.parametrize("first", ["offer", "need"])
@pytest.mark.parametrize(("offer", "need", "fits"), PAIRS)
async def test_what_goes_together_is_told_to_whoever_was_there_first(
    conn: Connection, offer: dict[str, Any], need: dict[str, Any], fits: bool, first: str
) -> None:
    awa, bob = await make_member(conn, "awa"), await make_remote_actor(conn)
    await match_choices.save(conn, awa.id, MatchChoice(needs=True, offers=True))

    mine, theirs = (offer, need) if first == "offer" else (need, offer)
    await make_listing(conn, awa, **mine)
    fresh = await make_listing(conn, bob, **theirs)
    told = await matches.match(conn, fresh.id)

    assert told == (1 if fits else 0)
    assert await matches.match(conn, fresh.id) == 0


@pytest.mark.parametrize(
    ("owner", "seeker", "told"),
    [
        (MatchChoice(needs=True), None, True),
        (MatchChoice(offers=True), None, False),
        (None, None, False),
        (MatchChoice(needs=True, radius=2), None, False),
        (MatchChoice(needs=True), MatchChoice(shown=True), True),
        (MatchChoice(needs=True), MatchChoice(shown=False), False),
    ],
)
async def test_both_sides_have_a_say(
    conn: Connection, owner: MatchChoice | None, seeker: MatchChoice | None, told: bool
) -> None:
    awa, zoe = await make_member(conn, "awa"), await make_member(conn, "zoe")
    for actor, choice in ((awa, owner), (zoe, seeker)):
        if choice is not None:
            await match_choices.save(conn, actor.id, choice)
    await make_listing(conn, awa, **TRAILER)

    await matches.match(conn, (await make_listing(conn, zoe, **SOUGHT)).id)

    assert await list_told(conn) == (["awa"] if told else [])


async def make_owners(conn: Connection, zoe: Actor) -> dict[str, Actor]:
    """Trailers of people who differ in whom they see and are seen by."""
    owners = {name: await make_member(conn, name) for name in ("plain", "away", "stopped", "limited", "blocks")}
    for owner in owners.values():
        await match_choices.save(conn, owner.id, MatchChoice(needs=True))
        await make_listing(conn, owner, **TRAILER)
    await execute(conn, "UPDATE actor SET away_until = now() + interval '1 day' WHERE id = $1", owners["away"].id)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", owners["stopped"].id)
    await execute(conn, "UPDATE actor SET limited_at = now() WHERE id = $1", owners["limited"].id)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=owners["blocks"].id, target_id=zoe.id)
    return owners


async def test_whoever_seeks_reads_who_has_it_nearby_nearest_first_and_each_person_once(conn: Connection) -> None:
    zoe, bob = await make_member(conn, "zoe"), await make_remote_actor(conn)
    owners = await make_owners(conn, zoe)
    near = await make_listing(conn, bob, **(TRAILER | NEAR))
    await make_listing(conn, bob, **TRAILER)
    await make_listing(conn, await make_member(conn, "inside"), post={"audience": "coop"}, **TRAILER)
    await make_listing(conn, zoe, **TRAILER)
    need = await make_listing(conn, zoe, **SOUGHT)

    found = await matches.list_near(conn, need.id, 5)

    assert [one.author_id for one in found] == [bob.id, owners["plain"].id]
    assert found[0].id == near.id
    assert await matches.list_near(conn, need.id, 2) == found[:1]


async def test_nobody_is_told_who_is_away_gone_or_hides_from_her_or_knows_it_by_an_alert(conn: Connection) -> None:
    zoe = await make_member(conn, "zoe")
    owners = await make_owners(conn, zoe)
    knows = await make_member(conn, "knows")
    await match_choices.save(conn, knows.id, MatchChoice(needs=True))
    await make_listing(conn, knows, **TRAILER)
    need = await make_listing(conn, zoe, **SOUGHT)
    await execute(
        conn, "INSERT INTO search_alert (id, actor_id, parameters, rhythm) VALUES (1, $1, '', 'daily')", knows.id
    )
    await execute(conn, "INSERT INTO alert_find (actor_id, listing_id, alert_id) VALUES ($1, $2, 1)", knows.id, need.id)

    await matches.match(conn, need.id)

    assert await list_told(conn) == ["limited", "plain"]
    assert owners.keys() >= {"limited", "plain"}
