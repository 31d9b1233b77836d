"""A bike has broken down: whoever nearby asked for it is told, once, and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.instance import Instance
from models.limits import HOST_REPAIR_CALLS, REPAIR_CALLS
from models.listings.listings import Listing, ListingDraft
from models.people.actors import Actor
from models.relations.blocking import blocks, mutes
from models.repairs.calls import figures, told, watches
from models.repairs.calls.watches import RepairWatch
from models.searches import NetworkFilter
from models.searches.alerts import alert_finds, alerts
from models.searches.alerts.alerts import AlertDraft
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from outbox.listings import listings
from outbox.listings.alerts import watch
from outbox.repairs.calls import telling
from outbox.repairs.calls import waves as call_waves
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_remote_actor
from tests.fediverse import FakeFediverse

LOMME: dict[str, Any] = {
    "place_name": "Lomme",
    "postcode": "59160",
    "commune_code": "59355",
    "latitude": 50.645,
    "longitude": 2.987,
}
NEAR = (50.63, 3.03)
FAR = (50.42, 2.95)

URGENT = {"urgency": "Now"}
"""By night as by day: its waves do not wait."""

WATCH = RepairWatch(by_mail=True, at_night=False)


async def make_repairer(conn: Connection, username: str, place: tuple[float, float] | None = NEAR) -> Actor:
    """Somebody who wants to be told, and lives there."""
    member = await make_member(conn, username)
    if place is not None:
        await execute(conn, "UPDATE actor SET latitude = $2, longitude = $3 WHERE id = $1", member.id, *place)
    await watches.save(conn, member.id, WATCH)
    return member


async def call(conn: Connection, author: Actor, **changes: Any) -> Listing:
    """She publishes a call from Lomme, and whoever lives near is told."""
    values: dict[str, Any] = {"kind": "repair_call", "mode": "repair", "title": "Pneu à plat", "repair": URGENT}
    made = await listings.publish(conn, HERE, author, ListingDraft(**(values | LOMME | changes)))
    await call_waves.go_on(conn, HERE, made.id, datetime.now(UTC))
    return made


async def list_told(conn: Connection) -> list[str]:
    """Who has it among her news."""
    return await fetch_column(
        conn,
        """
        SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id WHERE n.type = 'repair_call'
        ORDER BY a.username
        """,
    )


@pytest.fixture
async def hocine(conn: Connection) -> Actor:
    await make_local_actor(conn, "depannage_velo", type="Group")
    return await make_member(conn, "hocine")


async def test_those_nearby_who_asked_for_it_are_told(conn: Connection, hocine: Actor) -> None:
    await make_repairer(conn, "awa")
    await make_repairer(conn, "loin", FAR)
    await make_repairer(conn, "nulle_part", None)
    silent = await make_member(conn, "silent")
    await execute(conn, "UPDATE actor SET latitude = 50.645, longitude = 2.987 WHERE id = $1", silent.id)

    made = await call(conn, hocine)

    assert await list_told(conn) == ["awa"]
    assert (await figures.count_here(conn, made.id)).notified == 1
    assert await watches.count_near(conn, 50.645, 2.987) == 1
    payload = await fetch_value(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'repair_mail'")
    assert str(made.id).encode() in payload


async def test_nobody_is_told_who_is_away_blocked_or_muted_or_calls_herself(conn: Connection, hocine: Actor) -> None:
    people = {name: await make_repairer(conn, name) for name in ("away", "blocks", "blocked", "mutes", "closed")}
    await execute(conn, "UPDATE actor SET away_until = now() + interval '1 day' WHERE id = $1", people["away"].id)
    await blocks.save(conn, uri="https://lomme.test/a", actor_id=people["blocks"].id, target_id=hocine.id)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=hocine.id, target_id=people["blocked"].id)
    await mutes.save(conn, actor_id=people["mutes"].id, target_id=hocine.id, notifications=False)
    await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", people["closed"].id)
    await execute(conn, "UPDATE actor SET latitude = 50.64, longitude = 2.98 WHERE id = $1", hocine.id)
    await watches.save(conn, hocine.id, WATCH)

    made = await call(conn, hocine)

    assert await list_told(conn) == []
    assert (await figures.count_here(conn, made.id)).notified == 0


async def test_a_call_without_a_place_is_told_once_it_has_one_and_never_again(conn: Connection, hocine: Actor) -> None:
    awa = await make_repairer(conn, "awa")
    nowhere = {name: None for name in LOMME}
    made = await call(conn, hocine, **nowhere)
    assert await list_told(conn) == []

    draft = ListingDraft(kind="repair_call", mode="repair", title="Pneu à plat", repair=URGENT, **LOMME)
    await listings.edit(conn, HERE, hocine, made.uri, draft)
    await call_waves.go_on(conn, HERE, made.id, datetime.now(UTC))
    assert await list_told(conn) == ["awa"]

    await execute(conn, "DELETE FROM notification WHERE recipient_id = $1", awa.id)
    await listings.pause(conn, HERE, hocine, made.uri)
    await listings.reopen(conn, HERE, hocine, made.uri)
    await call_waves.go_on(conn, HERE, made.id, datetime.now(UTC))
    assert await list_told(conn) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "fulfilled"},
        {"kind": "offer"},
        {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"post": {"published_at": datetime.now(UTC) - timedelta(days=4)}},
        {"post": {"audience": "unlisted"}},
    ],
    ids=["done", "an offer", "over", "old", "of a host that waits"],
)
async def test_of_what_is_no_open_fresh_call_nobody_is_told(conn: Connection, changes: dict[str, Any]) -> None:
    await make_repairer(conn, "awa")
    bob = await make_remote_actor(conn)

    held = await make_listing(conn, bob, **({"kind": "repair_call", "mode": "repair"} | changes))

    assert await telling.notify_near(conn, held) == 0
    assert held.id not in await told.list_unnotified(conn)


async def test_whoever_asks_to_be_told_later_is_told_of_what_is_still_open(conn: Connection, hocine: Actor) -> None:
    made = await call(conn, hocine)
    assert await told.list_unnotified(conn) == []

    await make_repairer(conn, "awa")

    assert await told.list_unnotified(conn) == [made.id]
    await call_waves.go_on(conn, HERE, made.id, datetime.now(UTC))
    assert await list_told(conn) == ["awa"]
    assert await told.list_unnotified(conn) == []


async def test_calls_of_which_nobody_may_be_told_keep_no_other_from_being_told(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "AT_ONCE", 1)
    async with transaction(pool) as conn:
        await make_local_actor(conn, "depannage_velo", type="Group")
        noisy, hocine = await make_member(conn, "bruyant"), await make_member(conn, "hocine")
        await call(conn, noisy)
        made = await call(conn, hocine)
        awa = await make_repairer(conn, "awa")
        await blocks.save(conn, uri="https://lomme.test/a", actor_id=awa.id, target_id=noisy.id)
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())

    await call_waves.go_on_due(instance)

    async with connection(pool) as conn:
        assert (await figures.count_here(conn, made.id)).notified == 1


async def test_whoever_calls_all_day_is_not_told_of_any_more(conn: Connection, hocine: Actor) -> None:
    await make_repairer(conn, "awa")

    made = [await call(conn, hocine, title=f"Pneu {number}") for number in range(REPAIR_CALLS.most + 1)]

    assert [(await figures.count_here(conn, one.id)).notified for one in made] == [1] * REPAIR_CALLS.most + [0]
    assert await call(conn, await make_member(conn, "nour")) and len(await list_told(conn)) == REPAIR_CALLS.most + 1


async def test_one_other_server_that_calls_all_day_is_not_told_of_any_more(
    conn: Connection, hocine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "HOST_REPAIR_CALLS", replace(HOST_REPAIR_CALLS, most=2))
    await make_repairer(conn, "awa")
    people = [await make_remote_actor(conn, name) for name in ("bob", "carl", "dora")]
    made = [await make_listing(conn, one, kind="repair_call", mode="repair", repair={}) for one in people]

    numbers = [len(await told.tell(conn, one, None)) for one in made]

    assert numbers == [1, 1, 0]


@pytest.mark.parametrize("first", ["watch", "alert"])
async def test_whoever_has_an_alert_on_calls_too_is_told_once_and_finds_it_on_the_page_of_her_alert(
    pool: Pool, first: str
) -> None:
    instance = cast(Instance, SimpleNamespace(pool=pool, site=HERE))
    async with transaction(pool) as conn:
        await make_local_actor(conn, "depannage_velo", type="Group")
        awa = await make_repairer(conn, "awa") if first == "watch" else await make_member(conn, "awa")
        draft = AlertDraft(parameters="q=pneu", filter=NetworkFilter(text="pneu"), rhythm="now", by_mail=True)
        alert, _ = await alerts.create(conn, awa.id, draft)
        made = await call(conn, await make_member(conn, "hocine"))
    await watch(instance)
    if first == "alert":
        async with transaction(pool) as conn:
            await execute(conn, "UPDATE actor SET latitude = $2, longitude = $3 WHERE id = $1", awa.id, *NEAR)
            await watches.save(conn, awa.id, WATCH)
        await call_waves.go_on_due(instance)

    async with connection(pool) as conn:
        news = await fetch_column(conn, "SELECT type FROM notification WHERE recipient_id = $1", awa.id)
        mails = await fetch_column(conn, "SELECT entrypoint FROM pgqueuer WHERE entrypoint LIKE '%_mail'")
        assert news == ["repair_call" if first == "watch" else "saved_search"]
        assert mails == ["repair_mail" if first == "watch" else "alert_mail"]
        assert await alert_finds.list_finds(conn, awa.id, alert.id, limit=5) == [made.id]
