"""What came out is kept with what this server knows, and stays without the people when they leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.exchanges.agreements import Agreement
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.repairs.results import results
from models.repairs.results.notes import RepairNote, limit_note, read_note, write_note
from models.repairs.results.sides import ResultSource, find_sides, note_of, save_note
from models.store.database import Connection
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor
from tests.repair_shops import add_communes
from tests.today import today


def some(**changes: Any) -> RepairNote:
    values: dict[str, Any] = {"organ": "wheel", "outcome": "fixed", "repaired_on": today(), "learnt": "Rayons.",
                              "problem": "Voilée.", "parts": ("Rayon",), "minutes": 40}  # fmt: skip
    return RepairNote(**values | changes)


async def book(conn: Connection, shop: Actor, cyclist: Actor) -> tuple[Listing, Agreement]:
    """An appointment of this shop."""
    listing = await make_listing(conn, shop, mode="service", slots_uri=f"{shop.uri}/slots", commune_code=None)
    return listing, await make_agreement(conn, listing, cyclist, state="agreed")


async def note(conn: Connection, held: Agreement, listing: Listing, author: Actor, said: RepairNote) -> None:
    source = ResultSource(author_id=author.id, uri=f"{author.uri}/events/{held.id}", at=datetime.now(UTC))
    await save_note(conn, held, listing, said, source)


async def test_an_appointment_is_repaired_by_the_shop_in_its_commune(conn: Connection) -> None:
    alice = await make_member(conn)
    shop = await make_remote_actor(conn, "atelier", type="Organization", place_name="Lomme", postcode="59160")
    await add_communes(conn)
    listing, held = await book(conn, shop, alice)

    await note(conn, held, listing, shop, some())
    await note(conn, held, listing, shop, some(outcome="unknown"))
    await note(conn, held, listing, alice, some(outcome="repairable"))

    first, second = await results.list_of_agreement(conn, held.id)
    assert [(one.repairer_id, one.cyclist_id, one.commune_code) for one in (first, second)] == [
        (shop.id, alice.id, "59355")
    ] * 2
    assert (first.outcome, second.outcome) == ("unknown", "repairable")


async def test_a_loan_has_no_two_sides_of_a_repair(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    tent = await make_listing(conn, alice)
    held = await make_agreement(conn, tent, bob, state="agreed")

    await note(conn, held, tent, alice, some())

    assert find_sides(held, tent.details) is None
    assert await results.list_of_agreement(conn, held.id) == []


async def test_who_leaves_takes_her_words_along_and_what_is_counted_stays(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    call = await make_listing(conn, alice, kind="repair_call", mode="repair")
    held = await make_agreement(conn, call, bob, state="agreed")
    await note(conn, held, call, bob, some(learnt="Serrer."))
    await note(conn, held, call, alice, some())

    await account_erasure.erase(conn, alice.id)

    theirs, hers = sorted(await results.list_of_agreement(conn, held.id), key=lambda one: one.author_id is None)
    # What was said of her bike goes too: it may name her.
    assert (theirs.learnt, theirs.author_id, theirs.repairer_id, theirs.cyclist_id) == ("", bob.id, bob.id, None)
    assert (hers.learnt, hers.problem, hers.author_id, hers.cyclist_id) == ("", "", None, None)
    assert (hers.organ, hers.outcome, hers.minutes, hers.parts) == ("wheel", "fixed", 40, ["Rayon"])
    await account_erasure.forget_stranger(conn, bob.id)
    assert {one.repairer_id for one in await results.list_of_agreement(conn, held.id)} == {None}
    assert (await actors.get(conn, bob.id)).deleted_at is not None


def test_an_event_remembers_a_note_whole() -> None:
    for one in (
        some(),
        some(parts=(), learnt="", problem="", minutes=None),
        some(outcome="end-of-life", barrier="too-worn"),
    ):
        assert read_note(write_note(one)) == one


def test_days_that_cannot_be_are_today() -> None:
    at = datetime.now(UTC)
    for day in (None, today() + timedelta(days=2), today() - timedelta(days=401)):
        told = limit_note(codes={}, words={}, parts=[], minutes=None, day=day, at=at)
        assert (told.repaired_on, told.organ, told.outcome) == (today(), "other", "unknown")
    last_week = today() - timedelta(days=7)
    assert limit_note(codes={}, words={}, parts=[], minutes=None, day=last_week, at=at).repaired_on == last_week


async def test_what_was_kept_is_read_as_it_was_noted(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    call = await make_listing(conn, alice, kind="repair_call", mode="repair")
    held = await make_agreement(conn, call, bob, state="agreed")

    await note(conn, held, call, bob, some(brand="Peugeot", bike_type="road"))

    [one] = await results.list_of_agreement(conn, held.id)
    assert note_of(one) == some(brand="Peugeot", bike_type="road")
    assert (await results.find_by_uri(conn, one.uri or "")) == one
