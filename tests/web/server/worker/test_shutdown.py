"""An instance whose time has come: archives, then farewells, each once however often it is stopped; then 410."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from federation.instance import Instance
from models.coop import shutdown
from models.coop.shutdown import Farewells
from models.errors import Conflict, Unfinished
from models.listings.listings import ListingDraft
from models.people import accounts, actors
from models.people.actors import BUILT_IN, Actor
from models.people.arrivals import waiting_accounts
from models.people.arrivals.answer_mails import TeamAnswer
from models.personal_data import export_archives
from models.personal_data.export_archives import Unmade
from models.settings import Site
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from models.traffic.outbound.inboxes import Inbox
from outbox.listings.listings import publish
from outbox.people import built_in_actors
from outbox.people.accounts import approve_sign_up, end
from tests.factories import make_follow, make_member, make_remote_actor
from tests.web.applicants import add_applicant
from tests.web.form_client import list_mails, shared_keys
from tests.web.small_app import make_instance, serving
from web.activitypub.routes import ROUTES
from web.security.one_time_links import make_setup_link
from web.server.worker import jobs
from web.server.worker.shutdown import go_on

READY = "UPDATE archive SET state = 'ready', file_key = id::text, byte_size = 1, expires_at = now()"
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

    async def write_copy(copied_one: Instance, *, whole: bool) -> int:
        copied.append(f"{copied_one.site.url} {whole}")
        return 1

    monkeypatch.setattr("web.server.static_copy.write_copy", write_copy)
    for _ in range(3):
        await go_on(instance)
    waiting = await find(instance)
    async with transaction(instance.pool) as conn:
        archives = await fetch_value(conn, "SELECT count(*) FROM archive WHERE state = 'making'")
        await execute(conn, READY)
    await go_on(instance)
    offered = await find(instance)
    async with connection(instance.pool) as conn:
        before = await fetch_column(conn, DELETED)
    assert waiting.offered_until is None and offered.offered_until is not None
    await go_on(instance, at=offered.offered_until - timedelta(minutes=1))
    assert copied == [], "as people left them, not as they were"
    for _ in range(7):
        await go_on(instance, at=offered.offered_until)
    async with connection(instance.pool) as conn:
        deleted = [uri.rpartition("/")[2] for uri in await fetch_column(conn, DELETED)]
        told = await fetch_column(
            conn, "SELECT a.object_uri FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Delete'"
        )
        farewells = await shutdown.count_farewells(conn)
        link = await make_setup_link(conn, instance.site)

    assert copied == [f"{instance.site.url} True"]
    assert (archives, before) == (2, []) and offered.archived_through > 0
    assert deleted[:2] == ["bob", "ada"] and deleted[-1] == "instance" and set(deleted[2:]) == set(BUILT_IN)
    assert sorted(uri.rpartition("/")[2] for uri in told) == ["bob", "coop", "instance"], "the last one by name too"
    assert farewells == Farewells(left_here=0, waiting=3, told=0, failed=0)
    assert (await find(instance)).ended_at is not None
    assert link is None, "nobody sets it up anew"


async def test_archives_are_tried_again_waited_for_and_kept_until_everybody_goes(instance: Instance) -> None:
    await go_on(instance)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE archive SET state = 'failed', asked_at = now() - interval '2 hours'")
    states = []
    for _ in range(3):
        await go_on(instance)
        async with connection(instance.pool) as conn:
            states.append((await export_archives.count_unmade(conn), (await find(instance)).offered_until))
    async with transaction(instance.pool) as conn:
        await execute(conn, f"{READY} - interval '1 day' WHERE id = (SELECT min(id) FROM archive)")
        await export_archives.forget_old(conn)
    await go_on(instance, at=(due := (await find(instance)).due_at) + shutdown.ARCHIVES_WAIT)
    async with transaction(instance.pool) as conn:
        await export_archives.finish(
            conn, await fetch_value(conn, "SELECT id FROM archive WHERE state = 'making'"), file_key="b", byte_size=1
        )
        kept = await fetch_column(conn, "SELECT expires_at FROM archive")

    assert states == [(Unmade(making=2, failed=0, again=[]), None)] * 3
    assert kept == [due + shutdown.ARCHIVES_WAIT + shutdown.OFFERED] * 2


async def test_an_actor_whose_end_fails_holds_up_nobody_else(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(conn: Connection, site: Site, actor: Actor, *, also_to: Sequence[Inbox]) -> None:
        if actor.username == "bob":
            raise RuntimeError("no farewell")
        await end(conn, site, actor, also_to=also_to)

    monkeypatch.setattr("web.server.worker.shutdown.MOST_FAREWELLS", 1)
    async with transaction(instance.pool) as conn:
        await shutdown.note_offered(conn, until=datetime.now(UTC))
        await shutdown.note_copied(conn)
    with monkeypatch.context() as patched:
        patched.setattr("web.server.worker.shutdown.end", fail)
        for _ in range(2 + len(BUILT_IN)):
            with suppress(Unfinished):
                await go_on(instance)
        with pytest.raises(Unfinished, match="no farewell"):
            await go_on(instance)
    async with connection(instance.pool) as conn:
        left, before = await shutdown.count_farewells(conn), await find(instance)
    for _ in range(2):
        await go_on(instance)

    assert (left.left_here, before.ended_at) == (1, None)
    assert (await find(instance)).ended_at is not None


async def test_those_whose_end_fails_for_days_go_without_a_farewell_however_many_they_are(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(conn: Connection, site: Site, actor: Actor, *, also_to: Sequence[Inbox]) -> None:
        raise RuntimeError("no farewell")

    monkeypatch.setattr("web.server.worker.shutdown.MOST_FAREWELLS", 2)
    monkeypatch.setattr("web.server.worker.shutdown.end", fail)
    async with transaction(instance.pool) as conn:
        await shutdown.note_offered(conn, until=datetime.now(UTC))
        await shutdown.note_copied(conn)
    with pytest.raises(Unfinished, match="no farewell"):
        await go_on(instance)
    async with connection(instance.pool) as conn:
        before = await shutdown.count_farewells(conn)
    for _ in range(10):
        await go_on(instance, at=datetime.now(UTC) + shutdown.FAREWELLS_WAIT)

    async with connection(instance.pool) as conn:
        after = await shutdown.count_farewells(conn)
        names = await fetch_column(conn, "SELECT name FROM actor WHERE local")
    assert before.left_here == 2 + len(BUILT_IN) and after.left_here == 0
    assert (await find(instance)).ended_at is not None
    assert set(names) == {""}


async def test_once_it_ended_only_what_brings_farewells_and_clears_away_goes_on(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def note(name: str) -> Callable[[Instance], Awaitable[object]]:
        async def do(_: Instance) -> None:
            done.append(name)

        return do

    monkeypatch.setattr(jobs, "PERIODIC_TASKS", {name: ("* * * * *", note(name)) for name in jobs.PERIODIC_TASKS})
    chores = jobs.list_periodic(instance)
    for chore in chores:
        await chore.chore()
    before, done[:] = list(done), []
    async with transaction(instance.pool) as conn:
        await shutdown.note_ended(conn)
    instance.ended.clear()

    for chore in chores:
        await chore.chore()

    assert before == list(jobs.PERIODIC_TASKS)
    assert set(done) == jobs.AFTER_END and "probe" in done and "tell" not in done


async def test_whoever_waits_to_be_let_in_is_told_no(instance: Instance) -> None:
    now = datetime.now(UTC)
    async with transaction(instance.pool) as conn:
        await shutdown.take_back(conn, at=now - timedelta(hours=1))
    carole = await add_applicant(instance)
    async with transaction(instance.pool) as conn:
        await shutdown.begin(conn, by=None, due_at=now)
        asked = await waiting_accounts.find_request(conn, carole.actor_id)
        assert asked is not None
        with pytest.raises(Conflict, match="shutdown_closing_joins"):
            await approve_sign_up(conn, instance.site, asked.id, TeamAnswer(), key_pairs=shared_keys(), confirmed=True)
        await shutdown.note_offered(conn, until=datetime.now(UTC))
        await shutdown.note_copied(conn)

    await go_on(instance)

    async with connection(instance.pool) as conn:
        mails = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail'")
        assert await accounts.find(conn, carole.actor_id) is None
    assert [b'"refused"' in one for one in mails] == [True]


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
        async with transaction(instance.pool) as conn:
            await shutdown.note_offered(conn, until=datetime.now(UTC))
            await shutdown.note_copied(conn)
        for _ in range(2):
            await go_on(instance)
        instance.ended.clear()

        page = await client.get("/annonces", headers={"Accept": "text/html"})
        after = [page.status, (await client.get("/api/v1/instance")).status, (await client.post("/inbox")).status]
        actor = await client.get("/users/bob", headers=document)
        words, tombstone = await page.text(), await actor.json(content_type=None)
        probe = await client.get("/healthz")

    assert (before, after, probe.status) == ([200, 200], [410, 410, 410], 200)
    assert "a fermé sa plateforme" in words and "/connexion" not in words
    assert (actor.status, tombstone["type"]) == (410, "Tombstone")
