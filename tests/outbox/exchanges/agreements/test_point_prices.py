"""What agreements cost between members: refused where it is too much, spoken for when agreed, paid once when done."""

import asyncio
from decimal import Decimal

import pytest

from models.errors import Conflict
from models.exchanges import agreements, points
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.agreements.values import Step
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, Pool, connection, fetch_column, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import cancel, refuse, withdraw
from outbox.exchanges.agreements.fulfilment import report
from tests.factories import HERE, make_listing, make_member
from tests.outbox.exchanges.agreements.test_agreements import ask, days
from tests.points import give, require_balanced, switch_on
from tests.server_pair import make_pair


@pytest.fixture
async def village(conn: Connection) -> tuple[Actor, Actor]:
    """Alice and Hocine, members of a cooperative that keeps points; he has 20."""
    return await settle_village(conn)


async def settle_village(conn: Connection) -> tuple[Actor, Actor]:
    await switch_on(conn)
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    await give(conn, hocine, 20)
    return alice, hocine


async def agree(conn: Connection, owner: Actor, partner: Actor, listing: Listing, terms: Terms) -> Agreement:
    return await accept(conn, HERE, owner, await request(conn, HERE, partner, listing, terms))


async def balances(conn: Connection, *members: Actor) -> list[int]:
    await require_balanced(conn)
    return [await points.find_balance(conn, member.id) for member in members]


async def test_whoever_borrows_pays_whoever_lends_once(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    agreed = await agree(conn, alice, hocine, await make_listing(conn, alice, points=12), days(0, 2))
    before, promised = await balances(conn, alice, hocine), (await points.find_means(conn, hocine.id)).promised

    steps: list[tuple[Actor, Step]] = [(alice, "out"), *[(who, "back") for who in (hocine, alice, alice, hocine)]]
    for actor, step in steps:
        await report(conn, HERE, actor, agreed, step)

    assert (agreed.points, before, promised) == (12, [0, 20], 12)
    assert await balances(conn, alice, hocine) == [12, 8]
    assert (await points.find_means(conn, hocine.id)).promised == 0
    (movement,) = await points.list_movements(conn, alice.id, limit=5)
    assert (movement.kind, movement.exchange_id) == ("exchange", agreed.exchange_id)


async def test_whoever_looked_for_help_pays_whoever_gave_it(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    wanted = await make_listing(conn, hocine, kind="request", mode="service", points=7)
    agreed = await agree(conn, hocine, alice, wanted, Terms())

    await report(conn, HERE, hocine, agreed, "done")

    assert await balances(conn, alice, hocine) == [7, 13]


async def test_a_service_costs_its_points_each_hour(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    lessons = await make_listing(conn, alice, mode="service", unit="hour", unit_based=True, points=6)
    asked = await request(conn, HERE, hocine, lessons, Terms(quantity=Decimal(2), unit="hour"))
    changed = await counter(conn, HERE, alice, asked, Terms(quantity=Decimal(3), unit="hour"))
    agreed = await accept(conn, HERE, hocine, changed)

    await report(conn, HERE, alice, agreed, "done")

    assert (asked.points, agreed.points) == (12, 18) and await balances(conn, alice, hocine) == [18, 2]
    with pytest.raises(Conflict, match="not_enough_points"):
        await request(conn, HERE, hocine, lessons, Terms(unit="hour"))


async def test_a_request_above_ones_means_is_refused_at_once(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    await agree(conn, alice, hocine, await make_listing(conn, alice, points=12), days(0, 2))
    dear = await make_listing(conn, alice, points=9)

    with pytest.raises(Conflict, match="not_enough_points") as refused:
        await request(conn, HERE, hocine, dear, days(5, 6))

    assert refused.value.field == "points"
    assert await agreements.list_live_by_listing(conn, dear.id) == []


async def test_what_somebody_else_has_is_told_only_by_a_yes(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    wanted = await make_listing(conn, hocine, kind="request", mode="service", points=30)
    offered = await request(conn, HERE, alice, wanted, Terms())
    tent, drill = await make_listing(conn, alice, points=15), await make_listing(conn, alice, points=15)
    first = await request(conn, HERE, hocine, tent, days(0, 2))
    second = await request(conn, HERE, hocine, drill, days(0, 2))
    await accept(conn, HERE, alice, first)

    with pytest.raises(Conflict, match="partner_lacks_points"):
        await accept(conn, HERE, alice, second)
    with pytest.raises(Conflict, match="not_enough_points"):
        await accept(conn, HERE, hocine, offered)


@pytest.mark.parametrize("end", ["cancel", "refuse", "withdraw"])
async def test_what_does_not_come_about_is_not_spoken_for(
    conn: Connection, village: tuple[Actor, Actor], end: str
) -> None:
    alice, hocine = village
    asked = await request(conn, HERE, hocine, await make_listing(conn, alice, points=12), days(0, 2))
    match end:
        case "cancel":
            await cancel(conn, HERE, alice, await accept(conn, HERE, alice, asked))
        case "refuse":
            await refuse(conn, HERE, alice, asked)
        case _:
            await withdraw(conn, HERE, hocine, asked)

    assert (await points.find_means(conn, hocine.id)).free == 20
    assert await balances(conn, alice, hocine) == [0, 20]


async def test_without_a_price_or_without_points_nothing_moves(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    free = await agree(conn, alice, hocine, await make_listing(conn, alice), days(0, 2))
    agreed = await agree(conn, alice, hocine, await make_listing(conn, alice, points=12), days(0, 2))
    await switch_on(conn, points=False)
    priceless = await agree(conn, alice, hocine, await make_listing(conn, alice, points=500), days(0, 2))

    for one in (free, agreed, priceless):
        await report(conn, HERE, alice, one, "back")

    assert (free.points, priceless.points) == (None, None)
    assert await balances(conn, alice, hocine) == [0, 20]


async def test_with_somebody_elsewhere_nothing_is_counted_nor_told(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, points=7919)
    await switch_on(conn)
    await ask(pair)
    agreed = await accept(conn, pair.here.site, pair.here.owner, await pair.here.get())
    await pair.carry()
    await report(conn, pair.here.site, pair.here.owner, agreed, "back")
    await pair.carry()

    assert ((await pair.here.get()).state, (await pair.there.get()).state) == ("done", "done")
    assert (await pair.here.get()).points is None and (await pair.there.get()).points is None
    bodies = [body for side in (conn, second_conn) for body in await fetch_column(side, "SELECT body FROM activity")]
    assert len(bodies) >= 3
    assert all("points" not in body and ":7919" not in body for body in bodies)


async def test_between_members_an_agreement_sends_nothing(conn: Connection, village: tuple[Actor, Actor]) -> None:
    alice, hocine = village
    agreed = await agree(conn, alice, hocine, await make_listing(conn, alice, points=12), days(0, 2))
    await report(conn, HERE, alice, agreed, "back")

    assert await fetch_column(conn, "SELECT body FROM activity") == []


async def test_requests_agreed_at_once_never_pass_the_floor(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, hocine = await settle_village(conn)
        asked = [
            await request(conn, HERE, hocine, await make_listing(conn, alice, title=str(number), points=7), days(0, 1))
            for number in range(6)
        ]

    async def go(one: Agreement) -> bool:
        try:
            async with transaction(pool) as conn:
                agreed = await accept(conn, HERE, alice, one)
        except Conflict:
            return False
        async with transaction(pool) as conn:
            await report(conn, HERE, alice, agreed, "back")
        return True

    went = await asyncio.gather(*(go(one) for one in asked))

    async with connection(pool) as conn:
        assert sum(went) == 2
        assert [await points.find_balance(conn, one.id) for one in (alice, hocine)] == [14, 6]


async def test_reports_of_both_at_once_pay_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, hocine = await settle_village(conn)
        agreed = await agree(conn, alice, hocine, await make_listing(conn, alice, points=12), days(0, 1))

    async def say(actor: Actor) -> None:
        async with transaction(pool) as conn:
            await report(conn, HERE, actor, agreed, "back")

    await asyncio.gather(*(say(actor) for actor in (alice, hocine) * 3))

    async with connection(pool) as conn:
        assert [await points.find_balance(conn, one.id) for one in (alice, hocine)] == [12, 8]
        assert (await agreements.get(conn, agreed.id)).verified
