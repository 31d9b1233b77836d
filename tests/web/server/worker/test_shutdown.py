"""An instance whose time has come: archives, then farewells, each once however often it is stopped; then 410."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from federation.instance import Instance
from models.coop import shutdown
from models.coop.shutdown import Farewells
from models.errors import Conflict
from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import BUILT_IN
from models.store.database import Pool, connection, fetch_column, fetch_value, transaction
from outbox.listings.listings import publish
from outbox.people import built_in_actors
from tests.factories import make_follow, make_member, make_remote_actor
from tests.web.form_client import list_mails, shared_keys
from tests.web.small_app import make_instance, serving
from web.activitypub.routes import ROUTES
from web.security.one_time_links import make_setup_link
from web.server.worker.shutdown import go_on

DELETED = "SELECT object_uri FROM activity WHERE type = 'Delete' ORDER BY id"


@pytest.fixture
async def instance(pool: Pool) -> Instance:
    """Lomme, which was to end a minute ago: Ada administers, Bob is followed from another server."""
    instance = make_instance(pool)
    async with transaction(pool) as conn:
        await built_in_actors.create_built_in_actors(conn, instance.site, dict.fromkeys(BUILT_IN, shared_keys()))
        await make_member(conn, "ada", roles=["admin"])
        bob = await make_member(conn, "bob")
        coop = await actors.find_local(conn, "coop")
        assert coop is not None
        for followed in (bob, coop):
            await make_follow(
                conn, await make_remote_actor(conn, f"fan_of_{followed.username}", "henin.test"), followed
            )
        await shutdown.begin(conn, by=None, due_at=datetime.now(UTC) - timedelta(minutes=1))
    return instance


async def find(instance: Instance) -> shutdown.Shutdown:
    async with connection(instance.pool) as conn:
        found = await shutdown.find(conn)
    assert found is not None
    return found


async def test_archives_are_made_before_anybody_goes_and_every_actor_says_farewell_once(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.server.worker.shutdown.MOST_FAREWELLS", 3)
    copied: list[str] = []

    async def write_copy(copied_one: Instance) -> int:
        copied.append(copied_one.site.url)
        return 1

    monkeypatch.setattr("web.server.static_copy.write_copy", write_copy)
    for _ in range(5):
        await go_on(instance)
    offered = await find(instance)
    async with connection(instance.pool) as conn:
        archives = await fetch_value(conn, "SELECT count(*) FROM archive WHERE state = 'making'")
        before = await fetch_column(conn, DELETED)
    assert offered.offered_until is not None
    for _ in range(6):
        await go_on(instance, at=offered.offered_until)
    async with connection(instance.pool) as conn:
        deleted = [uri.rpartition("/")[2] for uri in await fetch_column(conn, DELETED)]
        told = await fetch_column(
            conn, "SELECT a.object_uri FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Delete'"
        )
        farewells = await shutdown.count_farewells(conn)
        link = await make_setup_link(conn, instance.site)

    assert copied == [instance.site.url]
    assert (archives, before) == (2, []) and offered.archived_through > 0
    assert deleted[:2] == ["bob", "ada"] and deleted[-1] == "instance" and set(deleted[2:]) == set(BUILT_IN)
    assert {uri.rpartition("/")[2] for uri in told} == {"bob", "coop"}
    assert farewells == Farewells(left_here=0, waiting=2, told=0, failed=0)
    assert (await find(instance)).ended_at is not None
    assert link is None, "nobody sets it up anew"


async def test_nothing_happens_before_its_time_and_nothing_new_is_published_after(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        bob = await actors.find_local(conn, "bob")
        assert bob is not None
        with pytest.raises(Conflict, match="shutdown_closing"):
            await publish(conn, instance.site, bob, ListingDraft(kind="offer", mode="loan", title="Tente"))

    await go_on(instance, at=datetime.now(UTC) - timedelta(hours=1))

    assert (await find(instance)).archived_through == 0 and await list_mails(instance) == []


async def test_an_ended_instance_answers_410_to_all_but_probes(instance: Instance) -> None:
    async def show(_: web.Request) -> web.Response:
        return web.Response(text="here")

    routes = [web.get("/annonces", show), web.get("/api/v1/instance", show), *ROUTES]
    document = {"Accept": "application/activity+json"}
    async with serving(instance, routes) as client:
        before = [(await client.get(path)).status for path in ("/annonces", "/api/v1/instance")]
        for _ in range(2):
            await go_on(instance)
        async with transaction(instance.pool) as conn:
            await shutdown.note_copied(conn)
        for _ in range(3):
            await go_on(instance, at=datetime.now(UTC) + timedelta(days=15))
        instance.ended.clear()

        page = await client.get("/annonces", headers={"Accept": "text/html"})
        after = [page.status, (await client.get("/api/v1/instance")).status, (await client.post("/inbox")).status]
        actor = await client.get("/users/bob", headers=document)
        words, tombstone = await page.text(), await actor.json(content_type=None)
        probe = await client.get("/healthz")

    assert (before, after, probe.status) == ([200, 200], [410, 410, 410], 200)
    assert "a fermé sa plateforme" in words and "/connexion" not in words
    assert (actor.status, tombstone["type"]) == (410, "Tombstone")
