"""Points around what members do: joining, leaving, depositing objects; and none of it on the wire."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.documents.serialize import serialize
from federation.instance import Instance
from models.exchanges import points
from models.listings.listings import Listing
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, fetch_column, transaction
from outbox.builders.objects.proposal import build_proposal
from outbox.listings.listings import close, edit, publish, reopen, withdraw
from outbox.people.accounts import confirm, delete, register
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.people.test_accounts import CAROLE
from tests.outbox.sent_activities import list_sent, make_streams
from tests.points import give, switch_on
from web.server.worker.points import grant_points


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, a member of a cooperative that keeps points, whom somebody elsewhere follows."""
    streams = await make_streams(conn)
    await switch_on(conn)
    await make_member(conn, "odile", roles=["admin"])
    alice = await make_member(conn, territory_uri=streams["coop"].uri)
    bob = await make_remote_actor(conn)
    for followed in (alice, streams["offres"]):
        await make_follow(conn, bob, followed)
    return alice


async def find_balance(conn: Connection, member: Actor) -> int:
    return await points.find_balance(conn, member.id)


async def test_a_new_member_is_welcomed(conn: Connection, alice: Actor) -> None:
    carole = await register(conn, HERE, **CAROLE)

    assert await find_balance(conn, carole) == 50


async def test_whoever_has_not_confirmed_her_address_is_not_a_member_yet(conn: Connection, alice: Actor) -> None:
    carole = await register(conn, HERE, **CAROLE, confirmed=False)
    before = await find_balance(conn, carole)

    for _ in range(2):
        await confirm(conn, carole.id)

    assert before == 0 and await find_balance(conn, carole) == 50


async def test_whoever_leaves_takes_no_points_along(conn: Connection, alice: Actor) -> None:
    await give(conn, alice, 40)

    await delete(conn, HERE, alice)

    assert await find_balance(conn, alice) == 0


async def test_an_offer_of_an_object_brings_points_that_go_with_it(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    given = await find_balance(conn, alice)
    await edit(conn, HERE, alice, listing.uri, make_draft(title="Tente et sardines"))
    edited = await find_balance(conn, alice)
    await withdraw(conn, HERE, alice, listing.uri)

    assert (given, edited, await find_balance(conn, alice)) == (5, 5, 0)


async def test_publishing_and_withdrawing_in_turn_brings_nothing(conn: Connection, alice: Actor) -> None:
    for _ in range(3):
        listing = await publish(conn, HERE, alice, make_draft())
        await publish(conn, HERE, alice, make_draft())
        await withdraw(conn, HERE, alice, listing.uri)

    assert await find_balance(conn, alice) == 5 - 5 + 5 - 5


async def test_a_cancelled_offer_gives_back_and_is_not_paid_again(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft())
    await close(conn, HERE, alice, listing.uri, "done")
    done = await find_balance(conn, alice)
    await close(conn, HERE, alice, listing.uri, "cancelled")
    cancelled = await find_balance(conn, alice)
    await reopen(conn, HERE, alice, listing.uri)

    assert (done, cancelled, await find_balance(conn, alice)) == (5, 0, 0)


def without_points(listing: Listing) -> Listing:
    return replace(listing, details=replace(listing.details, points=None))


async def test_nothing_on_the_wire_tells_what_it_costs(conn: Connection, alice: Actor) -> None:
    listing = await publish(conn, HERE, alice, make_draft(points=7919))
    await edit(conn, HERE, alice, listing.uri, make_draft(points=7907, text="Avec ses sardines."))
    await close(conn, HERE, alice, listing.uri, "paused")

    assert (listing.details.points, len(await list_sent(conn))) == (7919, 5)
    for body in await fetch_column(conn, "SELECT body FROM activity"):
        assert '"points"' not in body and "graine" not in body
        assert ":7919" not in body and ":7907" not in body
    with_price, without = (
        serialize(build_proposal(HERE, alice, one, [])) for one in (listing, without_points(listing))
    )
    assert with_price == without


@pytest.mark.parametrize(("kind", "mode"), [("offer", "swap"), ("offer", "sale"), ("repair_call", "repair")])
async def test_a_price_that_does_not_go_with_the_mode_is_not_kept(
    conn: Connection, alice: Actor, kind: str, mode: str
) -> None:
    listing = await publish(conn, HERE, alice, make_draft(kind=kind, mode=mode, points=5))

    assert listing.details.points is None


async def test_the_chore_gives_to_all_and_takes_back_what_was_missed(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.server.worker.jobs.GRANTED_AT_ONCE", 2)
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        await make_streams(conn)
        await switch_on(conn)
        members = [await make_member(conn, f"membre{number}") for number in range(5)]
        listing = await publish(conn, HERE, members[0], make_draft())
        await execute(conn, "UPDATE post SET deleted_at = $2 WHERE id = $1", listing.id, datetime.now(UTC))

    for _ in range(2):
        await grant_points(instance)

    async with connection(pool) as conn:
        assert [await points.find_balance(conn, member.id) for member in members] == [50] * 5
