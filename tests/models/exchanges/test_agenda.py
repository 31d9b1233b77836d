"""What has a date in somebody's days, by the clock in Paris."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from models.exchanges import agenda
from models.exchanges.agreements import Terms
from models.listings import unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import midnight
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor

MAY, JUNE = midnight(date(2027, 5, 1)), midnight(date(2027, 6, 1))


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    return await make_member(conn, "alice")


@pytest.fixture
async def tent(conn: Connection, alice: Actor) -> Listing:
    return await make_listing(conn, alice, title="Tente")


@pytest.fixture
async def bob(conn: Connection) -> Actor:
    return await make_remote_actor(conn, "bob", name="Léonie")


def days(first: date, until: date) -> Terms:
    """From midnight to midnight."""
    return Terms(begins_at=midnight(first), ends_at=midnight(until))


async def list_states(conn: Connection, actor: Actor, **options: Any) -> list[str]:
    return [one.state for one in await agenda.list_agreements(conn, actor.id, MAY, JUNE, **options)]


@pytest.mark.parametrize(
    ("first", "until", "there"),
    [
        (date(2027, 4, 20), date(2027, 5, 1), False),
        (date(2027, 4, 20), date(2027, 5, 2), True),
        (date(2027, 5, 31), date(2027, 6, 1), True),
        (date(2027, 4, 1), date(2027, 7, 1), True),
        (date(2027, 6, 1), date(2027, 6, 2), False),
    ],
)
async def test_an_agreement_stands_in_each_month_that_it_touches(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor, first: date, until: date, there: bool
) -> None:
    await make_agreement(conn, tent, bob, terms=days(first, until), state="agreed")

    assert bool(await list_states(conn, alice)) == there


async def test_both_sides_have_it_each_with_the_other_s_name(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor
) -> None:
    made = await make_agreement(conn, tent, bob, terms=days(date(2027, 5, 3), date(2027, 5, 5)))

    [mine] = await agenda.list_agreements(conn, alice.id, MAY, JUNE)
    [theirs] = await agenda.list_agreements(conn, bob.id, MAY, JUNE)

    assert (mine.id, mine.own, mine.other, mine.turn, mine.title) == (made.id, True, "Léonie", True, "Tente")
    assert (theirs.id, theirs.own, theirs.other, theirs.turn) == (made.id, False, "Alice", False)


async def test_what_came_to_nothing_stands_nowhere(conn: Connection, alice: Actor, tent: Listing, bob: Actor) -> None:
    for state in ("refused", "withdrawn", "cancelled", "expired", "requested", "countered", "agreed", "done"):
        await make_agreement(conn, tent, bob, terms=days(date(2027, 5, 3), date(2027, 5, 5)), state=state)

    assert sorted(await list_states(conn, alice)) == ["agreed", "countered", "done", "requested"]


async def test_without_an_end_it_stands_in_the_month_of_its_beginning(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor
) -> None:
    await make_agreement(conn, tent, bob, terms=Terms(begins_at=datetime(2027, 4, 30, 21, 59, tzinfo=UTC)))
    await make_agreement(conn, tent, bob, terms=Terms(begins_at=datetime(2027, 4, 30, 22, 0, tzinfo=UTC)))
    await make_agreement(conn, tent, bob, terms=Terms())

    assert len(await list_states(conn, alice)) == 1, "summer time: May begins at ten in the evening in Greenwich"


async def test_what_should_be_over_comes_along_when_asked_for(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor
) -> None:
    for state in ("agreed", "done"):
        await make_agreement(conn, tent, bob, terms=days(date(2027, 4, 3), date(2027, 4, 5)), state=state)

    assert await list_states(conn, alice) == [] and await list_states(conn, alice, late=True) == ["agreed"]


async def test_what_was_done_early_stands_in_the_month_in_which_it_was(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor
) -> None:
    early = datetime.combine(date(2027, 5, 30), time(12), UTC)
    terms = days(date(2027, 6, 3), date(2027, 6, 5))
    await make_agreement(conn, tent, bob, terms=terms, state="done", ended_at=early)
    await make_agreement(conn, tent, bob, terms=terms, state="agreed")

    assert await list_states(conn, alice) == ["done"]


async def test_who_confirms_is_known(conn: Connection, alice: Actor, tent: Listing, bob: Actor) -> None:
    said = {"state": "agreed", "partner_reported_at": MAY}
    await make_agreement(conn, tent, bob, terms=days(date(2027, 5, 3), date(2027, 5, 5)), **said)

    [mine] = await agenda.list_agreements(conn, alice.id, MAY, JUNE)
    [theirs] = await agenda.list_agreements(conn, bob.id, MAY, JUNE)

    assert (mine.confirm, mine.reported) == (True, False) and (theirs.confirm, theirs.reported) == (False, True)


async def test_days_that_she_keeps_are_hers_alone_and_go_with_the_listing(
    conn: Connection, alice: Actor, tent: Listing, bob: Actor
) -> None:
    other = await make_listing(conn, alice, title="Perceuse")
    gone = await make_listing(conn, alice)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", gone.id)
    for listing, first, last in ((tent, 2, 4), (other, 1, 3), (gone, 5, 6)):
        await unavailabilities.add(conn, listing.id, midnight(date(2027, 5, first)), midnight(date(2027, 5, last)))

    kept = await agenda.list_kept(conn, alice.id, MAY, JUNE)

    assert [one.title for one in kept] == ["Perceuse", "Tente"]
    assert await agenda.list_kept(conn, alice.id, JUNE, midnight(date(2027, 7, 1))) == []
    assert await agenda.list_kept(conn, bob.id, MAY, JUNE) == []
