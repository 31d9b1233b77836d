"""Who waits for what is lent, and what happens when two of those who decide about a list do so at once."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.instance import Instance
from models.errors import Conflict, Invalid
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.reserves import Span
from models.listings import unavailabilities
from models.listings.listings import Listing
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_column, transaction
from outbox.exchanges.agreements import reserve, turns
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel, refuse
from outbox.exchanges.agreements.reserve import call_instead, join
from outbox.listings import listings as outbox_listings
from outbox.listings import unavailabilities as own_days
from outbox.threads.waiting_requests import TO_STAY
from tests.factories import HERE, make_listing, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.listings.test_listing_expiry import read_letters

START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)


def span(first: int, last: int) -> Span:
    """From one day until before another."""
    return Span(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last))


def days(first: int, last: int) -> Terms:
    """The same as terms."""
    return Terms(begins_at=span(first, last).begins_at, ends_at=span(first, last).ends_at)


class Lending:
    """Alice lends a tent, or gives a sofa; Amina has it."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.pool = instance, instance.pool
        self.people: dict[str, Actor] = {}

    async def begin(self, mode: str, terms: Terms) -> None:
        """They agree."""
        async with transaction(self.pool) as conn:
            for name in ("alice", "amina", "bob", "carol"):
                self.people[name] = await make_member(conn, name)
            self.alice = self.people["alice"]
            self.listing: Listing = await make_listing(conn, self.alice, mode=mode, title="Tente")
            asked = await request(conn, HERE, self.people["amina"], self.listing, terms)
            self.held: Agreement = await accept(conn, HERE, self.alice, asked)

    async def join(self, name: str, wanted: Span | None = None) -> None:
        """Somebody wants it when it is free."""
        async with transaction(self.pool) as conn:
            await join(conn, HERE, self.people[name], self.listing, wanted)

    async def cancel(self) -> None:
        """Amina does not need it after all."""
        async with transaction(self.pool) as conn:
            await cancel(conn, HERE, self.people["amina"], self.held)

    async def look(self) -> list[tuple[str, str]]:
        """What the chore does each minute; who stands on the list then."""
        await turns.tell_due(self.instance)
        names = {actor.id: name for name, actor in self.people.items()}
        async with connection(self.pool) as conn:
            return [(names[one.actor_id], one.state) for one in await reserves.list_places(conn, self.listing.id)]

    async def kinds(self, name: str) -> list[str]:
        """What happened in a thread."""
        async with connection(self.pool) as conn:
            thread = await exchanges.find(conn, listing_id=self.listing.id, partner_id=self.people[name].id)
            assert thread is not None
            ids = exchanges.list_ids(await exchanges.list_entries(conn, thread.id), "event")
            return [event.kind for event in await exchanges.list_events(conn, ids)]

    async def told(self) -> list[str]:
        """Whom the news tell that it is her turn."""
        names = {actor.id: name for name, actor in self.people.items()}
        sql = "SELECT recipient_id FROM notification WHERE type = 'reserve_next' ORDER BY id"
        async with connection(self.pool) as conn:
            return [names[id] for id in await fetch_column(conn, sql)]

    async def change(self, sql: str) -> None:
        """Time passes."""
        async with transaction(self.pool) as conn:
            await execute(conn, sql)


@pytest.fixture
async def lending(pool: Pool, tmp_path: Path) -> Lending:
    """Nobody has anything yet."""
    return Lending(
        Instance(
            site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse(answers={})
        )
    )


async def test_the_first_whose_days_are_free_is_told_first_and_the_next_when_she_does_not_answer(
    lending: Lending,
) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("carol", span(12, 14))
    await lending.join("bob", span(18, 22))
    assert await lending.look() == [("carol", "waiting"), ("bob", "waiting")], "nothing is free yet"

    await lending.cancel()
    assert await lending.look() == [("carol", "called"), ("bob", "waiting")]
    assert await lending.look() == [("carol", "called"), ("bob", "waiting")], "she has time"
    assert await lending.told() == ["carol"], "once, and nobody else"
    await lending.change("UPDATE reserve_place SET until = now() WHERE state = 'called'")

    assert await lending.look() == [("bob", "called")]
    assert (await lending.kinds("carol"))[-1] == "reserve_passed"
    async with transaction(lending.pool) as conn:
        await request(conn, HERE, lending.people["bob"], lending.listing, days(18, 22))
    assert await lending.look() == [], "who asks for it needs no place any more"


async def test_whoever_waits_for_other_days_goes_on_waiting(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    async with transaction(lending.pool) as conn:
        await accept(
            conn, HERE, lending.alice, await request(conn, HERE, lending.people["bob"], lending.listing, days(30, 40))
        )
    await lending.join("carol", span(32, 34))

    await lending.cancel()

    assert await lending.look() == [("carol", "waiting")]
    assert await lending.told() == []


async def test_days_that_the_owner_gives_back_are_for_the_first_who_waits(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    today = START.date()
    async with transaction(lending.pool) as conn:
        await own_days.keep_days(conn, lending.alice, lending.listing.uri, today, today + timedelta(days=5))
    await lending.join("bob", span(2, 3))
    assert await lending.look() == [("bob", "waiting")]

    async with transaction(lending.pool) as conn:
        [kept] = await unavailabilities.list_own(conn, lending.listing.id, at=datetime.now(UTC))
        await own_days.give_back(conn, lending.alice, lending.listing.uri, kept.id)

    assert await lending.look() == [("bob", "called")]


async def test_nobody_waits_for_days_that_are_free_or_over_or_on_a_full_list(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    for wanted, code in ((span(1, 2), "days_free"), (span(-40, -38), "dates_past"), (span(5, 5), "end_before_start")):
        with pytest.raises((Conflict, Invalid), match=code):
            await lending.join("bob", wanted)
    await lending.join("bob", span(12, 13))
    await lending.change("UPDATE reserve_place SET begins_at = now() - interval '3 days', ends_at = now()")

    assert await lending.look() == [], "what she waited for is over"


async def test_nobody_stands_on_every_list(lending: Lending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve, "MOST_LISTS", 1)
    await lending.begin("loan", days(10, 20))
    async with transaction(lending.pool) as conn:
        other = await make_listing(conn, lending.alice, mode="loan", title="Barnum")
    await lending.join("bob", span(12, 13))
    await lending.join("bob", span(13, 14))

    with pytest.raises(Conflict, match="too_many_waiting_lists"):
        async with transaction(lending.pool) as conn:
            await join(conn, HERE, lending.people["bob"], other)


async def test_while_it_rests_everybody_waits_on(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("bob")
    async with transaction(lending.pool) as conn:
        await outbox_listings.pause(conn, HERE, lending.alice, lending.listing.uri)
    await lending.cancel()
    assert await lending.look() == [("bob", "waiting")]

    async with transaction(lending.pool) as conn:
        await outbox_listings.reopen(conn, HERE, lending.alice, lending.listing.uri)

    assert await lending.look() == [("bob", "called")]


async def test_when_the_first_asks_for_her_days_the_next_is_told_of_hers(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("carol", span(12, 14))
    await lending.join("bob", span(15, 17))
    await lending.cancel()
    assert await lending.look() == [("carol", "called"), ("bob", "waiting")]

    async with transaction(lending.pool) as conn:
        await request(conn, HERE, lending.people["carol"], lending.listing, days(12, 14))

    assert await lending.look() == [("bob", "called")], "a loan that ends early is free for both"


@pytest.mark.parametrize("meanwhile", ["pause", "reopen"])
async def test_a_no_ends_a_turn_whatever_the_giver_made_of_the_listing_meanwhile(
    lending: Lending, meanwhile: str
) -> None:
    await lending.begin("gift", Terms())
    for name in ("bob", "carol"):
        await lending.join(name)
    await lending.cancel()
    async with transaction(lending.pool) as conn:
        await getattr(outbox_listings, meanwhile)(conn, HERE, lending.alice, lending.listing.uri)
        thread = await exchanges.find(conn, listing_id=lending.listing.id, partner_id=lending.people["bob"].id)
        held = await agreements.get_latest(conn, thread.id) if thread is not None else None
        assert held is not None
        await refuse(conn, HERE, lending.people["bob"], held)
        await outbox_listings.reopen(conn, HERE, lending.alice, lending.listing.uri)

    assert await lending.look() == [("carol", "called")]


async def test_who_says_that_she_stays_when_it_is_free_already_is_asked_at_once(lending: Lending) -> None:
    await lending.begin("gift", Terms())
    await lending.cancel()
    async with transaction(lending.pool) as conn:
        first = await request(conn, HERE, lending.people["carol"], lending.listing, Terms())
        await request(conn, HERE, lending.people["bob"], lending.listing, Terms())
        await accept(conn, HERE, lending.alice, first)
        await cancel(conn, HERE, lending.people["carol"], first)
    await lending.join("bob")

    assert await lending.look() == [("bob", "called")]


async def test_other_days_that_are_free_are_asked_for_and_not_waited_for(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("bob", span(12, 14))

    with pytest.raises(Conflict, match="days_free"):
        await lending.join("bob", span(1, 2))


async def test_nobody_is_asked_about_what_the_team_has_hidden(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("bob")
    await lending.cancel()
    await lending.change("UPDATE post SET hidden_at = now() WHERE kind = 'listing'")
    assert await lending.look() == [("bob", "waiting")]

    await lending.change("UPDATE post SET hidden_at = NULL WHERE kind = 'listing'")

    assert await lending.look() == [("bob", "called")]


async def test_a_list_ends_with_its_listing_whoever_took_that_away(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("bob")
    await lending.change("UPDATE post SET deleted_at = now() WHERE kind = 'listing'")

    assert await lending.look() == []
    assert (await lending.kinds("bob"))[-1] == "reserve_closed"


async def act_at_once(*acts: Awaitable[object]) -> list[object]:
    """Both at the same moment; what each one came to."""
    return await asyncio.gather(*acts, return_exceptions=True)


async def test_the_next_one_says_yes_while_the_giver_asks_another(lending: Lending) -> None:
    await lending.begin("gift", Terms())
    await lending.join("bob")
    await lending.join("carol")
    await lending.cancel()

    async def say_yes() -> None:
        async with transaction(lending.pool) as conn:
            thread = await exchanges.find(conn, listing_id=lending.listing.id, partner_id=lending.people["bob"].id)
            assert thread is not None
            held = await agreements.get_latest(conn, thread.id)
            assert held is not None
            await accept(conn, HERE, lending.people["bob"], held)

    async def choose_carol() -> None:
        async with transaction(lending.pool) as conn:
            await call_instead(conn, HERE, lending.alice, lending.listing.id, lending.people["carol"].id)

    came_to = await act_at_once(say_yes(), choose_carol())

    assert sum(isinstance(one, Conflict) for one in came_to) == 1, "one of the two is told that it is otherwise"
    async with connection(lending.pool) as conn:
        live = await agreements.list_live_by_listing(conn, lending.listing.id)
    assert len(live) == 1 and live[0].state in ("agreed", "countered")


async def test_two_taps_choose_two_people_at_once_and_one_of_them_has_it(lending: Lending) -> None:
    await lending.begin("gift", Terms())
    async with transaction(lending.pool) as conn:
        await cancel(conn, HERE, lending.alice, lending.held)
        asked = [await request(conn, HERE, lending.people[name], lending.listing, Terms()) for name in ("bob", "carol")]

    async def choose(held: Agreement) -> None:
        async with transaction(lending.pool) as conn:
            await accept(conn, HERE, lending.alice, held)

    came_to = await act_at_once(*(choose(one) for one in asked))

    assert [type(one).__name__ for one in came_to if one is not None] == ["Conflict"]
    async with connection(lending.pool) as conn:
        states = sorted([(await agreements.get(conn, one.id)).state for one in asked])
    assert states == ["agreed", "refused"]


@pytest.mark.parametrize(
    ("becomes", "kind", "said"),
    [
        ("free", "reserve_freed", "est de nouveau libre"),
        ("late", "reserve_lapsed", "Votre place n’est plus gardée"),
    ],
)
async def test_who_never_said_whether_she_stays_is_told_when_it_is_free_or_her_time_is_over(
    lending: Lending, becomes: str, kind: str, said: str
) -> None:
    await lending.begin("gift", Terms())
    at, bob = datetime.now(UTC), lending.people["bob"]
    async with transaction(lending.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        thread = await exchanges.open(conn, listing_id=lending.listing.id, owner_id=lending.alice.id, partner_id=bob.id)
        await exchanges.mark_read(conn, thread.id, lending.alice.id, thread.last_id)
        await reserves.offer(conn, lending.listing.id, bob.id, since=at, until=at + TO_STAY)
    assert await lending.look() == [("bob", "offered")], "it is promised: she has time"

    if becomes == "free":
        await lending.cancel()
    else:
        await lending.change("UPDATE reserve_place SET until = now() WHERE state = 'offered'")

    assert await lending.look() == [] and await lending.look() == []
    assert await lending.kinds("bob") == [kind], "once"
    async with connection(lending.pool) as conn:
        assert [said in letter for letter in await read_letters(conn, bob)] == [True]
        unread = await fetch_column(conn, "SELECT last_id > owner_read_id FROM exchange WHERE partner_id = $1", bob.id)
    assert unread == [False], "its giver sees it in the thread, and is not told what she did herself"


async def test_who_waited_for_days_that_are_over_is_told_so(lending: Lending) -> None:
    await lending.begin("loan", days(10, 20))
    await lending.join("bob", span(12, 14))
    await lending.change("UPDATE reserve_place SET begins_at = now() - interval '2 days', ends_at = now()")

    assert await lending.look() == []
    assert (await lending.kinds("bob"))[-1] == "reserve_past"
