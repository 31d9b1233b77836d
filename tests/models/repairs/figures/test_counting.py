"""What is counted of a year: each repair once, by the word of who repaired, and nothing that is another's to count."""

from datetime import UTC, date, datetime, timedelta

from models.moments import PARIS
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import SlotRules
from models.repairs.figures.counting import find_first_year, load_year
from models.repairs.figures.open_repairs import list_repairs
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor
from tests.repair_figures import note_result
from tests.repair_shops import add_communes, make_shop


async def test_each_repair_counts_once_in_its_year(conn: Connection) -> None:
    await add_communes(conn)
    await note_result(conn)
    await note_result(conn, minutes=50, organ="wheel")
    await note_result(conn, minutes=None, outcome="end-of-life", barrier="too-worn", commune_code=None)
    await note_result(conn, repaired_on=date(2024, 12, 31))

    year = await load_year(conn, 2025)

    assert year.total == 3
    assert year.usual_minutes == 40
    assert {(one.organ, one.outcome, one.commune): one.repairs for one in year.repairs} == {
        ("brakes", "fixed", "Lomme"): 1,
        ("wheel", "fixed", "Lomme"): 1,
        ("brakes", "end-of-life", ""): 1,
    }
    assert await find_first_year(conn, date(2026, 1, 1)) == 2024


async def test_of_two_words_that_of_who_repaired_counts(conn: Connection) -> None:
    alice, ines = await make_member(conn, "alice"), await make_member(conn, "ines")
    call = await make_listing(conn, alice, kind="repair_call", mode="repair", repair={})
    agreed = await make_agreement(conn, call, ines)
    both = {"agreement_id": agreed.id, "repairer_id": ines.id, "cyclist_id": alice.id}
    await note_result(conn, alice, **both, outcome="unknown", minutes=None)
    await note_result(conn, ines, **both, outcome="fixed", noted_at=datetime(2025, 3, 5, tzinfo=UTC))

    year = await load_year(conn, 2025)

    assert [(one.outcome, one.repairs) for one in year.repairs] == [("fixed", 1)]


async def test_words_count_once_when_their_people_are_gone(conn: Connection) -> None:
    alice, ines = await make_member(conn, "alice"), await make_member(conn, "ines")
    call = await make_listing(conn, alice, kind="repair_call", mode="repair", repair={})
    agreed = await make_agreement(conn, call, ines)
    for author in (alice, ines):
        await note_result(conn, author, agreement_id=agreed.id, repairer_id=ines.id, cyclist_id=alice.id)
    await execute(conn, "UPDATE repair_result SET author_id = NULL, repairer_id = NULL, cyclist_id = NULL")

    assert (await load_year(conn, 2025)).total == 1


async def test_another_cooperative_counts_its_own(conn: Connection) -> None:
    theirs = await make_remote_actor(conn, "garage", "henin.test")
    masto = await make_remote_actor(conn, "bob", "masto.test")
    await execute(
        conn,
        "INSERT INTO server (host, software) VALUES ('henin.test', 'declic'), ('masto.test', 'mastodon')"
        " ON CONFLICT (host) DO UPDATE SET software = excluded.software",
    )
    alice = await make_member(conn, "alice")
    await note_result(conn, alice, repairer_id=theirs.id, cyclist_id=alice.id)
    await note_result(conn, alice, repairer_id=masto.id, cyclist_id=alice.id, organ="chain")

    assert [one.organ for one in (await load_year(conn, 2025)).repairs] == ["chain"]


async def test_calls_say_how_many_found_somebody_and_how_fast(conn: Connection) -> None:
    alice, ines = await make_member(conn, "alice"), await make_member(conn, "ines")
    at = datetime.now(UTC)
    for hours in (2, 6, None):
        call = await make_listing(conn, alice, kind="repair_call", mode="repair", repair={}, post={"published_at": at})
        if hours is not None:
            agreed = await make_agreement(conn, call, ines)
            found_at = at + timedelta(hours=hours)
            await execute(conn, "UPDATE agreement SET agreed_at = $2 WHERE id = $1", agreed.id, found_at)
    await make_listing(conn, await make_remote_actor(conn), kind="repair_call", mode="repair", repair={})

    calls = (await load_year(conn, at.astimezone(PARIS).year)).calls

    assert (calls.published, calls.found, calls.usual_minutes) == (3, 2, 240)


async def test_appointments_and_who_walked_in_stay_counted(conn: Connection) -> None:
    shop, alice = await make_shop(conn), await make_member(conn, "alice")
    listing = await make_listing(conn, shop, mode="service")
    rules = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=30)
    await appointment_books.save(conn, listing.id, shop.id, rules)
    at = datetime(2025, 5, 6, 8, tzinfo=UTC)
    agreed = await make_agreement(conn, listing, alice)
    await execute(
        conn, "UPDATE agreement SET begins_at = $2, ends_at = $3, agreed_at = $2, state = 'done' WHERE id = $1",
        agreed.id, at, at + timedelta(hours=1),
    )  # fmt: skip
    for day in (1, 2):
        come = at + timedelta(days=day)
        await appointment_books.add_walk_in(
            conn, listing.id, WalkIn(begins_at=come, ends_at=come + timedelta(hours=1), name="Paul")
        )
    struck = datetime.now(UTC) + timedelta(days=1)
    await appointment_books.add_walk_in(
        conn, listing.id, WalkIn(begins_at=struck, ends_at=struck + timedelta(hours=1), name="Luc")
    )
    before = (await load_year(conn, 2025)).bookings

    await appointment_books.forget_over(conn)
    coming = await fetch_value(conn, "SELECT id FROM walk_in")
    await appointment_books.remove_walk_in(conn, listing.id, coming)
    after = (await load_year(conn, 2025)).bookings

    assert (before.asked, before.agreed, before.done, before.walk_ins) == (1, 1, 1, 2)
    assert after == before
    assert await fetch_value(conn, "SELECT sum(total) FROM walk_in_month") == 2


async def test_open_files_part_what_is_electric_from_the_rest(conn: Connection) -> None:
    kinds = [("ebike", "brakes"), ("city", "lights"), ("cargo", "electric"), ("city", "chain")]
    made = [await note_result(conn, bike_type=bike, organ=organ) for bike, organ in kinds]

    electric = await list_repairs(conn, electric=True, after=0, limit=2)
    rest = await list_repairs(conn, electric=True, after=electric[-1].id, limit=2)
    others = await list_repairs(conn, electric=False, after=0, limit=10)

    assert [one.id for one in [*electric, *rest]] == sorted(made[:3])
    assert [one.id for one in others] == made[3:]
