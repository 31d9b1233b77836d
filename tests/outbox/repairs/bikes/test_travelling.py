"""Two servers: a bike goes from one owner to the next with its book, once, to that one person; nothing else counts."""

from datetime import date
from typing import Any

import pytest

from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.repairs.bikes import bikes, entries, handovers, offers
from models.repairs.bikes.bikes import MOST_BIKES, Bike
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.handovers import Handover
from models.repairs.bikes.offers import MOST_OFFERS
from models.repairs.frame_numbers import sightings
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.repairs.bikes import handing_over, travelling
from tests.bikes import make_bike
from tests.factories import make_remote_actor
from tests.golden import normalize, require_golden
from tests.server_pair import HENIN, LOMME, Pair, make_pair

CHAIN = EntryDetails(
    done_on=date(2026, 5, 3),
    title="Chaîne changée",
    text="La cassette est à surveiller.",
    organ="chain",
    outcome="fixed",
    minutes=25,
    parts=("Chaîne 8 vitesses", "Attache rapide"),
    repairer="Karim",
    kilometres=4200,
)
TYRE = EntryDetails(done_on=date(2025, 9, 12), title="Pneu arrière")


class Road:
    """Alice of Lomme gives a bike to Bob of Hénin-Carvin."""

    def __init__(self, pair: Pair, bike_id: int, code: str) -> None:
        self.pair, self.bike_id, self.code = pair, bike_id, code
        self.here, self.there = pair.here.conn, pair.there.conn
        self.alice, self.bob_here = pair.here.owner, pair.here.partner
        self.alice_there, self.bob = pair.there.owner, pair.there.partner

    async def find(self) -> Handover:
        found = await handovers.find_of_bike(self.here, self.bike_id)
        assert found is not None
        return found

    async def bike(self) -> Bike:
        return await bikes.get_own(self.here, self.alice.id, self.bike_id)

    async def ask(self) -> list[dict[str, Any]]:
        """Bob gives his address behind the code; what leaves Lomme."""
        await travelling.offer_to(self.here, LOMME, (await self.find()).id, self.bob_here)
        return await self.hand(self.pair.here, self.pair.there)

    async def accept(self) -> list[dict[str, Any]]:
        """Bob says yes."""
        [offer] = await offers.list_waiting(self.there, self.bob.id)
        await travelling.accept_offer(self.there, HENIN, self.bob, offer)
        return await self.hand(self.pair.there, self.pair.here)

    async def confirm(self) -> list[dict[str, Any]]:
        """Alice does too; what leaves Lomme is carried by nobody yet."""
        await handing_over.confirm(self.here, LOMME, self.alice, await self.bike())
        return await self.pair.here.list_new()

    async def hand(self, by: Any, to: Any) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = await by.list_new()
        for body in sent:
            await to.receive(body)
        return sent

    async def list_bobs(self) -> list[Bike]:
        return await bikes.list_own(self.there, self.bob.id)


@pytest.fixture
async def road(conn: Connection, second_conn: Connection) -> Road:
    pair = await make_pair(conn, second_conn)
    bike = await make_bike(
        conn, pair.here.owner, bike_type="cargo", brand="Gitane", made_in=1998, frame_number="AB1234567", notes="4812"
    )
    await entries.add(conn, bike, CHAIN)
    await entries.add(conn, bike, TYRE)
    held = await bikes.get_own(conn, pair.here.owner.id, bike)
    code = await handovers.begin(conn, held, named=True, with_invoices=True)
    return Road(pair, bike, code)


async def test_it_is_offered_taken_sent_and_forgotten_where_it_was(road: Road) -> None:
    offer, accept = await road.ask(), await road.accept()
    assert (await road.bike()).left_at is None and await road.list_bobs() == []
    await sightings.add(road.here, road.bike_id, "lens.test", "eva@lens.test")
    book = await road.confirm()
    assert (await road.bike()).left_how == "handed-over" and await entries.count(road.here, road.bike_id) == 2
    await road.pair.there.receive(book[0])
    receipt = await road.hand(road.pair.there, road.pair.here)

    [mine] = await road.list_bobs()
    assert (mine.name, mine.frame_number, mine.notes, mine.came_from) == ("Le bleu", "AB1234567", "", "Alice")
    lines = await entries.list_of_bike(road.there, mine.id)
    assert [one.title for one in lines] == ["Chaîne changée", "Pneu arrière"]
    assert (lines[0].parts, lines[0].kilometres, lines[0].repairer) == ([*CHAIN.parts], 4200, "Karim")
    kept = await road.bike()
    assert (kept.frame_number, kept.notes, await entries.count(road.here, road.bike_id)) == ("", "", 0)
    assert await handovers.find_of_bike(road.here, road.bike_id) is None
    assert await sightings.list_own(road.here, road.alice.id) == []
    assert "AB1234567" not in str(await fetch_column(road.here, "SELECT body FROM activity"))
    for name, document in zip(
        ("offer_bike_book", "accept_bike_book", "create_bike_book", "accept_arrival"),
        normalize([*offer, *accept, *book, *receipt]),
        strict=True,
    ):
        require_golden(f"declic/repairs/{name}", document)
    assert road.pair.here.ignored == road.pair.there.ignored == []
    private = "SELECT bool_or(public) FROM activity WHERE type IN ('Offer', 'Accept', 'Create')"
    assert not await fetch_value(road.there, private)


async def test_what_comes_twice_changes_nothing_and_is_confirmed_again(road: Road) -> None:
    [offer], [accept] = await road.ask(), await road.accept()
    [book] = await road.confirm()

    for _ in range(2):
        await road.pair.there.receive(offer)
        await road.pair.there.receive(book)
    receipts = await road.hand(road.pair.there, road.pair.here)
    await road.pair.here.receive(accept)

    assert len(await road.list_bobs()) == 1 and len(receipts) == 2
    assert await offers.list_waiting(road.there, road.bob.id) == []
    assert len(await bikes.list_own(road.here, road.alice.id)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"inReplyTo": "https://lomme.test/users/alice/activities/other"},
        {"inReplyTo": None},
        {"name": None},
    ],
)
async def test_a_book_that_answers_no_yes_is_left_alone(road: Road, changes: dict[str, Any]) -> None:
    await road.ask()
    await road.accept()
    [book] = await road.confirm()

    await road.pair.there.receive(book | {"object": book["object"] | changes})

    assert await road.list_bobs() == [] and road.pair.there.ignored != []


async def test_a_book_without_a_yes_of_his_is_left_alone(road: Road) -> None:
    await road.ask()
    bike = await road.bike()
    assert await handovers.take(road.here, (await road.find()).id, road.bob_here.id)
    await handing_over.confirm(road.here, LOMME, road.alice, bike)

    await road.hand(road.pair.here, road.pair.there)

    assert await road.list_bobs() == [] and road.pair.there.ignored == ["book_not_awaited"]


@pytest.mark.parametrize("what", ["accept", "arrival", "book"])
async def test_a_third_one_takes_confirms_and_sends_nothing(road: Road, what: str) -> None:
    eve = "https://eve.test/users/eve"
    for one in (road.here, road.there):
        await make_remote_actor(one, "eve", "eve.test", uri=eve)
    [offer] = await road.ask()
    if what == "accept":
        [accept] = await road.pair.there.list_new() or [{"object": offer["id"], "type": "Accept", "to": offer["to"]}]
        await road.pair.here.receive(accept | {"id": f"{eve}/1", "actor": eve})
        assert (await road.find()).taker_id is None
        return
    await road.accept()
    [book] = await road.confirm()
    if what == "arrival":
        await road.pair.here.receive(
            {"id": f"{eve}/2", "type": "Accept", "actor": eve, "object": book["id"], "to": [road.alice.uri]}
        )
        assert await entries.count(road.here, road.bike_id) == 2
    else:
        await road.pair.there.receive(book | {"id": f"{eve}/3", "actor": eve})
        assert await road.list_bobs() == [] and road.pair.there.ignored == ["book_not_awaited"]


async def test_a_yes_after_the_two_days_counts_nowhere(road: Road) -> None:
    await road.ask()
    [offer] = await offers.list_waiting(road.there, road.bob.id)
    await execute(road.here, "UPDATE bike_handover SET expires_at = now()")

    await road.accept()

    assert (await road.find()).taker_id is None
    await execute(road.there, "UPDATE bike_offer SET accepted_at = NULL, expires_at = now()")
    with pytest.raises(Conflict, match="bike_taken"):
        await travelling.accept_offer(road.there, HENIN, road.bob, offer)


async def test_of_two_the_first_yes_counts(road: Road) -> None:
    await road.ask()
    assert await handovers.take(road.here, (await road.find()).id, road.alice.id)

    await road.accept()

    assert (await road.find()).taker_id == road.alice.id and road.pair.here.ignored == ["book_not_awaited"]


async def test_whoever_is_blocked_offers_nothing(road: Road) -> None:
    await blocks.save(road.there, uri="https://henin.test/b", actor_id=road.bob.id, target_id=road.alice_there.id)

    await road.ask()

    assert await offers.list_waiting(road.there, road.bob.id) == [] and road.pair.there.ignored == ["blocked"]


async def test_a_flood_of_offers_stops(road: Road) -> None:
    [offer] = await road.ask()

    for number in range(MOST_OFFERS + 3):
        again = {"id": f"{offer['id']}{number}", "object": offer["object"] | {"name": f"Vélo {number}"}}
        await road.pair.there.receive(offer | again)

    assert len(await offers.list_waiting(road.there, road.bob.id)) == MOST_OFFERS


async def test_who_has_no_room_is_sent_nothing_that_is_lost(road: Road) -> None:
    await road.ask()
    await road.accept()
    [book] = await road.confirm()
    for number in range(MOST_BIKES):
        await make_bike(road.there, road.bob, f"Vélo {number}")

    await road.pair.there.receive(book)

    assert road.pair.there.ignored == ["book_without_room"] and await road.pair.there.list_new() == []
    assert await entries.count(road.here, road.bike_id) == 2


async def test_what_is_too_much_or_unknown_is_cut(road: Road) -> None:
    await road.ask()
    await road.accept()
    [book] = await road.confirm()
    wild = book["object"]["bookEntries"][0] | {
        "organ": "wings",
        "minutes": 99_999,
        "name": "x" * 150,
        "parts": ["y" * 150],
    }
    lines = [wild, wild | {"doneOn": "2999-01-01"}, wild | {"doneOn": "never"}, "no line"]

    await road.pair.there.receive(
        book | {"object": book["object"] | {"bookEntries": lines, "bikeType": "rocket", "madeIn": 3, "name": "z" * 150}}
    )

    [mine] = await road.list_bobs()
    [line] = await entries.list_of_bike(road.there, mine.id)
    assert (mine.bike_type, mine.made_in, len(mine.name)) == ("other", None, 60)
    assert (line.organ, line.minutes, len(line.title), len(line.parts[0])) == (None, None, 120, 120)


async def test_nobody_is_asked_whose_server_knows_nothing_of_it_or_too_often(road: Road) -> None:
    stranger = await make_remote_actor(road.here, "masto", "mastodon.test")
    with pytest.raises(Conflict, match="bike_taker_unfit"):
        await travelling.offer_to(road.here, LOMME, (await road.find()).id, stranger)
    await road.ask()

    with pytest.raises(Conflict, match="bike_asked_often"):
        await road.ask()
    for number in range(2):
        other = await make_remote_actor(road.here, f"o{number}", territory_uri=f"{HENIN.url}/users/coop")
        await travelling.offer_to(road.here, LOMME, (await road.find()).id, other)
    last: Actor = await make_remote_actor(road.here, "o9", territory_uri=f"{HENIN.url}/users/coop")
    with pytest.raises(Conflict, match="bike_asked_often"):
        await travelling.offer_to(road.here, LOMME, (await road.find()).id, last)


async def fill(road: Road) -> None:
    """More than an activity may carry is written into the book."""
    for _ in range(400):
        await entries.add(road.here, road.bike_id, EntryDetails(done_on=date(2026, 1, 1), title="x", text="é" * 3000))


async def test_a_book_that_no_server_would_take_is_offered_to_none(road: Road) -> None:
    await fill(road)

    with pytest.raises(Conflict, match="bike_book_too_heavy"):
        await road.ask()

    assert await road.pair.here.list_new() == []


async def test_a_book_that_no_server_would_take_does_not_leave(road: Road) -> None:
    await road.ask()
    await road.accept()
    await fill(road)

    with pytest.raises(Conflict, match="bike_book_too_heavy"):
        await road.confirm()

    assert (await road.bike()).left_at is None
    assert (await actors.get(road.here, road.alice.id)).local


async def test_who_leaves_takes_nothing_and_what_is_over_is_forgotten(road: Road) -> None:
    await road.ask()
    await road.accept()
    await bikes.forget_owner(road.there, road.bob.id)
    [book] = await road.confirm()

    await road.pair.there.receive(book)

    assert road.pair.there.ignored == ["book_not_awaited"] and await entries.count(road.here, road.bike_id) == 2
    assert (await handovers.forget_over(road.here), await offers.forget_over(road.there)) == (0, 0)
    await execute(
        road.here, "UPDATE bike_handover SET sent_uri = NULL, taker_id = NULL, expires_at = now() - interval '1s'"
    )
    assert await handovers.forget_over(road.here) == 1


async def send_long_ago(road: Road) -> dict[str, Any]:
    """The book left more than two days ago, and no word came since."""
    await road.ask()
    await road.accept()
    [book] = await road.confirm()
    await execute(road.here, "UPDATE bike SET left_at = now() - interval '49 hours' WHERE id = $1", road.bike_id)
    return book


async def test_what_never_arrived_is_taken_back_and_a_late_word_changes_nothing(road: Road) -> None:
    await road.pair.there.receive(await send_long_ago(road))

    assert await travelling.take_back(road.here, road.bike_id)
    await road.hand(road.pair.there, road.pair.here)

    bike = await road.bike()
    assert (bike.left_at, bike.left_how, bike.frame_number) == (None, None, "AB1234567")
    assert await entries.count(road.here, road.bike_id) == 2
    assert await handovers.begin(road.here, bike, named=False, with_invoices=False)


async def test_what_still_waits_does_not_leave_once_it_is_taken_back(road: Road) -> None:
    book = await send_long_ago(road)

    await travelling.take_back(road.here, road.bike_id)

    states = "SELECT state FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.uri = $1"
    assert await fetch_column(road.here, states, book["id"]) == ["cancelled"]
    assert "AB1234567" not in await fetch_value(road.here, "SELECT body FROM activity WHERE uri = $1", book["id"])


@pytest.mark.parametrize("what", ["early", "arrived"])
async def test_what_is_on_its_way_or_there_is_not_taken_back(road: Road, what: str) -> None:
    book = await send_long_ago(road)
    if what == "early":
        await execute(road.here, "UPDATE bike SET left_at = now() - interval '47 hours'")
    else:
        await road.pair.there.receive(book)
        await road.hand(road.pair.there, road.pair.here)

    assert not await travelling.take_back(road.here, road.bike_id)

    assert (await road.bike()).left_how == "handed-over"


async def test_a_book_does_not_leave_where_the_other_yes_may_be_forgotten(road: Road) -> None:
    await road.ask()
    await road.accept()
    await execute(road.here, "UPDATE bike_handover SET expires_at = now() - interval '30 days 1 minute'")

    with pytest.raises(Conflict, match="bike_yes_too_old"):
        await road.confirm()

    assert (await road.bike()).left_at is None


@pytest.mark.parametrize("what", ["cancelled", "erased", "taken", "over", "sent"])
async def test_nothing_is_offered_that_went_while_the_other_server_was_asked(road: Road, what: str) -> None:
    known = await road.find()
    match what:
        case "cancelled":
            await handovers.cancel(road.here, road.bike_id)
        case "erased":
            await bikes.remove(road.here, road.bike_id)
        case "taken":
            assert await handovers.take(road.here, known.id, road.alice.id)
        case "over":
            await execute(road.here, "UPDATE bike_handover SET expires_at = now()")
        case _:
            await handovers.mark_sent(road.here, known, "https://lomme.test/sent")

    with pytest.raises(Conflict, match="bike_taken"):
        await travelling.offer_to(road.here, LOMME, known.id, road.bob_here)

    assert await road.pair.here.list_new() == []
