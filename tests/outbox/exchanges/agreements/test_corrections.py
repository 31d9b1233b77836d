"""What was said to be done by mistake is taken back, but not where that would be unheard."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.exchanges.agreements import process_unreport
from models.errors import Conflict, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.people import actors
from models.store.database import Connection, execute
from outbox.exchanges.act_names import Name
from outbox.exchanges.acts import perform
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.corrections import take_back
from outbox.exchanges.agreements.fulfilment import report
from tests.factories import HERE, make_listing, make_member
from tests.server_pair import Pair, make_pair, same


async def agree(pair: Pair, terms: Terms) -> None:
    """Bob asks, and Alice says yes."""
    here, there = pair.here, pair.there
    await request(there.conn, there.site, there.partner, there.listing, terms)
    await pair.carry()
    await accept(here.conn, here.site, here.owner, await here.get())
    await pair.carry()
    for one in (here.conn, there.conn):
        await execute(one, "UPDATE server SET software = 'declic'")


async def list_reported(pair: Pair) -> list[list[str]]:
    """The reports that each side has."""
    return [
        [one.step for one in await agreements.list_reports(side.conn, (await side.get()).id)]
        for side in (pair.here, pair.there)
    ]


async def test_both_cooperatives_forget_what_either_side_took_back(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn)
    here, there = pair.here, pair.there
    start = datetime.now(UTC) - timedelta(hours=2)
    await agree(pair, Terms(begins_at=start, ends_at=start + timedelta(days=2)))
    await report(conn, here.site, here.owner, await here.get(), "out")
    await report(second_conn, there.site, there.partner, await there.get(), "back")
    await pair.carry()
    assert await list_reported(pair) == [["out", "back"], ["back", "out"]]

    await take_back(second_conn, there.site, there.partner, await there.get())
    await take_back(conn, here.site, here.owner, await here.get())
    await pair.carry()

    assert await list_reported(pair) == [[], []]
    assert (await here.get()).partner_reported_at is None and same(await here.get(), await there.get())
    await report(second_conn, there.site, there.partner, await there.get(), "back")
    await pair.carry()
    assert await list_reported(pair) == [["back"], ["back"]], "it may be said again"
    assert here.ignored == there.ignored == []


async def test_a_word_that_comes_late_takes_nothing_else_back(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn)
    here, there = pair.here, pair.there
    start = datetime.now(UTC) - timedelta(hours=2)
    await agree(pair, Terms(begins_at=start, ends_at=start + timedelta(days=2)))
    for step in ("out", "back"):
        await report(second_conn, there.site, there.partner, await there.get(), step)
    await pair.carry()
    first, _ = await agreements.list_reports(conn, (await here.get()).id)

    assert await process_unreport(conn, here.site, here.partner, first.uri)

    assert (await list_reported(pair))[0] == ["out", "back"]


async def test_what_the_owner_ended_by_mistake_goes_on_on_both_sides(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="gift")
    here, there = pair.here, pair.there
    await agree(pair, Terms())
    await report(conn, here.site, here.owner, await here.get(), "done")
    await pair.carry()
    assert ((await here.get()).state, (await there.get()).state) == ("done", "done")

    await take_back(conn, here.site, here.owner, await here.get())
    await pair.carry()

    assert ((await here.get()).state, (await there.get()).state) == ("agreed", "agreed")
    assert (await here.get()).ended_at is None and (await there.get()).owner_reported_at is None
    listing = await listings.find_by_post(conn, here.listing.id)
    assert listing is not None and listing.details.status == "reserved"
    await report(conn, here.site, here.owner, await here.get(), "done")
    await report(second_conn, there.site, there.partner, await there.get(), "done")
    await pair.carry()
    assert (await here.get()).verified and same(await here.get(), await there.get())
    with pytest.raises(Conflict, match="report_confirmed"):
        await take_back(conn, here.site, here.owner, await here.get())


async def test_a_server_that_would_not_hear_it_keeps_its_end(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="gift")
    here = pair.here
    await agree(pair, Terms())
    await execute(conn, "UPDATE server SET software = 'other'")
    await report(conn, here.site, here.owner, await here.get(), "done")

    with pytest.raises(Conflict, match="report_not_corrected_there"):
        await take_back(conn, here.site, here.owner, await here.get())

    assert (await here.get()).state == "done"


async def make_held(conn: Connection, start: datetime) -> tuple[Agreement, dict[str, int]]:
    """Carol borrows Alice's tent."""
    alice, carol = await make_member(conn, "alice"), await make_member(conn, "carol")
    asked = await request(
        conn,
        HERE,
        carol,
        await make_listing(conn, alice, mode="loan"),
        Terms(begins_at=start, ends_at=start + timedelta(days=2)),
    )
    return await accept(conn, HERE, alice, asked), {"alice": alice.id, "carol": carol.id}


@pytest.mark.parametrize(
    ("hours", "step", "refused"),
    [(48, "out", "too_early"), (48, "back", "too_early"), (-1, "out", ""), (-1, "back", "")],
)
async def test_only_what_can_be_true_is_said(conn: Connection, hours: int, step: Name, refused: str) -> None:
    start = datetime.now(UTC) + timedelta(hours=hours)
    held, ids = await make_held(conn, start)
    owner = await actors.get(conn, ids["alice"])
    if refused:
        with pytest.raises(Conflict, match=refused):
            await perform(conn, HERE, owner, held, step)
        return

    await perform(conn, HERE, owner, held, step)

    assert [one.step for one in await agreements.list_reports(conn, held.id)] == [step]


async def test_a_return_stands_once_somebody_else_asked_for_the_days(conn: Connection) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    held, ids = await make_held(conn, start)
    alice, dora = await actors.get(conn, ids["alice"]), await make_member(conn, "dora")
    await report(conn, HERE, alice, held, "back")
    listing = await listings.find_by_post(conn, held.listing_id)
    assert listing is not None
    free = Terms(begins_at=start + timedelta(days=1), ends_at=start + timedelta(days=2))
    await accept(conn, HERE, alice, await request(conn, HERE, dora, listing, free))

    with pytest.raises(Conflict, match="report_days_taken"):
        await take_back(conn, HERE, alice, held)

    assert (await agreements.get(conn, held.id)).state == "done", "two people never have it at once"


async def test_strangers_and_latecomers_take_nothing_back(conn: Connection) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    held, ids = await make_held(conn, start)
    alice, eve = await actors.get(conn, ids["alice"]), await make_member(conn, "eve")
    await report(conn, HERE, alice, held, "out")
    with pytest.raises(NotFound):
        await take_back(conn, HERE, eve, held)
    with pytest.raises(Conflict, match="report_not_yours"):
        await take_back(conn, HERE, await actors.get(conn, ids["carol"]), held)
    await execute(conn, "UPDATE economic_event SET created_at = now() - interval '25 hours'")
    with pytest.raises(Conflict, match="report_too_old"):
        await take_back(conn, HERE, alice, held)
